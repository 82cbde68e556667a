/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/net/address-group.h"
#include "engine/net/address-scope.h"

static void
test_scopes (void)
{
  static const struct
  {
    const char *host;
    RedesAddressScope scope;
  } cases[] = {
    { "127.0.0.1", REDES_ADDRESS_SCOPE_MACHINE },
    { "127.9.8.7", REDES_ADDRESS_SCOPE_MACHINE },
    { "::1", REDES_ADDRESS_SCOPE_MACHINE },
    { "::ffff:127.0.0.1", REDES_ADDRESS_SCOPE_MACHINE },
    { "10.1.2.3", REDES_ADDRESS_SCOPE_NETWORK },
    { "172.16.0.1", REDES_ADDRESS_SCOPE_NETWORK },
    { "172.31.255.1", REDES_ADDRESS_SCOPE_NETWORK },
    { "172.32.0.1", REDES_ADDRESS_SCOPE_WORLD },
    { "192.168.1.5", REDES_ADDRESS_SCOPE_NETWORK },
    { "::ffff:192.168.1.5", REDES_ADDRESS_SCOPE_NETWORK },
    { "100.64.0.1", REDES_ADDRESS_SCOPE_NETWORK },
    { "100.127.0.1", REDES_ADDRESS_SCOPE_NETWORK },
    { "100.128.0.1", REDES_ADDRESS_SCOPE_WORLD },
    { "fd00::1", REDES_ADDRESS_SCOPE_NETWORK },
    { "203.0.113.7", REDES_ADDRESS_SCOPE_WORLD },
    { "2001:db8::1", REDES_ADDRESS_SCOPE_WORLD },
    { "169.254.1.1", REDES_ADDRESS_SCOPE_NONE },
    { "fe80::1", REDES_ADDRESS_SCOPE_NONE },
    { "0.0.0.0", REDES_ADDRESS_SCOPE_NONE },
    { "0.1.2.3", REDES_ADDRESS_SCOPE_NONE },
    { "::", REDES_ADDRESS_SCOPE_NONE },
    { "224.0.0.1", REDES_ADDRESS_SCOPE_NONE },
    { "255.255.255.255", REDES_ADDRESS_SCOPE_NONE },
    { "ff02::1", REDES_ADDRESS_SCOPE_NONE },
    { "host.example", REDES_ADDRESS_SCOPE_NONE },
    { "", REDES_ADDRESS_SCOPE_NONE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].host);
      g_assert_cmpint (redes_address_get_scope (cases[i].host), ==, cases[i].scope);
    }
}

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

  g_test_add_func ("/net/address-scope/scopes", test_scopes);
  g_test_add_func ("/net/address-scope/groups", test_groups);
  return g_test_run ();
}
