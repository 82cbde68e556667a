/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RedesMailbox:
 *
 * Letters from one thread to another: functions with their data, called in the order sent, in the
 * main context that the box stands in. However many letters come, they cost one wake-up.
 * Reference-counted (atomically).
 */
typedef struct _RedesMailbox RedesMailbox;

/* @context: (nullable): of the reader; %NULL = the default context. */
RedesMailbox *redes_mailbox_new (GMainContext *context);
RedesMailbox *redes_mailbox_ref (RedesMailbox *self);
void redes_mailbox_unref (RedesMailbox *self);

/* @data: freed with @data_free after @func, or if the box closes first. Any thread. */
void redes_mailbox_send (RedesMailbox *self,
                         void (*func) (gpointer data),
                         gpointer data,
                         GDestroyNotify data_free);

/* No letter is read any more. In the reader's thread. */
void redes_mailbox_close (RedesMailbox *self);

G_END_DECLS
