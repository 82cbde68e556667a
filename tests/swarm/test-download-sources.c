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
} Stage;

static RedesDownloadState
get_state (gpointer user_data)
{
  return ((Stage *)user_data)->state;
}

static gboolean
is_fetching (gpointer user_data)
{
  Stage *stage = user_data;

  return !stage->is_resting && stage->failed == NULL;
}

static gboolean
waits_for_disk (gpointer user_data)
{
  return ((Stage *)user_data)->waits_for_disk;
}

static gboolean
is_verifying (gpointer user_data)
{
  return ((Stage *)user_data)->is_verifying;
}

static void
ask (gpointer user_data)
{
  ((Stage *)user_data)->n_asked++;
}

static void
dial (const RedesPeerId *id, const char *host, guint16 port, gpointer user_data)
{
  Stage *stage = user_data;

  g_array_append_val (stage->dialled, stage->clock.now_us);
  stage->dialled_id = *id;
  g_free (stage->dialled_host);
  stage->dialled_host = g_strdup (host);
  stage->dialled_port = port;
}

static gboolean
may_hurry (gint64 now_us, gpointer user_data)
{
  return ((Stage *)user_data)->may_hurry;
}

static void
came (gpointer user_data)
{
  Stage *stage = user_data;

  if (stage->state == REDES_DOWNLOAD_WAITING)
    stage->state = redes_download_progress_get_manifest (stage->progress) != NULL
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
  Stage *stage = user_data;

  redes_source_refuse_manifest (source);
  redes_download_sources_consider (stage->sources);
}

static void
manifests_refused (gpointer user_data)
{
  ((Stage *)user_data)->n_refused++;
}

static void
block (RedesSource *source, const RedesBlockHeader *header, GBytes *data, gpointer user_data)
{
  Stage *stage = user_data;
  g_autoptr (RedesRemote) remote = redes_remote_ref (redes_source_get_remote (source));

  redes_download_progress_note_arrival (stage->progress, header->index);
  redes_source_settle (source, header->index);
  redes_download_sources_note_block (stage->sources, remote, header->index);
  redes_source_fill (source);
}

static void
wait (const RedesNotice *reason, gpointer user_data)
{
  Stage *stage = user_data;
  char *copy = g_strdup (redes_notice_get_english (reason));

  g_free (stage->waiting);
  stage->waiting = copy;
  stage->state = REDES_DOWNLOAD_WAITING;
}

