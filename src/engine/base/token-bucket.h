/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RedesTokenBucket:
 *
 * A limit in tokens a second, of which as many as @capacity may pass at once: bytes
 * (redes_token_bucket_set_rate()) or things that are counted (redes_token_bucket_init()). A plain
 * value; all zero means no limit. The caller hands in the monotonic time in microseconds.
 */
typedef struct
{
  gdouble rate_per_s;
  gdouble capacity;
  gdouble tokens;
  gint64 updated_us;
} RedesTokenBucket;

/* For things that are counted. @rate_per_s: above 0; @capacity: 1 or more: how many may pass at
 * once; so many may now. */
void redes_token_bucket_init (RedesTokenBucket *self,
                              gdouble rate_per_s,
                              gdouble capacity,
                              gint64 now_us);

/* For bytes: at most a quarter of a second's worth (never less than one TLS record, 16 KiB) may
 * pass at once. 0 means no limit. */
void redes_token_bucket_set_rate (RedesTokenBucket *self, guint64 rate_bytes_per_s, gint64 now_us);

/* How many of @want tokens may pass now: 0 to @want. They are not taken yet. */
gsize redes_token_bucket_peek (RedesTokenBucket *self, gsize want, gint64 now_us);

/* Takes @tokens that did pass; may leave a debt. */
void redes_token_bucket_take (RedesTokenBucket *self, gsize tokens, gint64 now_us);

/* Takes one token, if there is one. Returns: whether there was */
gboolean redes_token_bucket_try (RedesTokenBucket *self, gint64 now_us);

/* Whether nothing was taken for so long that it need not be remembered. */
gboolean redes_token_bucket_is_full (RedesTokenBucket *self, gint64 now_us);

/* How long until @want tokens (or a full bucket, if that is less) may pass: microseconds, 0 = now.
 */
gint64 redes_token_bucket_wait_us (RedesTokenBucket *self, gsize want, gint64 now_us);

G_END_DECLS
