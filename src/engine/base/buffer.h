/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Block-sized memory. A download fills and empties thousands of buffers a second, each 256 KiB or
 * more: from malloc they would be mapped, zeroed by the kernel and unmapped every time. A small
 * store of spare buffers, shared by the process and guarded by a lock, keeps them warm; it never
 * holds more than 8 MiB, so memory stays flat. Any thread.
 */

/* Where each one starts: what direct I/O asks for. */
#define REDES_BUFFER_ALIGNMENT 4096

/* (transfer full): @size bytes, not zeroed; for redes_buffer_free() or redes_buffer_to_bytes(). */
guint8 *redes_buffer_alloc (gsize size);
void redes_buffer_free (guint8 *buffer, gsize size);

/* Takes @buffer, allocated with @size; the GBytes shows its first @used bytes. */
GBytes *redes_buffer_to_bytes (guint8 *buffer, gsize size, gsize used);

G_END_DECLS
