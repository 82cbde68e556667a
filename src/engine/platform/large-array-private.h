/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/platform/large-array.h"

G_BEGIN_DECLS

/* What differs between systems. Any thread. */

/* Maps a new file without a name. @n_bytes: the length of the file, 1 or more. Returns: (nullable)
 * (transfer full): zeroed memory for redes_large_array_unmap(); %NULL where no such file can be
 * made */
gpointer redes_large_array_map (gsize n_bytes);
/* @memory, @n_bytes: as redes_large_array_map() returned and was told */
void redes_large_array_unmap (gpointer memory, gsize n_bytes);
/* Gives back the memory, but not what it holds. */
void redes_large_array_rest_mapped (gpointer memory, gsize n_bytes);

G_END_DECLS
