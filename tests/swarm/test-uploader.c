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
} Stage;

static void
remote_free (gpointer data)
{
  fake_remote_unref (data);
}

static void
stage_init (Stage *stage)
{
  fake_clock_init (&stage->clock);
  fake_content_init (&stage->content, N_BLOCKS);
  stage->holding
      = redes_holding_new_file (stage->content.folder.path, "shared", REDES_FILE_TIME_UNKNOWN,
                                stage->content.manifest, stage->content.tree);
  stage->workers = redes_workers_new ("test", 1, NULL);
  stage->cache = redes_block_cache_new (2 * N_BLOCKS * FAKE_BLOCK_SIZE, stage->workers);
  for (guint32 i = 0; i < N_BLOCKS; i++)
    {
      g_autoptr (GBytes) block = fake_content_dup_block (&stage->content, i);

      redes_block_cache_put (stage->cache, stage->content.content, i, block);
    }
  stage->uploader = redes_uploader_new (NULL, stage->cache, &stage->clock.clock, 1);
  stage->remotes = g_ptr_array_new_with_free_func (remote_free);
}

static void
stage_clear (Stage *stage)
{
  redes_uploader_free (stage->uploader);
  redes_block_cache_free (stage->cache);
  redes_workers_free (stage->workers);
  g_ptr_array_unref (stage->remotes);
  redes_holding_unref (stage->holding);
  fake_content_clear (&stage->content);
}

/* (transfer none) */
static FakeRemote *
add (Stage *stage, const char *host)
{
  FakeRemote *remote = fake_remote_new (stage->remotes->len, host, &stage->clock);

  g_ptr_array_add (stage->remotes, remote);
  return remote;
}

static void
ask (Stage *stage, FakeRemote *remote, guint32 first, guint n)
{
  for (guint i = 0; i < n; i++)
    redes_uploader_request (stage->uploader, &remote->remote, stage->holding,
                            (first + i) % N_BLOCKS);
}

/* Its socket takes a block. */
static void
take (Stage *stage, FakeRemote *remote)
{
  g_assert_cmpuint (remote->queued_bytes, >=, FAKE_BLOCK_SIZE);
  remote->queued_bytes -= FAKE_BLOCK_SIZE;
  remote->taken_bytes += FAKE_BLOCK_SIZE;
  redes_uploader_drained (stage->uploader, &remote->remote);
}

/* A peer's blocks come in the order in which it asked, no further ahead than its socket takes. */
static void
test_order (void)
{
  Stage stage;
  FakeRemote *remote;

  stage_init (&stage);
  remote = add (&stage, HERE);
  ask (&stage, remote, 3, 6);
  g_assert_cmpuint (remote->sent->len, ==, LANE_BLOCKS);
  g_assert_true (redes_uploader_is_serving (stage.uploader, &remote->remote));
  while (remote->queued_bytes > 0)
    take (&stage, remote);
  g_assert_cmpuint (remote->sent->len, ==, 6);
  for (guint i = 0; i < 6; i++)
    g_assert_cmpuint (g_array_index (remote->sent, guint32, i), ==, 3 + i);
  g_assert_false (redes_uploader_is_serving (stage.uploader, &remote->remote));
  stage_clear (&stage);
}

/* Who asks for much takes nothing from who asks for little. */
static void
test_turns (void)
{
  Stage stage;
  FakeRemote *greedy, *modest;

  stage_init (&stage);
  greedy = add (&stage, HERE);
  modest = add (&stage, HERE);
  ask (&stage, greedy, 0, 900);
  ask (&stage, modest, 0, 3);
  g_assert_cmpuint (modest->sent->len, ==, LANE_BLOCKS);
  for (guint i = 0; i < 3; i++)
    {
      take (&stage, greedy);
      if (modest->queued_bytes > 0)
        take (&stage, modest);
    }
  g_assert_cmpuint (modest->sent->len, ==, 3);
  g_assert_cmpuint (greedy->sent->len, ==, LANE_BLOCKS + 3);
  stage_clear (&stage);
}

/* Who has waited for the disk the longest is next. */
static void
test_first_come (void)
{
  Stage stage;
  FakeRemote *first, *second, *third;
  gint64 end_us = g_get_monotonic_time () + 20 * SECOND_US;

  stage_init (&stage);
  first = add (&stage, HERE);
  second = add (&stage, HERE);
  third = add (&stage, HERE);
  redes_block_cache_drop (stage.cache, stage.content.content);
  ask (&stage, first, 0, 1);
  ask (&stage, second, 1, 1);
  ask (&stage, third, 2, 1);
  while (second->sent->len + third->sent->len == 0 && g_get_monotonic_time () < end_us)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (first->sent->len, ==, 1);
  g_assert_cmpuint (second->sent->len, ==, 1);
  g_assert_cmpuint (third->sent->len, ==, 0);
  while (third->sent->len == 0 && g_get_monotonic_time () < end_us)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (third->sent->len, ==, 1);
  stage_clear (&stage);
}

/* All peers of one address have a share of the memory together, however many they are; others are
 * served as if they were alone. What is given back goes to those that wait, in turn. */
