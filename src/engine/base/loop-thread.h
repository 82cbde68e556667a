/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RedesLoopThread:
 *
 * A thread with a main context of its own, pushed as its thread-default.
 */
typedef struct _RedesLoopThread RedesLoopThread;

/* @niceness: how far it steps back for others, see redes_thread_lower_priority(); 0 = not at all */
RedesLoopThread *redes_loop_thread_new (const char *name, int niceness);
GMainContext *redes_loop_thread_get_context (RedesLoopThread *self);

/* Calls @func there, in the order of the calls, never before this returns. Any thread. */
void redes_loop_thread_invoke (RedesLoopThread *self, void (*func) (gpointer), gpointer data);

/* Ends the loop after what was invoked before, joins the thread. Not from the thread itself. */
void redes_loop_thread_free (RedesLoopThread *self);

G_END_DECLS
