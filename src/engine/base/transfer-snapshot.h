/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/notice.h"
#include "engine/base/sender.h"

G_BEGIN_DECLS

/**
 * RedesTransferState:
 * @REDES_TRANSFER_FINDING: sources are looked for and connected to, or the manifest is fetched
 * @REDES_TRANSFER_ACTIVE: blocks are received
 * @REDES_TRANSFER_WAITING: there is no source now, or no room on the disk;
 *   redes_transfer_get_reason() says which. The download continues by itself
 * @REDES_TRANSFER_FINISHING: all blocks are there, and are written to the disk
 * @REDES_TRANSFER_DONE: the file is complete, verified, and has its name
 * @REDES_TRANSFER_FAILED: the download has ended without success; redes_transfer_get_reason() says
 *   why
 * @REDES_TRANSFER_PAUSED: the download does nothing until redes_node_resume()
 *
 * The state of a download.
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
 * @sender: who it is, and how many verified blocks it has sent
 * @number: the number by which the block map names it, see RedesBlockCell
 * @rate_bytes_per_s: the present rate; 0 while it is not connected
 * @connected: whether there is a connection to it
 *
 * A peer from which a download has received blocks, or may.
 */
typedef struct
{
  RedesSender sender;
  guint8 number;
  gdouble rate_bytes_per_s;
  gboolean connected;
} RedesTransferSource;

#define REDES_MAX_BLOCK_CELLS 2048u

/**
 * RedesBlockCell:
 * @sender: the number of the source that has sent most of the cell's blocks; 0: no source, or it is
 *   not known any more; 255: one of the sources that have no number of their own
 * @fill: the part of the cell's blocks that is there, from 0 (none) to 255 (all)
 *
 * A cell of a block map, which stands for one or more consecutive blocks. A block map has at most
 * REDES_MAX_BLOCK_CELLS cells, each of the same number of blocks.
 */
typedef struct
{
  guint8 sender;
  guint8 fill;
} RedesBlockCell;

/**
 * RedesFolderLine:
 * @path: below the folder, names apart by `/`, as its publisher calls them
 * @size: in bytes; of a folder those of all files below
 *
 * A file or folder within a folder.
 */
typedef struct
{
  char *path;
  guint64 size;
  gboolean is_folder;
} RedesFolderLine;

/**
 * RedesTransferSnapshot:
 * @bytes_done: the bytes of all verified blocks
 * @bytes_coming: the bytes received of blocks that are not complete or not verified yet, and may
 *   still prove wrong; the sum with @bytes_done never exceeds the file's size
 * @was_there: the download is DONE and fetched nothing, because an earlier download of the same
 *   content is at @path
 * @seconds: the time that the download has been active
 * @is_folder: whether it is a folder; then @blocks and @bytes_done are of all files in it that are
 *   wanted
 * @n_files, @n_files_done: the number of these files; 0 until the folder's lists are known
 * @bytes_total: the bytes of these files
 * @tree: (nullable) (element-type RedesFolderLine): what is in the folder, each folder before what
 *   is in it; only in the last snapshot of a transfer that only lists the folder, in the first one
 *   of a transfer that is watched, and in the last one where any is watched
 * @fills: (nullable): a byte for each of @tree, of a file how much of it is there: 0 (nothing) to
 * 255 (all); NULL unless it is watched
 *
 * The state of a download at one moment. It is made in the engine's thread and read in the front
 * end's.
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
  gboolean is_folder;
  guint32 n_files;
  guint32 n_files_done;
  guint64 bytes_total;
  GPtrArray *tree;
  GBytes *fills;
  GBytes *block_map; /* RedesBlockCell; NULL unless it is wanted */
} RedesTransferSnapshot;

void redes_transfer_snapshot_free (RedesTransferSnapshot *self);

/* (transfer full) (element-type RedesFolderLine): an empty array that frees its elements. */
GPtrArray *redes_folder_lines_new (void);

/* (transfer full) (element-type RedesTransferSource): an empty array that frees its elements. */
GPtrArray *redes_transfer_sources_new (void);

G_END_DECLS
