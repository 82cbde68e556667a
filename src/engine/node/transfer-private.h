/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/node/transfer.h"
#include "engine/swarm/download.h"

G_BEGIN_DECLS

/**
 * RedesTransferSnapshot:
 *
 * What the engine knows of a download at one moment: made in its thread, read in the face's.
 */
typedef struct
{
  guint id;
  RedesTransferState state;
  char *name; /* nullable */
  gboolean has_publisher;
  RedesPeerId publisher;
  gboolean has_size;
  guint64 size;
  guint32 blocks;
  guint32 blocks_done;
  guint64 bytes_done;
  gdouble rate_bytes_per_s;
  gdouble seconds;
  char *path;
  char *error_message;
  GPtrArray *sources; /* RedesTransferSource */
  GBytes *block_map;  /* RedesBlockCell; NULL unless it is wanted */
} RedesTransferSnapshot;

/* Engine's thread. */
RedesTransferSnapshot *
redes_transfer_snapshot_new (guint id, RedesDownload *download, gboolean with_blocks);
/* (nullable) */
GBytes *redes_block_map_new (RedesDownload *download, guint32 n_blocks);
void redes_transfer_snapshot_free (RedesTransferSnapshot *self);

/* (transfer full) (element-type RedesTransferSource): an empty list. */
GPtrArray *redes_transfer_sources_new (void);

/* Face's thread. */
RedesTransfer *redes_transfer_new (guint id, const RedesLink *link);
/* From original peers: no publisher, no content id worth the name. */
void redes_transfer_mark_unsigned (RedesTransfer *self);
/* Takes what is in @snapshot and emits `changed`. */
void redes_transfer_update (RedesTransfer *self, RedesTransferSnapshot *snapshot);

G_END_DECLS
