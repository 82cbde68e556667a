/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/source.h"

#include "engine/wire/frame.h"
#include "swarm-fixture.h"

#define N_BLOCKS 40u

/* Sources of one download, whose owner does no more than take their blocks. */

typedef struct
{
  FakeClock clock;
  FakeContent content;
  RedesDownloadProgress *progress;
  guint n_blocks;
  guint n_refused;
} Fixture;

static void
on_manifest (RedesSource *source, RedesManifest *manifest, gpointer user_data)
{
}

static void
on_block (RedesSource *source, const RedesBlockHeader *header, GBytes *data, gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->n_blocks++;
  redes_download_progress_note_arrival (fixture->progress, header->index);
  redes_source_settle (source, header->index);
  redes_source_count_block (source);
  redes_source_fill (source);
}

static void
on_refused (RedesSource *source, const RedesNotice *reason, gpointer user_data)
{
  ((Fixture *)user_data)->n_refused++;
}

static const RedesSourceEvents events
    = { .manifest = on_manifest, .block = on_block, .refused = on_refused };

static void
fixture_init (Fixture *fixture)
{
  *fixture = (Fixture){ 0 };
  fake_clock_init (&fixture->clock);
  fake_content_init (&fixture->content, N_BLOCKS);
  fixture->progress = redes_download_progress_new (fixture->content.content);
  redes_download_progress_set_manifest (fixture->progress, fixture->content.manifest);
  redes_download_progress_open (fixture->progress, 0);
}

static void
fixture_clear (Fixture *fixture)
{
  redes_download_progress_free (fixture->progress);
  fake_content_clear (&fixture->content);
}

/* (transfer full): the source is freed by drop() */
static FakeRemote *
add (Fixture *fixture, guint number)
{
  FakeRemote *remote = fake_remote_new (number, "192.0.2.1", &fixture->clock);

  redes_source_start (redes_source_new (&remote->remote, fixture->progress, &fixture->clock.clock,
                                        &events, fixture),
                      FALSE);
  g_assert_nonnull (remote->source);
  return remote;
}

static void
drop (FakeRemote *remote)
{
  redes_source_free (remote->source);
  g_assert_null (remote->source);
  fake_remote_unref (remote);
}

static void
send (Fixture *fixture, FakeRemote *remote, guint32 index)
{
  fake_remote_send (remote, &fixture->content, index, TRUE, fixture->clock.now_us);
}

/* Who has all asks for what the fewest of the others have. */
static void
test_rarest_first (void)
{
  Fixture fixture;
  FakeRemote *few, *some, *all;

  fixture_init (&fixture);
  few = add (&fixture, 1);
  some = add (&fixture, 2);
  all = add (&fixture, 3);
  fake_remote_has (few, N_BLOCKS, (G_GUINT64_CONSTANT (1) << N_BLOCKS) - 1 - 0xe0);
  fake_remote_has (some, N_BLOCKS, 0x0f00);
  /* They give back what they asked for at once. */
  redes_source_snub (few->source);
  redes_source_snub (some->source);
  fake_remote_has_all (all);
  g_assert_cmpuint (all->requests->len, ==, 4);
  /* Blocks 5 to 7 nobody else has; 8 to 11 two have, the rest one. */
  g_assert_true (fake_array_has (all->requests, 5));
  g_assert_true (fake_array_has (all->requests, 6));
  g_assert_true (fake_array_has (all->requests, 7));
  for (guint32 i = 8; i < 12; i++)
    g_assert_false (fake_array_has (all->requests, i));
  drop (few);
  drop (some);
  drop (all);
  fixture_clear (&fixture);
}

/* A new source gets one request more with each block; then as many as it delivers in the time that
 * a request takes. */
static void
test_requests_follow_speed (void)
{
  Fixture fixture;
  FakeRemote *far;
  guint most = 0;

  fixture_init (&fixture);
  far = add (&fixture, 1);
  fake_remote_has_all (far);
  g_assert_cmpuint (far->requests->len, ==, 4);
  /* A block each 10 ms, 200 ms after it was asked for. */
  fixture.clock.now_us += 200000;
  while (far->requests->len > 0 && fixture.n_blocks < N_BLOCKS)
    {
      send (&fixture, far, fake_remote_pop_request (far));
      fixture.clock.now_us += 10000;
      most = MAX (most, far->requests->len);
    }
  g_assert_cmpuint (fixture.n_blocks, ==, N_BLOCKS);
  g_assert_cmpuint (most, >, 8);
  drop (far);
  fixture_clear (&fixture);
}

