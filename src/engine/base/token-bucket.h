/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RedesTokenBucket:
 *
 * A limit of @rate_per_s tokens a second, of which up to @capacity may pass at once. A token is a
 * byte (redes_token_bucket_set_rate()) or one of any things that are counted
 * (redes_token_bucket_init()). The bucket is a plain value; all zeroes means no limit. The caller
 * passes the monotonic time in microseconds.
 */
typedef struct
{
  gdouble rate_per_s;
  gdouble capacity;
  gdouble tokens;
  gint64 updated_us;
} RedesTokenBucket;

/* For things that are counted. The bucket starts full. @rate_per_s: above 0; @capacity: 1 or more
 */
void redes_token_bucket_init (RedesTokenBucket *self,
                              gdouble rate_per_s,
                              gdouble capacity,
                              gint64 now_us);

/* For bytes: at most a quarter of a second's worth (never less than one TLS record, 16 KiB) may
 * pass at once. 0 means no limit. */
void redes_token_bucket_set_rate (RedesTokenBucket *self, guint64 rate_bytes_per_s, gint64 now_us);

/* Returns: how many of @want tokens may pass at @now_us: 0 to @want; they are not taken yet */
gsize redes_token_bucket_peek (RedesTokenBucket *self, gsize want, gint64 now_us);

/* Takes @tokens that have passed. If these are more than there were, the rest is a debt, and
 * nothing may pass until time has paid it. */
void redes_token_bucket_take (RedesTokenBucket *self, gsize tokens, gint64 now_us);

/* Takes one token, if there is one. Returns: whether there was */
gboolean redes_token_bucket_try (RedesTokenBucket *self, gint64 now_us);

/* Whether the bucket is full again, so that its owner may forget it. */
gboolean redes_token_bucket_is_full (RedesTokenBucket *self, gint64 now_us);

/* Returns: the time in microseconds until @want tokens (or a full bucket, if that is less) may
 * pass; 0: they may now */
gint64 redes_token_bucket_wait_us (RedesTokenBucket *self, gsize want, gint64 now_us);

G_END_DECLS
