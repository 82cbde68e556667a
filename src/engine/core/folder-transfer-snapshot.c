/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/core/folder-transfer-snapshot.h"

#include "engine/core/download-snapshot.h"

static GPtrArray *
list_sources (RedesFolderDownload *download)
{
  GPtrArray *sources = redes_transfer_sources_new ();
  g_autoptr (GList) all = redes_folder_download_list_source_stats (download);
  gint64 now_us = g_get_monotonic_time ();

  for (GList *l = all; l != NULL; l = l->next)
    {
      const RedesSourceStats *stats = l->data;
      RedesFolderSource *connected
          = redes_folder_download_get_source (download, &stats->sender.peer);
      RedesTransferSource *source = redes_transfer_source_new_of_stats (stats, connected != NULL);

      if (connected != NULL)
        source->rate_bytes_per_s = redes_folder_source_get_rate (connected, now_us);
      g_ptr_array_add (sources, source);
    }
  return sources;
}

typedef struct
{
  GPtrArray *tree;
  GArray *items;
} Lines;

static void
add_line (const char *path, gboolean is_folder, guint64 size, guint item, gpointer user_data)
{
  RedesFolderLine *line = g_new (RedesFolderLine, 1);
  Lines *lines = user_data;

  *line = (RedesFolderLine){ .path = g_strdup (path), .size = size, .is_folder = is_folder };
  g_ptr_array_add (lines->tree, line);
  g_array_append_val (lines->items, item);
}

GArray *
redes_folder_snapshot_add_tree (RedesTransferSnapshot *self, RedesFolderDownload *download)
{
  Lines lines = { redes_folder_lines_new (), g_array_new (FALSE, FALSE, sizeof (guint)) };

  redes_folder_plan_each (redes_folder_download_get_plan (download), add_line, &lines);
  self->tree = lines.tree;
  return lines.items;
}

void
redes_folder_snapshot_add_fills (RedesTransferSnapshot *self,
                                 RedesFolderDownload *download,
                                 GArray *items)
{
  guint8 *fills = g_malloc (MAX (items->len, 1));

  for (guint i = 0; i < items->len; i++)
    fills[i] = redes_folder_download_get_fill (download, g_array_index (items, guint, i));
  self->fills = g_bytes_new_take (fills, items->len);
}

RedesTransferSnapshot *
redes_folder_snapshot_new_of_download (guint id, RedesFolderDownload *download)
{
  RedesTransferSnapshot *self = g_new0 (RedesTransferSnapshot, 1);
  RedesManifest *manifest = redes_folder_download_get_manifest (download);
  RedesFolderPlan *plan = redes_folder_download_get_plan (download);

  self->id = id;
  self->is_folder = TRUE;
  self->state = redes_transfer_state_of_download (redes_folder_download_get_state (download));
  if (manifest != NULL)
    {
      RedesFolderTotals totals;

      self->name = g_strdup (redes_manifest_get_name (manifest));
      self->has_publisher = TRUE;
      self->publisher = *redes_manifest_get_publisher (manifest);
      if (redes_manifest_get_folder (manifest, &totals))
        {
          self->n_files = totals.n_files;
          self->bytes_total = totals.bytes;
        }
    }
  if (plan != NULL)
    {
      self->n_files = redes_folder_plan_get_n_files (plan);
      self->bytes_total = redes_folder_plan_get_bytes (plan);
      if (redes_folder_download_lists_only (download) && self->state == REDES_TRANSFER_DONE)
        g_array_unref (redes_folder_snapshot_add_tree (self, download));
    }
  self->has_other_publisher
      = redes_folder_download_get_other_publisher (download, &self->other_publisher);
  self->n_files_done = redes_folder_download_get_files_done (download);
  self->blocks = redes_folder_download_get_blocks (download);
  self->blocks_done = redes_folder_download_get_blocks_done (download);
  self->bytes_done = redes_folder_download_get_bytes_done (download);
  self->rate_bytes_per_s = redes_folder_download_get_rate (download);
  self->seconds = redes_folder_download_get_seconds (download);
  self->path = g_strdup (redes_folder_download_get_path (download));
  self->reason = redes_notice_ref (redes_folder_download_get_message (download));
  self->sources = list_sources (download);
  return self;
}
