/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/transfer-snapshot.h"
#include "engine/content/link.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define REDES_TYPE_TRANSFER (redes_transfer_get_type ())
/**
 * RedesTransfer:
 *
 * A download as a front end sees it. Lives in the front end's thread and is brought up to date a
 * few times a second, and at once when its state changes; #RedesTransfer::changed tells. Texts are
 * (transfer none) and valid until the next change.
 */
G_DECLARE_FINAL_TYPE (RedesTransfer, redes_transfer, REDES, TRANSFER, GObject)

guint redes_transfer_get_id (RedesTransfer *self);
RedesTransferState redes_transfer_get_state (RedesTransfer *self);
gboolean redes_transfer_is_over (RedesTransfer *self);
/* What the person chose: the link's name, which the file gets; the publisher's where the link has
 * none, once it is known, and "" before. */
const char *redes_transfer_get_name (RedesTransfer *self);
/* (nullable): what the publisher calls it, where that is not its name */
const char *redes_transfer_get_published_name (RedesTransfer *self);
const RedesContentId *redes_transfer_get_content (RedesTransfer *self);
/* What it was begun with: (transfer none) */
const RedesLink *redes_transfer_get_link (RedesTransfer *self);
/* Whether it comes from the original system's peers: nobody has signed it, nothing is verified, and
 * its content is only a number for this transfer. */
gboolean redes_transfer_is_unsigned (RedesTransfer *self);
/* It is done because it was downloaded before, and lies at redes_transfer_get_path() still. */
gboolean redes_transfer_was_there (RedesTransfer *self);
/* %FALSE until the manifest is known. */
gboolean redes_transfer_get_publisher (RedesTransfer *self, RedesPeerId *out);
/* Who has signed it instead of the publisher that its link names, where only others have: it waits,
 * or was given up, until redes_node_accept_publisher(). %FALSE: nobody. */
gboolean redes_transfer_get_other_publisher (RedesTransfer *self, RedesPeerId *out);
/* In bytes; of a folder those of all files that are wanted, 0 until its manifest is known. */
guint64 redes_transfer_get_size (RedesTransfer *self);
gboolean redes_transfer_is_folder (RedesTransfer *self);
/* Files of a folder that are wanted, and those of them that are there. */
guint redes_transfer_get_n_files (RedesTransfer *self);
guint redes_transfer_get_n_files_done (RedesTransfer *self);
/* (nullable) (transfer none) (element-type RedesFolderLine): what is in a folder: when it was only
 * to be listed and that is done; else once redes_node_watch_blocks() asks for it and its lists are
 * there, and when it is DONE, if that was ever called. */
GPtrArray *redes_transfer_get_tree (RedesTransfer *self);
/* (nullable) (transfer none): a byte for each of these lines, of a file how much of it is there: 0
 * (nothing) to 255 (all); while redes_node_watch_blocks() asks for it */
GBytes *redes_transfer_get_fills (RedesTransfer *self);
guint64 redes_transfer_get_bytes_done (RedesTransfer *self);
/* With what has come of blocks under way, which may still prove wrong: for a progress that moves
 * however slow the sources are. */
guint64 redes_transfer_get_bytes_received (RedesTransfer *self);
guint32 redes_transfer_get_blocks (RedesTransfer *self);
guint32 redes_transfer_get_blocks_done (RedesTransfer *self);
gdouble redes_transfer_get_rate_bytes_per_s (RedesTransfer *self);
/* From the start to the end, or to now. */
gdouble redes_transfer_get_seconds (RedesTransfer *self);
/* (nullable): where the file is, once DONE. */
const char *redes_transfer_get_path (RedesTransfer *self);
/* (nullable): plain words: why it waits or failed. */
const RedesNotice *redes_transfer_get_reason (RedesTransfer *self);
/* The same in English. */
const char *redes_transfer_get_error_message (RedesTransfer *self);
/* (nullable) (transfer none): an array of RedesBlockCell, while redes_node_watch_blocks() asks for
 * it, and when it is DONE */
GBytes *redes_transfer_get_block_map (RedesTransfer *self);
/* (transfer none) (element-type RedesTransferSource): every peer that sent a block or is
 * connected. */
GPtrArray *redes_transfer_get_sources (RedesTransfer *self);

G_END_DECLS
