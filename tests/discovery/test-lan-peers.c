/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/discovery/lan-peers.h"

#include <string.h>

#define SECOND_US ((gint64)G_USEC_PER_SEC)

typedef struct
{
  RedesLanPeers *hood;
  guint n_heard;
  guint n_gone;
} Fixture;

static void
on_heard (RedesLanPeer *lan_peer, gpointer user_data)
{
  ((Fixture *)user_data)->n_heard++;
}

static void
on_gone (RedesLanPeer *lan_peer, gpointer user_data)
{
  ((Fixture *)user_data)->n_gone++;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  static const RedesLanPeersEvents events = { on_heard, on_gone };

  self->hood = redes_lan_peers_new (&events, self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  redes_lan_peers_free (self->hood);
}

static RedesDigest
digest_of (guint64 number)
{
  RedesDigest digest;

  redes_digest_of (&number, sizeof number, &digest);
  return digest;
}

/* Of peer @number, whose secret is as well. */
static RedesBeacon
make_beacon (guint64 number, RedesBeaconKind kind)
{
  RedesBeacon beacon = { .kind = kind, .port = 6001, .nickname = "x" };
  RedesDigest secret = digest_of (number + 1000000);

  beacon.id = digest_of (number);
  beacon.run = secret;
  if (kind != REDES_BEACON_LEAVING)
    redes_digest_of (secret.bytes, sizeof secret.bytes, &beacon.run);
  return beacon;
}

static void
hear (Fixture *self, guint64 number, RedesBeaconKind kind, const char *host, gint64 now_us)
{
  RedesBeacon beacon = make_beacon (number, kind);

  redes_lan_peers_hear (self->hood, &beacon, host, now_us);
}

static void
test_come_and_go (Fixture *self, gconstpointer data)
{
  RedesPeerId id = digest_of (1);
  RedesLanPeer *lan_peer;

  hear (self, 1, REDES_BEACON_ASK, "10.0.0.1", 0);
  hear (self, 1, REDES_BEACON_HERE, "10.0.0.1", 4 * SECOND_US);
  g_assert_cmpuint (self->n_heard, ==, 1);
  lan_peer = redes_lan_peers_lookup (self->hood, &id);
  g_assert_cmpint (lan_peer->heard_us, ==, 4 * SECOND_US);
  g_assert_cmpstr (lan_peer->addresses[0].host, ==, "10.0.0.1");

  redes_lan_peers_expire (self->hood, 4 * SECOND_US + REDES_LAN_PEER_TTL_US - 1);
  g_assert_cmpuint (self->n_gone, ==, 0);
  redes_lan_peers_expire (self->hood, 4 * SECOND_US + REDES_LAN_PEER_TTL_US);
  g_assert_cmpuint (self->n_gone, ==, 1);
  g_assert_null (redes_lan_peers_lookup (self->hood, &id));
  /* Soon enough for what people are promised. */
  g_assert_cmpint (REDES_LAN_PEER_TTL_US, <=, 14 * SECOND_US);
}

static void
test_leaving (Fixture *self, gconstpointer data)
{
  RedesBeacon forged = make_beacon (1, REDES_BEACON_LEAVING);

  hear (self, 1, REDES_BEACON_HERE, "10.0.0.1", 0);
  hear (self, 1, REDES_BEACON_HERE, "10.1.0.1", 0);
  forged.run = digest_of (77);
  redes_lan_peers_hear (self->hood, &forged, "10.0.0.1", 0);
  g_assert_cmpuint (self->n_gone, ==, 0);
  /* By whichever way it is heard. */
  hear (self, 1, REDES_BEACON_LEAVING, "10.0.0.1", 0);
  g_assert_cmpuint (self->n_gone, ==, 1);
  g_assert_cmpuint (redes_lan_peers_get_size (self->hood), ==, 0);
}

static void
test_only_looking (Fixture *self, gconstpointer data)
{
  RedesBeacon beacon = make_beacon (1, REDES_BEACON_ASK);

  beacon.port = 0;
  redes_lan_peers_hear (self->hood, &beacon, "10.0.0.1", 0);
  g_assert_cmpuint (self->n_heard, ==, 0);
}

static void
test_addresses (Fixture *self, gconstpointer data)
{
  RedesPeerId id = digest_of (1);
  RedesLanPeer *lan_peer;

  hear (self, 1, REDES_BEACON_HERE, "fe80::1%2", 0);
  hear (self, 1, REDES_BEACON_HERE, "127.0.0.1", 0);
  hear (self, 1, REDES_BEACON_HERE, "10.0.0.1", 0);
  lan_peer = redes_lan_peers_lookup (self->hood, &id);
  g_assert_cmpstr (lan_peer->addresses[0].host, ==, "10.0.0.1");
  g_assert_cmpstr (lan_peer->addresses[1].host, ==, "127.0.0.1");
  g_assert_cmpstr (lan_peer->addresses[2].host, ==, "fe80::1%2");
  redes_lan_peers_prove (self->hood, lan_peer, "127.0.0.1", 6001);
  g_assert_cmpstr (lan_peer->addresses[0].host, ==, "127.0.0.1");

  /* Others in its name push out one another, and not what was proven. */
  for (guint i = 0; i < 50; i++)
    {
      g_autofree char *host = g_strdup_printf ("10.9.0.%u", i + 1);

      hear (self, 1, REDES_BEACON_HERE, host, i);
    }
  g_assert_cmpuint (lan_peer->n_addresses, ==, REDES_LAN_PEER_MAX_ADDRESSES);
  g_assert_cmpstr (lan_peer->addresses[0].host, ==, "127.0.0.1");
}

/* Beacons from elsewhere do not keep alive who has gone silent. */
static void
test_forged_life (Fixture *self, gconstpointer data)
{
  RedesPeerId id = digest_of (1);
  RedesLanPeer *lan_peer;
  guint n_heard;

  hear (self, 1, REDES_BEACON_HERE, "10.0.0.1", 0);
  lan_peer = redes_lan_peers_lookup (self->hood, &id);
  redes_lan_peers_prove (self->hood, lan_peer, "10.0.0.1", 6001);
  hear (self, 1, REDES_BEACON_HERE, "10.0.0.66", 10 * SECOND_US);
  n_heard = self->n_heard;
  redes_lan_peers_expire (self->hood, REDES_LAN_PEER_TTL_US);
  g_assert_false (lan_peer->proven);
  g_assert_cmpuint (self->n_heard, ==, n_heard + 1);
}

/* Whoever sends under ever new names fills neither memory nor the table, and keeps nobody out. */
static void
test_flood_from_one (Fixture *self, gconstpointer data)
{
  gint64 now_us = 0;

  hear (self, 1, REDES_BEACON_HERE, "10.0.0.1", 0);
  for (guint i = 0; i < 100000; i++)
    {
      now_us = i * (gint64)100;
      hear (self, 100 + i, REDES_BEACON_HERE, "10.0.0.66", now_us);
      if (i % 10000 == 0)
        {
          redes_lan_peers_expire (self->hood, now_us);
          hear (self, 1, REDES_BEACON_HERE, "10.0.0.1", now_us);
        }
      g_assert_cmpuint (redes_lan_peers_get_size (self->hood), <=, 129);
    }
  /* 64 at once, then 16 a second. */
  g_assert_cmpuint (self->n_heard, <=, 1 + 64 + 16 * 10 + 1);
  hear (self, 2, REDES_BEACON_HERE, "10.0.0.2", now_us);
  g_assert_cmpuint (redes_lan_peers_get_size (self->hood), <=, 130);
  g_assert_true (redes_lan_peers_lookup (self->hood, &(RedesPeerId[]){ digest_of (1) }[0]) != NULL);
  g_assert_true (redes_lan_peers_lookup (self->hood, &(RedesPeerId[]){ digest_of (2) }[0]) != NULL);
}

static void
test_flood_from_many (Fixture *self, gconstpointer data)
{
  RedesPeerId id = digest_of (1);
  RedesLanPeer *lan_peer;

  hear (self, 1, REDES_BEACON_HERE, "10.0.0.1", 0);
  lan_peer = redes_lan_peers_lookup (self->hood, &id);
  redes_lan_peers_prove (self->hood, lan_peer, "10.0.0.1", 6001);
  for (guint i = 0; i < 100000; i++)
    {
      g_autofree char *host = g_strdup_printf ("10.1.%u.%u", i / 250 % 250, i % 250);

      hear (self, 100 + i, REDES_BEACON_HERE, host, i * 100);
      g_assert_cmpuint (redes_lan_peers_get_size (self->hood), <=, 512);
    }
  g_assert_true (redes_lan_peers_lookup (self->hood, &id) == lan_peer);
  redes_lan_peers_expire (self->hood, 60 * SECOND_US);
  g_assert_cmpuint (redes_lan_peers_get_size (self->hood), ==, 0);
  g_assert_cmpuint (self->n_gone, ==, self->n_heard);
}

int
main (int argc, char **argv)
{
#define ADD(name, func)                                                                            \
  g_test_add ("/discovery/lan-peers/" name, Fixture, NULL, set_up, func, tear_down)

  g_test_init (&argc, &argv, NULL);
  ADD ("come-and-go", test_come_and_go);
  ADD ("leaving", test_leaving);
  ADD ("only-looking", test_only_looking);
  ADD ("addresses", test_addresses);
  ADD ("forged-life", test_forged_life);
  ADD ("flood-from-one", test_flood_from_one);
  ADD ("flood-from-many", test_flood_from_many);
  return g_test_run ();
}
