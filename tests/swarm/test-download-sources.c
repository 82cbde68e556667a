/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/download-sources.h"

#include "engine/swarm/protocol-violation.h"
#include "swarm-fixture.h"

#include <string.h>

#define N_BLOCKS 40u
#define TICK_US (SECOND_US / 2)
#define MAX_SOURCES 50u

/* The sources of a download that is no more than what its mediator says. */

typedef struct
{
  FakeClock clock;
  FakeContent content;
  RedesDownloadProgress *progress;
  RedesDownloadSources *sources;
  RedesDownloadState state;
  gboolean is_resting;
  gboolean waits_for_disk;
  gboolean is_verifying;
  gboolean may_hurry;
  guint n_asked;
  guint n_refused; /* manifests_refused */
  GArray *dialled; /* gint64: when; those of all peers */
  RedesPeerId dialled_id;
  char *dialled_host;
  guint16 dialled_port;
  char *waiting;
  char *failed;
  GPtrArray *remotes; /* FakeRemote */
} Fixture;

static RedesDownloadState
get_state (gpointer user_data)
{
  return ((Fixture *)user_data)->state;
}

static gboolean
is_fetching (gpointer user_data)
{
  Fixture *fixture = user_data;

  return !fixture->is_resting && fixture->failed == NULL;
}

static gboolean
waits_for_disk (gpointer user_data)
{
  return ((Fixture *)user_data)->waits_for_disk;
}

static gboolean
is_verifying (gpointer user_data)
{
  return ((Fixture *)user_data)->is_verifying;
}

static void
ask (gpointer user_data)
{
  ((Fixture *)user_data)->n_asked++;
}

static void
dial (const RedesPeerId *id, const char *host, guint16 port, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_array_append_val (fixture->dialled, fixture->clock.now_us);
  fixture->dialled_id = *id;
  g_free (fixture->dialled_host);
  fixture->dialled_host = g_strdup (host);
  fixture->dialled_port = port;
}

static gboolean
may_hurry (gint64 now_us, gpointer user_data)
{
  return ((Fixture *)user_data)->may_hurry;
}

static void
came (gpointer user_data)
{
  Fixture *fixture = user_data;

  if (fixture->state == REDES_DOWNLOAD_WAITING)
    fixture->state = redes_download_progress_get_manifest (fixture->progress) != NULL
                         ? REDES_DOWNLOAD_ACTIVE
                         : REDES_DOWNLOAD_FINDING;
}

static void
changed (gboolean at_once, gpointer user_data)
{
}

static void
manifest (RedesSource *source, RedesManifest *given, gpointer user_data)
{
  Fixture *fixture = user_data;

  redes_source_refuse_manifest (source);
  redes_download_sources_consider (fixture->sources);
}

static void
manifests_refused (gpointer user_data)
{
  ((Fixture *)user_data)->n_refused++;
}

static void
block (RedesSource *source, const RedesBlockHeader *header, GBytes *data, gpointer user_data)
{
  Fixture *fixture = user_data;
  g_autoptr (RedesRemote) remote = redes_remote_ref (redes_source_get_remote (source));

  redes_download_progress_note_arrival (fixture->progress, header->index);
  redes_source_settle (source, header->index);
  redes_download_sources_note_block (fixture->sources, remote, header->index);
  redes_source_fill (source);
}

static void
wait (const RedesNotice *reason, gpointer user_data)
{
  Fixture *fixture = user_data;
  char *copy = g_strdup (redes_notice_get_english (reason));

  g_free (fixture->waiting);
  fixture->waiting = copy;
  fixture->state = REDES_DOWNLOAD_WAITING;
}

static void
fail (const RedesNotice *reason, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_null (fixture->failed);
  fixture->failed = g_strdup (redes_notice_get_english (reason));
  fixture->state = REDES_DOWNLOAD_FAILED;
}

static const RedesDownloadSourcesMediator mediator = {
  .get_state = get_state,
  .is_fetching = is_fetching,
  .waits_for_disk = waits_for_disk,
  .is_verifying = is_verifying,
  .ask = ask,
  .dial = dial,
  .may_hurry = may_hurry,
  .came = came,
  .changed = changed,
  .manifest = manifest,
  .manifests_refused = manifests_refused,
  .block = block,
  .wait = wait,
  .fail = fail,
};

static void
remote_free (gpointer data)
{
  fake_remote_unref (data);
}

