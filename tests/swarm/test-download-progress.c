/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/download-progress.h"

#include "swarm-fixture.h"

#define N_BLOCKS 5u

static RedesDownloadProgress *
make_progress (const FakeContent *content)
{
  RedesDownloadProgress *progress = redes_download_progress_new (content->content);

  g_assert_null (redes_download_progress_get_geometry (progress));
  g_assert_cmpuint (redes_download_progress_get_n_blocks (progress), ==, 0);
  g_assert_false (redes_download_progress_is_full (progress));
  redes_download_progress_set_manifest (progress, content->manifest);
  g_assert_cmpuint (redes_download_progress_get_n_blocks (progress), ==, N_BLOCKS);
  return progress;
}

static gboolean
restore (RedesDownloadProgress *progress,
         const FakeContent *content,
         guint32 index,
         guint32 says,
         gboolean safe)
{
  RedesBlockHeader header;
  RedesDigest digest;

  fake_content_get_header (content, index, &header);
  g_assert_true (redes_hash_tree_get_block (content->tree, index, &digest));
  return redes_download_progress_restore (progress, says, &digest, header.proof, header.n_proof,
                                          safe);
}

static void
test_counts (void)
{
  FakeContent content;
  g_autoptr (RedesDownloadProgress) progress = NULL;

  fake_content_init (&content, N_BLOCKS);
  progress = make_progress (&content);
  redes_download_progress_count (progress, 1);
  redes_download_progress_count (progress, 1);
  redes_download_progress_count (progress, 4);
  g_assert_cmpuint (redes_download_progress_count_verified (progress), ==, 2);
  g_assert_cmpuint (redes_download_progress_get_bytes_done (progress), ==, 2 * FAKE_BLOCK_SIZE);
  redes_download_progress_discount (progress, 4);
  redes_download_progress_discount (progress, 4);
  g_assert_cmpuint (redes_download_progress_get_bytes_done (progress), ==, FAKE_BLOCK_SIZE);
  g_assert_false (redes_download_progress_has_block (progress, 4));
  g_assert_false (redes_download_progress_has_block (progress, N_BLOCKS));
  for (guint32 i = 0; i < N_BLOCKS; i++)
    redes_download_progress_count (progress, i);
  g_assert_true (redes_download_progress_is_full (progress));
  fake_content_clear (&content);
}

/* What is remembered counts only where its proof leads to the content's root. */
static void
test_restore (void)
{
  FakeContent content;
  g_autoptr (RedesDownloadProgress) progress = NULL;
  guint32 index;
  RedesDigest digest, expected;

  fake_content_init (&content, N_BLOCKS);
  progress = make_progress (&content);
  g_assert_true (restore (progress, &content, 0, 0, TRUE));
  g_assert_true (restore (progress, &content, 3, 3, FALSE));
  g_assert_false (restore (progress, &content, 1, 2, TRUE));
  g_assert_false (restore (progress, &content, 1, N_BLOCKS, TRUE));
  g_assert_cmpuint (redes_download_progress_count_verified (progress), ==, 1);
  g_assert_cmpuint (redes_download_progress_count_doubtful (progress), ==, 1);
  /* What is in doubt is shown as there, but does not count. */
  g_assert_cmpuint (redes_download_progress_get_blocks_done (progress), ==, 2);
  g_assert_cmpuint (redes_download_progress_get_bytes_done (progress), ==, 2 * FAKE_BLOCK_SIZE);
  g_assert_false (redes_download_progress_has_block (progress, 3));

  redes_download_progress_doubt_all (progress, TRUE);
  g_assert_cmpuint (redes_download_progress_count_verified (progress), ==, 0);
  g_assert_cmpuint (redes_download_progress_count_doubtful (progress), ==, 2);
  /* Of a block whose digest is not known nothing can be said. */
  redes_download_progress_doubt (progress, 4);
  g_assert_true (redes_download_progress_pop_doubtful (progress, &index, &digest));
  g_assert_cmpuint (index, ==, 0);
  g_assert_true (redes_hash_tree_get_block (content.tree, 0, &expected));
  g_assert_true (redes_digest_equal (&digest, &expected));
  redes_download_progress_doubt_all (progress, FALSE);
  g_assert_false (redes_download_progress_pop_doubtful (progress, &index, &digest));
  g_assert_cmpuint (redes_download_progress_get_bytes_done (progress), ==, 0);
  fake_content_clear (&content);
}

