/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * A timer is a GSource that its owner keeps in a field: %NULL while it is not set. All functions
 * belong to the thread that runs @context (or any, where a lock of the owner's guards the field and
 * @context is given), and may be called from within the timer's own callback. redes_timer_clear()
 * serves for other sources, too.
 *
 * @context: (nullable): %NULL: the thread's default context
 */

/* The timer does not come any more. Nothing happens when it is not set. */
void redes_timer_clear (GSource **timer);

/**
 * redes_timer_set:
 * @delay_ms: 0 = as soon as the main loop runs again
 * @func: returns G_SOURCE_CONTINUE to be called again after @delay_ms. One that returns
 *   G_SOURCE_REMOVE has to call redes_timer_clear() or to set the timer anew, so that the field
 *   says what is so
 *
 * Sets @timer anew, whether it was set or not.
 */
void redes_timer_set (
    GSource **timer, GMainContext *context, guint delay_ms, GSourceFunc func, gpointer user_data);
/* The same for whole seconds, where the moment does not matter: such timers come together. */
void redes_timer_set_seconds (
    GSource **timer, GMainContext *context, guint delay_s, GSourceFunc func, gpointer user_data);
/* @func comes as soon as the main loop runs again, in turn with all else that is due. */
void
redes_timer_set_soon (GSource **timer, GMainContext *context, GSourceFunc func, gpointer user_data);

G_END_DECLS
