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

/* (transfer full): @niceness: by how much the thread's priority is lowered, see
 * redes_thread_lower_priority(); 0: not at all */
RedesLoopThread *redes_loop_thread_new (const char *name, int niceness);
GMainContext *redes_loop_thread_get_context (RedesLoopThread *self);

/* Calls @func with @data in that thread, after this function has returned and in the order of the
 * calls. Any thread. */
void redes_loop_thread_invoke (RedesLoopThread *self, void (*func) (gpointer), gpointer data);

/* Ends the loop after all functions that were invoked before, and joins the thread. It must not be
 * called in the thread itself. */
void redes_loop_thread_free (RedesLoopThread *self);

G_END_DECLS
