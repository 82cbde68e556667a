/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * A timer is a GSource in a field of its owner, which is %NULL while the timer is not set. The
 * functions are called in the thread that runs @context, or, if the owner guards the field by a
 * lock and passes a @context, in any thread. They may be called in the timer's own callback.
 * redes_timer_clear() works for other kinds of sources, too.
 *
 * @context: (nullable): %NULL: the calling thread's thread-default context
 */

/* Cancels the timer and sets the field to %NULL. Without effect if the timer is not set. */
void redes_timer_clear (GSource **timer);

/**
 * redes_timer_set:
 * @delay_ms: the delay in milliseconds; 0: the next iteration of the main loop
 * @func: returns G_SOURCE_CONTINUE to be called again after @delay_ms. A function that returns
 *   G_SOURCE_REMOVE has to call redes_timer_clear() or set the timer again, so that the field is
 *   never left with a source that has ended
 *
 * Sets @timer; if it is set already, the earlier source is cancelled.
 */
void redes_timer_set (
    GSource **timer, GMainContext *context, guint delay_ms, GSourceFunc func, gpointer user_data);
/* As redes_timer_set(), for delays whose exact moment does not matter: GLib fires such timers
 * together, to save wake-ups. @delay_s: in seconds */
void redes_timer_set_seconds (
    GSource **timer, GMainContext *context, guint delay_s, GSourceFunc func, gpointer user_data);
/* @func is called in the next iteration of the main loop, with default priority. */
void
redes_timer_set_soon (GSource **timer, GMainContext *context, GSourceFunc func, gpointer user_data);

G_END_DECLS
