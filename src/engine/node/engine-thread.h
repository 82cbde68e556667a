/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RedesEngineThread:
 *
 * A thread with a main context of its own, pushed as its thread-default.
 */
typedef struct _RedesEngineThread RedesEngineThread;

/* @niceness: how far it steps back for others, see redes_thread_step_back(); 0 = not at all */
RedesEngineThread *redes_engine_thread_new (const char *name, int niceness);
GMainContext *redes_engine_thread_get_context (RedesEngineThread *self);

/* Calls @func there, in the order of the calls, never before this returns. Any thread. */
void redes_engine_thread_invoke (RedesEngineThread *self, void (*func) (gpointer), gpointer data);

/* Ends the loop after what was invoked before, joins the thread. Not from the thread itself. */
void redes_engine_thread_free (RedesEngineThread *self);

G_END_DECLS
