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
/* What is still in it is not freed. */
void redes_fair_queue_free (RedesFairQueue *self);

/* @item: not %NULL; borrowed */
void redes_fair_queue_push (RedesFairQueue *self,
                            const char *address,
                            const RedesPeerId *id,
                            gpointer item);

/* The same, before all else of that identity: work that has been begun. */
void redes_fair_queue_push_back (RedesFairQueue *self,
                                 const char *address,
                                 const RedesPeerId *id,
                                 gpointer item);

/* (nullable): whose turn it is; taken out. %NULL if it is empty. */
gpointer redes_fair_queue_pop (RedesFairQueue *self);

/* Notes that the work of @id at @address took the worker @cost_us microseconds. */
void redes_fair_queue_charge (RedesFairQueue *self,
                              const char *address,
                              const RedesPeerId *id,
                              gint64 cost_us);

guint redes_fair_queue_get_length (RedesFairQueue *self);
/* Addresses that are remembered, waiting or not. */
guint redes_fair_queue_count_addresses (RedesFairQueue *self);

G_END_DECLS