static void
fixture_init (Fixture *fixture, guint patience_s)
{
  *fixture = (Fixture){ 0 };
  fake_clock_init (&fixture->clock);
  fake_content_init (&fixture->content, N_BLOCKS);
  fixture->progress = redes_download_progress_new (fixture->content.content);
  fixture->sources = redes_download_sources_new (fixture->progress, &fixture->clock.clock,
                                                 patience_s, &mediator, fixture);
  fixture->dialled = g_array_new (FALSE, FALSE, sizeof (gint64));
  fixture->remotes = g_ptr_array_new_with_free_func (remote_free);
}

/* It knows its manifest, and is asking. */
static void
fixture_init_active (Fixture *fixture, guint patience_s)
{
  fixture_init (fixture, patience_s);
  redes_download_progress_set_manifest (fixture->progress, fixture->content.manifest);
  redes_download_progress_open (fixture->progress, 0);
  redes_download_sources_open (fixture->sources);
  fixture->state = REDES_DOWNLOAD_ACTIVE;
  redes_download_sources_begin_asking (fixture->sources);
  g_assert_cmpuint (fixture->n_asked, ==, 1);
}

static void
fixture_clear (Fixture *fixture)
{
  redes_download_sources_free (fixture->sources);
  redes_download_progress_free (fixture->progress);
  g_ptr_array_unref (fixture->remotes);
  g_array_unref (fixture->dialled);
  g_free (fixture->dialled_host);
  g_free (fixture->waiting);
  g_free (fixture->failed);
  fake_content_clear (&fixture->content);
}

static void
lose (RedesDownloadSources *sources, RedesRemote *remote, gboolean liar, const char *words)
{
  g_autoptr (RedesNotice) reason = redes_notice_new_text (words);

  redes_download_sources_lose (sources, remote, liar, reason);
}

/* As a swarm does it with a session. */
static void
on_ended (FakeRemote *remote)
{
  Fixture *fixture = remote->user_data;

  lose (fixture->sources, &remote->remote, redes_protocol_violation_is_lie (remote->error),
        remote->error->message);
}

/* (transfer none) */
static FakeRemote *
add (Fixture *fixture, guint number)
{
  FakeRemote *remote = fake_remote_new (number, "192.0.2.1", &fixture->clock);

  remote->user_data = fixture;
  remote->on_ended = on_ended;
  g_ptr_array_add (fixture->remotes, remote);
  redes_download_sources_add (fixture->sources, &remote->remote);
  return remote;
}

static FakeRemote *
add_full (Fixture *fixture, guint number)
{
  FakeRemote *remote = add (fixture, number);

  g_assert_nonnull (remote->source);
  fake_remote_has_all (remote);
  return remote;
}

static void
send (Fixture *fixture, FakeRemote *remote, guint32 index)
{
  fake_remote_send (remote, &fixture->content, index, TRUE, fixture->clock.now_us);
}

/* Lets @us pass, a tick at a time. */
static void
pass (Fixture *fixture, gint64 us)
{
  for (gint64 end_us = fixture->clock.now_us + us; fixture->clock.now_us < end_us;)
    {
      fixture->clock.now_us += MIN (TICK_US, end_us - fixture->clock.now_us);
      redes_download_sources_tick (fixture->sources, fixture->clock.now_us);
    }
}

/* For how long the fixture waits until it asks again, in half seconds; at most @most. */
static guint
count_ticks_to_question (Fixture *fixture, guint most)
{
  guint before = fixture->n_asked;
  guint n = 0;

  while (fixture->n_asked == before && n < most)
    {
      pass (fixture, TICK_US);
      n++;
    }
  return n;
}

/* With nobody there, it is asked after 2, 4, 8 and then 15 s; after some ten minutes once a
 * minute. */
