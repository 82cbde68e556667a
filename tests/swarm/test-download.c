/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/download.h"

#include "engine/library/partial-file.h"
#include "engine/swarm/protocol-violation.h"
#include "swarm-fixture.h"

#define N_BLOCKS 6u
#define WAIT_US (60 * SECOND_US)

/* A download with a real disk, in a swarm that is no more than its mediator. */

typedef struct
{
  FakeClock clock;
  FakeContent content;
  Folder folder;
  RedesWorkers *workers;
  RedesDownload *download;
  RedesHolding *local; /* (nullable): what is shared here under another name */
  guint n_asked;
  guint n_doubted;
  guint n_shared;
  guint n_unshared;
  guint n_gone;
  guint n_got;
  guint n_released;
  gssize unwritten_bytes;
  guint n_wrong;
  RedesPeerId wrong_peer;
  guint32 wrong_index;
  GPtrArray *remotes; /* FakeRemote */
} Fixture;

static void
want_sources (RedesDownload *download, gpointer user_data)
{
  ((Fixture *)user_data)->n_asked++;
}

static void
dial (RedesDownload *download,
      const RedesPeerId *id,
      const char *host,
      guint16 port,
      gpointer user_data)
{
}

static gboolean
may_hurry (gint64 now_us, gpointer user_data)
{
  return FALSE;
}

static void
enqueue (RedesDownload *download, gpointer user_data)
{
  redes_download_start (download);
}

static void
changed (RedesDownload *download, gboolean at_once, gpointer user_data)
{
}

static void
resumed (RedesDownload *download, guint32 n_kept, guint32 n_doubtful, gpointer user_data)
{
}

static void
noticed (RedesDownload *download, const RedesNotice *notice, gpointer user_data)
{
}

static void
wrong_block (RedesDownload *download,
             RedesRemote *remote,
             guint32 index,
             const GError *error,
             gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_error (error, REDES_SWARM_ERROR, REDES_SWARM_ERROR_WRONG_BLOCK);
  fixture->n_wrong++;
  fixture->wrong_peer = *redes_remote_get_id (remote);
  fixture->wrong_index = index;
}

static void
gone (RedesDownload *download, gpointer user_data)
{
  ((Fixture *)user_data)->n_gone++;
}

static RedesHolding *
lookup (const RedesContentId *content, gpointer user_data)
{
  return ((Fixture *)user_data)->local;
}

static void
share (RedesHolding *holding, gpointer user_data)
{
  ((Fixture *)user_data)->n_shared++;
}

static void
stop_sharing (RedesHolding *holding, gpointer user_data)
{
  ((Fixture *)user_data)->n_unshared++;
}

static void
doubt (RedesHolding *holding, gpointer user_data)
{
  ((Fixture *)user_data)->n_doubted++;
}

static void
got_block (RedesDownload *download, guint32 index, GBytes *data, gpointer user_data)
{
  ((Fixture *)user_data)->n_got++;
}

static void
add_unwritten (gssize bytes, gpointer user_data)
{
  ((Fixture *)user_data)->unwritten_bytes += bytes;
}

static void
released (gpointer user_data)
{
  ((Fixture *)user_data)->n_released++;
}

static const RedesDownloadMediator mediator = {
  .want_sources = want_sources,
  .dial = dial,
  .may_hurry = may_hurry,
  .enqueue = enqueue,
  .changed = changed,
  .resumed = resumed,
  .noticed = noticed,
  .wrong_block = wrong_block,
  .gone = gone,
  .lookup = lookup,
  .share = share,
  .unshare = stop_sharing,
  .doubt = doubt,
  .got_block = got_block,
  .add_unwritten = add_unwritten,
  .released = released,
};

static void
remote_free (gpointer data)
{
  fake_remote_unref (data);
}

