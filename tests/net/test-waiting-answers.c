/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/net/waiting-answers.h"

#define MIB (1024u * 1024)

static void
begin (RedesWaiting *self, const char *host)
{
  *self = (RedesWaiting){ .owner = self };
  redes_address_group_from_host (&self->group, host);
}

/* A little of one connection is not counted, and no more than there is. */
static void
test_counts (void)
{
  RedesWaiting one, other;

  begin (&one, "192.0.2.1");
  begin (&other, "192.0.2.1");
  g_assert_null (redes_waiting_set (&one, REDES_WAITING_FREE_BYTES));
  g_assert_cmpuint (redes_waiting_get_total (), ==, 0);
  g_assert_null (redes_waiting_set (&one, 2 * MIB));
  g_assert_null (redes_waiting_set (&other, 3 * MIB));
  g_assert_cmpuint (redes_waiting_get_total (), ==, 5 * MIB);
  g_assert_null (redes_waiting_set (&one, MIB));
  g_assert_cmpuint (redes_waiting_get_total (), ==, 4 * MIB);
  g_assert_null (redes_waiting_set (&other, 0));
  redes_waiting_clear (&one);
  redes_waiting_clear (&one);
  g_assert_cmpuint (redes_waiting_get_total (), ==, 0);
}

/* Who has most at one address is ended for an address with most, not whoever comes last. */
static void
test_worst (void)
{
  RedesWaiting honest, many[8];

  begin (&honest, "192.0.2.1");
  g_assert_null (redes_waiting_set (&honest, 6 * MIB));
  for (guint i = 0; i < G_N_ELEMENTS (many); i++)
    {
      begin (&many[i], "192.0.2.2");
      g_assert_null (redes_waiting_set (&many[i], 3 * MIB));
    }
  g_assert_null (redes_waiting_set (&many[2], 4 * MIB));
  g_assert_true (redes_waiting_set (&honest, 8 * MIB) == &many[2]);
  redes_waiting_clear (&many[2]);
  g_assert_null (redes_waiting_set (&honest, 9 * MIB));
  for (guint i = 0; i < G_N_ELEMENTS (many); i++)
    redes_waiting_clear (&many[i]);
  redes_waiting_clear (&honest);
  g_assert_cmpuint (redes_waiting_get_total (), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/net/waiting-answers/counts", test_counts);
  g_test_add_func ("/net/waiting-answers/worst", test_worst);
  return g_test_run ();
}
