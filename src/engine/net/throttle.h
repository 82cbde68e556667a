/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RedesThrottle:
 *
 * A limit in bytes a second that many channels share fairly: who has to wait, waits in a line, and
 * while there is a line nobody gets more than one TLS record (16 KiB) at a time. Reference-counted;
 * belongs to the main context that was the thread's default when it was made.
 */
typedef struct _RedesThrottle RedesThrottle;

/* @rate_bytes_per_s: 0 = no limit. */
RedesThrottle *redes_throttle_new (guint64 rate_bytes_per_s);
RedesThrottle *redes_throttle_ref (RedesThrottle *self);
void redes_throttle_unref (RedesThrottle *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesThrottle, redes_throttle_unref)

/* Takes effect at once. */
void redes_throttle_set_rate (RedesThrottle *self, guint64 rate_bytes_per_s);

/**
 * RedesThrottleWaiter:
 * @ready: called when it is its turn; it asks again then
 *
 * A place in the line, owned by who waits.
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
 * @want: bytes
 *
 * Returns: how many may pass now; they count as passed when redes_throttle_spend() says so. 0:
 *   @waiter stands in the line now
 */
gsize redes_throttle_ask (RedesThrottle *self, RedesThrottleWaiter *waiter, gsize want);
void redes_throttle_spend (RedesThrottle *self, gsize bytes);
/* What passes now, in bytes a second, and what has passed so far; both with all overhead. */
gdouble redes_throttle_get_rate (RedesThrottle *self);
guint64 redes_throttle_get_total (RedesThrottle *self);

/* Leaves the line, if it stands in it. */
void redes_throttle_leave (RedesThrottle *self, RedesThrottleWaiter *waiter);

G_END_DECLS
