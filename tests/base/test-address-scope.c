/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/address-scope.h"

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
    { "::ffff:8.8.8.8", REDES_ADDRESS_SCOPE_WORLD },
    { "localhost", REDES_ADDRESS_SCOPE_NONE },
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
test_local_names (void)
{
  static const char *const local[] = { "Printer", "a.b.LOCAL", "nas.home.arpa.", "localhost" };
  static const char *const others[]
      = { "example.org", "local.example.org", "0x7f.local", "127.1", "::1", "" };

  for (guint i = 0; i < G_N_ELEMENTS (local); i++)
    g_assert_true (redes_address_is_local_name (local[i]));
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    g_assert_false (redes_address_is_local_name (others[i]));
}

/* Who was met at an address may be told of those that are at least as far away. */
static void
test_may_tell (void)
{
  g_assert_true (redes_address_may_tell ("127.0.0.1", "127.0.0.1"));
  g_assert_true (redes_address_may_tell ("127.0.0.1", "192.168.1.2"));
  g_assert_false (redes_address_may_tell ("192.168.1.2", "127.0.0.1"));
  g_assert_true (redes_address_may_tell ("192.168.1.2", "10.0.0.1"));
  g_assert_true (redes_address_may_tell ("192.168.1.2", "203.0.113.7"));
  g_assert_false (redes_address_may_tell ("203.0.113.7", "192.168.1.2"));
  g_assert_false (redes_address_may_tell ("203.0.113.7", "127.0.0.1"));
  g_assert_true (redes_address_may_tell ("203.0.113.7", "203.0.113.8"));
  g_assert_false (redes_address_may_tell ("127.0.0.1", "169.254.1.1"));
  g_assert_false (redes_address_may_tell ("127.0.0.1", "host.example"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/base/address-scope/scopes", test_scopes);
  g_test_add_func ("/base/address-scope/local-names", test_local_names);
  g_test_add_func ("/base/address-scope/may-tell", test_may_tell);
  return g_test_run ();
}
