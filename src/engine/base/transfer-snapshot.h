/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/digest.h"
#include "engine/base/notice.h"

G_BEGIN_DECLS

/**
 * RedesTransferState:
 * @REDES_TRANSFER_FINDING: asking trackers who has it, connecting, fetching the manifest
 * @REDES_TRANSFER_ACTIVE: blocks are coming in
 * @REDES_TRANSFER_WAITING: no source now, or no room on the disk:
 * redes_transfer_get_reason() says what for; goes on by itself
 * @REDES_TRANSFER_FINISHING: all blocks are there; writing to disk
 * @REDES_TRANSFER_DONE: whole, verified, under its name
 * @REDES_TRANSFER_FAILED: given up; redes_transfer_get_reason() says why
 * @REDES_TRANSFER_PAUSED: until redes_node_resume()
 */
typedef enum
{
  REDES_TRANSFER_FINDING,
  REDES_TRANSFER_ACTIVE,
  REDES_TRANSFER_WAITING,
  REDES_TRANSFER_FINISHING,
  REDES_TRANSFER_DONE,
  REDES_TRANSFER_FAILED,
  REDES_TRANSFER_PAUSED,
} RedesTransferState;

/**
 * RedesTransferSource:
 * @number: see RedesBlockCell
 * @blocks: verified blocks that it sent
 * @rate_bytes_per_s: now; 0 when gone
 */
typedef struct
{
  RedesPeerId peer;
  char *nickname;
  char *address;
  guint8 number;
  guint blocks;
  gdouble rate_bytes_per_s;
  gboolean connected;
} RedesTransferSource;

#define REDES_MAX_BLOCK_CELLS 2048u

/**
 * RedesBlockCell:
 * @sender: the number of the source that sent most of them; 0: none, or not known any more; 255:
 *   one of those that have no number of their own
 * @fill: how much of it is there: 0 nothing, 255 all
 *
 * A run of blocks that follow each other: all blocks of a file, in at most REDES_MAX_BLOCK_CELLS
 * cells of the same length.
 */
typedef struct
{
  guint8 sender;
  guint8 fill;
} RedesBlockCell;

/**
 * RedesTransferSnapshot:
 * @bytes_done: of blocks that are there
 * @bytes_coming: received of blocks under way, which may still prove wrong; with @bytes_done never
 *   more than the file's size
 * @was_there: DONE without a byte being fetched: an earlier download of it lies at @path
 *
 * What the engine knows of a download at one moment: made in its thread, read in the front end's.
 */
typedef struct
{
  guint id;
  RedesTransferState state;
  char *name; /* nullable */
  gboolean has_publisher;
  RedesPeerId publisher;
  gboolean has_other_publisher;
  RedesPeerId other_publisher;
  guint32 blocks;
  guint32 blocks_done;
  guint64 bytes_done;
  guint64 bytes_coming;
  gboolean was_there;
  gdouble rate_bytes_per_s;
  gdouble seconds;
  char *path;
  RedesNotice *reason; /* nullable: what it waits for, or why it failed */
  GPtrArray *sources;  /* RedesTransferSource */
  GBytes *block_map;   /* RedesBlockCell; NULL unless it is wanted */
} RedesTransferSnapshot;

void redes_transfer_snapshot_free (RedesTransferSnapshot *self);

/* (transfer full) (element-type RedesTransferSource): an empty list. */
GPtrArray *redes_transfer_sources_new (void);

G_END_DECLS
