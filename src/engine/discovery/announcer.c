/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/discovery/announcer.h"

#define LEAST_PAUSE_US 300000
#define ANSWER_WITHIN_US 150000
/* Share of the interval by which it varies: a segment's beacons do not all fall together. */
#define JITTER 0.1

/* From each of the first beacons to the next. */
static const gint64 first_pauses_us[] = { 200000, 700000, 1500000 };

void
redes_announcer_start (RedesAnnouncer *self, gint64 now_us)
{
  self->next_us = now_us;
  self->n_sent = 0;
}

void
redes_announcer_asked (RedesAnnouncer *self, gint64 now_us, gdouble chance)
{
  gint64 answer_us = now_us + (gint64)(chance * ANSWER_WITHIN_US);

  answer_us = MAX (answer_us, self->last_us + LEAST_PAUSE_US);
  self->next_us = MIN (self->next_us, answer_us);
}

gboolean
redes_announcer_is_due (const RedesAnnouncer *self, gint64 now_us)
{
  return now_us >= self->next_us;
}

RedesBeaconKind
redes_announcer_send (RedesAnnouncer *self, gint64 now_us, gdouble chance)
{
  gboolean first = self->n_sent < G_N_ELEMENTS (first_pauses_us);
  gdouble share = 1 - JITTER + 2 * JITTER * chance;

  self->next_us
      = now_us
        + (first ? first_pauses_us[self->n_sent] : (gint64)(REDES_ANNOUNCER_INTERVAL_US * share));
  self->last_us = now_us;
  self->n_sent++;
  return first ? REDES_BEACON_ASK : REDES_BEACON_HERE;
}
