/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RedesTokenBucket:
 *
 * A limit in bytes a second that lets at most a quarter of a second's worth (never less than one
 * TLS record, 16 KiB) pass at once. A plain value; a rate of 0 means no limit. The caller hands in
 * the monotonic time in microseconds.
 */
typedef struct
{
  guint64 rate_bytes_per_s;
  gdouble tokens;
  gint64 updated_us;
} RedesTokenBucket;

void redes_token_bucket_set_rate (RedesTokenBucket *self, guint64 rate_bytes_per_s, gint64 now_us);

/* How many of @want bytes may pass now: 0 to @want. They are not taken yet. */
gsize redes_token_bucket_peek (RedesTokenBucket *self, gsize want, gint64 now_us);

/* Takes @bytes that did pass; may leave a debt. */
void redes_token_bucket_take (RedesTokenBucket *self, gsize bytes, gint64 now_us);

/* How long until @want bytes (or a full bucket, if that is less) may pass: microseconds, 0 = now.
 */
gint64 redes_token_bucket_wait_us (RedesTokenBucket *self, gsize want, gint64 now_us);

G_END_DECLS
