/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RedesMainQueue:
 *
 * Letters from one thread to another: functions with their data, called in the order sent, in the
 * main context that the box stands in. However many messages come, they cost one wake-up.
 * Reference-counted (atomically).
 */
typedef struct _RedesMainQueue RedesMainQueue;

/* @context: (nullable): of the reader; %NULL = the default context. */
RedesMainQueue *redes_main_queue_new (GMainContext *context);
RedesMainQueue *redes_main_queue_ref (RedesMainQueue *self);
void redes_main_queue_unref (RedesMainQueue *self);

/* @data: freed with @data_free after @func, or if the box closes first. Any thread. */
void redes_main_queue_send (RedesMainQueue *self,
                            void (*func) (gpointer data),
                            gpointer data,
                            GDestroyNotify data_free);

/* No message is read any more. In the reader's thread. */
void redes_main_queue_close (RedesMainQueue *self);

G_END_DECLS
