/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/endpoint.h"

static char *
dup_text (const char *text)
{
  return g_strdup (text != NULL ? text : "");
}

void
redes_endpoint_init (RedesEndpoint *self,
                     const RedesPeerId *id,
                     const char *nickname,
                     const char *host,
                     guint16 port)
{
  *self = (RedesEndpoint){
    .id = *id, .nickname = dup_text (nickname), .host = dup_text (host), .port = port
  };
}

void
redes_endpoint_init_copy (RedesEndpoint *self, const RedesEndpoint *from)
{
  redes_endpoint_init (self, &from->id, from->nickname, from->host, from->port);
}

void
redes_endpoint_clear (RedesEndpoint *self)
{
  g_clear_pointer (&self->nickname, g_free);
  g_clear_pointer (&self->host, g_free);
}

RedesEndpoint *
redes_endpoint_new (const RedesPeerId *id, const char *nickname, const char *host, guint16 port)
{
  RedesEndpoint *self = g_new (RedesEndpoint, 1);

  redes_endpoint_init (self, id, nickname, host, port);
  return self;
}

RedesEndpoint *
redes_endpoint_copy (const RedesEndpoint *self)
{
  return redes_endpoint_new (&self->id, self->nickname, self->host, self->port);
}

void
redes_endpoint_free (RedesEndpoint *self)
{
  redes_endpoint_clear (self);
  g_free (self);
}

void
redes_endpoint_set_nickname (RedesEndpoint *self, const char *nickname)
{
  char *copy = dup_text (nickname);

  g_free (self->nickname);
  self->nickname = copy;
}

void
redes_endpoint_set_address (RedesEndpoint *self, const char *host, guint16 port)
{
  char *copy = dup_text (host);

  g_free (self->host);
  self->host = copy;
  self->port = port;
}