static void
test_arrivals (void)
{
  FakeContent content;
  g_autoptr (RedesDownloadProgress) progress = NULL;

  fake_content_init (&content, N_BLOCKS);
  progress = make_progress (&content);
  redes_download_progress_count (progress, 0);
  g_assert_false (redes_download_progress_expects (progress, 1));
  redes_download_progress_open (progress, 0);
  g_assert_false (redes_download_progress_expects (progress, 0));
  g_assert_true (redes_download_progress_expects (progress, 1));
  g_assert_cmpuint (redes_download_progress_find_missing (progress, 0), ==, 1);
  redes_download_progress_note_arrival (progress, 1);
  redes_download_progress_note_arrival (progress, 2);
  g_assert_cmpuint (redes_download_progress_find_missing (progress, 0), ==, 3);
  g_assert_cmpuint (redes_download_progress_get_unsettled_bytes (progress), ==,
                    2 * FAKE_BLOCK_SIZE);
  redes_download_progress_refuse_arrival (progress, 1);
  g_assert_cmpuint (redes_download_progress_get_unsettled_bytes (progress), ==, FAKE_BLOCK_SIZE);
  g_assert_true (redes_download_progress_expects (progress, 1));
  g_assert_cmpuint (redes_picker_count_wanted (redes_download_progress_get_picker (progress)), ==,
                    3);
  redes_download_progress_close (progress);
  g_assert_cmpuint (redes_download_progress_get_unsettled_bytes (progress), ==, 0);
  g_assert_false (redes_download_progress_expects (progress, 1));
  redes_download_progress_refuse_arrival (progress, 2);
  /* What was on its way and never came is wanted again. */
  redes_download_progress_open (progress, 0);
  g_assert_true (redes_download_progress_expects (progress, 2));
  fake_content_clear (&content);
}

static void
test_senders (void)
{
  FakeContent content;
  g_autoptr (RedesDownloadProgress) progress = NULL;
  gint64 now_us = 1000 * SECOND_US;
  guint8 number;

  fake_content_init (&content, N_BLOCKS);
  progress = make_progress (&content);
  for (guint32 i = 0; i < 3; i++)
    {
      RedesPeerId id = fake_peer_id (i);
      RedesBlockHeader header;
      RedesDigest digest;
      RedesSourceStats *sender
          = i < 2 ? redes_download_progress_ensure_sender (progress, &id, "nick", "host:1") : NULL;

      fake_content_get_header (&content, i, &header);
      g_assert_true (redes_hash_tree_get_block (content.tree, i, &digest));
      redes_download_progress_note_bytes (progress, sender != NULL ? FAKE_BLOCK_SIZE : 0, now_us);
      redes_download_progress_record (progress, i, &digest, header.proof, FAKE_BLOCK_SIZE, sender,
                                      now_us);
      now_us += SECOND_US;
      g_assert_true (redes_download_progress_get_block (progress, i, &number));
      /* 0: copied, so it came from nobody. */
      g_assert_cmpuint (number, ==, i < 2 ? i + 1 : 0);
      g_assert_cmpuint (redes_download_progress_find_sender (progress, &id) != NULL, ==, i < 2);
    }
  g_assert_false (redes_download_progress_get_block (progress, 3, &number));
  g_assert_cmpfloat (redes_download_progress_get_rate (progress, now_us), >, 100000);
  g_assert_cmpfloat (redes_download_progress_get_rate (progress, now_us + 60 * SECOND_US), <, 10);
  fake_content_clear (&content);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/swarm/download-progress/counts", test_counts);
  g_test_add_func ("/swarm/download-progress/restore", test_restore);
  g_test_add_func ("/swarm/download-progress/arrivals", test_arrivals);
  g_test_add_func ("/swarm/download-progress/senders", test_senders);
  return g_test_run ();
}
