/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/clock.h"

G_BEGIN_DECLS

/**
 * RedesThrottle:
 *
 * A limit in bytes a second that many channels share fairly. Channels that have to wait are queued,
 * and while any is queued each gets at most one TLS record (16 KiB) at a time. Reference-counted. A
 * throttle belongs to the main context that was the thread's default when it was made.
 */
typedef struct _RedesThrottle RedesThrottle;

/* @rate_bytes_per_s: 0 = no limit. @clock: (nullable): %NULL: the system's; borrowed */
RedesThrottle *redes_throttle_new (guint64 rate_bytes_per_s, const RedesClock *clock);
RedesThrottle *redes_throttle_ref (RedesThrottle *self);
void redes_throttle_unref (RedesThrottle *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesThrottle, redes_throttle_unref)

/* Takes effect at once. */
void redes_throttle_set_rate (RedesThrottle *self, guint64 rate_bytes_per_s);

/**
 * RedesThrottleWaiter:
 * @ready: called when it is the channel's turn, which then calls redes_throttle_ask() again
 *
 * An entry of the queue; it is a member of the channel.
 */
typedef struct
{
  void (*ready) (gpointer user_data);
  gpointer user_data;
  GList link;
  gboolean waiting;
  gsize turn_bytes; /* what is left of its turn */
} RedesThrottleWaiter;

void redes_throttle_waiter_init (RedesThrottleWaiter *waiter,
                                 void (*ready) (gpointer user_data),
                                 gpointer user_data);

/**
 * redes_throttle_ask:
 * @want: the number of bytes that the channel could send or receive now
 *
 * Returns: how many of them may pass; they are counted by redes_throttle_spend() after that. 0:
 *   @waiter is queued now
 */
gsize redes_throttle_ask (RedesThrottle *self, RedesThrottleWaiter *waiter, gsize want);
void redes_throttle_spend (RedesThrottle *self, gsize bytes);
/* The present rate in bytes a second, with the overhead of all protocols above TCP. */
gdouble redes_throttle_get_rate (RedesThrottle *self);

/* Removes @waiter from the queue, if it is there. */
void redes_throttle_leave (RedesThrottle *self, RedesThrottleWaiter *waiter);

G_END_DECLS
