/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RedesBitfield:
 *
 * Which blocks of a file are there: a fixed number of bits with a running count of those set. Not
 * thread-safe.
 */
typedef struct _RedesBitfield RedesBitfield;

RedesBitfield *redes_bitfield_new (guint n_bits);
RedesBitfield *redes_bitfield_copy (const RedesBitfield *self);
void redes_bitfield_free (RedesBitfield *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesBitfield, redes_bitfield_free)

guint redes_bitfield_get_size (const RedesBitfield *self);
guint redes_bitfield_get_count (const RedesBitfield *self);
gboolean redes_bitfield_is_full (const RedesBitfield *self);
gboolean redes_bitfield_get (const RedesBitfield *self, guint index);
/* Both return %TRUE if the bit changed. */
gboolean redes_bitfield_set (RedesBitfield *self, guint index);
gboolean redes_bitfield_clear (RedesBitfield *self, guint index);
void redes_bitfield_set_all (RedesBitfield *self);

/* As it travels (BEP 3): bit 0 is the high bit of the first byte, spare bits at the end are zero.
 */
GBytes *redes_bitfield_to_bytes (const RedesBitfield *self);

/**
 * redes_bitfield_new_from_bytes:
 *
 * Returns: (nullable) (transfer full): %NULL unless @len is exactly what @n_bits need and every
 *   spare bit is zero
 */
RedesBitfield *redes_bitfield_new_from_bytes (guint n_bits, const guint8 *data, gsize len);

G_END_DECLS
