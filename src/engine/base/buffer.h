/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * Memory for blocks. A download fills and empties thousands of buffers a second, each 256 KiB or
 * more. malloc would have the kernel map, zero and unmap each of them. So freed buffers go into a
 * pool, which the whole process shares, a lock guards, and which never holds more than 8 MiB. The
 * functions may be called in any thread.
 */

/* The alignment of each buffer's address in bytes, which direct I/O requires. */
#define REDES_BUFFER_ALIGNMENT 4096

/* (transfer full): @size bytes that are not zeroed. They are given back to redes_buffer_free() or
 * redes_buffer_to_bytes(), with the same @size. */
guint8 *redes_buffer_alloc (gsize size);
void redes_buffer_free (guint8 *buffer, gsize size);

/* @buffer: (transfer full): allocated with @size. Returns: (transfer full): a GBytes of its first
 * @used bytes; the buffer goes back to the pool with the GBytes' last reference */
GBytes *redes_buffer_to_bytes (guint8 *buffer, gsize size, gsize used);

G_END_DECLS
