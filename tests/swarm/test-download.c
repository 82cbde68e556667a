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
} Stage;

static void
want_sources (RedesDownload *download, gpointer user_data)
{
  ((Stage *)user_data)->n_asked++;
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
  Stage *stage = user_data;

  g_assert_error (error, REDES_SWARM_ERROR, REDES_SWARM_ERROR_WRONG_BLOCK);
  stage->n_wrong++;
  stage->wrong_peer = *redes_remote_get_id (remote);
  stage->wrong_index = index;
}

static void
gone (RedesDownload *download, gpointer user_data)
{
  ((Stage *)user_data)->n_gone++;
}

static RedesHolding *
lookup (const RedesContentId *content, gpointer user_data)
{
  return ((Stage *)user_data)->local;
}

static void
share (RedesHolding *holding, gpointer user_data)
{
  ((Stage *)user_data)->n_shared++;
}

static void
stop_sharing (RedesHolding *holding, gpointer user_data)
{
  ((Stage *)user_data)->n_unshared++;
}

static void
doubt (RedesHolding *holding, gpointer user_data)
{
  ((Stage *)user_data)->n_doubted++;
}

static void
got_block (RedesDownload *download, guint32 index, GBytes *data, gpointer user_data)
{
  ((Stage *)user_data)->n_got++;
}

static void
add_unwritten (gssize bytes, gpointer user_data)
{
  ((Stage *)user_data)->unwritten_bytes += bytes;
}

