/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hostile.h"
#include "engine/wire/body.h"
#include "node-fixture.h"

/* Queries between peers, put and answered by one that does what it should not. */

static TestNode *node;

static void
open_link (HostileLink *link, guint identity)
{
  hostile_open (link, net_get_identity (identity), test_node_get_port (node));
}

/* The next answer, whatever else comes before it. */
static GVariant *
read_answer (HostileLink *link, guint8 wanted)
{
  for (;;)
    {
      guint8 type = 0;
      g_autoptr (GBytes) body = hostile_read (link, &type);

      g_assert_nonnull (body);
      if (type == wanted)
        return redes_body_decode (type, body, NULL);
      g_assert_cmpuint (type, !=, REDES_MESSAGE_REFUSE);
    }
}

/* Contents that nobody has, but for @known at the place @at. */
static GVariant *
make_contents (guint n, guint at, const RedesContentId *known)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ayt)"));
  for (guint i = 0; i < n; i++)
    {
      RedesContentId content = { .size_bytes = 1 };

      redes_digest_of (&i, sizeof i, &content.root);
      g_variant_builder_add_value (&builder, redes_body_new_content (i == at ? known : &content));
    }
  return g_variant_builder_end (&builder);
}

static void
test_queries (void)
{
  g_autoptr (GBytes) bytes = test_bytes (1, 1000);
  g_autoptr (RedesLink) shared = test_node_share (node, "some notes.txt", bytes);
  HostileLink link = { 0 };
  g_autoptr (GVariant) results = NULL;
  g_autoptr (GVariant) found = NULL;
  g_autoptr (GVariant) shares = NULL;
  g_autoptr (GVariant) met = NULL;
  g_autoptr (GVariant) bits = NULL;
  guint32 serial, total;

  open_link (&link, 0);
  hostile_send_message (&link, REDES_MESSAGE_PEER_SEARCH,
                        g_variant_new ("(usuu)", 5u, "notes", 0u, 10u));
  results = read_answer (&link, REDES_MESSAGE_PEER_RESULTS);
  g_variant_get (results, "(uu@a((ayt)suaya(suay)a(tuuy)))", &serial, &total, NULL);
  g_assert_cmpuint (serial, ==, 5);
  g_assert_cmpuint (total, ==, 1);

  hostile_send_message (&link, REDES_MESSAGE_FIND,
                        g_variant_new ("(u@a(ayt))", 6u, make_contents (9, 8, &shared->content)));
  found = read_answer (&link, REDES_MESSAGE_FOUND);
  g_variant_get (found, "(u@ay)", &serial, &bits);
  g_assert_cmpuint (serial, ==, 6);
  g_assert_cmpmem (g_variant_get_data (bits), g_variant_get_size (bits), "\x00\x80", 2);

  hostile_send_message (&link, REDES_MESSAGE_BROWSE, g_variant_new ("(uuu)", 7u, 0u, 200u));
  shares = read_answer (&link, REDES_MESSAGE_SHARES);
  g_variant_get (shares, "(uu@a((ayt)suaya(suay)a(tuuy)))", &serial, &total, NULL);
  g_assert_true (serial == 7 && total == 1);

  hostile_send_message (&link, REDES_MESSAGE_PEERS_GET, g_variant_new ("(u)", 8u));
  met = read_answer (&link, REDES_MESSAGE_PEERS_MET);
  g_assert_nonnull (met);
  hostile_close (&link);
}

/* Asks @n queries at once. Returns: how many had their answer; the others were too many */
static guint
ask_many (guint identity, RedesMessageType query, guint32 n)
{
  HostileLink link = { 0 };
  guint n_answered = 0;
  guint n_refused = 0;

  open_link (&link, identity);
  for (guint32 i = 1; i <= n; i++)
    g_assert_true (hostile_send_message (&link, query,
                                         query == REDES_MESSAGE_PEER_SEARCH
                                             ? g_variant_new ("(usuu)", i, "notes", 0u, 200u)
                                             : g_variant_new ("(u)", i)));
  while (n_answered + n_refused < n)
    {
      guint8 type = 0;
      g_autoptr (GBytes) body = hostile_read (&link, &type);

      g_assert_nonnull (body);
      n_answered += type == query + 1;
      n_refused += type == REDES_MESSAGE_REFUSE;
    }
  hostile_close (&link);
  return n_answered;
}

/* Many names are asked for at once by whoever downloads many files; their answers are short. */
static void
test_many_names (void)
{
  g_assert_cmpuint (ask_many (2, REDES_MESSAGE_PEER_SEARCH, 200), ==, 200);
}

/* Every query has one answer, most of them that there are too many; and the node goes on. Not even
 * half a minute lets a quarter of them through. */
static void
test_flood (void)
{
  guint n_cheap = ask_many (1, REDES_MESSAGE_PEER_SEARCH, 8000);
  guint n_dear = ask_many (3, REDES_MESSAGE_PEERS_GET, 2000);

  g_assert_cmpuint (n_cheap, >=, 200);
  g_assert_cmpuint (n_cheap, <, 2000);
  g_assert_cmpuint (n_dear, >=, 40);
  g_assert_cmpuint (n_dear, <, 500);
}

static void
check_violation (guint identity, RedesMessageType type, GVariant *body, const char *violation)
{
  HostileLink link = { 0 };

  open_link (&link, identity);
  g_ptr_array_set_size (node->violations, 0);
  hostile_send_message (&link, type, body);
  g_assert_true (hostile_wait_for_end (&link));
  hostile_close (&link);
  net_wait_for (test_node_has_violation (node, violation));
}

static void
test_answers_to_nothing (void)
{
  check_violation (2, REDES_MESSAGE_FOUND, g_variant_new_parsed ("(uint32 1, [byte 128])"),
                   "out-of-order");
  check_violation (3, REDES_MESSAGE_REFUSE, g_variant_new ("(uys)", 1u, 1, "no"), "out-of-order");
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  node = test_node_new (&(TestNodeParams){ .nickname = "node" });
  g_test_add_func ("/node/peer-rpc/queries", test_queries);
  g_test_add_func ("/node/peer-rpc/many-names", test_many_names);
  g_test_add_func ("/node/peer-rpc/flood", test_flood);
  g_test_add_func ("/node/peer-rpc/answers-to-nothing", test_answers_to_nothing);
  status = g_test_run ();
  test_node_free (node);
  return status;
}