static void
fail (const RedesNotice *reason, gpointer user_data)
{
  Stage *stage = user_data;

  g_assert_null (stage->failed);
  stage->failed = g_strdup (redes_notice_get_english (reason));
  stage->state = REDES_DOWNLOAD_FAILED;
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
stage_init (Stage *stage, guint patience_s)
{
  *stage = (Stage){ 0 };
  fake_clock_init (&stage->clock);
  fake_content_init (&stage->content, N_BLOCKS);
  stage->progress = redes_download_progress_new (stage->content.content);
  stage->sources = redes_download_sources_new (stage->progress, &stage->clock.clock, patience_s,
                                               &mediator, stage);
  stage->dialled = g_array_new (FALSE, FALSE, sizeof (gint64));
  stage->remotes = g_ptr_array_new_with_free_func (remote_free);
}

/* It knows its manifest, and is asking. */
static void
stage_init_active (Stage *stage, guint patience_s)
{
  stage_init (stage, patience_s);
  redes_download_progress_set_manifest (stage->progress, stage->content.manifest);
  redes_download_progress_open (stage->progress, 0);
  redes_download_sources_open (stage->sources);
  stage->state = REDES_DOWNLOAD_ACTIVE;
  redes_download_sources_begin_asking (stage->sources);
  g_assert_cmpuint (stage->n_asked, ==, 1);
}

static void
stage_clear (Stage *stage)
{
  redes_download_sources_free (stage->sources);
  redes_download_progress_free (stage->progress);
  g_ptr_array_unref (stage->remotes);
  g_array_unref (stage->dialled);
  g_free (stage->dialled_host);
  g_free (stage->waiting);
  g_free (stage->failed);
  fake_content_clear (&stage->content);
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
  Stage *stage = remote->user_data;

  lose (stage->sources, &remote->remote, redes_protocol_violation_is_lie (remote->error),
        remote->error->message);
}

/* (transfer none) */
static FakeRemote *
add (Stage *stage, guint number)
{
  FakeRemote *remote = fake_remote_new (number, "192.0.2.1", &stage->clock);

  remote->user_data = stage;
  remote->on_ended = on_ended;
  g_ptr_array_add (stage->remotes, remote);
  redes_download_sources_add (stage->sources, &remote->remote);
  return remote;
}

static FakeRemote *
add_full (Stage *stage, guint number)
{
  FakeRemote *remote = add (stage, number);

  g_assert_nonnull (remote->source);
  fake_remote_has_all (remote);
  return remote;
}

static void
send (Stage *stage, FakeRemote *remote, guint32 index)
{
  fake_remote_send (remote, &stage->content, index, TRUE, stage->clock.now_us);
}

/* Lets @us pass, a tick at a time. */
static void
pass (Stage *stage, gint64 us)
{
  for (gint64 end_us = stage->clock.now_us + us; stage->clock.now_us < end_us;)
    {
      stage->clock.now_us += MIN (TICK_US, end_us - stage->clock.now_us);
      redes_download_sources_tick (stage->sources, stage->clock.now_us);
    }
}

/* For how long the stage waits until it asks again, in half seconds; at most @most. */
static guint
count_ticks_to_question (Stage *stage, guint most)
{
  guint before = stage->n_asked;
  guint n = 0;

  while (stage->n_asked == before && n < most)
    {
      pass (stage, TICK_US);
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
  Stage stage;

  stage_init (&stage, 0);
  redes_download_sources_begin_asking (stage.sources);
  redes_download_sources_answered (stage.sources, 1, 1, NULL);
  g_assert_cmpint (stage.state, ==, REDES_DOWNLOAD_WAITING);
  g_assert_cmpstr (stage.waiting, ==, "nobody who is there now shares it");
  for (guint i = 0; i < G_N_ELEMENTS (pauses_s); i++)
    {
      g_assert_cmpuint (count_ticks_to_question (&stage, 1000), ==, 2 * pauses_s[i]);
      redes_download_sources_answered (stage.sources, 1, 1, NULL);
    }
  g_assert_true (redes_download_sources_may_look_less_often (stage.sources));
  for (guint i = 0; i < 40; i++)
    {
      count_ticks_to_question (&stage, 1000);
      redes_download_sources_answered (stage.sources, 1, 1, NULL);
    }
  g_assert_cmpuint (count_ticks_to_question (&stage, 1000), ==, 120);
  {
    g_autoptr (RedesNotice) reason = redes_notice_new_text ("the tracker is not there");

    redes_download_sources_answered (stage.sources, 1, 0, reason);
  }
  /* The network has changed: at the next tick. */
  redes_download_sources_try_again_soon (stage.sources);
  g_assert_cmpuint (count_ticks_to_question (&stage, 1000), ==, 1);
  g_assert_null (stage.failed);
  stage_clear (&stage);
}

/* Who has patience for 30 s gives up just then, and not at once while there was a source. */
static void
test_patience (void)
{
  Stage stage;
  FakeRemote *remote;

  stage_init (&stage, 30);
  redes_download_sources_begin_asking (stage.sources);
  redes_download_sources_answered (stage.sources, 1, 1, NULL);
  g_assert_cmpstr (stage.failed, ==, "nobody who is there now shares it");
  stage_clear (&stage);

  stage_init_active (&stage, 30);
  redes_download_sources_answered (stage.sources, 1, 1, NULL);
  g_assert_null (stage.failed);
  remote = add_full (&stage, 1);
  g_assert_cmpint (stage.state, ==, REDES_DOWNLOAD_ACTIVE);
  remote->is_listening = FALSE;
  lose (stage.sources, &remote->remote, FALSE, "it went");
  g_assert_cmpint (stage.state, ==, REDES_DOWNLOAD_WAITING);
  for (guint i = 0; i < 59; i++)
    {
      if (count_ticks_to_question (&stage, 1) == 1)
        redes_download_sources_answered (stage.sources, 1, 1, NULL);
      g_assert_null (stage.failed);
    }
  for (guint i = 0; i < 2 && stage.failed == NULL; i++)
    {
      pass (&stage, TICK_US);
      redes_download_sources_answered (stage.sources, 1, 1, NULL);
    }
  g_assert_cmpstr (stage.failed, ==, "no source came back within 30 s (it went)");
  stage_clear (&stage);
}

/* One that stalls loses its requests after 4 s and its place after 20 s; it broke no rule, and is
 * welcome again. */
static void
test_silence (void)
{
  Stage stage;
  FakeRemote *stalled, *other;

  stage_init_active (&stage, 0);
  redes_download_sources_answered (stage.sources, 1, 1, NULL);
  stalled = add_full (&stage, 1);
  g_assert_cmpuint (stalled->requests->len, ==, 4);
  pass (&stage, 4 * SECOND_US);
  g_assert_cmpuint (redes_picker_get_asked (redes_download_progress_get_picker (stage.progress), 0),
                    ==, 1);
  pass (&stage, TICK_US);
  g_assert_cmpuint (redes_picker_get_asked (redes_download_progress_get_picker (stage.progress), 0),
                    ==, 0);
  other = add_full (&stage, 2);
  for (guint32 i = 0; i < 4; i++)
    g_assert_true (fake_array_has (other->requests, i));

  /* Its connection lives: only this download has had enough of it. */
  for (guint i = 0; i < 15 && stalled->source != NULL; i++)
    {
      stalled->heard_us = stage.clock.now_us;
      send (&stage, other, fake_remote_pop_request (other));
      pass (&stage, SECOND_US);
    }
  g_assert_nonnull (stalled->source);
  stalled->heard_us = stage.clock.now_us;
  pass (&stage, SECOND_US);
  g_assert_null (stalled->source);
  g_assert_false (stalled->is_closed);
  g_assert_true (redes_download_sources_wants (stage.sources, &stalled->id));
  g_assert_cmpuint (redes_download_sources_count (stage.sources), ==, 1);

  /* Of this one nothing comes at all. */
  pass (&stage, 21 * SECOND_US);
  g_assert_true (other->is_closed);
  g_assert_error (other->error, REDES_SWARM_ERROR, REDES_SWARM_ERROR_SILENT);
  g_assert_false (redes_protocol_violation_is_one (other->error));
  g_assert_false (redes_protocol_violation_is_lie (other->error));
  g_assert_true (redes_download_sources_wants (stage.sources, &other->id));
  stage_clear (&stage);
}

/* Nobody is blamed for the time in which this process slept; nor one that sends other blocks. */
static void
test_own_sleep (void)
{
  Stage stage;
  FakeRemote *remote;
  gint64 due_us;

  stage_init_active (&stage, 0);
  remote = add_full (&stage, 1);
  pass (&stage, SECOND_US);
  due_us = stage.clock.now_us + TICK_US;
  stage.clock.now_us += 3600 * SECOND_US;
  redes_download_sources_tick (stage.sources, due_us);
  g_assert_nonnull (remote->source);
  g_assert_true (redes_source_is_giving (remote->source, SECOND_US, stage.clock.now_us));

  for (guint i = 0; i < 30; i++)
    {
      pass (&stage, SECOND_US);
      remote->gave_us = remote->heard_us = stage.clock.now_us;
    }
  g_assert_nonnull (remote->source);
  stage_clear (&stage);
}

/* When all places are taken, one that gives nothing makes room for one that was not tried yet; and
 * nobody does that gives. */
static void
test_makes_room (void)
{
  Stage stage;
  FakeRemote *giving, *idle, *late;
  RedesPeerId unknown = fake_peer_id (1000);

  stage_init_active (&stage, 0);
  giving = add_full (&stage, 0);
  idle = add (&stage, 1);
  fake_remote_has (idle, N_BLOCKS, 0);
  for (guint i = 2; i < MAX_SOURCES; i++)
    {
      stage.clock.now_us += 1000;
      fake_remote_has (add (&stage, i), N_BLOCKS, 0);
    }
  g_assert_cmpuint (redes_download_sources_count (stage.sources), ==, MAX_SOURCES);
  g_assert_false (redes_download_sources_wants (stage.sources, &unknown));
  late = add (&stage, 100);
  g_assert_null (late->source);

  stage.clock.now_us += 3 * SECOND_US;
  send (&stage, giving, fake_remote_pop_request (giving));
  stage.clock.now_us += 2 * SECOND_US;
  g_assert_true (redes_download_sources_wants (stage.sources, &unknown));
  redes_download_sources_add (stage.sources, &late->remote);
  g_assert_nonnull (late->source);
  g_assert_null (idle->source);
  g_assert_nonnull (giving->source);
  g_assert_cmpuint (redes_download_sources_count (stage.sources), ==, MAX_SOURCES);
  /* It was tried a moment ago; after half a minute it may come again. */
  g_assert_false (redes_download_sources_wants (stage.sources, &idle->id));
  stage.clock.now_us += 25 * SECOND_US;
  g_assert_true (redes_download_sources_wants (stage.sources, &idle->id));
  stage_clear (&stage);
}

/* One that was lost is dialled where it was after 1 s, then 2, 4, 8, 15 and 15 s later; from the
 * start again once a block has come. */
static void
test_redial (void)
{
  static const guint at_s[] = { 1, 3, 7, 15, 30, 45 };
  Stage stage;
  FakeRemote *lost, *other;
  gint64 start_us;

  stage_init_active (&stage, 0);
  other = add_full (&stage, 2);
  lost = add_full (&stage, 1);
  start_us = stage.clock.now_us;
  lose (stage.sources, &lost->remote, FALSE, "the connection broke");
  for (guint i = 0; i < 46; i++)
    {
      other->gave_us = other->heard_us = stage.clock.now_us;
      pass (&stage, SECOND_US);
    }
  g_assert_cmpuint (stage.dialled->len, ==, G_N_ELEMENTS (at_s));
  for (guint i = 0; i < G_N_ELEMENTS (at_s); i++)
    g_assert_cmpint (g_array_index (stage.dialled, gint64, i) - start_us, ==, at_s[i] * SECOND_US);
  g_assert_true (redes_digest_equal (&stage.dialled_id, &lost->id));
  g_assert_cmpstr (stage.dialled_host, ==, "192.0.2.1");
  g_assert_cmpuint (stage.dialled_port, ==, 2001);

  /* The next one is due at 60 s; the one after it comes soon, for a block has come. */
  send (&stage, other, fake_remote_pop_request (other));
  pass (&stage, 14 * SECOND_US);
  g_assert_cmpuint (stage.dialled->len, ==, G_N_ELEMENTS (at_s) + 1);
  pass (&stage, 2 * SECOND_US);
  g_assert_cmpuint (stage.dialled->len, ==, G_N_ELEMENTS (at_s) + 2);

  /* It is there again. */
  lost->is_closed = FALSE;
  redes_download_sources_add (stage.sources, &lost->remote);
  send (&stage, other, fake_remote_pop_request (other));
  pass (&stage, 19 * SECOND_US);
  g_assert_cmpuint (stage.dialled->len, ==, G_N_ELEMENTS (at_s) + 2);
  stage_clear (&stage);
}

/* Who does not listen, or lied, is not dialled. */
static void
test_not_redialled (void)
{
  Stage stage;
  FakeRemote *deaf, *liar;

  stage_init_active (&stage, 0);
  add_full (&stage, 3);
  deaf = add_full (&stage, 1);
  deaf->is_listening = FALSE;
  liar = add_full (&stage, 2);
  lose (stage.sources, &deaf->remote, FALSE, "it went");
  lose (stage.sources, &liar->remote, TRUE, "it lied");
  pass (&stage, 10 * SECOND_US);
  g_assert_cmpuint (stage.dialled->len, ==, 0);
  g_assert_true (redes_download_sources_wants (stage.sources, &deaf->id));
  g_assert_false (redes_download_sources_wants (stage.sources, &liar->id));
  stage_clear (&stage);
}

/* When all lied there is nothing left to hope for; a person may want to try again. */
static void
test_liars (void)
{
  Stage stage;
  FakeRemote *first, *second;

  stage_init_active (&stage, 0);
  redes_download_sources_answered (stage.sources, 1, 1, NULL);
  first = add_full (&stage, 1);
  second = add_full (&stage, 2);
  redes_download_sources_refuse (stage.sources, &first->remote);
  g_assert_null (first->source);
  g_assert_false (redes_download_sources_wants (stage.sources, &first->id));
  g_assert_null (stage.failed);
  redes_download_sources_refuse (stage.sources, &second->remote);
  g_assert_nonnull (stage.failed);
  g_assert_nonnull (strstr (stage.failed, "does not match the publisher's signature"));

  g_clear_pointer (&stage.failed, g_free);
  redes_download_sources_begin_anew (stage.sources);
  g_assert_true (redes_download_sources_wants (stage.sources, &first->id));
  stage_clear (&stage);
}

/* What came from one is taken back from the others, and they go on. */
static void
test_end_game (void)
{
  Stage stage;
  FakeRemote *slow, *quick;

  stage_init_active (&stage, 0);
  for (guint32 i = 2; i < N_BLOCKS; i++)
    redes_download_progress_note_arrival (stage.progress, i);
  slow = add_full (&stage, 1);
  g_assert_cmpuint (slow->requests->len, ==, 2);
  quick = add_full (&stage, 2);
  g_assert_cmpuint (quick->requests->len, ==, 1);
  send (&stage, quick, 0);
  g_assert_true (fake_array_has (slow->cancelled, 0));
  g_assert_true (fake_array_has (quick->requests, 1));
  send (&stage, quick, 1);
  g_assert_true (fake_array_has (slow->cancelled, 1));
  g_assert_cmpuint (slow->requests->len + quick->requests->len, ==, 0);
  stage_clear (&stage);
}

/* Sources that have nothing of what is missing: a person hears of it after 20 s. While blocks are
 * being verified, or come, nobody is stuck. */
static void
test_stuck (void)
{
  Stage stage;

  stage_init_active (&stage, 0);
  fake_remote_has (add (&stage, 1), N_BLOCKS, 0);
  stage.is_verifying = TRUE;
  pass (&stage, 25 * SECOND_US);
  g_assert_cmpint (stage.state, ==, REDES_DOWNLOAD_ACTIVE);
  stage.is_verifying = FALSE;
  pass (&stage, TICK_US);
  g_assert_cmpint (stage.state, ==, REDES_DOWNLOAD_WAITING);
  g_assert_cmpstr (stage.waiting, ==,
                   "the sources that are there do not have the blocks that are missing");
  stage_clear (&stage);

  stage_init_active (&stage, 20);
  fake_remote_has (add (&stage, 1), N_BLOCKS, 0);
  pass (&stage, 19 * SECOND_US);
  g_assert_null (stage.failed);
  pass (&stage, SECOND_US);
  g_assert_cmpstr (stage.failed, ==,
                   "the sources that are there do not have the blocks that are missing");
  stage_clear (&stage);
}

/* One that starves asks sooner than each 10 s, if the swarm lets it. */
static void
test_starving (void)
{
  Stage stage;

  stage_init_active (&stage, 0);
  fake_remote_has (add (&stage, 1), N_BLOCKS, 0);
  redes_download_sources_answered (stage.sources, 1, 1, NULL);
  g_assert_cmpuint (count_ticks_to_question (&stage, 100), ==, 20);
  redes_download_sources_answered (stage.sources, 1, 1, NULL);
  stage.may_hurry = TRUE;
  g_assert_cmpuint (count_ticks_to_question (&stage, 100), ==, 4);
  redes_download_sources_answered (stage.sources, 1, 1, NULL);
  stage.is_verifying = TRUE;
  g_assert_cmpuint (count_ticks_to_question (&stage, 100), ==, 20);
  stage_clear (&stage);
}

/* Nobody is asked or taken while the disk has failed, or what is there is being looked through. */
static void
test_rests (void)
{
  Stage stage;
  RedesPeerId id = fake_peer_id (1);

  stage_init_active (&stage, 0);
  redes_download_sources_answered (stage.sources, 1, 1, NULL);
  g_assert_true (redes_download_sources_wants (stage.sources, &id));
  stage.waits_for_disk = TRUE;
  g_assert_false (redes_download_sources_wants (stage.sources, &id));
  g_assert_cmpuint (count_ticks_to_question (&stage, 100), ==, 100);
  stage.waits_for_disk = FALSE;
  redes_download_progress_close (stage.progress);
  g_assert_false (redes_download_sources_wants (stage.sources, &id));
  g_assert_cmpuint (count_ticks_to_question (&stage, 100), ==, 100);
  redes_download_progress_open (stage.progress, 0);
  stage.is_resting = TRUE;
  g_assert_false (redes_download_sources_wants (stage.sources, &id));
  g_assert_cmpuint (count_ticks_to_question (&stage, 100), ==, 100);
  stage.is_resting = FALSE;
  g_assert_cmpuint (count_ticks_to_question (&stage, 100), ==, 1);
  stage_clear (&stage);
}

/* Manifests that are not the one wanted: only when those of all sources were refused is that the
 * download's to decide. */
static void
test_manifests (void)
{
  Stage stage;
  FakeRemote *first, *second;

  stage_init (&stage, 0);
  redes_download_sources_begin_asking (stage.sources);
  first = add (&stage, 1);
  second = add (&stage, 2);
  redes_download_sources_answered (stage.sources, 1, 1, NULL);
  g_assert_cmpuint (first->n_manifests_asked, ==, 1);
  redes_source_on_manifest (first->source, stage.content.manifest);
  g_assert_cmpuint (stage.n_refused, ==, 0);
  redes_source_on_manifest (second->source, stage.content.manifest);
  g_assert_cmpuint (stage.n_refused, ==, 1);
  stage_clear (&stage);
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
