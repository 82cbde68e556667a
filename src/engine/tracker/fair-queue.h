/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/digest.h"

G_BEGIN_DECLS

/**
 * RedesFairQueue:
 *
 * Work that waits for one worker, shared fairly by time: first among addresses, then among the
 * identities at one address (start-time fair queueing, Goyal et al. 1996, with the cost known when
 * the work is done). What an identity asks stays in order. Who used more of the worker than others
 * waits longer, also if it never has more than one piece of work in the queue: what it used is
 * remembered for a bounded number of addresses. One thread at a time; no clock of its own.
 */
typedef struct _RedesFairQueue RedesFairQueue;

RedesFairQueue *redes_fair_queue_new (void);
/* The items that are still in the queue are not freed. */
void redes_fair_queue_free (RedesFairQueue *self);

/* Adds @item (transfer none), which is not %NULL, behind all others of that identity. */
void redes_fair_queue_push (RedesFairQueue *self,
                            const char *address,
                            const RedesPeerId *id,
                            gpointer item);

/* Adds @item before all others of that identity, because its work has begun. */
void redes_fair_queue_push_back (RedesFairQueue *self,
                                 const char *address,
                                 const RedesPeerId *id,
                                 gpointer item);

/* Removes the item whose turn it is. Returns: (nullable) (transfer none): %NULL if the queue is
 * empty */
gpointer redes_fair_queue_pop (RedesFairQueue *self);

/* Notes that the work of @id at @address took the worker @cost_us microseconds. */
void redes_fair_queue_charge (RedesFairQueue *self,
                              const char *address,
                              const RedesPeerId *id,
                              gint64 cost_us);

guint redes_fair_queue_get_length (RedesFairQueue *self);
/* Returns: the number of addresses that are remembered, with or without items in the queue */
guint redes_fair_queue_count_addresses (RedesFairQueue *self);

G_END_DECLS
