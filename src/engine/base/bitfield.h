/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RedesBitfield:
 *
 * A set of the blocks of a file that are present: a fixed number of bits, with a running count of
 * those that are set. A bitfield belongs to one thread at a time. An index is from 0 to the size
 * minus 1.
 */
typedef struct _RedesBitfield RedesBitfield;

/* (transfer full): all bits are 0 */
RedesBitfield *redes_bitfield_new (guint n_bits);
RedesBitfield *redes_bitfield_copy (const RedesBitfield *self);
void redes_bitfield_free (RedesBitfield *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesBitfield, redes_bitfield_free)

/* The number of all bits, and of those that are 1. */
guint redes_bitfield_get_size (const RedesBitfield *self);
guint redes_bitfield_get_count (const RedesBitfield *self);
gboolean redes_bitfield_is_full (const RedesBitfield *self);
gboolean redes_bitfield_get (const RedesBitfield *self, guint index);
/* Both return %TRUE if the bit changed. */
gboolean redes_bitfield_set (RedesBitfield *self, guint index);
gboolean redes_bitfield_clear (RedesBitfield *self, guint index);
void redes_bitfield_set_all (RedesBitfield *self);

/* (transfer full): the form in which peers exchange it (BEP 3): bit 0 is the high bit of the first
 * byte, and the unused bits of the last byte are zero. */
GBytes *redes_bitfield_to_bytes (const RedesBitfield *self);

/**
 * redes_bitfield_new_from_bytes:
 *
 * Returns: (nullable) (transfer full): %NULL unless @len is exactly what @n_bits need and every
 *   spare bit is zero
 */
RedesBitfield *redes_bitfield_new_from_bytes (guint n_bits, const guint8 *data, gsize len);

G_END_DECLS
