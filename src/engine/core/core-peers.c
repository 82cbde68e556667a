/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/core/core-peers.h"

#include "engine/core/core-state-private.h"
#include "engine/swarm/peer-session.h"

RedesPeerStatus *
redes_peer_status_new (const RedesEndpoint *endpoint)
{
  RedesPeerStatus *status = g_new0 (RedesPeerStatus, 1);

  redes_endpoint_init_copy (&status->endpoint, endpoint);
  return status;
}

void
redes_peer_status_free (gpointer data)
{
  RedesPeerStatus *status = data;

  redes_endpoint_clear (&status->endpoint);
  g_free (status);
}

GPtrArray *
redes_core_list_sessions (RedesCore *self)
{
  g_autoptr (GPtrArray) sessions = redes_swarm_list_sessions (self->swarm);
  GPtrArray *list = g_ptr_array_new_with_free_func (redes_peer_status_free);

  for (guint i = 0; i < sessions->len; i++)
    {
      RedesPeerSession *session = g_ptr_array_index (sessions, i);
      RedesChannel *channel = redes_peer_session_get_channel (session);
      RedesPeerStatus *status = g_new0 (RedesPeerStatus, 1);

      redes_endpoint_init (&status->endpoint, redes_peer_session_get_id (session),
                           redes_peer_session_get_nickname (session),
                           redes_channel_get_host (channel), redes_peer_session_get_port (session));
      status->connected = TRUE;
      status->by_them = redes_peer_session_is_server (session);
      status->bytes_in = redes_channel_get_bytes_in (channel);
      status->bytes_out = redes_channel_get_bytes_out (channel);
      g_ptr_array_add (list, status);
    }
  return list;
}

void
redes_core_get_flow (RedesCore *self, gdouble *up, gdouble *down, guint *n_sessions)
{
  *up = redes_throttle_get_rate (redes_swarm_get_up (self->swarm));
  *down = redes_throttle_get_rate (redes_swarm_get_down (self->swarm));
  *n_sessions = redes_swarm_get_n_sessions (self->swarm);
}
