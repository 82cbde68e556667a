/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/dial-book.h"

#include <string.h>

static RedesPeerId
peer_id (const char *text)
{
  RedesPeerId id;

  redes_digest_of (text, strlen (text), &id);
  return id;
}

static void
test_two_at_one_host (void)
{
  g_autoptr (RedesDialBook) ban_list = redes_dial_book_new ();

  redes_dial_book_begin (ban_list, "192.0.2.1");
  g_assert_true (redes_dial_book_has_room (ban_list, "192.0.2.1"));
  redes_dial_book_begin (ban_list, "192.0.2.1");
  g_assert_false (redes_dial_book_has_room (ban_list, "192.0.2.1"));
  g_assert_true (redes_dial_book_has_room (ban_list, "192.0.2.2"));
  redes_dial_book_end (ban_list, "192.0.2.1");
  g_assert_true (redes_dial_book_has_room (ban_list, "192.0.2.1"));
}

static void
test_back_off (void)
{
  static const gint64 delays_s[] = { 1, 2, 4, 8, 16, 32, 60, 60 };
  g_autoptr (RedesDialBook) ban_list = redes_dial_book_new ();
  RedesPeerId ana = peer_id ("ana");
  RedesPeerId rui = peer_id ("rui");
  gint64 now_us = 1000;

  for (guint i = 0; i < G_N_ELEMENTS (delays_s); i++)
    {
      g_assert_true (redes_dial_book_may_try (ban_list, &ana, "192.0.2.1", 6001, now_us));
      redes_dial_book_note_failed (ban_list, &ana, "192.0.2.1", 6001, FALSE, now_us);
      now_us += delays_s[i] * G_USEC_PER_SEC;
      g_assert_false (redes_dial_book_may_try (ban_list, &ana, "192.0.2.1", 6001, now_us - 1));
      /* Nobody listens there: an invented id finds nobody either. */
      g_assert_false (redes_dial_book_may_try (ban_list, &rui, "192.0.2.1", 6001, now_us - 1));
      g_assert_true (redes_dial_book_may_try (ban_list, &rui, "192.0.2.1", 6002, now_us - 1));
    }
  redes_dial_book_note_failed (ban_list, &ana, "192.0.2.1", 6001, FALSE, now_us);
  redes_dial_book_note_met (ban_list, &ana, "192.0.2.1", 6001);
  g_assert_true (redes_dial_book_may_try (ban_list, &ana, "192.0.2.1", 6001, now_us));
}

/* Invented ids at the address of an honest peer do not make it unreachable. */
static void
test_wrong_identity (void)
{
  g_autoptr (RedesDialBook) ban_list = redes_dial_book_new ();
  RedesPeerId invented = peer_id ("invented");
  RedesPeerId honest = peer_id ("honest");

  redes_dial_book_note_failed (ban_list, &invented, "192.0.2.1", 6001, TRUE, 1000);
  g_assert_false (redes_dial_book_may_try (ban_list, &invented, "192.0.2.1", 6001, 2000));
  g_assert_true (redes_dial_book_may_try (ban_list, &honest, "192.0.2.1", 6001, 2000));
}

/* A thousand ports of one machine, each of which fails at once, are tried one a second. */
static void
test_many_ports (void)
{
  g_autoptr (RedesDialBook) ban_list = redes_dial_book_new ();
  RedesPeerId ana = peer_id ("ana");
  gint64 now_us = 1000;
  guint n_tried = 0;

  for (guint16 port = 1; port <= 1000; port++)
    {
      now_us += 10000;
      if (!redes_dial_book_may_try (ban_list, &ana, "192.0.2.1", port, now_us))
        continue;
      redes_dial_book_note_failed (ban_list, &ana, "192.0.2.1", port, FALSE, now_us);
      n_tried++;
    }
  g_assert_cmpuint (n_tried, <=, 10 + 10);
  g_assert_cmpuint (n_tried, >, 10);
}

static void
test_memory_is_bounded (void)
{
  g_autoptr (RedesDialBook) ban_list = redes_dial_book_new ();
  RedesPeerId ana = peer_id ("ana");

  for (guint i = 0; i < 5000; i++)
    {
      g_autofree char *host = g_strdup_printf ("10.0.%u.%u", i / 256, i % 256);

      redes_dial_book_note_failed (ban_list, &ana, host, 6001, FALSE, 1000 + i);
    }
  g_assert_cmpuint (redes_dial_book_count (ban_list), <=, REDES_DIAL_BOOK_MAX_ENTRIES);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/swarm/dial-book/two-at-one-host", test_two_at_one_host);
  g_test_add_func ("/swarm/dial-book/back-off", test_back_off);
  g_test_add_func ("/swarm/dial-book/wrong-identity", test_wrong_identity);
  g_test_add_func ("/swarm/dial-book/many-ports", test_many_ports);
  g_test_add_func ("/swarm/dial-book/memory-is-bounded", test_memory_is_bounded);
  return g_test_run ();
}
