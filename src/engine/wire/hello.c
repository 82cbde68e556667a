/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/wire/message.h"

#include "engine/base/error.h"
#include "engine/wire/text-private.h"

RedesHello *
redes_hello_new (const char *nickname, guint16 port)
{
  RedesHello *self = g_new0 (RedesHello, 1);

  self->version = REDES_PROTOCOL_VERSION;
  self->client = g_strdup ("Redes " REDES_VERSION);
  self->nickname = redes_wire_dup_text (nickname, REDES_WIRE_MAX_LABEL);
  self->port = port;
  return self;
}

RedesHello *
redes_hello_copy (const RedesHello *self)
{
  RedesHello *copy = g_memdup2 (self, sizeof *copy);

  copy->client = g_strdup (self->client);
  copy->nickname = g_strdup (self->nickname);
  return copy;
}

void
redes_hello_free (RedesHello *self)
{
  g_free (self->client);
  g_free (self->nickname);
  g_free (self);
}

gboolean
redes_hello_check_version (const RedesHello *self, GError **error)
{
  if (self->version == REDES_PROTOCOL_VERSION)
    return TRUE;
  redes_set_error (error, REDES_WIRE_ERROR, REDES_WIRE_ERROR_VERSION, REDES_NOTICE_VERSION_DIFFERS,
                   self->version, REDES_PROTOCOL_VERSION);
  return FALSE;
}
