/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * redes_top_k:
 * @compare: as for g_ptr_array_sort()
 *
 * Leaves the @n elements of @array that come first, in order. A heap of @n: sorting 100,000 of them
 * for a page of 20 would take longer than finding them. The others are freed if @array frees its
 * elements.
 */
void redes_top_k (GPtrArray *array, guint n, GCompareFunc compare);
/* The same for values that stand in @array itself, of at most 64 bytes each. @compare: as for
 * g_array_sort() */
void redes_top_k_values (GArray *array, guint n, GCompareFunc compare);

G_END_DECLS