static void
test_asks_again (void)
{
  static const guint pauses_s[] = { 2, 4, 8, 15, 15, 15 };
  Fixture fixture;

  fixture_init (&fixture, 0);
  redes_download_sources_begin_asking (fixture.sources);
  redes_download_sources_answered (fixture.sources, 1, 1, NULL);
  g_assert_cmpint (fixture.state, ==, REDES_DOWNLOAD_WAITING);
  g_assert_cmpstr (fixture.waiting, ==, "nobody who is there now shares it");
  for (guint i = 0; i < G_N_ELEMENTS (pauses_s); i++)
    {
      g_assert_cmpuint (count_ticks_to_question (&fixture, 1000), ==, 2 * pauses_s[i]);
      redes_download_sources_answered (fixture.sources, 1, 1, NULL);
    }
  g_assert_true (redes_download_sources_may_look_less_often (fixture.sources));
  for (guint i = 0; i < 40; i++)
    {
      count_ticks_to_question (&fixture, 1000);
      redes_download_sources_answered (fixture.sources, 1, 1, NULL);
    }
  g_assert_cmpuint (count_ticks_to_question (&fixture, 1000), ==, 120);
  {
    g_autoptr (RedesNotice) reason = redes_notice_new_text ("the tracker is not there");

    redes_download_sources_answered (fixture.sources, 1, 0, reason);
  }
  /* The network has changed: at the next tick. */
  redes_download_sources_try_again_soon (fixture.sources);
  g_assert_cmpuint (count_ticks_to_question (&fixture, 1000), ==, 1);
  g_assert_null (fixture.failed);
  fixture_clear (&fixture);
}

/* Who has patience for 30 s gives up just then, and not at once while there was a source. */
static void
test_patience (void)
{
  Fixture fixture;
  FakeRemote *remote;

  fixture_init (&fixture, 30);
  redes_download_sources_begin_asking (fixture.sources);
  redes_download_sources_answered (fixture.sources, 1, 1, NULL);
  g_assert_cmpstr (fixture.failed, ==, "nobody who is there now shares it");
  fixture_clear (&fixture);

  fixture_init_active (&fixture, 30);
  redes_download_sources_answered (fixture.sources, 1, 1, NULL);
  g_assert_null (fixture.failed);
  remote = add_full (&fixture, 1);
  g_assert_cmpint (fixture.state, ==, REDES_DOWNLOAD_ACTIVE);
  remote->is_listening = FALSE;
  lose (fixture.sources, &remote->remote, FALSE, "it went");
  g_assert_cmpint (fixture.state, ==, REDES_DOWNLOAD_WAITING);
  for (guint i = 0; i < 59; i++)
    {
      if (count_ticks_to_question (&fixture, 1) == 1)
        redes_download_sources_answered (fixture.sources, 1, 1, NULL);
      g_assert_null (fixture.failed);
    }
  for (guint i = 0; i < 2 && fixture.failed == NULL; i++)
    {
      pass (&fixture, TICK_US);
      redes_download_sources_answered (fixture.sources, 1, 1, NULL);
    }
  g_assert_cmpstr (fixture.failed, ==, "no source came back within 30 s (it went)");
  fixture_clear (&fixture);
}

/* One that stalls loses its requests after 4 s and its place after 20 s; it broke no rule, and is
 * welcome again. */
static void
test_silence (void)
{
  Fixture fixture;
  FakeRemote *stalled, *other;

  fixture_init_active (&fixture, 0);
  redes_download_sources_answered (fixture.sources, 1, 1, NULL);
  stalled = add_full (&fixture, 1);
  g_assert_cmpuint (stalled->requests->len, ==, 4);
  pass (&fixture, 4 * SECOND_US);
  g_assert_cmpuint (
      redes_picker_get_asked (redes_download_progress_get_picker (fixture.progress), 0), ==, 1);
  pass (&fixture, TICK_US);
  g_assert_cmpuint (
      redes_picker_get_asked (redes_download_progress_get_picker (fixture.progress), 0), ==, 0);
  other = add_full (&fixture, 2);
  for (guint32 i = 0; i < 4; i++)
    g_assert_true (fake_array_has (other->requests, i));

  /* Its connection lives: only this download has had enough of it. */
  for (guint i = 0; i < 15 && stalled->source != NULL; i++)
    {
      stalled->heard_us = fixture.clock.now_us;
      send (&fixture, other, fake_remote_pop_request (other));
      pass (&fixture, SECOND_US);
    }
  g_assert_nonnull (stalled->source);
  stalled->heard_us = fixture.clock.now_us;
  pass (&fixture, SECOND_US);
  g_assert_null (stalled->source);
  g_assert_false (stalled->is_closed);
  g_assert_true (redes_download_sources_wants (fixture.sources, &stalled->id));
  g_assert_cmpuint (redes_download_sources_count (fixture.sources), ==, 1);

  /* Of this one nothing comes at all. */
  pass (&fixture, 21 * SECOND_US);
  g_assert_true (other->is_closed);
  g_assert_error (other->error, REDES_SWARM_ERROR, REDES_SWARM_ERROR_SILENT);
  g_assert_false (redes_protocol_violation_breaks_rule (other->error));
  g_assert_false (redes_protocol_violation_is_lie (other->error));
  g_assert_true (redes_download_sources_wants (fixture.sources, &other->id));
  fixture_clear (&fixture);
}

