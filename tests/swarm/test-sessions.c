/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/swarm.h"

#include "net-fixture.h"

/* Two swarms in one thread, with a session between them. */

typedef struct
{
  gint64 ahead_us;   /* of the system's clock */
  gint64 stopped_us; /* 0, or where the clock stands still */
  guint n_queries;   /* that were taken: none is ever answered */
  guint n_reports;   /* of violations */
  RedesClock clock;
  RedesWorkers *workers;
  RedesLibrary *library;
  RedesBlockCache *cache;
  RedesSwarm *swarm;
} End;

static gint64
get_time (gpointer user_data)
{
  const End *self = user_data;

  return self->stopped_us != 0 ? self->stopped_us : g_get_monotonic_time () + self->ahead_us;
}

static void
count_report (const RedesPeerId *peer,
              const char *address,
              gint64 block,
              const char *reason,
              RedesDownload *download,
              gpointer user_data)
{
  ((End *)user_data)->n_reports++;
}

static guint
ignore_query (RedesPeerSession *session, const RedesMessage *query, gpointer user_data)
{
  ((End *)user_data)->n_queries++;
  return 1;
}

static void
end_open (End *self, guint identity)
{
  static const RedesLibraryEvents library_events = { 0 };
  static const RedesSwarmEvents events = { .violation = count_report, .query = ignore_query };
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
answer_cb (RedesMessage *answer, const GError *error, gpointer user_data)
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
  redes_peer_rpc_ask (rpc, peer, "", 0, &(RedesMessage){ .type = REDES_MESSAGE_PEERS_GET },
                      600 * 1000, answer_cb, &asker);
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

/* A stranger who breaks a rule with his first bytes. */
static void
send_nonsense (End *here)
{
  static const guint8 nonsense[16] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
  GSocketConnection *client, *server;
  NetRaw stranger = { 0 };

  net_connect (&client, &server);
  redes_swarm_accept (here->swarm, server);
  net_raw_open (&stranger, client);
  net_raw_send (&stranger, nonsense, sizeof nonsense);
  g_object_unref (server);
  g_object_unref (client);
  net_raw_clear (&stranger);
}

/* Whatever strangers send: no more than 50 reports of violations a second. */
static void
test_reports (void)
{
  End here = { 0 };

  end_open (&here, 1);
  here.stopped_us = g_get_monotonic_time ();
  for (guint i = 1; i <= 50; i++)
    {
      send_nonsense (&here);
      net_wait_for (here.n_reports == i);
    }
  for (guint i = 0; i < 5; i++)
    send_nonsense (&here);
  net_run_for (100);
  g_assert_cmpuint (here.n_reports, ==, 50);
  here.stopped_us += G_USEC_PER_SEC;
  send_nonsense (&here);
  net_wait_for (here.n_reports == 51);
  end_close (&here);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/swarm/sessions/sweep", test_sweep);
  g_test_add_func ("/swarm/sessions/reports", test_reports);
  return g_test_run ();
}