static void
fixture_init_with (Fixture *fixture, guint32 n_blocks)
{
  *fixture = (Fixture){ 0 };
  fake_clock_init (&fixture->clock);
  fake_content_init (&fixture->content, n_blocks);
  folder_init (&fixture->folder);
  fixture->workers = redes_workers_new ("test", 1, NULL);
  fixture->remotes = g_ptr_array_new_with_free_func (remote_free);
}

static void
fixture_init (Fixture *fixture)
{
  fixture_init_with (fixture, N_BLOCKS);
}

/* @keeps: a later run may go on with what is there */
static void
fixture_start_with (Fixture *fixture, gboolean keeps, gboolean is_stream)
{
  RedesDownloadParams params = { .workers = fixture->workers,
                                 .clock = &fixture->clock.clock,
                                 .keeps_partial_files = keeps,
                                 .is_stream = is_stream,
                                 .mediator = &mediator,
                                 .user_data = fixture };
  RedesLink link = { .content = *fixture->content.content };

  fixture->download = redes_download_new (&params, 1, &link, fixture->folder.path, NULL);
  redes_download_start (fixture->download);
}

static void
fixture_start (Fixture *fixture, gboolean keeps)
{
  fixture_start_with (fixture, keeps, FALSE);
}

static void
fixture_clear (Fixture *fixture)
{
  redes_download_abandon (fixture->download);
  redes_workers_free (fixture->workers);
  g_assert_cmpuint (fixture->n_released, ==, 0);
  redes_download_unref (fixture->download);
  g_assert_cmpuint (fixture->n_released, ==, 1);
  g_assert_cmpint (fixture->unwritten_bytes, ==, 0);
  g_ptr_array_unref (fixture->remotes);
  g_clear_pointer (&fixture->local, redes_holding_unref);
  folder_clear (&fixture->folder);
  fake_content_clear (&fixture->content);
}

/* (transfer none): a source; it answers nothing by itself */
static FakeRemote *
add (Fixture *fixture, guint number)
{
  FakeRemote *remote = fake_remote_new (number, "192.0.2.1", &fixture->clock);

  g_ptr_array_add (fixture->remotes, remote);
  redes_download_add_peer (fixture->download, &remote->remote);
  return remote;
}

static FakeRemote *
add_full (Fixture *fixture, guint number)
{
  FakeRemote *remote = add (fixture, number);

  g_assert_nonnull (remote->source);
  if (remote->n_manifests_asked > 0)
    redes_source_on_manifest (remote->source, fixture->content.manifest);
  fake_remote_has_all (remote);
  return remote;
}

/* Answers what @remote is asked, and what comes of it, until nothing is asked. */
static void
serve (Fixture *fixture, FakeRemote *remote)
{
  guint32 index;

  while ((index = fake_remote_pop_request (remote)) != FAKE_NONE)
    fake_remote_send (remote, &fixture->content, index, TRUE, fixture->clock.now_us);
}