/* Nobody is blamed for the time in which this process slept; nor one that sends other blocks. */
static void
test_own_sleep (void)
{
  Fixture fixture;
  FakeRemote *remote;
  gint64 due_us;

  fixture_init_active (&fixture, 0);
  remote = add_full (&fixture, 1);
  pass (&fixture, SECOND_US);
  due_us = fixture.clock.now_us + TICK_US;
  fixture.clock.now_us += 3600 * SECOND_US;
  redes_download_sources_tick (fixture.sources, due_us);
  g_assert_nonnull (remote->source);
  g_assert_true (redes_source_is_giving (remote->source, SECOND_US, fixture.clock.now_us));

  for (guint i = 0; i < 30; i++)
    {
      pass (&fixture, SECOND_US);
      remote->gave_us = remote->heard_us = fixture.clock.now_us;
    }
  g_assert_nonnull (remote->source);
  fixture_clear (&fixture);
}

/* When all places are taken, one that gives nothing makes room for one that was not tried yet; and
 * nobody does that gives. */
static void
test_makes_room (void)
{
  Fixture fixture;
  FakeRemote *giving, *idle, *late;
  RedesPeerId unknown = fake_peer_id (1000);

  fixture_init_active (&fixture, 0);
  giving = add_full (&fixture, 0);
  idle = add (&fixture, 1);
  fake_remote_has (idle, N_BLOCKS, 0);
  for (guint i = 2; i < MAX_SOURCES; i++)
    {
      fixture.clock.now_us += 1000;
      fake_remote_has (add (&fixture, i), N_BLOCKS, 0);
    }
  g_assert_cmpuint (redes_download_sources_count (fixture.sources), ==, MAX_SOURCES);
  g_assert_false (redes_download_sources_wants (fixture.sources, &unknown));
  late = add (&fixture, 100);
  g_assert_null (late->source);

  fixture.clock.now_us += 3 * SECOND_US;
  send (&fixture, giving, fake_remote_pop_request (giving));
  fixture.clock.now_us += 2 * SECOND_US;
  g_assert_true (redes_download_sources_wants (fixture.sources, &unknown));
  redes_download_sources_add (fixture.sources, &late->remote);
  g_assert_nonnull (late->source);
  g_assert_null (idle->source);
  g_assert_nonnull (giving->source);
  g_assert_cmpuint (redes_download_sources_count (fixture.sources), ==, MAX_SOURCES);
  /* It was tried a moment ago; after half a minute it may come again. */
  g_assert_false (redes_download_sources_wants (fixture.sources, &idle->id));
  fixture.clock.now_us += 25 * SECOND_US;
  g_assert_true (redes_download_sources_wants (fixture.sources, &idle->id));
  fixture_clear (&fixture);
}

/* One that was lost is dialled where it was after 1 s, then 2, 4, 8, 15 and 15 s later; from the
 * start again once a block has come. */
static void
test_redial (void)
{
  static const guint at_s[] = { 1, 3, 7, 15, 30, 45 };
  Fixture fixture;
  FakeRemote *lost, *other;
  gint64 start_us;

  fixture_init_active (&fixture, 0);
  other = add_full (&fixture, 2);
  lost = add_full (&fixture, 1);
  start_us = fixture.clock.now_us;
  lose (fixture.sources, &lost->remote, FALSE, "the connection broke");
  for (guint i = 0; i < 46; i++)
    {
      other->gave_us = other->heard_us = fixture.clock.now_us;
      pass (&fixture, SECOND_US);
    }
  g_assert_cmpuint (fixture.dialled->len, ==, G_N_ELEMENTS (at_s));
  for (guint i = 0; i < G_N_ELEMENTS (at_s); i++)
    g_assert_cmpint (g_array_index (fixture.dialled, gint64, i) - start_us, ==,
                     at_s[i] * SECOND_US);
  g_assert_true (redes_digest_equal (&fixture.dialled_id, &lost->id));
  g_assert_cmpstr (fixture.dialled_host, ==, "192.0.2.1");
  g_assert_cmpuint (fixture.dialled_port, ==, 2001);

  /* The next one is due at 60 s; the one after it comes soon, for a block has come. */
  send (&fixture, other, fake_remote_pop_request (other));
  pass (&fixture, 14 * SECOND_US);
  g_assert_cmpuint (fixture.dialled->len, ==, G_N_ELEMENTS (at_s) + 1);
  pass (&fixture, 2 * SECOND_US);
  g_assert_cmpuint (fixture.dialled->len, ==, G_N_ELEMENTS (at_s) + 2);

  /* It is there again. */
  lost->is_closed = FALSE;
  redes_download_sources_add (fixture.sources, &lost->remote);
  send (&fixture, other, fake_remote_pop_request (other));
  pass (&fixture, 19 * SECOND_US);
  g_assert_cmpuint (fixture.dialled->len, ==, G_N_ELEMENTS (at_s) + 2);
  fixture_clear (&fixture);
}

