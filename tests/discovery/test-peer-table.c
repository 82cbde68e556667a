/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/discovery/peer-table.h"

#define SECOND_US ((gint64)G_USEC_PER_SEC)

typedef struct
{
  RedesPeerTable *table;
  guint n_found;
  guint n_lost;
} Fixture;

static void
on_found (const RedesPeerRecord *entry, gpointer user_data)
{
  ((Fixture *)user_data)->n_found++;
}

static void
on_lost (const RedesPeerRecord *entry, gpointer user_data)
{
  ((Fixture *)user_data)->n_lost++;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  static const RedesPeerTableEvents events = { on_found, on_lost };

  self->table = redes_peer_table_new (&events, self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  redes_peer_table_free (self->table);
}

static RedesPeerId
id_of (guint64 number)
{
  RedesPeerId id;

  redes_digest_of (&number, sizeof number, &id);
  return id;
}

static void
hint (Fixture *self, guint64 number, const char *host, RedesPeerOrigin how, gint64 now_us)
{
  RedesPeerId id = id_of (number);

  redes_peer_table_hint (self->table, &id, host, 6001, "x", how, 0, now_us);
}

static void
meet (Fixture *self, guint64 number, const char *host, gint64 now_us)
{
  RedesPeerId id = id_of (number);

  redes_peer_table_meet (self->table, &id, host, 6001, "x", now_us);
}

static void
miss (Fixture *self, guint64 number, gint64 now_us)
{
  RedesPeerId id = id_of (number);

  redes_peer_table_miss (self->table, &id, now_us);
}

static guint
count (Fixture *self, gboolean met_too, gint64 now_us)
{
  g_autoptr (GPtrArray) list = redes_peer_table_list (self->table, met_too, now_us);

  return list->len;
}

/* A hint alone shows nobody; a meeting does. */
static void
test_hint_and_meet (Fixture *self, gconstpointer data)
{
  hint (self, 1, "10.0.0.1", REDES_PEER_ORIGIN_LAN, 1);
  g_assert_cmpuint (self->n_found, ==, 0);
  g_assert_nonnull (redes_peer_table_visit (self->table, 1));
  g_assert_null (redes_peer_table_visit (self->table, 1));
  meet (self, 1, "10.0.0.1", 2);
  g_assert_cmpuint (self->n_found, ==, 1);
  g_assert_cmpint (redes_peer_table_get_next_us (self->table), ==, G_MAXINT64);
  /* As long as its beacon is heard. */
  redes_peer_table_expire (self->table, 3600 * SECOND_US);
  g_assert_cmpuint (self->n_lost, ==, 0);
  redes_peer_table_unhint (self->table, &(RedesPeerId[]){ id_of (1) }[0], REDES_PEER_ORIGIN_LAN);
  g_assert_cmpuint (self->n_lost, ==, 1);
}

static void
test_come_by_itself (Fixture *self, gconstpointer data)
{
  meet (self, 1, "10.0.0.1", 1);
  g_assert_cmpuint (self->n_found, ==, 0);
  g_assert_cmpuint (count (self, FALSE, 1), ==, 0);
  g_assert_cmpuint (count (self, TRUE, 1), ==, 1);
  hint (self, 1, "10.0.0.1", REDES_PEER_ORIGIN_LAN, 2);
  g_assert_cmpuint (self->n_found, ==, 1);
  g_assert_null (redes_peer_table_visit (self->table, 3));
}

static void
test_retries (Fixture *self, gconstpointer data)
{
  gint64 now_us = 1;
  guint n_visits = 0;

  hint (self, 1, "10.0.0.1", REDES_PEER_ORIGIN_LAN, now_us);
  for (; now_us < 120 * SECOND_US; now_us += 100000)
    if (redes_peer_table_visit (self->table, now_us) != NULL)
      {
        n_visits++;
        miss (self, 1, now_us);
      }
  /* After 2, 4, 8, 16, 30, 30, ... seconds. */
  g_assert_cmpuint (n_visits, ==, 7);
  g_assert_cmpuint (self->n_found, ==, 0);
}

static void
test_exchange_is_tried_again (Fixture *self, gconstpointer data)
{
  hint (self, 1, "10.0.0.1", REDES_PEER_ORIGIN_EXCHANGE, 1);
  g_assert_nonnull (redes_peer_table_visit (self->table, 1));
  meet (self, 1, "10.0.0.1", 1);
  g_assert_cmpuint (self->n_found, ==, 1);
  g_assert_null (redes_peer_table_visit (self->table, 30 * SECOND_US));
  g_assert_nonnull (redes_peer_table_visit (self->table, 41 * SECOND_US));
  meet (self, 1, "10.0.0.1", 41 * SECOND_US);
  /* Its connection breaks, and it is not there any more. */
  redes_peer_table_doubt (self->table, &(RedesPeerId[]){ id_of (1) }[0], 50 * SECOND_US);
  g_assert_nonnull (redes_peer_table_visit (self->table, 50 * SECOND_US));
  miss (self, 1, 51 * SECOND_US);
  g_assert_cmpuint (self->n_lost, ==, 1);
  g_assert_nonnull (redes_peer_table_visit (self->table, 60 * SECOND_US));
  miss (self, 1, 61 * SECOND_US);
  g_assert_cmpuint (count (self, TRUE, 61 * SECOND_US), ==, 0);
  g_assert_null (redes_peer_table_lookup (self->table, &(RedesPeerId[]){ id_of (1) }[0]));
}

static void
test_bounds (Fixture *self, gconstpointer data)
{
  guint n_visits = 0;
  guint n_known = 0;

  for (guint i = 0; i < 2000; i++)
    {
      g_autofree char *host = g_strdup_printf ("10.0.%u.%u", i / 100, i / 4 % 25);

      hint (self, i, host, REDES_PEER_ORIGIN_LAN, 1);
      hint (self, 10000 + i, host, REDES_PEER_ORIGIN_EXCHANGE, 1);
    }
  while (redes_peer_table_visit (self->table, 1) != NULL)
    n_visits++;
  g_assert_cmpuint (n_visits, ==, 8);
  for (guint i = 0; i < 2000; i++)
    {
      RedesPeerId lan = id_of (i);
      RedesPeerId told = id_of (10000 + i);

      n_known += redes_peer_table_lookup (self->table, &lan) != NULL;
      n_known += redes_peer_table_lookup (self->table, &told) != NULL;
    }
  g_assert_cmpuint (n_known, ==, 512);
}

static void
test_one_host_at_a_time (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < 20; i++)
    hint (self, i, "10.0.0.1", REDES_PEER_ORIGIN_LAN, 1);
  hint (self, 30, "10.0.0.2", REDES_PEER_ORIGIN_LAN, 2);
  g_assert_nonnull (redes_peer_table_visit (self->table, 3));
  g_assert_nonnull (redes_peer_table_visit (self->table, 3));
  g_assert_cmpstr (redes_peer_table_visit (self->table, 3)->endpoint.host, ==, "10.0.0.2");
  g_assert_null (redes_peer_table_visit (self->table, 3));
}

