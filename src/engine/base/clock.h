/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RedesClock:
 * @now_us: returns the time in microseconds, which never decreases and is never 0. It is called in
 *   the thread of the object that was given the clock
 *
 * The source of time for code that depends on it. The owner of such an object gives it a clock, so
 * a test or a simulation can use a clock of its own and need not wait. A clock must outlive all
 * objects that were given it.
 */
typedef struct
{
  gint64 (*now_us) (gpointer user_data);
  gpointer user_data;
} RedesClock;

/* (transfer none): the system's monotonic time; the function may be called in any thread. */
const RedesClock *redes_clock_get_system (void);

static inline gint64
redes_clock_now_us (const RedesClock *self)
{
  return self->now_us (self->user_data);
}

G_END_DECLS
