/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/bitfield.h"

G_BEGIN_DECLS

/**
 * RedesPicker:
 *
 * Chooses the block to request next: the rarest of those that the source has. Equally rare blocks
 * are chosen in the order of the file from a random block on, so that the downloaders of a file
 * begin at different places, and disks are still read and written sequentially. Near the end, when
 * every block was requested, a block may be requested from up to four sources at the same time. The
 * picker does not depend on peers or clocks; it belongs to one thread.
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
