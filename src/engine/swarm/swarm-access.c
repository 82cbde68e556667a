/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/swarm-private.h"

/* What the other files of this module ask of the swarm. */

guint
redes_swarm_get_n_sessions (RedesSwarm *self)
{
  return g_hash_table_size (self->sessions);
}

GPtrArray *
redes_swarm_list_sessions (RedesSwarm *self)
{
  GPtrArray *sessions = g_ptr_array_sized_new (g_hash_table_size (self->sessions));
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->sessions);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (sessions, value);
  return sessions;
}

void
redes_swarm_set_hello (RedesSwarm *self, const char *nickname, guint16 port)
{
  redes_hello_free (self->hello);
  self->hello = redes_hello_new (nickname, port);
}

RedesIdentity *
redes_swarm_get_identity (RedesSwarm *self)
{
  return self->identity;
}

RedesLibrary *
redes_swarm_get_library (RedesSwarm *self)
{
  return self->library;
}

RedesBlockCache *
redes_swarm_get_cache (RedesSwarm *self)
{
  return self->cache;
}

RedesWorkers *
redes_swarm_get_workers (RedesSwarm *self)
{
  return self->workers;
}

RedesStore *
redes_swarm_get_store (RedesSwarm *self)
{
  return self->store;
}

gboolean
redes_swarm_is_ended (RedesSwarm *self)
{
  return self->ended;
}

RedesUploader *
redes_swarm_get_uploader (RedesSwarm *self)
{
  return self->uploader;
}

RedesSignatureMemo *
redes_swarm_get_memo (RedesSwarm *self)
{
  return self->memo;
}

const RedesHello *
redes_swarm_get_hello (RedesSwarm *self)
{
  return self->hello;
}

RedesPeerRpc *
redes_swarm_get_rpc (RedesSwarm *self)
{
  return self->rpc;
}

RedesDialer *
redes_swarm_get_dialer (RedesSwarm *self)
{
  return self->dialer;
}

RedesPeerSession *
redes_swarm_find_session (RedesSwarm *self, const RedesPeerId *id)
{
  return g_hash_table_lookup (self->sessions, id);
}

gboolean
redes_swarm_may_meet (RedesSwarm *self, const RedesPeerId *id)
{
  return !redes_digest_equal (id, redes_identity_get_peer_id (self->identity))
         && !redes_ban_list_is_banned (self->ban_list, id, g_get_monotonic_time ());
}

gboolean
redes_swarm_take_query (RedesSwarm *self,
                        RedesPeerSession *session,
                        RedesMessageType type,
                        GVariant *body)
{
  if (self->events.query == NULL)
    return FALSE;
  self->events.query (session, type, body, self->user_data);
  return TRUE;
}

RedesThrottle *
redes_swarm_get_up (RedesSwarm *self)
{
  return self->up;
}

RedesThrottle *
redes_swarm_get_down (RedesSwarm *self)
{
  return self->down;
}

RedesBudget *
redes_swarm_get_receive (RedesSwarm *self)
{
  return self->receive;
}

void
redes_swarm_note_activity (RedesSwarm *self, RedesPeerSession *session)
{
  redes_admission_touch (self->inbound, session, g_get_monotonic_time ());
}

void
redes_swarm_free_place (RedesSwarm *self, RedesPeerSession *session)
{
  redes_admission_leave (self->half_open, session);
  redes_admission_leave (self->inbound, session);
}

guint
redes_swarm_get_patience_s (RedesSwarm *self)
{
  return self->patience_s;
}

gboolean
redes_swarm_keeps_partial_files (RedesSwarm *self)
{
  return self->keeps_partial_files;
}
