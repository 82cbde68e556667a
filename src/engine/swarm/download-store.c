/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/download-store.h"

gboolean
redes_download_store_keeps_blocks (RedesStore *store, const RedesDownloadProgress *progress)
{
  return store != NULL && redes_download_progress_get_n_blocks (progress) > 1;
}

void
redes_download_store_put_block (RedesStore *store,
                                const RedesDownloadProgress *progress,
                                guint32 index,
                                const RedesDigest *digest,
                                const RedesDigest *proof,
                                const RedesSourceStats *sender)
{
  const RedesContentId *content = redes_download_progress_get_content (progress);

  if (!redes_download_store_keeps_blocks (store, progress))
    return;
  redes_store_put_block (
      store, content, index, digest, proof,
      redes_geometry_get_proof_length (redes_download_progress_get_geometry (progress)));
  if (sender != NULL)
    redes_store_put_sender (store, content, &sender->sender);
}

void
redes_download_store_mark_safe (RedesStore *store,
                                const RedesDownloadProgress *progress,
                                const guint32 *indices,
                                guint n_indices,
                                gint64 mtime_ns)
{
  if (redes_download_store_keeps_blocks (store, progress) && n_indices > 0)
    redes_store_mark_safe (store, redes_download_progress_get_content (progress), indices,
                           n_indices, mtime_ns);
}

void
redes_download_store_remove_block (RedesStore *store,
                                   const RedesDownloadProgress *progress,
                                   gint64 index)
{
  if (redes_download_store_keeps_blocks (store, progress))
    redes_store_remove_blocks (store, redes_download_progress_get_content (progress), index);
}

/* The store is a file like others: what it says has to lead to the content's root. */
static void
restore_block (const RedesStoreBlock *block, gpointer user_data)
{
  redes_download_progress_restore (user_data, block->index, &block->digest, block->proof,
                                   block->n_proof, block->safe);
}

static void
restore_senders (RedesStore *store, RedesDownloadProgress *progress)
{
  g_autoptr (GPtrArray) senders
      = redes_store_list_senders (store, redes_download_progress_get_content (progress), NULL);

  for (guint i = 0; senders != NULL && i < senders->len; i++)
    {
      const RedesSender *sender = g_ptr_array_index (senders, i);

      redes_download_progress_ensure_sender (progress, &sender->peer, sender->nickname,
                                             sender->address)
          ->sender.blocks
          = sender->blocks;
    }
}

void
redes_download_store_restore (RedesStore *store, RedesDownloadProgress *progress)
{
  g_autoptr (GError) error = NULL;

  if (redes_download_store_keeps_blocks (store, progress)
      && !redes_store_each_block (store, redes_download_progress_get_content (progress),
                                  restore_block, progress, &error))
    g_debug ("the blocks of a download: %s", error->message);
  if (store != NULL)
    restore_senders (store, progress);
}

void
redes_download_store_put_done (RedesStore *store,
                               const RedesDownloadProgress *progress,
                               const RedesStoreFile *file,
                               const char *name,
                               const char *path,
                               gdouble seconds)
{
  g_autoptr (GPtrArray) senders = redes_download_progress_list_senders (progress);
  RedesStoreDownload row = { .content = *redes_download_progress_get_content (progress),
                             .name = (char *)name,
                             .path = (char *)path,
                             .blocks = redes_download_progress_get_n_blocks (progress),
                             .finished_s = g_get_real_time () / G_USEC_PER_SEC,
                             .seconds = seconds,
                             .senders = senders };

  if (store == NULL)
    return;
  redes_store_begin (store);
  redes_store_put_file (store, file);
  redes_store_add_history (store, &row);
  redes_store_remove_transfer (store, &row.content);
  redes_store_end (store);
}
