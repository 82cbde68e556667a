/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/bitfield.h"
#include "engine/discovery/lan.h"
#include "engine/wire/body.h"
#include "engine/node/node-lan.h"

#include "hostile.h"
#include "node-fixture.h"

#define N_CONTENTS 300u
/* Each FIND gathers what is to be asked while the one before it is on its way. */
#define MAX_QUERIES 60u

/* A peer on the local network that is asked by a node who has what: one that has many downloads and
 * no tracker. */

static void
on_heard (const RedesBeacon *beacon, const char *host, gpointer user_data)
{
}

static gpointer
announce (gpointer data)
{
  RedesLanParams *params = data;
  g_autoptr (GMainContext) context = g_main_context_new ();
  RedesLan *lan;

  g_main_context_push_thread_default (context);
  lan = redes_lan_new (params);
  while (!g_atomic_int_get ((gint *)params->user_data))
    {
      g_usleep (20000);
      while (g_main_context_iteration (context, FALSE))
        ;
    }
  redes_lan_free (lan);
  g_main_context_pop_thread_default (context);
  return NULL;
}

static void
open_as_lan_peer (HostileLink *link, RedesIdentity *identity, guint16 node_port, guint16 port)
{
  g_autoptr (RedesHello) hello = redes_hello_new ("lan-peer", port);
  g_autoptr (GBytes) answer = NULL;
  guint8 type = 0;

  hostile_connect (link, node_port);
  g_assert_true (hostile_shake_hands (link, identity, HOSTILE_CHAIN_OWN, FALSE, NULL));
  g_assert_true (hostile_send_message (link, REDES_MESSAGE_HELLO, net_hello_body (hello)));
  answer = hostile_read (link, &type);
  g_assert_nonnull (answer);
}

static void
answer_peers (HostileLink *link, GBytes *body)
{
  g_autoptr (GVariant) query = redes_body_decode (REDES_MESSAGE_PEERS_GET, body, NULL);
  guint32 serial;

  g_variant_get (query, "(u)", &serial);
  hostile_send_message (link, REDES_MESSAGE_PEERS_MET,
                        g_variant_new ("(u@a(aysqs))", serial,
                                       g_variant_new_array (G_VARIANT_TYPE ("(aysqs)"), NULL, 0)));
}

/* Returns: how many contents it asks for; none of them is here. */
static guint
answer_find (HostileLink *link, GBytes *body)
{
  g_autoptr (GVariant) query = redes_body_decode (REDES_MESSAGE_FIND, body, NULL);
  g_autoptr (GVariant) contents = NULL;
  g_autoptr (RedesBitfield) found = NULL;
  g_autoptr (GBytes) bits = NULL;
  guint32 serial;
  guint n_contents;

  g_assert_nonnull (query);
  g_variant_get (query, "(u@a(ayt))", &serial, &contents);
  n_contents = g_variant_n_children (contents);
  found = redes_bitfield_new (n_contents);
  bits = redes_bitfield_to_bytes (found);
  hostile_send_message (link, REDES_MESSAGE_FOUND,
                        g_variant_new ("(u@ay)", serial, redes_body_new_bytes (bits)));
  return n_contents;
}

/* While one FIND waits for its answer there comes no other. */
static void
check_alone (HostileLink *link)
{
  guint8 type = 0;

  hostile_send_message (link, REDES_MESSAGE_PING, g_variant_new ("(t)", (guint64)1));
  while (type != REDES_MESSAGE_PONG)
    {
      g_autoptr (GBytes) body = hostile_read (link, &type);

      g_assert_nonnull (body);
      g_assert_cmpuint (type, !=, REDES_MESSAGE_FIND);
      if (type == REDES_MESSAGE_PEERS_GET)
        answer_peers (link, body);
    }
}

static void
ask_for_many (TestNode *node)
{
  char *no_tracker = NULL;

  for (guint i = 0; i < N_CONTENTS; i++)
    {
      RedesLink link = { .trackers = &no_tracker };
      g_autoptr (RedesTransfer) transfer = NULL;

      redes_digest_of (&i, sizeof i, &link.content.root);
      link.content.size_bytes = 1;
      transfer = redes_node_download (node->node, &link, NULL);
    }
}

static void
test_batches (void)
{
  TestNode *node = test_node_new (&(TestNodeParams){ .nickname = "node", .lan = TRUE });
  g_autoptr (RedesIdentity) identity = redes_identity_new (2048, NULL);
  static const char *const interfaces[] = { "lo", NULL };
  gint stopping = FALSE;
  RedesLanParams params = { .id = redes_identity_get_peer_id (identity),
                            .nickname = "lan-peer",
                            .port = test_node_get_port (node),
                            .listen_host = "127.0.0.1",
                            .interfaces = interfaces,
                            .heard = on_heard,
                            .user_data = &stopping };
  GThread *announcer;
  HostileLink link = { 0 };
  guint n_contents = 0;
  guint n_queries = 0;

  /* Nobody needs to come to its port: it is there before its beacon is heard. */
  open_as_lan_peer (&link, identity, test_node_get_port (node), params.port);
  announcer = g_thread_new ("announcer", announce, &params);
  net_wait_for (g_list_model_get_n_items (redes_node_get_found (node->node)) > 0);
  ask_for_many (node);
  while (n_contents < N_CONTENTS)
    {
      guint8 type = 0;
      g_autoptr (GBytes) body = hostile_read (&link, &type);

      g_assert_nonnull (body);
      if (type == REDES_MESSAGE_PEERS_GET)
        answer_peers (&link, body);
      if (type != REDES_MESSAGE_FIND)
        continue;
      if (n_queries++ == 0)
        check_alone (&link);
      n_contents += answer_find (&link, body);
    }
  g_test_message ("%u contents in %u queries", n_contents, n_queries);
  g_assert_cmpuint (n_queries, <=, MAX_QUERIES);
  g_assert_cmpuint (node->violations->len, ==, 0);
  g_atomic_int_set (&stopping, TRUE);
  g_thread_join (announcer);
  hostile_close (&link);
  test_node_free (node);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/node/find/batches", test_batches);
  return g_test_run ();
}
