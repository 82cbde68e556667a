/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/lookup/peer-exchange.h"

#define WORLD "198.51.100.1"

/* Of this machine, of two private networks, and of the world. */
static const char *const hosts[]
    = { "127.0.0.1", "::1", "192.168.1.5", "fd00::5", "203.0.113.7", "2001:db8::7" };

static RedesPeerId
make_id (guint number)
{
  RedesPeerId id;

  redes_digest_of (&number, sizeof number, &id);
  return id;
}

static char *
list_hosts (GPtrArray *endpoints)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++)
    for (guint j = 0; j < endpoints->len; j++)
      {
        const RedesEndpoint *endpoint = g_ptr_array_index (endpoints, j);

        if (g_str_equal (endpoint->host, hosts[i]))
          g_string_append_printf (text, "%s ", hosts[i]);
      }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* What is left of all hosts when the peer at @from tells of them. */
static void
check_filter (const char *from, const char *expected)
{
  g_autoptr (GPtrArray) told = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_endpoint_free);
  RedesPeerId self = make_id (0);
  g_autofree char *left = NULL;

  g_ptr_array_add (told, redes_endpoint_new (&self, "", WORLD, 6001));
  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      RedesPeerId id = make_id (i + 1);

      g_ptr_array_add (told, redes_endpoint_new (&id, "", hosts[i], 6001));
    }
  redes_peer_exchange_filter (told, &self, from);
  left = list_hosts (told);
  g_assert_cmpstr (left, ==, expected);
}

static void
test_filter (void)
{
  check_filter (WORLD, "203.0.113.7 2001:db8::7 ");
  check_filter ("10.0.0.2", "192.168.1.5 fd00::5 203.0.113.7 2001:db8::7 ");
  check_filter ("127.0.0.1", "127.0.0.1 ::1 192.168.1.5 fd00::5 203.0.113.7 2001:db8::7 ");
}

/* What the peer at @to is told, when all hosts were met. */
static void
check_choice (const char *to, const char *expected)
{
  g_autoptr (GPtrArray) met = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) told = NULL;
  RedesPeerId id = make_id (0);
  g_autofree char *text = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      RedesPeerRecord *record = g_new0 (RedesPeerRecord, 1);

      record->met = TRUE;
      record->endpoint = (RedesEndpoint){
        .id = make_id (i + 1), .nickname = (char *)"", .host = (char *)hosts[i], .port = 6001
      };
      g_ptr_array_add (met, record);
    }
  told = redes_peer_exchange_choose (met, &id, to);
  text = list_hosts (told);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_choice (void)
{
  check_choice (WORLD, "203.0.113.7 2001:db8::7 ");
  check_choice ("10.0.0.2", "192.168.1.5 fd00::5 203.0.113.7 2001:db8::7 ");
  check_choice ("::1", "127.0.0.1 ::1 192.168.1.5 fd00::5 203.0.113.7 2001:db8::7 ");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lookup/peer-exchange/filter", test_filter);
  g_test_add_func ("/lookup/peer-exchange/choice", test_choice);
  return g_test_run ();
}
