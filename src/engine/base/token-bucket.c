/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/token-bucket.h"

#include <math.h>

/* One TLS record: less at once would only make more records. */
#define MIN_CAPACITY_BYTES 16384.0
/* Whole bytes from a floating sum: what waited as long as it was told must not find a billionth of
 * a byte missing. */
#define ROUNDING_BYTES 0.01

static gdouble
get_capacity (const RedesTokenBucket *self)
{
  return MAX ((gdouble)self->rate_bytes_per_s / 4.0, MIN_CAPACITY_BYTES);
}

static void
refill (RedesTokenBucket *self, gint64 now_us)
{
  gint64 elapsed_us = now_us - self->updated_us;

  if (elapsed_us <= 0)
    return;

  self->tokens += (gdouble)elapsed_us * (gdouble)self->rate_bytes_per_s / G_USEC_PER_SEC;
  self->tokens = MIN (self->tokens, get_capacity (self));
  self->updated_us = now_us;
}

void
redes_token_bucket_set_rate (RedesTokenBucket *self, guint64 rate_bytes_per_s, gint64 now_us)
{
  /* What was saved under the old rate stays, up to the new capacity; a bucket that had no limit
   * starts full. */
  gboolean was_unlimited = self->rate_bytes_per_s == 0;

  if (!was_unlimited)
    refill (self, now_us);

  self->rate_bytes_per_s = rate_bytes_per_s;
  self->updated_us = now_us;
  self->tokens = was_unlimited ? get_capacity (self) : MIN (self->tokens, get_capacity (self));
}

gsize
redes_token_bucket_peek (RedesTokenBucket *self, gsize want, gint64 now_us)
{
  gdouble available;

  if (self->rate_bytes_per_s == 0)
    return want;

  refill (self, now_us);
  available = self->tokens + ROUNDING_BYTES;
  if (available < 1.0)
    return 0;

  return (gdouble)want <= available ? want : (gsize)available;
}

void
redes_token_bucket_take (RedesTokenBucket *self, gsize bytes, gint64 now_us)
{
  if (self->rate_bytes_per_s == 0)
    return;

  refill (self, now_us);
  self->tokens -= (gdouble)bytes;
}

gint64
redes_token_bucket_wait_us (RedesTokenBucket *self, gsize want, gint64 now_us)
{
  gdouble wanted;

  if (self->rate_bytes_per_s == 0)
    return 0;

  refill (self, now_us);
  wanted = MIN ((gdouble)want, get_capacity (self));
  if (self->tokens + ROUNDING_BYTES >= wanted)
    return 0;

  return (gint64)ceil ((wanted - self->tokens) * G_USEC_PER_SEC / (gdouble)self->rate_bytes_per_s);
}
