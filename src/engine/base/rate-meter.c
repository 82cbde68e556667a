/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/rate-meter.h"

#include <math.h>

#define TIME_CONSTANT_US (2.0 * G_USEC_PER_SEC)
/* Bytes are gathered for this long before they count as a rate: blocks come in bursts, and a burst
 * divided by a few microseconds says nothing. */
#define SAMPLE_US (G_USEC_PER_SEC / 10)
/* Below a byte in ten seconds nothing flows. */
#define NOTHING 0.1

/* The mean after @elapsed_us in which @bytes came. */
static gdouble
blend (gdouble rate, guint64 bytes, gint64 elapsed_us)
{
  gdouble weight = exp (-(gdouble)elapsed_us / TIME_CONSTANT_US);
  gdouble sample = (gdouble)bytes * G_USEC_PER_SEC / (gdouble)elapsed_us;

  return rate * weight + sample * (1.0 - weight);
}

/* An exponential mean starts from zero and would show a third of the truth for the first two
 * seconds: it is divided by the weight that it has gathered so far. */
static gdouble
correct_start (gdouble rate, gint64 age_us)
{
  gdouble gathered = 1.0 - exp (-(gdouble)age_us / TIME_CONSTANT_US);

  return gathered > 0.0 ? rate / gathered : 0.0;
}

/* The mean once the sample that is being gathered has ended, at the end of which nothing more came.
 */
static gdouble
close_sample (const RedesRateMeter *self)
{
  return blend (self->rate, self->pending_bytes, SAMPLE_US);
}

void
redes_rate_meter_add (RedesRateMeter *self, gsize bytes, gint64 now_us)
{
  if (self->total_bytes == 0)
    {
      self->start_us = now_us;
      self->updated_us = now_us;
    }
  self->total_bytes += bytes;

  if (now_us - self->updated_us >= SAMPLE_US)
    {
      self->rate = close_sample (self);
      self->updated_us += SAMPLE_US;
      self->pending_bytes = 0;
    }
  self->pending_bytes += bytes;

  /* After a pause: what comes now was on its way all the time, so that a block a second is no row
   * of peaks. */
  if (now_us - self->updated_us >= SAMPLE_US)
    {
      self->rate = blend (self->rate, self->pending_bytes, now_us - self->updated_us);
      self->updated_us = now_us;
      self->pending_bytes = 0;
    }
}

gdouble
redes_rate_meter_get (const RedesRateMeter *self, gint64 now_us)
{
  gint64 since_sample_us = now_us - self->updated_us - SAMPLE_US;
  gdouble rate;

  if (self->total_bytes == 0)
    return 0.0;

  if (since_sample_us < 0)
    rate = correct_start (self->rate, self->updated_us - self->start_us);
  else
    rate = correct_start (close_sample (self) * exp (-(gdouble)since_sample_us / TIME_CONSTANT_US),
                          now_us - self->start_us);

  return rate < NOTHING ? 0.0 : rate;
}
