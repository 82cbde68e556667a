/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/bitfield.h"

G_BEGIN_DECLS

/**
 * RedesPicker:
 *
 * Chooses the block to request next: the rarest of those that the source has. Equally rare blocks
 * are chosen in the order of the file from a random block on, so that the downloaders of a file
 * begin at different places, and disks are still read and written sequentially. What somebody reads
 * while it is being downloaded comes before that, in the order of the file: see
 * redes_picker_set_windows(). Near the end, when every block was requested, a block may be
 * requested from up to four sources at the same time. The picker does not depend on peers or
 * clocks; it belongs to one thread.
 *
 * A block is wanted, then requested (once to four times), then done, or wanted again.
 */
typedef struct _RedesPicker RedesPicker;

#define REDES_PICKER_NONE G_MAXUINT32
#define REDES_PICKER_MAX_ASKED 4u

/* @first: the block to begin with, modulo @n_blocks; the caller chooses it at random */
RedesPicker *redes_picker_new (guint32 n_blocks, guint32 first);
void redes_picker_free (RedesPicker *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesPicker, redes_picker_free)

/**
 * RedesPickerWindow:
 * @first: the first block
 * @end: the one after the last, at most the number of blocks
 *
 * Blocks that somebody is about to read, in the order of the file.
 */
typedef struct
{
  guint32 first;
  guint32 end;
} RedesPickerWindow;

/**
 * redes_picker_set_windows:
 * @windows: (array length=n_windows): copied; the most urgent one first
 * @only: whether no other blocks are to be requested
 *
 * From now on the blocks in @windows are chosen before all others, each window's from its first
 * block on, however many sources have them.
 */
void redes_picker_set_windows (RedesPicker *self,
                               const RedesPickerWindow *windows,
                               guint n_windows,
                               gboolean only);
/* Whether block @index is in one of the windows. */
gboolean redes_picker_is_in_window (RedesPicker *self, guint32 index);

/* Adds a source with these blocks. Returns: whether it counts for the rarity; one with all blocks
 * does not */
gboolean redes_picker_add_source (RedesPicker *self, const RedesBitfield *has);
/* Removes a source that counts, with the blocks that it has now. */
void redes_picker_remove_source (RedesPicker *self, const RedesBitfield *has);
/* Records that a source that counts has got one block more. */
void redes_picker_add_availability (RedesPicker *self, guint32 index);

/**
 * redes_picker_pick:
 * @has: the blocks of the source
 *
 * Returns: a wanted block, which counts as requested now; or REDES_PICKER_NONE
 */
guint32 redes_picker_pick (RedesPicker *self, const RedesBitfield *has);

/**
 * redes_picker_pick_again:
 * @skip: returns whether the block is requested from this source already
 *
 * Returns: of the blocks with the fewest requests the one that was requested first, which counts as
 *   requested once more now; or REDES_PICKER_NONE
 */
guint32 redes_picker_pick_again (RedesPicker *self,
                                 const RedesBitfield *has,
                                 gboolean (*skip) (guint32 index, gpointer user_data),
                                 gpointer user_data);

/* Records that a request has failed. The block is wanted again if it was the only request. */
void redes_picker_give_back (RedesPicker *self, guint32 index);

/* Records that the block is verified, or being verified. */
void redes_picker_set_done (RedesPicker *self, guint32 index);
/* Records that the block was wrong. It is wanted, unless there is another request for it. */
void redes_picker_set_undone (RedesPicker *self, guint32 index);

/* The number of its requests: 0 to REDES_PICKER_MAX_ASKED. */
guint redes_picker_get_asked (RedesPicker *self, guint32 index);
guint32 redes_picker_count_wanted (RedesPicker *self);

G_END_DECLS