/* BUSY: it is left in peace for a second, and its block is wanted of others. */
static void
test_busy (void)
{
  Fixture fixture;
  FakeRemote *busy, *other;
  guint32 refused;

  fixture_init (&fixture);
  busy = add (&fixture, 1);
  fake_remote_has_all (busy);
  while ((refused = fake_remote_pop_request (busy)) != FAKE_NONE)
    redes_source_on_reject (busy->source, refused, REDES_REJECT_BUSY, NULL);
  g_assert_cmpuint (busy->n_requests, ==, 4);
  other = add (&fixture, 2);
  fake_remote_has_all (other);
  for (guint32 i = 0; i < 4; i++)
    g_assert_true (fake_array_has (other->requests, i));

  fixture.clock.now_us += SECOND_US - 1;
  redes_source_fill (busy->source);
  g_assert_cmpuint (busy->n_requests, ==, 4);
  fixture.clock.now_us += 1;
  redes_source_fill (busy->source);
  g_assert_cmpuint (busy->n_requests, ==, 8);
  g_assert_cmpuint (fixture.n_refused, ==, 0);
  drop (busy);
  drop (other);
  fixture_clear (&fixture);
}

/* Who has not got it yet is not asked for that again, and rests after sixteen refusals; who has
 * nothing is told to its owner. */
static void
test_refusals (void)
{
  Fixture fixture;
  FakeRemote *remote;
  guint32 refused;
  guint n = 0;

  fixture_init (&fixture);
  remote = add (&fixture, 1);
  fake_remote_has_all (remote);
  while ((refused = fake_remote_pop_request (remote)) != FAKE_NONE)
    {
      n++;
      redes_source_on_reject (remote->source, refused, REDES_REJECT_NOT_YET, NULL);
    }
  g_assert_cmpuint (n, ==, 19);
  fixture.clock.now_us += SECOND_US;
  redes_source_fill (remote->source);
  g_assert_cmpuint (remote->requests->len, ==, 4);
  for (guint32 i = 0; i < 16; i++)
    g_assert_false (fake_array_has (remote->requests, i));

  redes_source_on_reject (remote->source, fake_remote_pop_request (remote), REDES_REJECT_UNREADABLE,
                          NULL);
  g_assert_cmpuint (fixture.n_refused, ==, 1);
  redes_source_on_reject (remote->source, REDES_NO_BLOCK, REDES_REJECT_UNKNOWN, NULL);
  g_assert_cmpuint (fixture.n_refused, ==, 2);
  drop (remote);
  fixture_clear (&fixture);
}

/* One that stalls gives its blocks to others, and gets new ones once it sends again. */
static void
test_snub (void)
{
  Fixture fixture;
  FakeRemote *stalled, *other;

  fixture_init (&fixture);
  stalled = add (&fixture, 1);
  fake_remote_has_all (stalled);
  g_assert_cmpuint (stalled->requests->len, ==, 4);
  fixture.clock.now_us += 5 * SECOND_US;
  g_assert_cmpint (redes_source_check_silence (stalled->source, fixture.clock.now_us), ==,
                   5 * SECOND_US);
  redes_source_snub (stalled->source);
  g_assert_false (redes_source_is_giving (stalled->source, G_MAXINT64, fixture.clock.now_us));

  other = add (&fixture, 2);
  fake_remote_has_all (other);
  for (guint32 i = 0; i < 4; i++)
    g_assert_true (fake_array_has (other->requests, i));
  redes_source_fill (stalled->source);
  g_assert_cmpuint (stalled->n_requests, ==, 4);

  for (guint32 i = 0; i < 3; i++)
    send (&fixture, stalled, i);
  g_assert_cmpuint (stalled->n_requests, >, 4);
  g_assert_true (redes_source_is_giving (stalled->source, SECOND_US, fixture.clock.now_us));
  drop (stalled);
  drop (other);
  fixture_clear (&fixture);
}

/* 4 KiB of a block that it was asked for are a sign of life, a byte or another's block is none; and
 * what we do not read is no silence. */
static void
test_signs_of_life (void)
{
  Fixture fixture;
  FakeRemote *remote;

  fixture_init (&fixture);
  remote = add (&fixture, 1);
  fake_remote_has_all (remote);
  remote->coming_content = *fixture.content.content;
  remote->coming_index = 2;
  remote->coming_bytes = 4095;
  fixture.clock.now_us += SECOND_US;
  g_assert_cmpint (redes_source_check_silence (remote->source, fixture.clock.now_us), ==,
                   SECOND_US);
  remote->coming_bytes = 4096;
  g_assert_cmpint (redes_source_check_silence (remote->source, fixture.clock.now_us), ==, 1);
  fixture.clock.now_us += SECOND_US;
  remote->coming_bytes = 8191;
  g_assert_cmpint (redes_source_check_silence (remote->source, fixture.clock.now_us), ==,
                   SECOND_US);
  remote->coming_index = 30;
  remote->coming_bytes = 200000;
  g_assert_cmpint (redes_source_check_silence (remote->source, fixture.clock.now_us), ==,
                   SECOND_US);
  g_assert_cmpint (redes_source_get_idle (remote->source, fixture.clock.now_us), ==, SECOND_US);

  remote->is_held_back = TRUE;
  g_assert_cmpint (redes_source_check_silence (remote->source, fixture.clock.now_us), ==, 1);
  remote->is_held_back = FALSE;
  fixture.clock.now_us += SECOND_US;
  g_assert_cmpint (redes_source_check_silence (remote->source, fixture.clock.now_us), ==,
                   SECOND_US);
  drop (remote);
  fixture_clear (&fixture);
}

