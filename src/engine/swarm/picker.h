/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/bitfield.h"

G_BEGIN_DECLS

/**
 * RedesPicker:
 *
 * Which block to ask for next: the rarest first, among those that the source has. Equally rare
 * blocks come in the order of the file from a random block on, so that downloaders of one file
 * begin at different places and disks are still read and written in runs. Near the end, when every
 * block has been asked for, one that is already on its way may be asked for again, of up to four
 * sources. Knows nothing of peers and clocks; one thread.
 *
 * A block is wanted, then asked for (once to four times), then done; or wanted again.
 */
typedef struct _RedesPicker RedesPicker;

#define REDES_PICKER_NONE G_MAXUINT32
#define REDES_PICKER_MAX_ASKED 4u

/* @first: where to begin, taken modulo @n_blocks; at random by the caller. */
RedesPicker *redes_picker_new (guint32 n_blocks, guint32 first);
void redes_picker_free (RedesPicker *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesPicker, redes_picker_free)

/* A source came with these blocks. Returns: whether it counts: one that has all blocks does not. */
gboolean redes_picker_add_source (RedesPicker *self, const RedesBitfield *has);
/* One that counts leaves, with the blocks that it has now. */
void redes_picker_remove_source (RedesPicker *self, const RedesBitfield *has);
/* A source that was added has got one block more. */
void redes_picker_add_availability (RedesPicker *self, guint32 index);

/**
 * redes_picker_pick:
 * @has: the blocks of the source that is to be asked
 *
 * Returns: a wanted block, now asked for; or REDES_PICKER_NONE
 */
guint32 redes_picker_pick (RedesPicker *self, const RedesBitfield *has);

/**
 * redes_picker_pick_again:
 * @skip: whether this source is being asked for that block already
 *
 * Returns: of the blocks that were asked for least often the one that has been on its way the
 *   longest, now asked for once more; or REDES_PICKER_NONE
 */
guint32 redes_picker_pick_again (RedesPicker *self,
                                 const RedesBitfield *has,
                                 gboolean (*skip) (guint32 index, gpointer user_data),
                                 gpointer user_data);

/* One request for it came to nothing; wanted again when it was the only one. */
void redes_picker_give_back (RedesPicker *self, guint32 index);

/* It is verified (or being verified): no longer asked for. */
void redes_picker_set_done (RedesPicker *self, guint32 index);
/* It did not verify: wanted, unless another request for it is under way. */
void redes_picker_set_undone (RedesPicker *self, guint32 index);

/* How often it is being asked for now: 0 to REDES_PICKER_MAX_ASKED. */
guint redes_picker_get_asked (RedesPicker *self, guint32 index);
guint32 redes_picker_count_wanted (RedesPicker *self);

G_END_DECLS
