/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/uploader.h"

#include "swarm-fixture.h"

#define N_BLOCKS 16u
#define HERE "192.0.2.1"
#define THERE "198.51.100.1"
/* Of one peer, until its socket has taken some. */
#define LANE_BLOCKS 2u
/* All that wait to be sent to one address. */
#define ADDRESS_BLOCKS (16u * 1024 * 1024 / FAKE_BLOCK_SIZE)

/* An uploader whose blocks are all in the cache, so that nothing is waited for. */

typedef struct
{
  FakeClock clock;
  FakeContent content;
  RedesHolding *holding;
  RedesWorkers *workers;
  RedesBlockCache *cache;
  RedesUploader *uploader;
  GPtrArray *remotes; /* FakeRemote */
} Fixture;

static void
remote_free (gpointer data)
{
  fake_remote_unref (data);
}

static void
fixture_init (Fixture *fixture)
{
  fake_clock_init (&fixture->clock);
  fake_content_init (&fixture->content, N_BLOCKS);
  fixture->holding
      = redes_holding_new_file (fixture->content.folder.path, "shared", REDES_FILE_TIME_UNKNOWN,
                                fixture->content.manifest, fixture->content.tree);
  fixture->workers = redes_workers_new ("test", 1, NULL);
  fixture->cache = redes_block_cache_new (2 * N_BLOCKS * FAKE_BLOCK_SIZE, fixture->workers);
  for (guint32 i = 0; i < N_BLOCKS; i++)
    {
      g_autoptr (GBytes) block = fake_content_dup_block (&fixture->content, i);

      redes_block_cache_put (fixture->cache, fixture->content.content, i, block);
    }
  fixture->uploader = redes_uploader_new (NULL, fixture->cache, &fixture->clock.clock, 1);
  fixture->remotes = g_ptr_array_new_with_free_func (remote_free);
}

static void
fixture_clear (Fixture *fixture)
{
  redes_uploader_free (fixture->uploader);
  redes_block_cache_free (fixture->cache);
  redes_workers_free (fixture->workers);
  g_ptr_array_unref (fixture->remotes);
  redes_holding_unref (fixture->holding);
  fake_content_clear (&fixture->content);
}

/* (transfer none) */
static FakeRemote *
add (Fixture *fixture, const char *host)
{
  FakeRemote *remote = fake_remote_new (fixture->remotes->len, host, &fixture->clock);

  g_ptr_array_add (fixture->remotes, remote);
  return remote;
}

static void
ask (Fixture *fixture, FakeRemote *remote, guint32 first, guint n)
{
  for (guint i = 0; i < n; i++)
    redes_uploader_request (fixture->uploader, &remote->remote, fixture->holding,
                            (first + i) % N_BLOCKS);
}

/* Its socket takes a block. */
static void
take (Fixture *fixture, FakeRemote *remote)
{
  g_assert_cmpuint (remote->queued_bytes, >=, FAKE_BLOCK_SIZE);
  remote->queued_bytes -= FAKE_BLOCK_SIZE;
  remote->taken_bytes += FAKE_BLOCK_SIZE;
  redes_uploader_drained (fixture->uploader, &remote->remote);
}

/* A peer's blocks come in the order in which it asked, no further ahead than its socket takes. */
static void
test_order (void)
{
  Fixture fixture;
  FakeRemote *remote;

  fixture_init (&fixture);
  remote = add (&fixture, HERE);
  ask (&fixture, remote, 3, 6);
  g_assert_cmpuint (remote->sent->len, ==, LANE_BLOCKS);
  g_assert_true (redes_uploader_is_serving (fixture.uploader, &remote->remote));
  while (remote->queued_bytes > 0)
    take (&fixture, remote);
  g_assert_cmpuint (remote->sent->len, ==, 6);
  for (guint i = 0; i < 6; i++)
    g_assert_cmpuint (g_array_index (remote->sent, guint32, i), ==, 3 + i);
  g_assert_false (redes_uploader_is_serving (fixture.uploader, &remote->remote));
  fixture_clear (&fixture);
}

