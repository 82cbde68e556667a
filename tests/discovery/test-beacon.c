/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/discovery/announcer.h"
#include "engine/wire/beacon.h"
#include "engine/wire/message.h"

#include <string.h>

static RedesBeacon
make_beacon (void)
{
  RedesBeacon beacon
      = { .kind = REDES_BEACON_HERE, .port = 6001, .tracker_port = 5000, .nickname = "ana" };

  memset (beacon.id.bytes, 1, sizeof beacon.id.bytes);
  memset (beacon.run.bytes, 2, sizeof beacon.run.bytes);
  return beacon;
}

static gboolean
parse (GBytes *bytes, RedesBeacon *out, GError **error)
{
  return redes_beacon_parse (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), out, error);
}

static void
test_there_and_back (void)
{
  RedesBeacon beacon = make_beacon ();

  for (guint kind = REDES_BEACON_ASK; kind <= REDES_BEACON_LEAVING; kind++)
    {
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GError) error = NULL;
      RedesBeacon read;

      beacon.kind = (RedesBeaconKind)kind;
      bytes = redes_beacon_encode (&beacon);
      g_assert_cmpuint (g_bytes_get_size (bytes), <=, REDES_BEACON_MAX_BYTES);
      g_assert_true (parse (bytes, &read, &error));
      g_assert_no_error (error);
      g_assert_cmpmem (&read, sizeof read, &beacon, sizeof beacon);
    }
}

/* The layout of PROTOCOL.md, byte for byte. */
static void
test_known_bytes (void)
{
  RedesBeacon beacon = make_beacon ();
  g_autoptr (GBytes) bytes = redes_beacon_encode (&beacon);
  const guint8 *data = g_bytes_get_data (bytes, NULL);
  /* label, version 1, kind, id, run, (aligned) ports 6001 and 5000, "ana", framing offsets of the
   * two arrays */
  static const guint8 head[] = { 'r', 'e', 'd', 'e', 's', 'l', 'a', 'n', 1, 0, 0, 0, 2 };
  static const guint8 tail[] = { 0, 0x71, 0x17, 0x88, 0x13, 'a', 'n', 'a', 0, 5 + 64, 5 + 32 };

  g_assert_cmpuint (g_bytes_get_size (bytes), ==, sizeof head + 64 + sizeof tail);
  g_assert_cmpmem (data, sizeof head, head, sizeof head);
  g_assert_cmpmem (data + sizeof head, 32, beacon.id.bytes, 32);
  g_assert_cmpmem (data + sizeof head + 32, 32, beacon.run.bytes, 32);
  g_assert_cmpmem (data + sizeof head + 64, sizeof tail, tail, sizeof tail);
}

static void
expect (const guint8 *data, gsize len, RedesWireError code)
{
  g_autoptr (GError) error = NULL;
  RedesBeacon read;

  g_assert_false (redes_beacon_parse (data, len, &read, &error));
  g_assert_error (error, REDES_WIRE_ERROR, (gint)code);
}

static void
test_gates (void)
{
  RedesBeacon beacon = make_beacon ();
  g_autoptr (GBytes) bytes = redes_beacon_encode (&beacon);
  gsize len;
  const guint8 *good = g_bytes_get_data (bytes, &len);
  guint8 copy[REDES_BEACON_MAX_BYTES + 1] = { 0 };

  expect (copy, 0, REDES_WIRE_ERROR_SIZE);
  expect (copy, 8, REDES_WIRE_ERROR_SIZE);
  expect (copy, sizeof copy, REDES_WIRE_ERROR_SIZE);
  memcpy (copy, good, len);
  copy[0] ^= 1;
  expect (copy, len, REDES_WIRE_ERROR_TYPE);
  memcpy (copy, good, len);
  for (gsize cut = 9; cut < len; cut++)
    {
      g_autoptr (GError) error = NULL;
      RedesBeacon read;

      g_assert_false (redes_beacon_parse (copy, cut, &read, &error));
    }
  copy[8] = 2;
  expect (copy, len, REDES_WIRE_ERROR_VERSION);
  copy[8] = 1;
  copy[12] = 0;
  expect (copy, len, REDES_WIRE_ERROR_VALUE);
  copy[12] = 4;
  expect (copy, len, REDES_WIRE_ERROR_VALUE);
  copy[12] = 2;
  /* The name's NUL. */
  copy[len - 3] = 'x';
  expect (copy, len, REDES_WIRE_ERROR_SHAPE);
}

static void
test_nickname (void)
{
  RedesBeacon beacon = make_beacon ();
  g_autofree char *long_name = g_strnfill (63, 'a');
  g_autofree char *longer = g_strconcat (long_name, "\xc3\xa3", NULL);

  redes_beacon_set_nickname (&beacon, longer);
  g_assert_cmpstr (beacon.nickname, ==, long_name);
  redes_beacon_set_nickname (&beacon, "\xff");
  g_assert_true (g_utf8_validate (beacon.nickname, -1, NULL));
}

/* Three that ask within the first second, then one every four seconds or so. */
static void
test_announcer (void)
{
  RedesAnnouncer announcer = { 0 };
  gint64 now_us = 1000;
  guint n_asked = 0;
  guint n_sent = 0;

  redes_announcer_start (&announcer, now_us);
  for (gint64 end_us = now_us + 22 * G_USEC_PER_SEC; now_us < end_us; now_us += 10000)
    if (redes_announcer_is_due (&announcer, now_us))
      {
        n_asked += redes_announcer_send (&announcer, now_us, 0.5) == REDES_BEACON_ASK;
        n_sent++;
        if (now_us < 1000 + G_USEC_PER_SEC)
          g_assert_cmpuint (n_asked, ==, n_sent);
      }
  g_assert_cmpuint (n_asked, ==, 3);
  g_assert_cmpuint (n_sent, ==, 3 + 5);
}

/* However many ask, an answer goes out soon, and no more than four in a second. */
static void
test_many_ask (void)
{
  RedesAnnouncer announcer = { 0 };
  gint64 now_us = 100 * G_USEC_PER_SEC;
  gint64 first_us = 0;
  guint n_sent = 0;

  redes_announcer_start (&announcer, 0);
  while (announcer.n_sent < 4)
    redes_announcer_send (&announcer, now_us - G_USEC_PER_SEC, 0.5);
  for (gint64 t_us = 0; t_us < 10 * G_USEC_PER_SEC; t_us += 1000)
    {
      redes_announcer_asked (&announcer, now_us + t_us, (t_us % 7000) / 7000.0);
      if (!redes_announcer_is_due (&announcer, now_us + t_us))
        continue;
      redes_announcer_send (&announcer, now_us + t_us, 0.5);
      if (n_sent++ == 0)
        first_us = t_us;
    }
  g_assert_cmpint (first_us, <=, 160000);
  g_assert_cmpuint (n_sent, <=, 40);
  g_assert_cmpuint (n_sent, >=, 10);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/discovery/beacon/there-and-back", test_there_and_back);
  g_test_add_func ("/discovery/beacon/known-bytes", test_known_bytes);
  g_test_add_func ("/discovery/beacon/gates", test_gates);
  g_test_add_func ("/discovery/beacon/nickname", test_nickname);
  g_test_add_func ("/discovery/announcer/rhythm", test_announcer);
  g_test_add_func ("/discovery/announcer/many-ask", test_many_ask);
  return g_test_run ();
}
