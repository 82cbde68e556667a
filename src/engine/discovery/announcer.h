/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/wire/beacon.h"

G_BEGIN_DECLS

/* How often who is there says so, in microseconds. */
#define REDES_ANNOUNCER_INTERVAL_US (G_GINT64_CONSTANT (4) * G_USEC_PER_SEC)

/**
 * RedesAnnouncer:
 * @next_us: when the next beacon is due
 * @last_us: when the last one went out
 * @n_sent: since the start
 *
 * When to send which beacon: three that ask within the first second, so that one that gets lost
 * costs nothing, then one every four seconds, and soon after a newcomer has asked. A plain value;
 * the caller hands in the monotonic time in microseconds and chance, 0 to 1.
 */
typedef struct
{
  gint64 next_us;
  gint64 last_us;
  guint n_sent;
} RedesAnnouncer;

/* Begins anew: at the start, and when an interface has come. */
void redes_announcer_start (RedesAnnouncer *self, gint64 now_us);
/* Somebody asked. Answered within a sixth of a second, but not four times a second, however many
 * ask: everybody hears each answer. */
void redes_announcer_asked (RedesAnnouncer *self, gint64 now_us, gdouble chance);
gboolean redes_announcer_is_due (const RedesAnnouncer *self, gint64 now_us);
/* A beacon goes out now. Returns: which kind it must be */
RedesBeaconKind redes_announcer_send (RedesAnnouncer *self, gint64 now_us, gdouble chance);

G_END_DECLS
