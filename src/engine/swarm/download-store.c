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
  RedesStoreSource source;

  if (!redes_download_store_keeps_blocks (store, progress))
    return;
  redes_store_put_block (
      store, content, index, digest, proof,
      redes_geometry_get_proof_length (redes_download_progress_get_geometry (progress)));
  if (sender == NULL)
    return;
  source = (RedesStoreSource){ .peer = sender->peer,
                               .nickname = sender->nickname,
                               .address = sender->address,
                               .blocks = sender->blocks };
  redes_store_put_source (store, content, &source);
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
  g_autoptr (GPtrArray) sources
      = redes_store_list_sources (store, redes_download_progress_get_content (progress), NULL);

  for (guint i = 0; sources != NULL && i < sources->len; i++)
    {
      const RedesStoreSource *source = g_ptr_array_index (sources, i);

      redes_download_progress_ensure_sender (progress, &source->peer, source->nickname,
                                             source->address)
          ->blocks
          = source->blocks;
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

static void
source_free (gpointer data)
{
  redes_store_source_free (data);
}

void
redes_download_store_put_done (RedesStore *store,
                               const RedesDownloadProgress *progress,
                               const RedesStoreFile *file,
                               const char *name,
                               const char *path,
                               gdouble seconds)
{
  g_autoptr (GPtrArray) sources = g_ptr_array_new_with_free_func (source_free);
  g_autoptr (GList) senders = redes_download_progress_list_senders (progress);
  RedesStoreDownload row = { .content = *redes_download_progress_get_content (progress),
                             .name = (char *)name,
                             .path = (char *)path,
                             .blocks = redes_download_progress_get_n_blocks (progress),
                             .finished_s = g_get_real_time () / G_USEC_PER_SEC,
                             .seconds = seconds,
                             .sources = sources };

  if (store == NULL)
    return;
  for (GList *l = senders; l != NULL; l = l->next)
    {
      const RedesSourceStats *stats = l->data;
      RedesStoreSource *source = g_new0 (RedesStoreSource, 1);

      source->peer = stats->peer;
      source->nickname = g_strdup (stats->nickname);
      source->address = g_strdup (stats->address);
      source->blocks = stats->blocks;
      g_ptr_array_add (sources, source);
    }
  redes_store_begin (store);
  redes_store_put_file (store, file);
  redes_store_add_history (store, &row);
  redes_store_remove_transfer (store, &row.content);
  redes_store_end (store);
}