static void
test_addresses (void)
{
  Stage stage;
  FakeRemote *crowd[2 * ADDRESS_BLOCKS];
  FakeRemote *single;
  guint n_served = 0;
  guint n_before;

  stage_init (&stage);
  for (guint i = 0; i < G_N_ELEMENTS (crowd); i++)
    {
      crowd[i] = add (&stage, HERE);
      ask (&stage, crowd[i], i, 4);
      n_served += crowd[i]->sent->len;
    }
  g_assert_cmpuint (n_served, >, ADDRESS_BLOCKS / 2);
  g_assert_cmpuint (n_served, <=, ADDRESS_BLOCKS);
  single = add (&stage, THERE);
  ask (&stage, single, 0, 8);
  g_assert_cmpuint (single->sent->len, >=, 1);
  while (single->queued_bytes > 0)
    take (&stage, single);
  g_assert_cmpuint (single->sent->len, ==, 8);

  /* Each block that one of the crowd takes lets another one of the crowd have one. */
  n_before = n_served;
  for (guint i = 0; i < 3 * G_N_ELEMENTS (crowd); i++)
    if (crowd[i % G_N_ELEMENTS (crowd)]->queued_bytes > 0)
      take (&stage, crowd[i % G_N_ELEMENTS (crowd)]);
  n_served = 0;
  for (guint i = 0; i < G_N_ELEMENTS (crowd); i++)
    {
      g_assert_cmpuint (crowd[i]->sent->len, >, 0);
      n_served += crowd[i]->sent->len;
    }
  g_assert_cmpuint (n_served, >, n_before + ADDRESS_BLOCKS);
  stage_clear (&stage);
}

/* Each request has one answer: what was not sent yet is refused when it is taken back. */
static void
test_cancel (void)
{
  Stage stage;
  FakeRemote *remote;

  stage_init (&stage);
  remote = add (&stage, HERE);
  ask (&stage, remote, 0, 4);
  redes_uploader_cancel (stage.uploader, &remote->remote, stage.content.content, 3);
  g_assert_cmpuint (remote->rejected->len, ==, 1);
  g_assert_cmpuint (g_array_index (remote->rejected, guint32, 0), ==, 3);
  g_assert_cmpuint (g_array_index (remote->reasons, guint32, 0), ==, REDES_REJECT_CANCELLED);
  /* On its way: too late. */
  redes_uploader_cancel (stage.uploader, &remote->remote, stage.content.content, 0);
  g_assert_cmpuint (remote->rejected->len, ==, 1);
  remote->can_unsend = TRUE;
  redes_uploader_cancel (stage.uploader, &remote->remote, stage.content.content, 1);
  g_assert_cmpuint (remote->rejected->len, ==, 2);
  /* Never asked for, or answered. */
  remote->can_unsend = FALSE;
  redes_uploader_cancel (stage.uploader, &remote->remote, stage.content.content, 9);
  g_assert_cmpuint (remote->rejected->len, ==, 2);
  while (remote->queued_bytes > 0)
    take (&stage, remote);
  g_assert_cmpuint (remote->sent->len, ==, 3);
  g_assert_cmpuint (g_array_index (remote->sent, guint32, 2), ==, 2);
  stage_clear (&stage);
}

/* So many requests of one peer wait; more are refused as BUSY, and it may go on later. */
static void
test_busy (void)
{
  Stage stage;
  FakeRemote *remote;

  stage_init (&stage);
  remote = add (&stage, HERE);
  ask (&stage, remote, 0, LANE_BLOCKS + 1024);
  g_assert_cmpuint (remote->rejected->len, ==, 0);
  ask (&stage, remote, 0, 1);
  g_assert_cmpuint (remote->rejected->len, ==, 1);
  g_assert_cmpuint (g_array_index (remote->reasons, guint32, 0), ==, REDES_REJECT_BUSY);
  take (&stage, remote);
  ask (&stage, remote, 0, 1);
  g_assert_cmpuint (remote->rejected->len, ==, 1);
  stage_clear (&stage);
}

/* A file that cannot be read any more is refused, and the next peer gets its turn. */
static void
test_unreadable (void)
{
  Stage stage;
  FakeRemote *first, *second;
  gint64 end_us = g_get_monotonic_time () + 20 * SECOND_US;

  stage_init (&stage);
  first = add (&stage, HERE);
  second = add (&stage, THERE);
  redes_block_cache_drop (stage.cache, stage.content.content);
  folder_remove (&stage.content.folder, "shared");
  ask (&stage, first, 0, 1);
  ask (&stage, second, 1, 1);
  /* One read at a time: the second waits for the first. */
  g_assert_cmpuint (first->rejected->len + second->rejected->len, ==, 0);
  while (second->rejected->len == 0 && g_get_monotonic_time () < end_us)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (g_array_index (first->reasons, guint32, 0), ==, REDES_REJECT_UNREADABLE);
  g_assert_cmpuint (g_array_index (second->reasons, guint32, 0), ==, REDES_REJECT_UNREADABLE);
  stage_clear (&stage);
}

/* A peer that goes leaves its turn and its memory to others; a read of it may come later. */
static void
test_remove (void)
{
  Stage stage;
  FakeRemote *first, *second;
  gint64 end_us = g_get_monotonic_time () + 20 * SECOND_US;

  stage_init (&stage);
  first = add (&stage, HERE);
  second = add (&stage, THERE);
  redes_block_cache_drop (stage.cache, stage.content.content);
  ask (&stage, first, 0, 1);
  ask (&stage, second, 1, 1);
  redes_uploader_remove (stage.uploader, &first->remote);
  g_assert_false (redes_uploader_is_serving (stage.uploader, &first->remote));
  while (second->sent->len == 0 && g_get_monotonic_time () < end_us)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (second->sent->len, ==, 1);
  g_assert_cmpuint (first->sent->len, ==, 0);
  stage_clear (&stage);
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
