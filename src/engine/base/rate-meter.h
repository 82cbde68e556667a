/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RedesRateMeter:
 *
 * How fast bytes flow, as an exponentially weighted mean with a time constant of about two seconds.
 * A plain value: all zeroes is a meter that has seen nothing. The caller hands in the time
 * (g_get_monotonic_time(), microseconds), so a test needs no waiting.
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

/* Bytes a second at @now_us; decays to 0 when nothing comes. */
gdouble redes_rate_meter_get (const RedesRateMeter *self, gint64 now_us);

G_END_DECLS
