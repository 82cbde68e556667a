/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/core/download-snapshot.h"

/* Of the blocks from @first to before @end. */
static RedesBlockCell
make_cell (RedesDownload *download, guint32 first, guint32 end)
{
  guint32 counts[256] = { 0 };
  guint32 n_there = 0;
  guint best = 0;

  for (guint32 i = first; i < end; i++)
    {
      guint8 sender;

      if (!redes_download_get_block (download, i, &sender))
        continue;
      n_there++;
      counts[sender]++;
      if (counts[sender] > counts[best])
        best = sender;
    }
  /* The fill is rounded down, so that only a full cell looks full. */
  return (RedesBlockCell){ .sender = best,
                           .fill = (guint8)((guint64)n_there * 255 / (end - first)) };
}

static GBytes *
make_block_map (RedesDownload *download, guint32 n_blocks)
{
  guint32 per_cell = (n_blocks + REDES_MAX_BLOCK_CELLS - 1) / REDES_MAX_BLOCK_CELLS;
  guint32 n_cells;
  RedesBlockCell *cells;

  if (n_blocks == 0)
    return NULL;
  n_cells = (n_blocks + per_cell - 1) / per_cell;
  cells = g_new (RedesBlockCell, n_cells);
  for (guint32 i = 0; i < n_cells; i++)
    cells[i] = make_cell (download, i * per_cell, MIN ((i + 1) * per_cell, n_blocks));
  return g_bytes_new_take (cells, n_cells * sizeof *cells);
}

RedesTransferSource *
redes_transfer_source_new_of_stats (const RedesSourceStats *stats, gboolean is_connected)
{
  RedesTransferSource *source = g_new0 (RedesTransferSource, 1);

  redes_sender_init_copy (&source->sender, &stats->sender);
  source->number = stats->number;
  source->connected = is_connected;
  return source;
}

static GPtrArray *
list_sources (RedesDownload *download)
{
  GPtrArray *sources = redes_transfer_sources_new ();
  g_autoptr (GList) source_stats = redes_download_list_source_stats (download);
  gint64 now_us = g_get_monotonic_time ();

  for (GList *l = source_stats; l != NULL; l = l->next)
    {
      RedesSourceStats *stats = l->data;
      RedesSource *connected = redes_download_get_source (download, &stats->sender.peer);
      RedesTransferSource *source = redes_transfer_source_new_of_stats (stats, connected != NULL);

      if (connected != NULL)
        source->rate_bytes_per_s = redes_source_get_rate (connected, now_us);
      g_ptr_array_add (sources, source);
    }
  return sources;
}

RedesTransferState
redes_transfer_state_of_download (RedesDownloadState state)
{
  static const RedesTransferState states[] = {
    [REDES_DOWNLOAD_FINDING] = REDES_TRANSFER_FINDING,
    [REDES_DOWNLOAD_ACTIVE] = REDES_TRANSFER_ACTIVE,
    [REDES_DOWNLOAD_WAITING] = REDES_TRANSFER_WAITING,
    [REDES_DOWNLOAD_FINISHING] = REDES_TRANSFER_FINISHING,
    [REDES_DOWNLOAD_DONE] = REDES_TRANSFER_DONE,
    [REDES_DOWNLOAD_FAILED] = REDES_TRANSFER_FAILED,
    [REDES_DOWNLOAD_PAUSED] = REDES_TRANSFER_PAUSED,
  };

  return states[state];
}

RedesTransferSnapshot *
redes_download_snapshot_new (guint id, RedesDownload *download, gboolean with_blocks)
{
  RedesTransferSnapshot *self = g_new0 (RedesTransferSnapshot, 1);
  RedesManifest *manifest = redes_download_get_manifest (download);

  self->id = id;
  self->state = redes_transfer_state_of_download (redes_download_get_state (download));
  if (manifest != NULL)
    {
      const RedesGeometry *geometry = redes_manifest_get_geometry (manifest);

      self->name = g_strdup (redes_manifest_get_name (manifest));
      self->has_publisher = TRUE;
      self->publisher = *redes_manifest_get_publisher (manifest);
      self->blocks = redes_geometry_get_n_blocks (geometry);
    }
  self->has_other_publisher = redes_download_get_other_publisher (download, &self->other_publisher);
  self->blocks_done = redes_download_get_blocks_done (download);
  self->bytes_done = redes_download_get_bytes_done (download);
  self->bytes_coming = redes_download_get_bytes_coming (download);
  self->rate_bytes_per_s = redes_download_get_rate (download);
  self->seconds = redes_download_get_seconds (download);
  self->path = g_strdup (redes_download_get_path (download));
  self->reason = redes_notice_ref (redes_download_get_message (download));
  self->sources = list_sources (download);
  if (with_blocks && manifest != NULL)
    self->block_map = make_block_map (download, self->blocks);
  return self;
}
