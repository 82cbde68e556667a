/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/clock.h"
#include "engine/net/address-group.h"

G_BEGIN_DECLS

/**
 * RedesBudget:
 *
 * Memory that many connections share: for blocks that wait to be sent, or for messages that are not
 * received completely. A connection asks before it uses some. If there is none, or if its address
 * (RedesAddressGroup) has its share already, the connection is queued until memory becomes free. A
 * connection that holds memory but moves fewer bytes than a minimum rate while others wait has to
 * give it up: its owner is notified and closes it. The last quarter of the memory is reserved for
 * connections that have proved to be quick, and for addresses that hold nothing, so that many slow
 * connections cannot stop those; likewise the last quarter of an address's share is reserved for
 * its quick connections. Reference-counted. A budget belongs to the main context that was the
 * thread's default when it was made.
 */
typedef struct _RedesBudget RedesBudget;

/**
 * RedesBudgetLimits:
 * @max_bytes: the memory for all connections
 * @max_address_bytes: the share of one address
 * @patience_us: the time over which rates are measured, in microseconds
 * @least_bytes_per_s: the minimum rate while others wait
 * @least_alone_bytes_per_s: the minimum rate, over three times @patience_us, also while no other
 *   connection waits; 0: none
 * @clock: (nullable): the clock of the times that callers give; %NULL: the system's. Borrowed
 *
 * A request for more than @max_bytes (or @max_address_bytes) is granted when no connection (of that
 * address) holds any memory.
 */
typedef struct
{
  gsize max_bytes;
  gsize max_address_bytes;
  gint64 patience_us;
  guint64 least_bytes_per_s;
  guint64 least_alone_bytes_per_s;
  const RedesClock *clock;
} RedesBudgetLimits;

/* The value that @get_moved of redes_budget_holder_init() returns while it is this end that makes
 * the connection wait. */
#define REDES_BUDGET_EXCUSED G_MAXUINT64

/**
 * RedesBudgetHolder:
 * @ready: the memory that it was queued for has been granted
 * @too_slow: the holder has to give up all its memory; called at most once in @patience_us
 * @get_moved: returns the number of bytes that it has moved so far, or REDES_BUDGET_EXCUSED
 *
 * A connection as the budget sees it. It is a member of the connection, but only the budget uses
 * its fields.
 */
typedef struct
{
  void (*ready) (gpointer user_data);
  void (*too_slow) (gpointer user_data);
  guint64 (*get_moved) (gpointer user_data);
  gpointer user_data;
  RedesAddressGroup group;
  gsize held_bytes;
  gsize wanted_bytes;
  gboolean waiting;
  gboolean excused;
  gboolean is_quick;
  guint64 shown_bytes;
  gint64 shown_us;
  guint n_slow;
  guint64 marked_bytes;
  gint64 marked_us;
  GList line_link;
  GList holder_link;
} RedesBudgetHolder;

RedesBudget *redes_budget_new (const RedesBudgetLimits *limits);
RedesBudget *redes_budget_ref (RedesBudget *self);
void redes_budget_unref (RedesBudget *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesBudget, redes_budget_unref)

/* @host: the numeric address of the connection's other end */
void redes_budget_holder_init (RedesBudgetHolder *holder,
                               const char *host,
                               void (*ready) (gpointer user_data),
                               void (*too_slow) (gpointer user_data),
                               guint64 (*get_moved) (gpointer user_data),
                               gpointer user_data);

/* Requests @bytes more for @holder, which is not queued. Returns: %TRUE if they are granted; %FALSE
 * if @holder is queued now */
gboolean
redes_budget_ask (RedesBudget *self, RedesBudgetHolder *holder, gsize bytes, gint64 now_us);
/* Records that @holder uses @bytes from now on, usually fewer than before. */
void redes_budget_set (RedesBudget *self, RedesBudgetHolder *holder, gsize bytes, gint64 now_us);
/* Takes back all memory of @holder, and removes it from the queue. */
void redes_budget_leave (RedesBudget *self, RedesBudgetHolder *holder);

/* Whether any holder is queued. */
gboolean redes_budget_is_short (const RedesBudget *self);
gsize redes_budget_get_held (const RedesBudget *self);

/* Notifies the holders that are too slow. The budget calls it itself once a second while it is
 * needed; a test calls it with a time of its own. */
void redes_budget_sweep (RedesBudget *self, gint64 now_us);

G_END_DECLS
