/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Arrays whose length follows the size of a file, which may be terabytes. A long one lies in a file
 * without a name on the disk, mapped into memory, so that the system can take its memory back at
 * any time; a short one, or any where no such file can be made, is ordinary memory. What is read or
 * written is the same for both. Any thread; making one may block for a moment.
 */

/* Shorter arrays are never on the disk, in bytes. */
#define REDES_LARGE_ARRAY_MIN (4u * 1024 * 1024)

/* @n_bytes: 1 or more. Returns: (transfer full): zeroed, aligned for any type; for
 * redes_large_array_free(). As g_malloc() it ends the program where there is no memory at all. */
gpointer redes_large_array_new (gsize n_bytes);
/* @array: (nullable) */
void redes_large_array_free (gpointer array);

/* The array is not needed for a while: one that is on the disk gives back the memory that it takes.
 * What it holds stays. */
void redes_large_array_rest (gpointer array);
/* Whether it is on the disk; for tests. */
gboolean redes_large_array_is_on_disk (gconstpointer array);

G_END_DECLS