/* Those who were only met stay known; a visit that was under way comes to nothing. */
static void
test_forget_hints (Fixture *self, gconstpointer data)
{
  RedesPeerId met_only = id_of (3);

  hint (self, 1, "10.0.0.1", REDES_PEER_ORIGIN_LAN, 1);
  hint (self, 2, "10.0.0.2", REDES_PEER_ORIGIN_EXCHANGE, 1);
  g_assert_nonnull (redes_peer_table_visit (self->table, 2));
  g_assert_nonnull (redes_peer_table_visit (self->table, 2));
  meet (self, 1, "10.0.0.1", 3);
  meet (self, 3, "10.0.0.3", 3);
  g_assert_cmpuint (self->n_found, ==, 1);
  redes_peer_table_forget_hints (self->table);
  g_assert_cmpuint (self->n_lost, ==, 1);
  miss (self, 2, 4);
  g_assert_cmpuint (count (self, TRUE, 4), ==, 1);
  g_assert_nonnull (redes_peer_table_lookup (self->table, &met_only));
  g_assert_cmpint (redes_peer_table_get_next_us (self->table), ==, G_MAXINT64);
}

int
main (int argc, char **argv)
{
#define ADD(name, func)                                                                            \
  g_test_add ("/discovery/acquaintances/" name, Fixture, NULL, set_up, func, tear_down)

  g_test_init (&argc, &argv, NULL);
  ADD ("hint-and-meet", test_hint_and_meet);
  ADD ("come-by-itself", test_come_by_itself);
  ADD ("retries", test_retries);
  ADD ("exchange-is-tried-again", test_exchange_is_tried_again);
  ADD ("bounds", test_bounds);
  ADD ("forget-hints", test_forget_hints);
  ADD ("one-host-at-a-time", test_one_host_at_a_time);
  return g_test_run ();
}
