/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/core-private.h"

/* What the core has to do with the original system's peers. */

static void
on_sorted (GSocketConnection *connection, guint8 byte, gpointer user_data)
{
  RedesCore *self = user_data;

  if (byte == REDES_FIRST_BYTE_TLS)
    redes_swarm_accept (self->swarm, connection);
  else
    redes_classic_peer_accept (self->classic, connection);
}

void
redes_core_join_classic (RedesCore *self)
{
  if (!self->config->classic)
    return;
  self->classic = redes_classic_peer_new (self->config, self->cache, self->port);
  self->sorter = redes_first_byte_sorter_new (on_sorted, self);
}

void
redes_core_leave_classic (RedesCore *self)
{
  g_clear_pointer (&self->sorter, redes_first_byte_sorter_free);
  g_clear_pointer (&self->classic, redes_classic_peer_free);
}
