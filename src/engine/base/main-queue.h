/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RedesMainQueue:
 *
 * A queue of messages from any thread to the thread of one main context. A message is a function
 * with its data, and is called in that context, in the order of sending. All messages that wait
 * cost one wake-up of the context. The reference count is atomic.
 */
typedef struct _RedesMainQueue RedesMainQueue;

/* @context: (nullable): the context in which messages are called; %NULL: the default one. */
RedesMainQueue *redes_main_queue_new (GMainContext *context);
RedesMainQueue *redes_main_queue_ref (RedesMainQueue *self);
void redes_main_queue_unref (RedesMainQueue *self);

/* @data: (transfer full): it is freed with @data_free after @func has returned, or without a call
 * of
 * @func if the queue is closed before. Any thread. */
void redes_main_queue_send (RedesMainQueue *self,
                            void (*func) (gpointer data),
                            gpointer data,
                            GDestroyNotify data_free);

/* No message is called after this, whether it waits already or is sent later. In the context's
 * thread. */
void redes_main_queue_close (RedesMainQueue *self);

G_END_DECLS
