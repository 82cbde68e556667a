/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/token-bucket.h"

#include <math.h>

/* One TLS record: less at once would only make more records. */
#define MIN_CAPACITY_BYTES 16384.0
/* Whole tokens from a floating sum: what waited as long as it was told must not find a billionth of
 * a byte missing. */
#define ROUNDING 0.01

static void
refill (RedesTokenBucket *self, gint64 now_us)
{
  gint64 elapsed_us = now_us - self->updated_us;

  if (elapsed_us <= 0)
    return;

  self->tokens += (gdouble)elapsed_us * self->rate_per_s / G_USEC_PER_SEC;
  self->tokens = MIN (self->tokens, self->capacity);
  self->updated_us = now_us;
}

void
redes_token_bucket_init (RedesTokenBucket *self,
                         gdouble rate_per_s,
                         gdouble capacity,
                         gint64 now_us)
{
  *self = (RedesTokenBucket){
    .rate_per_s = rate_per_s, .capacity = capacity, .tokens = capacity, .updated_us = now_us
  };
}

void
redes_token_bucket_set_rate (RedesTokenBucket *self, guint64 rate_bytes_per_s, gint64 now_us)
{
  /* What was saved under the old rate stays, up to the new capacity; a bucket that had no limit
   * starts full. */
  gboolean was_unlimited = self->rate_per_s == 0;

  if (!was_unlimited)
    refill (self, now_us);

  self->rate_per_s = (gdouble)rate_bytes_per_s;
  self->capacity = MAX (self->rate_per_s / 4.0, MIN_CAPACITY_BYTES);
  self->updated_us = now_us;
  self->tokens = was_unlimited ? self->capacity : MIN (self->tokens, self->capacity);
}

gsize
redes_token_bucket_peek (RedesTokenBucket *self, gsize want, gint64 now_us)
{
  gdouble available;

  if (self->rate_per_s == 0)
    return want;

  refill (self, now_us);
  available = self->tokens + ROUNDING;
  if (available < 1.0)
    return 0;

  return (gdouble)want <= available ? want : (gsize)available;
}

void
redes_token_bucket_take (RedesTokenBucket *self, gsize tokens, gint64 now_us)
{
  if (self->rate_per_s == 0)
    return;

  refill (self, now_us);
  self->tokens -= (gdouble)tokens;
}

gboolean
redes_token_bucket_try (RedesTokenBucket *self, gint64 now_us)
{
  if (redes_token_bucket_peek (self, 1, now_us) == 0)
    return FALSE;
  redes_token_bucket_take (self, 1, now_us);
  return TRUE;
}

gboolean
redes_token_bucket_is_full (RedesTokenBucket *self, gint64 now_us)
{
  return self->rate_per_s == 0 || redes_token_bucket_wait_us (self, G_MAXSIZE, now_us) == 0;
}

gint64
redes_token_bucket_wait_us (RedesTokenBucket *self, gsize want, gint64 now_us)
{
  gdouble wanted;

  if (self->rate_per_s == 0)
    return 0;

  refill (self, now_us);
  wanted = MIN ((gdouble)want, self->capacity);
  if (self->tokens + ROUNDING >= wanted)
    return 0;

  return (gint64)ceil ((wanted - self->tokens) * G_USEC_PER_SEC / self->rate_per_s);
}