/* Who asks for much takes nothing from who asks for little. */
static void
test_turns (void)
{
  Fixture fixture;
  FakeRemote *greedy, *modest;

  fixture_init (&fixture);
  greedy = add (&fixture, HERE);
  modest = add (&fixture, HERE);
  ask (&fixture, greedy, 0, 900);
  ask (&fixture, modest, 0, 3);
  g_assert_cmpuint (modest->sent->len, ==, LANE_BLOCKS);
  for (guint i = 0; i < 3; i++)
    {
      take (&fixture, greedy);
      if (modest->queued_bytes > 0)
        take (&fixture, modest);
    }
  g_assert_cmpuint (modest->sent->len, ==, 3);
  g_assert_cmpuint (greedy->sent->len, ==, LANE_BLOCKS + 3);
  fixture_clear (&fixture);
}

/* Who has waited for the disk the longest is next. */
static void
test_first_come (void)
{
  Fixture fixture;
  FakeRemote *first, *second, *third;
  gint64 end_us = g_get_monotonic_time () + 20 * SECOND_US;

  fixture_init (&fixture);
  first = add (&fixture, HERE);
  second = add (&fixture, HERE);
  third = add (&fixture, HERE);
  redes_block_cache_drop (fixture.cache, fixture.content.content);
  ask (&fixture, first, 0, 1);
  ask (&fixture, second, 1, 1);
  ask (&fixture, third, 2, 1);
  while (second->sent->len + third->sent->len == 0 && g_get_monotonic_time () < end_us)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (first->sent->len, ==, 1);
  g_assert_cmpuint (second->sent->len, ==, 1);
  g_assert_cmpuint (third->sent->len, ==, 0);
  while (third->sent->len == 0 && g_get_monotonic_time () < end_us)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (third->sent->len, ==, 1);
  fixture_clear (&fixture);
}

/* All peers of one address have a share of the memory together, however many they are; others are
 * served as if they were alone. What is given back goes to those that wait, in turn. */
static void
test_addresses (void)
{
  Fixture fixture;
  FakeRemote *crowd[2 * ADDRESS_BLOCKS];
  FakeRemote *single;
  guint n_served = 0;
  guint n_before;

  fixture_init (&fixture);
  for (guint i = 0; i < G_N_ELEMENTS (crowd); i++)
    {
      crowd[i] = add (&fixture, HERE);
      ask (&fixture, crowd[i], i, 4);
      n_served += crowd[i]->sent->len;
    }
  g_assert_cmpuint (n_served, >, ADDRESS_BLOCKS / 2);
  g_assert_cmpuint (n_served, <=, ADDRESS_BLOCKS);
  single = add (&fixture, THERE);
  ask (&fixture, single, 0, 8);
  g_assert_cmpuint (single->sent->len, >=, 1);
  while (single->queued_bytes > 0)
    take (&fixture, single);
  g_assert_cmpuint (single->sent->len, ==, 8);

  /* Each block that one of the crowd takes lets another one of the crowd have one. */
  n_before = n_served;
  for (guint i = 0; i < 3 * G_N_ELEMENTS (crowd); i++)
    if (crowd[i % G_N_ELEMENTS (crowd)]->queued_bytes > 0)
      take (&fixture, crowd[i % G_N_ELEMENTS (crowd)]);
  n_served = 0;
  for (guint i = 0; i < G_N_ELEMENTS (crowd); i++)
    {
      g_assert_cmpuint (crowd[i]->sent->len, >, 0);
      n_served += crowd[i]->sent->len;
    }
  g_assert_cmpuint (n_served, >, n_before + ADDRESS_BLOCKS);
  fixture_clear (&fixture);
}

