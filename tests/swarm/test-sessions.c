/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/swarm.h"

#include "net-fixture.h"

/* Two swarms in one thread, with a session between them. */

typedef struct
{
  gint64 ahead_us; /* of the system's clock */
  guint n_queries; /* that were taken: none is ever answered */
  RedesClock clock;
  RedesWorkers *workers;
  RedesLibrary *library;
  RedesBlockCache *cache;
  RedesSwarm *swarm;
} End;

static gint64
get_time (gpointer user_data)
{
  return g_get_monotonic_time () + ((End *)user_data)->ahead_us;
}

static void
ignore_query (RedesPeerSession *session, RedesMessageType type, GVariant *body, gpointer user_data)
{
  ((End *)user_data)->n_queries++;
}

static void
end_open (End *self, guint identity)
{
  static const RedesLibraryEvents library_events = { 0 };
  static const RedesSwarmEvents events = { .query = ignore_query };
  RedesSwarmParams params = { .identity = net_get_identity (identity), .nickname = "end" };

  self->workers = redes_workers_new ("test", 1, NULL);
  self->library = redes_library_new (params.identity, self->workers, NULL, &library_events, NULL);
  self->cache = redes_block_cache_new (1024 * 1024, self->workers);
  params.library = self->library;
  params.cache = self->cache;
  params.workers = self->workers;
  self->clock = (RedesClock){ .now_us = get_time, .user_data = self };
  params.clock = &self->clock;
  self->swarm = redes_swarm_new (&params, &events, self);
}

static void
end_close (End *self)
{
  redes_swarm_free (self->swarm);
  redes_block_cache_free (self->cache);
  redes_library_free (self->library);
  redes_workers_free (self->workers);
}

typedef struct
{
  End *end;
  const RedesPeerId *peer;
  guint n_answers;
  gboolean was_listed;
} Asker;

/* Who is told that a session is gone may look for one at once. */
static void
answer_cb (GVariant *body, const GError *error, gpointer user_data)
{
  Asker *asker = user_data;

  g_assert_nonnull (error);
  asker->n_answers++;
  asker->was_listed = redes_swarm_find_session (asker->end->swarm, asker->peer) != NULL;
}

static void
test_sweep (void)
{
  End here = { 0 }, there = { 0 };
  GSocketConnection *client, *server;
  const RedesPeerId *peer = redes_identity_get_peer_id (net_get_identity (1));
  Asker asker = { .end = &here, .peer = peer };
  RedesPeerRpc *rpc;

  end_open (&here, 0);
  end_open (&there, 1);
  net_connect (&client, &server);
  redes_swarm_take_connection (here.swarm, client, peer);
  redes_swarm_accept (there.swarm, server);
  g_object_unref (client);
  g_object_unref (server);
  net_wait_for (redes_swarm_find_session (here.swarm, peer) != NULL);

  rpc = redes_swarm_get_rpc (here.swarm);
  redes_peer_rpc_ask (rpc, peer, "", 0, REDES_MESSAGE_PEERS_GET,
                      g_variant_new ("(u)", redes_peer_rpc_next_serial (rpc)), 600 * 1000,
                      answer_cb, &asker);
  net_wait_for (there.n_queries == 1);
  here.ahead_us = 29 * G_USEC_PER_SEC;
  redes_swarm_sweep (here.swarm);
  g_assert_nonnull (redes_swarm_find_session (here.swarm, peer));
  here.ahead_us = 31 * G_USEC_PER_SEC;
  redes_swarm_sweep (here.swarm);
  g_assert_null (redes_swarm_find_session (here.swarm, peer));
  g_assert_cmpuint (asker.n_answers, ==, 1);
  g_assert_false (asker.was_listed);
  end_close (&here);
  end_close (&there);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/swarm/sessions/sweep", test_sweep);
  return g_test_run ();
}