/* Of a block that takes two minutes the bytes count as they come, and none of them twice. */
static void
test_slow_block (void)
{
  const gsize bytes_per_s = 2048;
  Fixture fixture;
  FakeRemote *remote;
  guint32 index = REDES_NO_BLOCK;
  gdouble rate;

  fixture_init (&fixture);
  remote = add (&fixture, 1);
  fake_remote_has_all (remote);
  g_assert_cmpuint (redes_source_get_coming (remote->source, &index), ==, 0);
  remote->coming_content = *fixture.content.content;
  remote->coming_index = 2;
  for (guint i = 0; i < 20; i++)
    {
      fixture.clock.now_us += SECOND_US / 2;
      remote->coming_bytes += bytes_per_s / 2;
      redes_source_count_coming (remote->source, fixture.clock.now_us);
    }
  g_assert_cmpuint (redes_source_get_coming (remote->source, &index), ==, 10 * bytes_per_s);
  g_assert_cmpuint (index, ==, 2);
  rate = redes_source_get_rate (remote->source, fixture.clock.now_us);
  g_assert_cmpfloat (rate, >, bytes_per_s / 2.0);
  g_assert_cmpfloat (rate, <, bytes_per_s * 2.0);
  rate = redes_download_progress_get_rate (fixture.progress, fixture.clock.now_us);
  g_assert_cmpfloat (rate, >, bytes_per_s / 2.0);
  g_assert_cmpfloat (rate, <, bytes_per_s * 2.0);

  /* All of it but half a second's worth has been counted when it is complete. */
  remote->coming_bytes = FAKE_BLOCK_SIZE - bytes_per_s / 2;
  redes_source_count_coming (remote->source, fixture.clock.now_us);
  fixture.clock.now_us += 60 * SECOND_US;
  remote->coming_bytes = 0;
  fake_remote_send (remote, &fixture.content, 2, TRUE, fixture.clock.now_us);
  fixture.clock.now_us += SECOND_US / 2;
  rate = redes_download_progress_get_rate (fixture.progress, fixture.clock.now_us);
  g_assert_cmpfloat (rate, <, bytes_per_s);

  /* What nobody asked for is no progress. */
  remote->coming_bytes = 5000;
  remote->coming_index = 30;
  g_assert_cmpuint (redes_source_get_coming (remote->source, &index), ==, 0);
  drop (remote);
  fixture_clear (&fixture);
}

/* What does not fit the file is a broken rule. */
static void
test_wrong_bits (void)
{
  Fixture fixture;
  FakeRemote *bits, *have;

  fixture_init (&fixture);
  bits = add (&fixture, 1);
  fake_remote_has (bits, N_BLOCKS - 8, 1);
  g_assert_error (bits->error, REDES_WIRE_ERROR, REDES_WIRE_ERROR_VALUE);
  have = add (&fixture, 2);
  fake_remote_has (have, N_BLOCKS, 0);
  g_assert_cmpuint (have->n_requests, ==, 0);
  redes_source_on_have (have->source, 9);
  g_assert_cmpuint (fake_remote_pop_request (have), ==, 9);
  redes_source_on_have (have->source, N_BLOCKS);
  g_assert_error (have->error, REDES_WIRE_ERROR, REDES_WIRE_ERROR_VALUE);
  drop (bits);
  drop (have);
  fixture_clear (&fixture);
}

/* With nothing left that nobody was asked for, who has no work doubles a request, of at most four;
 * nobody is asked for the same twice. */
static void
test_end_game (void)
{
  Fixture fixture;
  FakeRemote *first;
  FakeRemote *others[4];

  fixture_init (&fixture);
  for (guint32 i = 1; i < N_BLOCKS; i++)
    redes_download_progress_note_arrival (fixture.progress, i);
  first = add (&fixture, 1);
  fake_remote_has_all (first);
  g_assert_cmpuint (first->requests->len, ==, 1);
  redes_source_fill (first->source);
  g_assert_cmpuint (first->requests->len, ==, 1);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      others[i] = add (&fixture, 2 + i);
      fake_remote_has_all (others[i]);
      g_assert_cmpuint (others[i]->requests->len, ==, i < 3 ? 1 : 0);
    }
  send (&fixture, others[1], 0);
  redes_source_cancel (first->source, 0);
  g_assert_true (fake_array_has (first->cancelled, 0));
  g_assert_cmpuint (first->requests->len, ==, 0);
  drop (first);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    drop (others[i]);
  fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/swarm/source/rarest-first", test_rarest_first);
  g_test_add_func ("/swarm/source/requests-follow-speed", test_requests_follow_speed);
  g_test_add_func ("/swarm/source/busy", test_busy);
  g_test_add_func ("/swarm/source/refusals", test_refusals);
  g_test_add_func ("/swarm/source/snub", test_snub);
  g_test_add_func ("/swarm/source/signs-of-life", test_signs_of_life);
  g_test_add_func ("/swarm/source/slow-block", test_slow_block);
  g_test_add_func ("/swarm/source/wrong-bits", test_wrong_bits);
  g_test_add_func ("/swarm/source/end-game", test_end_game);
  return g_test_run ();
}
