/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RedesRateMeter:
 *
 * A rate of bytes, as an exponentially weighted mean with a time constant of about two seconds. It
 * is a plain value; all zeroes is a meter that has counted nothing. The caller passes the monotonic
 * time in microseconds, so a test need not wait.
 */
typedef struct
{
  gint64 start_us;
  gint64 updated_us;
  gdouble rate;
  guint64 pending_bytes;
  guint64 total_bytes;
} RedesRateMeter;

void redes_rate_meter_add (RedesRateMeter *self, gsize bytes, gint64 now_us);

/* The rate at @now_us in bytes a second; it decays to 0 when nothing is added. */
gdouble redes_rate_meter_get (const RedesRateMeter *self, gint64 now_us);

G_END_DECLS
