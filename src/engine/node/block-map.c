/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/transfer-private.h"

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
  /* Not quite full must not look full. */
  return (RedesBlockCell){ .sender = best,
                           .fill = (guint8)((guint64)n_there * 255 / (end - first)) };
}

GBytes *
redes_block_map_new (RedesDownload *download, guint32 n_blocks)
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