/* Who does not listen, or lied, is not dialled. */
static void
test_not_redialled (void)
{
  Fixture fixture;
  FakeRemote *deaf, *liar;

  fixture_init_active (&fixture, 0);
  add_full (&fixture, 3);
  deaf = add_full (&fixture, 1);
  deaf->is_listening = FALSE;
  liar = add_full (&fixture, 2);
  lose (fixture.sources, &deaf->remote, FALSE, "it went");
  lose (fixture.sources, &liar->remote, TRUE, "it lied");
  pass (&fixture, 10 * SECOND_US);
  g_assert_cmpuint (fixture.dialled->len, ==, 0);
  g_assert_true (redes_download_sources_wants (fixture.sources, &deaf->id));
  g_assert_false (redes_download_sources_wants (fixture.sources, &liar->id));
  fixture_clear (&fixture);
}

/* When all lied there is nothing left to hope for; a person may want to try again. */
static void
test_liars (void)
{
  Fixture fixture;
  FakeRemote *first, *second;

  fixture_init_active (&fixture, 0);
  redes_download_sources_answered (fixture.sources, 1, 1, NULL);
  first = add_full (&fixture, 1);
  second = add_full (&fixture, 2);
  redes_download_sources_refuse (fixture.sources, &first->remote);
  g_assert_null (first->source);
  g_assert_false (redes_download_sources_wants (fixture.sources, &first->id));
  g_assert_null (fixture.failed);
  redes_download_sources_refuse (fixture.sources, &second->remote);
  g_assert_nonnull (fixture.failed);
  g_assert_nonnull (strstr (fixture.failed, "does not match the publisher's signature"));

  g_clear_pointer (&fixture.failed, g_free);
  redes_download_sources_begin_anew (fixture.sources);
  g_assert_true (redes_download_sources_wants (fixture.sources, &first->id));
  fixture_clear (&fixture);
}

/* What came from one is taken back from the others, and they go on. */
static void
test_end_game (void)
{
  Fixture fixture;
  FakeRemote *slow, *quick;

  fixture_init_active (&fixture, 0);
  for (guint32 i = 2; i < N_BLOCKS; i++)
    redes_download_progress_note_arrival (fixture.progress, i);
  slow = add_full (&fixture, 1);
  g_assert_cmpuint (slow->requests->len, ==, 2);
  quick = add_full (&fixture, 2);
  g_assert_cmpuint (quick->requests->len, ==, 1);
  send (&fixture, quick, 0);
  g_assert_true (fake_array_has (slow->cancelled, 0));
  g_assert_true (fake_array_has (quick->requests, 1));
  send (&fixture, quick, 1);
  g_assert_true (fake_array_has (slow->cancelled, 1));
  g_assert_cmpuint (slow->requests->len + quick->requests->len, ==, 0);
  fixture_clear (&fixture);
}

/* Sources that have nothing of what is missing: a person hears of it after 20 s. While blocks are
 * being verified, or come, nobody is stuck. */
static void
test_stuck (void)
{
  Fixture fixture;

  fixture_init_active (&fixture, 0);
  fake_remote_has (add (&fixture, 1), N_BLOCKS, 0);
  fixture.is_verifying = TRUE;
  pass (&fixture, 25 * SECOND_US);
  g_assert_cmpint (fixture.state, ==, REDES_DOWNLOAD_ACTIVE);
  fixture.is_verifying = FALSE;
  pass (&fixture, TICK_US);
  g_assert_cmpint (fixture.state, ==, REDES_DOWNLOAD_WAITING);
  g_assert_cmpstr (fixture.waiting, ==,
                   "the sources that are there do not have the blocks that are missing");
  fixture_clear (&fixture);

  fixture_init_active (&fixture, 20);
  fake_remote_has (add (&fixture, 1), N_BLOCKS, 0);
  pass (&fixture, 19 * SECOND_US);
  g_assert_null (fixture.failed);
  pass (&fixture, SECOND_US);
  g_assert_cmpstr (fixture.failed, ==,
                   "the sources that are there do not have the blocks that are missing");
  fixture_clear (&fixture);
}

