/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/ban-list.h"

#define SECOND_US ((gint64)G_USEC_PER_SEC)
#define START_US (G_GINT64_CONSTANT (1000) * SECOND_US)
#define MANY 10000

static RedesPeerId
peer (guint32 number)
{
  RedesPeerId id = { .bytes = { number >> 24, number >> 16, number >> 8, number } };

  return id;
}

/* After the n-th violation nothing is had to do with it for so many seconds. */
static void
test_ban_grows (void)
{
  static const gint bans_s[] = { 30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600 };
  g_autoptr (RedesBanList) ban_list = redes_ban_list_new ();
  RedesPeerId a = peer (1);
  RedesPeerId b = peer (2);
  gint64 now_us = START_US;

  g_assert_false (redes_ban_list_is_banned (ban_list, &a, now_us));
  for (guint i = 0; i < G_N_ELEMENTS (bans_s); i++)
    {
      redes_ban_list_strike (ban_list, &a, now_us);
      g_assert_true (redes_ban_list_is_banned (ban_list, &a, now_us));
      now_us += bans_s[i] * SECOND_US;
      g_assert_true (redes_ban_list_is_banned (ban_list, &a, now_us - 1));
      g_assert_false (redes_ban_list_is_banned (ban_list, &a, now_us));
      g_assert_false (redes_ban_list_is_banned (ban_list, &b, now_us - 1));
    }
}

/* Good behaviour counts: each ten minutes of it after a ban undo one violation. */
static void
test_ban_decays (void)
{
  g_autoptr (RedesBanList) ban_list = redes_ban_list_new ();
  RedesPeerId a = peer (1);
  gint64 now_us = START_US;

  for (guint i = 0; i < 4; i++)
    redes_ban_list_strike (ban_list, &a, now_us);
  now_us += 240 * SECOND_US + 2 * 600 * SECOND_US;
  redes_ban_list_strike (ban_list, &a, now_us);
  g_assert_true (redes_ban_list_is_banned (ban_list, &a, now_us + 120 * SECOND_US - 1));
  g_assert_false (redes_ban_list_is_banned (ban_list, &a, now_us + 120 * SECOND_US));
  now_us += 120 * SECOND_US + 100 * 600 * SECOND_US;
  redes_ban_list_strike (ban_list, &a, now_us);
  g_assert_false (redes_ban_list_is_banned (ban_list, &a, now_us + 30 * SECOND_US));
}

static guint
count_banned (RedesBanList *ban_list, guint first, guint n, gint64 now_us)
{
  guint banned = 0;

  for (guint i = first; i < first + n; i++)
    {
      RedesPeerId id = peer (i);

      banned += redes_ban_list_is_banned (ban_list, &id, now_us);
    }
  return banned;
}

/* Whoever makes identities without end does not make the list grow, and the newest is always in
 * it. */
static void
test_bounded (void)
{
  g_autoptr (RedesBanList) ban_list = redes_ban_list_new ();
  guint banned;

  for (guint i = 0; i < MANY; i++)
    {
      RedesPeerId id = peer (i);

      redes_ban_list_strike (ban_list, &id, START_US);
      g_assert_true (redes_ban_list_is_banned (ban_list, &id, START_US));
    }
  banned = count_banned (ban_list, 0, MANY, START_US);
  g_assert_cmpuint (banned, >=, 1000);
  g_assert_cmpuint (banned, <, MANY);
}

/* Room is made by those whose time is over. */
static void
test_expired_go_first (void)
{
  g_autoptr (RedesBanList) ban_list = redes_ban_list_new ();
  const guint n_old = 2000;
  const guint n_late = 2500;
  gint64 late_us = START_US + 31 * SECOND_US;

  for (guint i = 0; i < n_old + n_late; i++)
    {
      RedesPeerId id = peer (i);

      redes_ban_list_strike (ban_list, &id, i < n_old ? START_US : late_us);
    }
  g_assert_cmpuint (count_banned (ban_list, n_old, n_late, late_us), ==, n_late);
  g_assert_cmpuint (count_banned (ban_list, 0, n_old, late_us), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/swarm/ban-list/ban-grows", test_ban_grows);
  g_test_add_func ("/swarm/ban-list/ban-decays", test_ban_decays);
  g_test_add_func ("/swarm/ban-list/bounded", test_bounded);
  g_test_add_func ("/swarm/ban-list/expired-go-first", test_expired_go_first);
  return g_test_run ();
}
