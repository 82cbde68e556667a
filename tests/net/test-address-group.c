/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/net/address-group.h"

static void
test_groups (void)
{
  g_autofree char *v4 = redes_address_dup_group ("192.0.2.7");
  g_autofree char *mapped = redes_address_dup_group ("::ffff:192.0.2.7");
  g_autofree char *one = redes_address_dup_group ("2001:db8:0:1::7");
  g_autofree char *other = redes_address_dup_group ("2001:db8:0:1:ffff::9");
  g_autofree char *beyond = redes_address_dup_group ("2001:db8:0:2::7");
  g_autofree char *loopback = redes_address_dup_group ("::1");
  g_autofree char *on_link = redes_address_dup_group ("fe80::7");
  g_autofree char *none = redes_address_dup_group ("somewhere");

  g_assert_cmpstr (v4, ==, "192.0.2.7");
  g_assert_cmpstr (mapped, ==, "192.0.2.7");
  g_assert_cmpstr (one, ==, "2001:db8:0:1::/64");
  g_assert_cmpstr (other, ==, one);
  g_assert_cmpstr (beyond, !=, one);
  /* All of a link, and loopback beside what is none, would be in one /64. */
  g_assert_cmpstr (loopback, ==, "::1");
  g_assert_cmpstr (on_link, ==, "fe80::7");
  g_assert_cmpstr (none, ==, "somewhere");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/net/address-group/groups", test_groups);
  return g_test_run ();
}