/* One that starves asks sooner than each 10 s, if the swarm lets it. */
static void
test_starving (void)
{
  Fixture fixture;

  fixture_init_active (&fixture, 0);
  fake_remote_has (add (&fixture, 1), N_BLOCKS, 0);
  redes_download_sources_answered (fixture.sources, 1, 1, NULL);
  g_assert_cmpuint (count_ticks_to_question (&fixture, 100), ==, 20);
  redes_download_sources_answered (fixture.sources, 1, 1, NULL);
  fixture.may_hurry = TRUE;
  g_assert_cmpuint (count_ticks_to_question (&fixture, 100), ==, 4);
  redes_download_sources_answered (fixture.sources, 1, 1, NULL);
  fixture.is_verifying = TRUE;
  g_assert_cmpuint (count_ticks_to_question (&fixture, 100), ==, 20);
  fixture_clear (&fixture);
}

/* Nobody is asked or taken while the disk has failed, or what is there is being looked through. */
static void
test_rests (void)
{
  Fixture fixture;
  RedesPeerId id = fake_peer_id (1);

  fixture_init_active (&fixture, 0);
  redes_download_sources_answered (fixture.sources, 1, 1, NULL);
  g_assert_true (redes_download_sources_wants (fixture.sources, &id));
  fixture.waits_for_disk = TRUE;
  g_assert_false (redes_download_sources_wants (fixture.sources, &id));
  g_assert_cmpuint (count_ticks_to_question (&fixture, 100), ==, 100);
  fixture.waits_for_disk = FALSE;
  redes_download_progress_close (fixture.progress);
  g_assert_false (redes_download_sources_wants (fixture.sources, &id));
  g_assert_cmpuint (count_ticks_to_question (&fixture, 100), ==, 100);
  redes_download_progress_open (fixture.progress, 0);
  fixture.is_resting = TRUE;
  g_assert_false (redes_download_sources_wants (fixture.sources, &id));
  g_assert_cmpuint (count_ticks_to_question (&fixture, 100), ==, 100);
  fixture.is_resting = FALSE;
  g_assert_cmpuint (count_ticks_to_question (&fixture, 100), ==, 1);
  fixture_clear (&fixture);
}

/* Manifests that are not the one wanted: only when those of all sources were refused is that the
 * download's to decide. */
static void
test_manifests (void)
{
  Fixture fixture;
  FakeRemote *first, *second;

  fixture_init (&fixture, 0);
  redes_download_sources_begin_asking (fixture.sources);
  first = add (&fixture, 1);
  second = add (&fixture, 2);
  redes_download_sources_answered (fixture.sources, 1, 1, NULL);
  g_assert_cmpuint (first->n_manifests_asked, ==, 1);
  redes_source_on_manifest (first->source, fixture.content.manifest);
  g_assert_cmpuint (fixture.n_refused, ==, 0);
  redes_source_on_manifest (second->source, fixture.content.manifest);
  g_assert_cmpuint (fixture.n_refused, ==, 1);
  fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/swarm/download-sources/asks-again", test_asks_again);
  g_test_add_func ("/swarm/download-sources/patience", test_patience);
  g_test_add_func ("/swarm/download-sources/silence", test_silence);
  g_test_add_func ("/swarm/download-sources/own-sleep", test_own_sleep);
  g_test_add_func ("/swarm/download-sources/makes-room", test_makes_room);
  g_test_add_func ("/swarm/download-sources/redial", test_redial);
  g_test_add_func ("/swarm/download-sources/not-redialled", test_not_redialled);
  g_test_add_func ("/swarm/download-sources/liars", test_liars);
  g_test_add_func ("/swarm/download-sources/end-game", test_end_game);
  g_test_add_func ("/swarm/download-sources/stuck", test_stuck);
  g_test_add_func ("/swarm/download-sources/starving", test_starving);
  g_test_add_func ("/swarm/download-sources/rests", test_rests);
  g_test_add_func ("/swarm/download-sources/manifests", test_manifests);
  return g_test_run ();
}
