/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/progress-meter.h"

#include "engine/base/rate-meter.h"

/* The time after which the first rate is computed; earlier it would be too inaccurate. */
#define FIRST_PACE_US (1 * G_USEC_PER_SEC)

struct _RedesProgressMeter
{
  guint64 bytes_before; /* hashed ever, that do not count here */
  guint64 bytes_total;
  guint files_done;
  guint files_total;

  gint64 started_us; /* 0 until the first reading */
  guint64 last_bytes;
  RedesRateMeter pace;
};

RedesProgressMeter *
redes_progress_meter_new (void)
{
  return g_new0 (RedesProgressMeter, 1);
}

void
redes_progress_meter_free (RedesProgressMeter *self)
{
  g_free (self);
}

void
redes_progress_meter_reset (RedesProgressMeter *self, guint64 bytes_hashed)
{
  *self = (RedesProgressMeter){ .bytes_before = bytes_hashed };
}

void
redes_progress_meter_add (RedesProgressMeter *self, guint64 size)
{
  self->files_total++;
  self->bytes_total += size;
}

void
redes_progress_meter_finish (RedesProgressMeter *self, guint64 size_found, guint64 size)
{
  self->files_done++;
  self->bytes_total += size - size_found;
}

void
redes_progress_meter_drop (RedesProgressMeter *self, guint64 size_found)
{
  self->files_total--;
  self->bytes_total -= size_found;
}

void
redes_progress_meter_discount (RedesProgressMeter *self, guint64 bytes)
{
  self->bytes_before += bytes;
}

static void
measure_pace (RedesProgressMeter *self, guint64 bytes_done, gint64 now_us)
{
  if (self->started_us == 0)
    self->started_us = now_us;
  if (bytes_done > self->last_bytes)
    redes_rate_meter_add (&self->pace, (gsize)(bytes_done - self->last_bytes), now_us);
  self->last_bytes = bytes_done;
}

void
redes_progress_meter_read (RedesProgressMeter *self,
                           guint64 bytes_hashed,
                           gint64 now_us,
                           RedesHashingProgress *out)
{
  guint64 bytes_done = bytes_hashed > self->bytes_before ? bytes_hashed - self->bytes_before : 0;
  gdouble rate;

  /* A file that has grown since it was found counts only when it is done. */
  bytes_done = MIN (bytes_done, self->bytes_total);
  measure_pace (self, bytes_done, now_us);
  rate = redes_rate_meter_get (&self->pace, now_us);

  *out = (RedesHashingProgress){ .bytes_done = bytes_done,
                                 .bytes_total = self->bytes_total,
                                 .files_done = self->files_done,
                                 .files_total = self->files_total,
                                 .seconds_left = -1 };
  if (bytes_done == self->bytes_total)
    out->seconds_left = 0;
  else if (now_us - self->started_us >= FIRST_PACE_US && rate >= 1)
    out->seconds_left = (gdouble)(self->bytes_total - bytes_done) / rate;
}