/* Each request has one answer: what was not sent yet is refused when it is taken back. */
static void
test_cancel (void)
{
  Fixture fixture;
  FakeRemote *remote;

  fixture_init (&fixture);
  remote = add (&fixture, HERE);
  ask (&fixture, remote, 0, 4);
  redes_uploader_cancel (fixture.uploader, &remote->remote, fixture.content.content, 3);
  g_assert_cmpuint (remote->rejected->len, ==, 1);
  g_assert_cmpuint (g_array_index (remote->rejected, guint32, 0), ==, 3);
  g_assert_cmpuint (g_array_index (remote->reasons, guint32, 0), ==, REDES_REJECT_CANCELLED);
  /* On its way: too late. */
  redes_uploader_cancel (fixture.uploader, &remote->remote, fixture.content.content, 0);
  g_assert_cmpuint (remote->rejected->len, ==, 1);
  remote->can_unsend = TRUE;
  redes_uploader_cancel (fixture.uploader, &remote->remote, fixture.content.content, 1);
  g_assert_cmpuint (remote->rejected->len, ==, 2);
  /* Never asked for, or answered. */
  remote->can_unsend = FALSE;
  redes_uploader_cancel (fixture.uploader, &remote->remote, fixture.content.content, 9);
  g_assert_cmpuint (remote->rejected->len, ==, 2);
  while (remote->queued_bytes > 0)
    take (&fixture, remote);
  g_assert_cmpuint (remote->sent->len, ==, 3);
  g_assert_cmpuint (g_array_index (remote->sent, guint32, 2), ==, 2);
  fixture_clear (&fixture);
}

/* So many requests of one peer wait; more are refused as BUSY, and it may go on later. */
static void
test_busy (void)
{
  Fixture fixture;
  FakeRemote *remote;

  fixture_init (&fixture);
  remote = add (&fixture, HERE);
  ask (&fixture, remote, 0, LANE_BLOCKS + 1024);
  g_assert_cmpuint (remote->rejected->len, ==, 0);
  ask (&fixture, remote, 0, 1);
  g_assert_cmpuint (remote->rejected->len, ==, 1);
  g_assert_cmpuint (g_array_index (remote->reasons, guint32, 0), ==, REDES_REJECT_BUSY);
  take (&fixture, remote);
  ask (&fixture, remote, 0, 1);
  g_assert_cmpuint (remote->rejected->len, ==, 1);
  fixture_clear (&fixture);
}

/* A file that cannot be read any more is refused, and the next peer gets its turn. */
static void
test_unreadable (void)
{
  Fixture fixture;
  FakeRemote *first, *second;
  gint64 end_us = g_get_monotonic_time () + 20 * SECOND_US;

  fixture_init (&fixture);
  first = add (&fixture, HERE);
  second = add (&fixture, THERE);
  redes_block_cache_drop (fixture.cache, fixture.content.content);
  folder_remove (&fixture.content.folder, "shared");
  ask (&fixture, first, 0, 1);
  ask (&fixture, second, 1, 1);
  /* One read at a time: the second waits for the first. */
  g_assert_cmpuint (first->rejected->len + second->rejected->len, ==, 0);
  while (second->rejected->len == 0 && g_get_monotonic_time () < end_us)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (g_array_index (first->reasons, guint32, 0), ==, REDES_REJECT_UNREADABLE);
  g_assert_cmpuint (g_array_index (second->reasons, guint32, 0), ==, REDES_REJECT_UNREADABLE);
  fixture_clear (&fixture);
}

/* A peer that goes leaves its turn and its memory to others; a read of it may come later. */
static void
test_remove (void)
{
  Fixture fixture;
  FakeRemote *first, *second;
  gint64 end_us = g_get_monotonic_time () + 20 * SECOND_US;

  fixture_init (&fixture);
  first = add (&fixture, HERE);
  second = add (&fixture, THERE);
  redes_block_cache_drop (fixture.cache, fixture.content.content);
  ask (&fixture, first, 0, 1);
  ask (&fixture, second, 1, 1);
  redes_uploader_remove (fixture.uploader, &first->remote);
  g_assert_false (redes_uploader_is_serving (fixture.uploader, &first->remote));
  while (second->sent->len == 0 && g_get_monotonic_time () < end_us)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (second->sent->len, ==, 1);
  g_assert_cmpuint (first->sent->len, ==, 0);
  fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/swarm/uploader/order", test_order);
  g_test_add_func ("/swarm/uploader/turns", test_turns);
  g_test_add_func ("/swarm/uploader/first-come", test_first_come);
  g_test_add_func ("/swarm/uploader/addresses", test_addresses);
  g_test_add_func ("/swarm/uploader/cancel", test_cancel);
  g_test_add_func ("/swarm/uploader/busy", test_busy);
  g_test_add_func ("/swarm/uploader/unreadable", test_unreadable);
  g_test_add_func ("/swarm/uploader/remove", test_remove);
  return g_test_run ();
}
