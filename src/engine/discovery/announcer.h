/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/wire/beacon.h"

G_BEGIN_DECLS

/* The interval between beacons in microseconds. */
#define REDES_ANNOUNCER_INTERVAL_US (G_GINT64_CONSTANT (4) * G_USEC_PER_SEC)

/**
 * RedesAnnouncer:
 * @next_us: the time at which the next beacon is due
 * @last_us: the time at which the last one was sent
 * @n_sent: the number of beacons sent since the start
 *
 * The schedule of the beacons: three queries within the first second, because one may get lost,
 * then an announcement every four seconds, and one soon after another program has sent a query. It
 * is a plain value; the caller passes the monotonic time in microseconds and a random number from 0
 * to 1
 * (@chance).
 */
typedef struct
{
  gint64 next_us;
  gint64 last_us;
  guint n_sent;
} RedesAnnouncer;

/* Begins the schedule, at the start and when a network interface has appeared. */
void redes_announcer_start (RedesAnnouncer *self, gint64 now_us);
/* Schedules the answer to a query within a sixth of a second, but fewer than four answers a second
 * however many queries there are, because every program receives each answer. */
void redes_announcer_asked (RedesAnnouncer *self, gint64 now_us, gdouble chance);
gboolean redes_announcer_is_due (const RedesAnnouncer *self, gint64 now_us);
/* Records that a beacon is sent now. Returns: the kind that it has to be */
RedesBeaconKind redes_announcer_send (RedesAnnouncer *self, gint64 now_us, gdouble chance);

G_END_DECLS
