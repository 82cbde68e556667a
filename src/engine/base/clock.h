/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RedesClock:
 * @now_us: the time in microseconds; it never goes back, and is never 0. Called in the thread of
 *   whoever holds the clock
 *
 * What logic that depends on time is handed by its owner: a test, or a simulation, hands in a clock
 * of its own and need not wait. It must outlive all that hold it.
 */
typedef struct
{
  gint64 (*now_us) (gpointer user_data);
  gpointer user_data;
} RedesClock;

/* The system's monotonic time; any thread. */
const RedesClock *redes_clock_get_system (void);

static inline gint64
redes_clock_now_us (const RedesClock *self)
{
  return self->now_us (self->user_data);
}

G_END_DECLS