static void
released (gpointer user_data)
{
  ((Stage *)user_data)->n_released++;
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
stage_init (Stage *stage)
{
  *stage = (Stage){ 0 };
  fake_clock_init (&stage->clock);
  fake_content_init (&stage->content, N_BLOCKS);
  folder_init (&stage->folder);
  stage->workers = redes_workers_new ("test", 1, NULL);
  stage->remotes = g_ptr_array_new_with_free_func (remote_free);
}

/* @keeps: a later run may go on with what is there */
static void
stage_start (Stage *stage, gboolean keeps)
{
  RedesDownloadParams params = { .workers = stage->workers,
                                 .clock = &stage->clock.clock,
                                 .keeps_partial_files = keeps,
                                 .mediator = &mediator,
                                 .user_data = stage };
  RedesLink link = { .content = *stage->content.content };

  stage->download = redes_download_new (&params, 1, &link, stage->folder.path, NULL);
  redes_download_start (stage->download);
}

static void
stage_clear (Stage *stage)
{
  redes_download_abandon (stage->download);
  redes_workers_free (stage->workers);
  g_assert_cmpuint (stage->n_released, ==, 0);
  redes_download_unref (stage->download);
  g_assert_cmpuint (stage->n_released, ==, 1);
  g_assert_cmpint (stage->unwritten_bytes, ==, 0);
  g_ptr_array_unref (stage->remotes);
  g_clear_pointer (&stage->local, redes_holding_unref);
  folder_clear (&stage->folder);
  fake_content_clear (&stage->content);
}

/* (transfer none): a source; it answers nothing by itself */
static FakeRemote *
add (Stage *stage, guint number)
{
  FakeRemote *remote = fake_remote_new (number, "192.0.2.1", &stage->clock);

  g_ptr_array_add (stage->remotes, remote);
  redes_download_add_peer (stage->download, &remote->remote);
  return remote;
}

static FakeRemote *
add_full (Stage *stage, guint number)
{
  FakeRemote *remote = add (stage, number);

  g_assert_nonnull (remote->source);
  if (remote->n_manifests_asked > 0)
    redes_source_on_manifest (remote->source, stage->content.manifest);
  fake_remote_has_all (remote);
  return remote;
}

/* Answers what @remote is asked, and what comes of it, until nothing is asked. */
static void
serve (Stage *stage, FakeRemote *remote)
{
  guint32 index;

  while ((index = fake_remote_pop_request (remote)) != FAKE_NONE)
    fake_remote_send (remote, &stage->content, index, TRUE, stage->clock.now_us);
}

static gboolean
on_bound (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/* Runs until the download is in @state. */
static void
wait_for (Stage *stage, RedesDownloadState state)
{
  gint64 end_us = g_get_monotonic_time () + WAIT_US;
  guint bound = g_timeout_add (100, on_bound, NULL);

  while (redes_download_get_state (stage->download) != state && g_get_monotonic_time () < end_us)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (bound);
  g_assert_cmpint (redes_download_get_state (stage->download), ==, state);
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
assert_whole (Stage *stage)
{
  g_autofree char *found = NULL;
  gsize size = 0;

  g_assert_true (
      g_file_get_contents (redes_download_get_path (stage->download), &found, &size, NULL));
  g_assert_cmpuint (size, ==, N_BLOCKS * FAKE_BLOCK_SIZE);
  for (guint32 i = 0; i < N_BLOCKS; i++)
    {
      g_autoptr (GBytes) block = fake_content_dup_block (&stage->content, i);

      g_assert_cmpmem (found + (gsize)i * FAKE_BLOCK_SIZE, FAKE_BLOCK_SIZE,
                       g_bytes_get_data (block, NULL), g_bytes_get_size (block));
    }
  g_assert_cmpuint (folder_count (&stage->folder, ""), ==, 1);
}

/* Two sources, a manifest from the first: the file is there, and it is known who gave what. */
static void
test_fetch (void)
{
  Stage stage;
  FakeRemote *first, *second;
  g_autoptr (GList) senders = NULL;
  guint n_blocks = 0;

  stage_init (&stage);
  stage_start (&stage, FALSE);
  g_assert_cmpuint (stage.n_asked, ==, 1);
  first = add_full (&stage, 1);
  g_assert_cmpuint (first->n_manifests_asked, ==, 1);
  g_assert_cmpint (redes_download_get_state (stage.download), ==, REDES_DOWNLOAD_ACTIVE);
  second = add_full (&stage, 2);
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

      fake_remote_send (remote, &stage.content, fake_remote_pop_request (remote), TRUE,
                        stage.clock.now_us);
    }
  g_assert_cmpint (stage.unwritten_bytes, ==, N_BLOCKS * FAKE_BLOCK_SIZE);
  wait_for (&stage, REDES_DOWNLOAD_DONE);
  assert_whole (&stage);
  senders = redes_download_list_source_stats (stage.download);
  g_assert_cmpuint (g_list_length (senders), ==, 2);
  for (GList *l = senders; l != NULL; l = l->next)
    n_blocks += ((RedesSourceStats *)l->data)->blocks;
  g_assert_cmpuint (n_blocks, ==, N_BLOCKS);
  g_assert_cmpuint (stage.n_got, ==, N_BLOCKS);
  g_assert_cmpuint (stage.n_wrong, ==, 0);
  /* The partial one, if it was opened in time, and then the whole one. */
  g_assert_cmpuint (stage.n_shared, ==, stage.n_unshared + 1);
  g_assert_null (first->source);
  stage_clear (&stage);
}

/* A block that does not verify names who sent it, and nobody else; that one is asked no more, and
 * the others give the block. */
static void
test_wrong_block (void)
{
  Stage stage;
  FakeRemote *honest, *liar;
  guint32 wrong;

  stage_init (&stage);
  stage_start (&stage, FALSE);
  liar = add_full (&stage, 1);
  honest = add_full (&stage, 2);
  wait_above_zero (&liar->requests->len);
  wrong = fake_remote_pop_request (liar);
  fake_remote_send (liar, &stage.content, wrong, FALSE, stage.clock.now_us);
  serve (&stage, honest);
  wait_above_zero (&stage.n_wrong);
  g_assert_cmpuint (stage.n_wrong, ==, 1);
  g_assert_true (redes_digest_equal (&stage.wrong_peer, &liar->id));
  g_assert_cmpuint (stage.wrong_index, ==, wrong);
  g_assert_cmpuint (liar->complained->len, ==, 1);
  g_assert_cmpuint (honest->complained->len, ==, 0);
  g_assert_null (liar->source);
  /* What else it shares may be in order. */
  g_assert_false (liar->is_closed);
  g_assert_false (redes_download_wants_peer (stage.download, &liar->id));
  g_assert_true (fake_array_has (honest->requests, wrong));
  serve (&stage, honest);
  wait_for (&stage, REDES_DOWNLOAD_DONE);
  assert_whole (&stage);
  stage_clear (&stage);
}

/* A block, or a proof, of the wrong length is found out before anything is written. */
static void
test_wrong_length (void)
{
  Stage stage;
  FakeRemote *liar;
  RedesBlockHeader header;
  g_autoptr (GBytes) one = g_bytes_new_static ("x", 1);
  g_autoptr (GBytes) block = NULL;
  guint32 wrong;

  stage_init (&stage);
  stage_start (&stage, FALSE);
  add_full (&stage, 3);
  liar = add_full (&stage, 1);
  wait_above_zero (&liar->requests->len);
  wrong = fake_remote_pop_request (liar);
  fake_content_get_header (&stage.content, wrong, &header);
  redes_source_on_block (liar->source, &header, one);
  g_assert_cmpuint (stage.n_wrong, ==, 1);
  g_assert_null (liar->source);

  liar = add_full (&stage, 2);
  wrong = fake_remote_pop_request (liar);
  fake_content_get_header (&stage.content, wrong, &header);
  block = fake_content_dup_block (&stage.content, wrong);
  header.n_proof--;
  redes_source_on_block (liar->source, &header, block);
  g_assert_cmpuint (stage.n_wrong, ==, 2);
  g_assert_true (redes_digest_equal (&stage.wrong_peer, &liar->id));
  g_assert_cmpint (stage.unwritten_bytes, ==, 0);
  stage_clear (&stage);
}

static void
share_locally (Stage *stage)
{
  stage->local
      = redes_holding_new_file (stage->content.folder.path, "shared", REDES_FILE_TIME_UNKNOWN,
                                stage->content.manifest, stage->content.tree);
}

/* What is shared here under another name is copied, and nobody is asked. */
static void
test_copy (void)
{
  Stage stage;
  g_autoptr (GList) senders = NULL;

  stage_init (&stage);
  share_locally (&stage);
  stage_start (&stage, FALSE);
  wait_for (&stage, REDES_DOWNLOAD_DONE);
  assert_whole (&stage);
  g_assert_cmpuint (stage.n_asked, ==, 0);
  g_assert_cmpuint (stage.n_doubted, ==, 0);
  senders = redes_download_list_source_stats (stage.download);
  g_assert_null (senders);
  stage_clear (&stage);
}

/* The local file was altered: its blocks are found wrong, nobody is blamed, and others are asked
 * for what is missing. */
static void
test_altered_copy (void)
{
  Stage stage;
  FakeRemote *remote;
  g_autofree char *path = NULL;
  g_autofree char *bytes = NULL;
  gsize size;

  stage_init (&stage);
  share_locally (&stage);
  path = folder_get_path (&stage.content.folder, "shared");
  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  bytes[3 * FAKE_BLOCK_SIZE] ^= 1;
  g_assert_true (g_file_set_contents (path, bytes, size, NULL));
  stage_start (&stage, FALSE);
  wait_above_zero (&stage.n_asked);
  g_assert_cmpuint (stage.n_doubted, ==, 1);
  g_assert_cmpuint (stage.n_wrong, ==, 0);
  bytes[3 * FAKE_BLOCK_SIZE] ^= 1;
  g_assert_true (g_file_set_contents (path, bytes, size, NULL));
  remote = add_full (&stage, 1);
  serve (&stage, remote);
  wait_for (&stage, REDES_DOWNLOAD_DONE);
  assert_whole (&stage);
  stage_clear (&stage);
}

/* A pause lets everybody go; then it goes on with what is there. */
static void
test_pause (void)
{
  Stage stage;
  FakeRemote *remote;

  stage_init (&stage);
  stage_start (&stage, TRUE);
  wait_above_zero (&stage.n_asked);
  remote = add_full (&stage, 1);
  wait_above_zero (&remote->requests->len);
  fake_remote_send (remote, &stage.content, fake_remote_pop_request (remote), TRUE,
                    stage.clock.now_us);
  wait_above_zero (&stage.n_got);
  redes_download_pause (stage.download);
  g_assert_null (remote->source);
  g_assert_false (redes_download_wants_peer (stage.download, &remote->id));
  g_assert_cmpuint (redes_download_get_blocks_done (stage.download), ==, 1);
  redes_download_query_answered (stage.download, 1, 1, NULL);
  stage.n_asked = 0;
  redes_download_resume (stage.download);
  wait_above_zero (&stage.n_asked);
  redes_download_add_peer (stage.download, &remote->remote);
  g_assert_cmpuint (remote->n_manifests_asked, ==, 1);
  fake_remote_has_all (remote);
  serve (&stage, remote);
  wait_for (&stage, REDES_DOWNLOAD_DONE);
  assert_whole (&stage);
  g_assert_cmpuint (stage.n_got, ==, N_BLOCKS);
  stage_clear (&stage);
}

/* Removed: nothing of it is left. */
static void
test_remove (void)
{
  Stage stage;
  FakeRemote *remote;

  stage_init (&stage);
  stage_start (&stage, FALSE);
  remote = add_full (&stage, 1);
  wait_above_zero (&remote->requests->len);
  fake_remote_send (remote, &stage.content, fake_remote_pop_request (remote), TRUE,
                    stage.clock.now_us);
  wait_above_zero (&stage.n_got);
  g_assert_cmpuint (folder_count (&stage.folder, ""), ==, 1);
  redes_download_remove (stage.download);
  wait_above_zero (&stage.n_gone);
  g_assert_cmpuint (folder_count (&stage.folder, ""), ==, 0);
  g_assert_cmpint (redes_download_get_state (stage.download), ==, REDES_DOWNLOAD_FAILED);
  stage_clear (&stage);
}

/* The time that it took is that of the clock, without the rests. */
static void
test_seconds (void)
{
  Stage stage;

  stage_init (&stage);
  stage_start (&stage, TRUE);
  wait_above_zero (&stage.n_asked);
  stage.clock.now_us += 3 * SECOND_US;
  redes_download_pause (stage.download);
  stage.clock.now_us += 100 * SECOND_US;
  g_assert_cmpfloat_with_epsilon (redes_download_get_seconds (stage.download), 3, 1e-6);
  redes_download_resume (stage.download);
  stage.clock.now_us += 2 * SECOND_US;
  g_assert_cmpfloat_with_epsilon (redes_download_get_seconds (stage.download), 5, 1e-6);
  stage_clear (&stage);
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
  g_test_add_func ("/swarm/download/seconds", test_seconds);
  return g_test_run ();
}