static gboolean
on_bound (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/* Runs until the download is in @state. */
static void
wait_for (Fixture *fixture, RedesDownloadState state)
{
  gint64 end_us = g_get_monotonic_time () + WAIT_US;
  guint bound = g_timeout_add (100, on_bound, NULL);

  while (redes_download_get_state (fixture->download) != state && g_get_monotonic_time () < end_us)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (bound);
  g_assert_cmpint (redes_download_get_state (fixture->download), ==, state);
}

/* Runs until @condition, a number, is above 0. */
static void
wait_above_zero (const guint *condition)
{
  gint64 end_us = g_get_monotonic_time () + WAIT_US;
  guint bound = g_timeout_add (100, on_bound, NULL);

  while (*condition == 0 && g_get_monotonic_time () < end_us)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (bound);
  g_assert_cmpuint (*condition, >, 0);
}

static void
assert_whole (Fixture *fixture)
{
  g_autofree char *found = NULL;
  gsize size = 0;

  g_assert_true (
      g_file_get_contents (redes_download_get_path (fixture->download), &found, &size, NULL));
  g_assert_cmpuint (size, ==, N_BLOCKS * FAKE_BLOCK_SIZE);
  for (guint32 i = 0; i < N_BLOCKS; i++)
    {
      g_autoptr (GBytes) block = fake_content_dup_block (&fixture->content, i);

      g_assert_cmpmem (found + (gsize)i * FAKE_BLOCK_SIZE, FAKE_BLOCK_SIZE,
                       g_bytes_get_data (block, NULL), g_bytes_get_size (block));
    }
  g_assert_cmpuint (folder_count (&fixture->folder, ""), ==, 1);
}

/* Two sources, a manifest from the first: the file is there, and it is known who gave what. */
static void
test_fetch (void)
{
  Fixture fixture;
  FakeRemote *first, *second;
  g_autoptr (GList) senders = NULL;
  guint n_blocks = 0;

  fixture_init (&fixture);
  fixture_start (&fixture, FALSE);
  g_assert_cmpuint (fixture.n_asked, ==, 1);
  first = add_full (&fixture, 1);
  g_assert_cmpuint (first->n_manifests_asked, ==, 1);
  g_assert_cmpint (redes_download_get_state (fixture.download), ==, REDES_DOWNLOAD_ACTIVE);
  second = add_full (&fixture, 2);
  g_assert_cmpuint (second->n_manifests_asked, ==, 0);
  /* Once the file is made. */
  g_assert_cmpuint (first->requests->len, ==, 0);
  wait_above_zero (&first->requests->len);
  g_assert_cmpuint (first->requests->len, ==, 4);
  g_assert_cmpuint (second->requests->len, ==, 2);
  /* What they are asked for in the end game is left to the other. */
  for (guint i = 0; i < N_BLOCKS; i++)
    {
      FakeRemote *remote = i < 4 ? first : second;

      fake_remote_send (remote, &fixture.content, fake_remote_pop_request (remote), TRUE,
                        fixture.clock.now_us);
    }
  g_assert_cmpint (fixture.unwritten_bytes, ==, N_BLOCKS * FAKE_BLOCK_SIZE);
  wait_for (&fixture, REDES_DOWNLOAD_DONE);
  assert_whole (&fixture);
  senders = redes_download_list_source_stats (fixture.download);
  g_assert_cmpuint (g_list_length (senders), ==, 2);
  for (GList *l = senders; l != NULL; l = l->next)
    n_blocks += ((RedesSourceStats *)l->data)->sender.blocks;
  g_assert_cmpuint (n_blocks, ==, N_BLOCKS);
  g_assert_cmpuint (fixture.n_got, ==, N_BLOCKS);
  g_assert_cmpuint (fixture.n_wrong, ==, 0);
  /* The partial one, if it was opened in time, and then the whole one. */
  g_assert_cmpuint (fixture.n_shared, ==, fixture.n_unshared + 1);
  g_assert_null (first->source);
  fixture_clear (&fixture);
}

/* A block that does not verify names who sent it, and nobody else; that one is asked no more, and
 * the others give the block. */
static void
test_wrong_block (void)
{
  Fixture fixture;
  FakeRemote *honest, *liar;
  guint32 wrong;

  fixture_init (&fixture);
  fixture_start (&fixture, FALSE);
  liar = add_full (&fixture, 1);
  honest = add_full (&fixture, 2);
  wait_above_zero (&liar->requests->len);
  wrong = fake_remote_pop_request (liar);
  fake_remote_send (liar, &fixture.content, wrong, FALSE, fixture.clock.now_us);
  serve (&fixture, honest);
  wait_above_zero (&fixture.n_wrong);
  g_assert_cmpuint (fixture.n_wrong, ==, 1);
  g_assert_true (redes_digest_equal (&fixture.wrong_peer, &liar->id));
  g_assert_cmpuint (fixture.wrong_index, ==, wrong);
  g_assert_cmpuint (liar->complained->len, ==, 1);
  g_assert_cmpuint (honest->complained->len, ==, 0);
  g_assert_null (liar->source);
  /* What else it shares may be in order. */
  g_assert_false (liar->is_closed);
  g_assert_false (redes_download_wants_peer (fixture.download, &liar->id));
  g_assert_true (fake_array_has (honest->requests, wrong));
  serve (&fixture, honest);
  wait_for (&fixture, REDES_DOWNLOAD_DONE);
  assert_whole (&fixture);
  fixture_clear (&fixture);
}

/* A block, or a proof, of the wrong length is found out before anything is written. */
static void
test_wrong_length (void)
{
  Fixture fixture;
  FakeRemote *liar;
  RedesBlockHeader header;
  g_autoptr (GBytes) one = g_bytes_new_static ("x", 1);
  g_autoptr (GBytes) block = NULL;
  guint32 wrong;

  fixture_init (&fixture);
  fixture_start (&fixture, FALSE);
  add_full (&fixture, 3);
  liar = add_full (&fixture, 1);
  wait_above_zero (&liar->requests->len);
  wrong = fake_remote_pop_request (liar);
  fake_content_get_header (&fixture.content, wrong, &header);
  redes_source_on_block (liar->source, &header, one);
  g_assert_cmpuint (fixture.n_wrong, ==, 1);
  g_assert_null (liar->source);

  liar = add_full (&fixture, 2);
  wrong = fake_remote_pop_request (liar);
  fake_content_get_header (&fixture.content, wrong, &header);
  block = fake_content_dup_block (&fixture.content, wrong);
  header.n_proof--;
  redes_source_on_block (liar->source, &header, block);
  g_assert_cmpuint (fixture.n_wrong, ==, 2);
  g_assert_true (redes_digest_equal (&fixture.wrong_peer, &liar->id));
  g_assert_cmpint (fixture.unwritten_bytes, ==, 0);
  fixture_clear (&fixture);
}

static void
share_locally (Fixture *fixture)
{
  fixture->local
      = redes_holding_new_file (fixture->content.folder.path, "shared", REDES_FILE_TIME_UNKNOWN,
                                fixture->content.manifest, fixture->content.tree);
}

/* What is shared here under another name is copied, and nobody is asked. */
static void
test_copy (void)
{
  Fixture fixture;
  g_autoptr (GList) senders = NULL;

  fixture_init (&fixture);
  share_locally (&fixture);
  fixture_start (&fixture, FALSE);
  wait_for (&fixture, REDES_DOWNLOAD_DONE);
  assert_whole (&fixture);
  g_assert_cmpuint (fixture.n_asked, ==, 0);
  g_assert_cmpuint (fixture.n_doubted, ==, 0);
  senders = redes_download_list_source_stats (fixture.download);
  g_assert_null (senders);
  fixture_clear (&fixture);
}

/* The local file was altered: its blocks are found wrong, nobody is blamed, and others are asked
 * for what is missing. */
static void
test_altered_copy (void)
{
  Fixture fixture;
  FakeRemote *remote;
  g_autofree char *path = NULL;
  g_autofree char *bytes = NULL;
  gsize size;

  fixture_init (&fixture);
  share_locally (&fixture);
  path = folder_get_path (&fixture.content.folder, "shared");
  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  bytes[3 * FAKE_BLOCK_SIZE] ^= 1;
  g_assert_true (g_file_set_contents (path, bytes, size, NULL));
  fixture_start (&fixture, FALSE);
  wait_above_zero (&fixture.n_asked);
  g_assert_cmpuint (fixture.n_doubted, ==, 1);
  g_assert_cmpuint (fixture.n_wrong, ==, 0);
  bytes[3 * FAKE_BLOCK_SIZE] ^= 1;
  g_assert_true (g_file_set_contents (path, bytes, size, NULL));
  remote = add_full (&fixture, 1);
  serve (&fixture, remote);
  wait_for (&fixture, REDES_DOWNLOAD_DONE);
  assert_whole (&fixture);
  fixture_clear (&fixture);
}

/* A pause lets everybody go; then it goes on with what is there. */
static void
test_pause (void)
{
  Fixture fixture;
  FakeRemote *remote;

  fixture_init (&fixture);
  fixture_start (&fixture, TRUE);
  wait_above_zero (&fixture.n_asked);
  remote = add_full (&fixture, 1);
  wait_above_zero (&remote->requests->len);
  fake_remote_send (remote, &fixture.content, fake_remote_pop_request (remote), TRUE,
                    fixture.clock.now_us);
  wait_above_zero (&fixture.n_got);
  redes_download_pause (fixture.download);
  g_assert_null (remote->source);
  g_assert_false (redes_download_wants_peer (fixture.download, &remote->id));
  g_assert_cmpuint (redes_download_get_blocks_done (fixture.download), ==, 1);
  redes_download_query_answered (fixture.download, 1, 1, NULL);
  fixture.n_asked = 0;
  redes_download_resume (fixture.download);
  wait_above_zero (&fixture.n_asked);
  redes_download_add_peer (fixture.download, &remote->remote);
  g_assert_cmpuint (remote->n_manifests_asked, ==, 1);
  fake_remote_has_all (remote);
  serve (&fixture, remote);
  wait_for (&fixture, REDES_DOWNLOAD_DONE);
  assert_whole (&fixture);
  g_assert_cmpuint (fixture.n_got, ==, N_BLOCKS);
  fixture_clear (&fixture);
}

/* Removed: nothing of it is left. */
static void
test_remove (void)
{
  Fixture fixture;
  FakeRemote *remote;

  fixture_init (&fixture);
  fixture_start (&fixture, FALSE);
  remote = add_full (&fixture, 1);
  wait_above_zero (&remote->requests->len);
  fake_remote_send (remote, &fixture.content, fake_remote_pop_request (remote), TRUE,
                    fixture.clock.now_us);
  wait_above_zero (&fixture.n_got);
  g_assert_cmpuint (folder_count (&fixture.folder, ""), ==, 1);
  redes_download_remove (fixture.download);
  wait_above_zero (&fixture.n_gone);
  g_assert_cmpuint (folder_count (&fixture.folder, ""), ==, 0);
  g_assert_cmpint (redes_download_get_state (fixture.download), ==, REDES_DOWNLOAD_FAILED);
  fixture_clear (&fixture);
}

/* Whoever ends while a whole file is about to get its name leaves it under that name. */
static void
test_end_while_finishing (void)
{
  Fixture fixture;
  FakeRemote *remote;

  fixture_init (&fixture);
  fixture_start (&fixture, FALSE);
  remote = add_full (&fixture, 1);
  for (guint i = 0; i < N_BLOCKS; i++)
    {
      wait_above_zero (&remote->requests->len);
      fake_remote_send (remote, &fixture.content, fake_remote_pop_request (remote), TRUE,
                        fixture.clock.now_us);
    }
  wait_for (&fixture, REDES_DOWNLOAD_FINISHING);
  redes_download_abandon (fixture.download);
  wait_for (&fixture, REDES_DOWNLOAD_DONE);
  assert_whole (&fixture);
  fixture_clear (&fixture);
}

/* One that nothing can go on with says why it has ended. */
static void
test_abandon (void)
{
  Fixture fixture;

  fixture_init (&fixture);
  fixture_start (&fixture, FALSE);
  wait_above_zero (&fixture.n_asked);
  redes_download_abandon (fixture.download);
  g_assert_cmpint (redes_download_get_state (fixture.download), ==, REDES_DOWNLOAD_FAILED);
  g_assert_cmpint (redes_notice_get_code (redes_download_get_message (fixture.download)), ==,
                   REDES_NOTICE_PEER_STOPS);
  fixture_clear (&fixture);
}

/* The time that it took is that of the clock, without the rests. */
static void
test_seconds (void)
{
  Fixture fixture;

  fixture_init (&fixture);
  fixture_start (&fixture, TRUE);
  wait_above_zero (&fixture.n_asked);
  fixture.clock.now_us += 3 * SECOND_US;
  redes_download_pause (fixture.download);
  fixture.clock.now_us += 100 * SECOND_US;
  g_assert_cmpfloat_with_epsilon (redes_download_get_seconds (fixture.download), 3, 1e-6);
  redes_download_resume (fixture.download);
  fixture.clock.now_us += 2 * SECOND_US;
  g_assert_cmpfloat_with_epsilon (redes_download_get_seconds (fixture.download), 5, 1e-6);
  fixture_clear (&fixture);
}

/**
 * Reading:
 * @data: (nullable): of the last answer
 * @n_answers: how many there were
 */
typedef struct
{
  RedesDownloadReader *reader;
  GBytes *data;
  GError *error;
  guint n_answers;
} Reading;

static void
reading_clear (Reading *reading)
{
  g_clear_pointer (&reading->data, g_bytes_unref);
  g_clear_error (&reading->error);
  reading->n_answers = 0;
}

static void
on_read (GBytes *data, const GError *error, gpointer user_data)
{
  Reading *reading = user_data;

  reading->n_answers++;
  reading->data = data != NULL ? g_bytes_ref (data) : NULL;
  reading->error = error != NULL ? g_error_copy (error) : NULL;
}

static void
ask (Fixture *fixture, Reading *reading, guint32 index)
{
  reading_clear (reading);
  redes_download_read (fixture->download, reading->reader, index, on_read, reading);
}

static void
assert_read (Fixture *fixture, Reading *reading, guint32 index)
{
  g_autoptr (GBytes) block = fake_content_dup_block (&fixture->content, index);

  wait_above_zero (&reading->n_answers);
  g_assert_no_error (reading->error);
  g_assert_cmpuint (reading->n_answers, ==, 1);
  g_assert_true (g_bytes_equal (reading->data, block));
}

/* What somebody reads is asked for first; what was asked for elsewhere is taken back. */
static void
test_read (void)
{
  Fixture fixture;
  Reading reading = { 0 };
  FakeRemote *remote;
  guint32 first, place;

  fixture_init_with (&fixture, 100);
  fixture_start (&fixture, FALSE);
  remote = add_full (&fixture, 1);
  wait_above_zero (&remote->requests->len);
  /* Its window has none of the blocks that were asked for. */
  first = g_array_index (remote->requests, guint32, 0);
  place = first + 4 < 96 ? first + 4 : 10;
  reading.reader = redes_download_add_reader (fixture.download);
  ask (&fixture, &reading, place);
  g_assert_cmpuint (reading.n_answers, ==, 0);
  g_assert_cmpuint (remote->cancelled->len, ==, 4);
  g_assert_cmpuint (redes_source_get_n_requests (remote->source), ==, 4);
  for (guint i = 0; i < 4; i++)
    {
      g_assert_cmpuint (g_array_index (remote->requests, guint32, i), ==, place + i);
      g_assert_true (fake_array_has (remote->cancelled, (first + i) % 100));
    }
  /* The answers to what was taken back say nothing of what is asked for now. */
  for (guint i = 0; i < remote->cancelled->len; i++)
    redes_source_on_reject (remote->source, g_array_index (remote->cancelled, guint32, i),
                            REDES_REJECT_CANCELLED, NULL);
  g_assert_cmpuint (redes_source_get_n_requests (remote->source), ==, 4);
  fake_remote_send (remote, &fixture.content, place, TRUE, fixture.clock.now_us);
  assert_read (&fixture, &reading, place);
  /* What is there is read from the disk. */
  ask (&fixture, &reading, place);
  assert_read (&fixture, &reading, place);
  /* Its end is the end of the question. */
  ask (&fixture, &reading, place + 1);
  redes_download_remove (fixture.download);
  g_assert_error (reading.error, REDES_SWARM_ERROR, REDES_SWARM_ERROR_OVER);
  ask (&fixture, &reading, place);
  g_assert_error (reading.error, REDES_SWARM_ERROR, REDES_SWARM_ERROR_OVER);
  redes_download_remove_reader (fixture.download, reading.reader);
  reading_clear (&reading);
  fixture_clear (&fixture);
}

/* A file that is there can be read, too, by who began before. */
static void
test_read_whole (void)
{
  Fixture fixture;
  Reading reading = { 0 };
  FakeRemote *remote;

  fixture_init (&fixture);
  fixture_start (&fixture, FALSE);
  remote = add_full (&fixture, 1);
  wait_above_zero (&remote->requests->len);
  reading.reader = redes_download_add_reader (fixture.download);
  ask (&fixture, &reading, 0);
  while (redes_download_get_state (fixture.download) == REDES_DOWNLOAD_ACTIVE)
    {
      serve (&fixture, remote);
      g_main_context_iteration (NULL, TRUE);
    }
  assert_read (&fixture, &reading, 0);
  wait_for (&fixture, REDES_DOWNLOAD_DONE);
  ask (&fixture, &reading, N_BLOCKS - 1);
  assert_read (&fixture, &reading, N_BLOCKS - 1);
  redes_download_remove_reader (fixture.download, reading.reader);
  reading_clear (&reading);
  fixture_clear (&fixture);
}

/* A stream asks for a window ahead of its reader and for no more, in order; nothing is written, and
 * nobody is to blame while the reader does not read. */
static void
test_stream (void)
{
  const guint32 n_blocks = 80, window = 64;
  Fixture fixture;
  Reading reading = { 0 };
  FakeRemote *remote;
  guint32 expected = 0;
  guint32 index;

  fixture_init_with (&fixture, n_blocks);
  fixture_start_with (&fixture, FALSE, TRUE);
  remote = add_full (&fixture, 1);
  g_assert_cmpuint (remote->requests->len, ==, 0);
  reading.reader = redes_download_add_reader (fixture.download);
  ask (&fixture, &reading, 0);
  while (expected < window)
    {
      wait_above_zero (&remote->requests->len);
      index = fake_remote_pop_request (remote);
      g_assert_cmpuint (index, ==, expected);
      fake_remote_send (remote, &fixture.content, index, TRUE, fixture.clock.now_us);
      expected++;
    }
  assert_read (&fixture, &reading, 0);
  while (fixture.unwritten_bytes > 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (remote->requests->len, ==, 0);
  g_assert_cmpuint (redes_download_get_blocks_done (fixture.download), ==, window);
  g_assert_cmpuint (folder_count (&fixture.folder, ""), ==, 0);
  for (guint32 i = 1; i < n_blocks; i++)
    {
      ask (&fixture, &reading, i);
      serve (&fixture, remote);
      assert_read (&fixture, &reading, i);
    }
  wait_for (&fixture, REDES_DOWNLOAD_DONE);
  g_assert_cmpuint (folder_count (&fixture.folder, ""), ==, 0);
  g_assert_cmpuint (fixture.n_shared, ==, 0);
  g_assert_cmpuint (fixture.n_got, ==, 0);
  g_assert_null (redes_download_get_path (fixture.download));
  redes_download_remove_reader (fixture.download, reading.reader);
  reading_clear (&reading);
  fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/swarm/download/fetch", test_fetch);
  g_test_add_func ("/swarm/download/wrong-block", test_wrong_block);
  g_test_add_func ("/swarm/download/wrong-length", test_wrong_length);
  g_test_add_func ("/swarm/download/copy", test_copy);
  g_test_add_func ("/swarm/download/altered-copy", test_altered_copy);
  g_test_add_func ("/swarm/download/pause", test_pause);
  g_test_add_func ("/swarm/download/remove", test_remove);
  g_test_add_func ("/swarm/download/end-while-finishing", test_end_while_finishing);
  g_test_add_func ("/swarm/download/abandon", test_abandon);
  g_test_add_func ("/swarm/download/seconds", test_seconds);
  g_test_add_func ("/swarm/download/read", test_read);
  g_test_add_func ("/swarm/download/read-whole", test_read_whole);
  g_test_add_func ("/swarm/download/stream", test_stream);
  return g_test_run ();
}
