/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tracker/registered-peer-private.h"

#include "engine/base/text.h"

#define MAX_NICKNAME_CHARS 64

RedesRegisteredPeer *
redes_registered_peer_new (RedesConnection *connection)
{
  const RedesHello *hello = redes_channel_get_hello (connection->channel);
  g_autofree char *nickname = redes_text_make_printable (hello->nickname, MAX_NICKNAME_CHARS);
  RedesRegisteredPeer *self = g_new0 (RedesRegisteredPeer, 1);

  redes_endpoint_init (&self->endpoint, redes_channel_get_remote_id (connection->channel), nickname,
                       redes_channel_get_host (connection->channel), hello->port);
  self->n_files = connection->n_files;
  self->heard_us = connection->heard_us;
  return self;
}

void
redes_registered_peer_free (gpointer data)
{
  RedesRegisteredPeer *self = data;

  redes_endpoint_clear (&self->endpoint);
  g_free (self);
}
