/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/net/address-group.h"

G_BEGIN_DECLS

/**
 * RedesBudget:
 *
 * Memory that many connections share: blocks that wait to be sent, or messages that have not come
 * whole yet. Whoever wants some asks first. If there is none, or its address (RedesAddressGroup)
 * has its share already, it stands in a line and gets it in its turn. Who holds some and moves
 * fewer bytes than a least rate while others wait for that memory loses it: its owner is told, and
 * ends the connection. The last quarter of the memory is for those that have shown that they are
 * quick, and for addresses that hold nothing, so that many slow ones cannot stop those; of an
 * address's share the last quarter is for its quick ones. Reference-counted; belongs to the main
 * context that was the thread's default when it was made.
 */
typedef struct _RedesBudget RedesBudget;

/**
 * RedesBudgetLimits:
 * @max_bytes: in all
 * @max_address_bytes: of one address, at all times
 * @patience_us: over which time the rates are taken; microseconds
 * @least_bytes_per_s: while others wait
 * @least_alone_bytes_per_s: also while nobody waits, over three times @patience_us; 0 = none
 *
 * Whoever asks for more than there can ever be gets it when nobody (of its address) holds any.
 */
typedef struct
{
  gsize max_bytes;
  gsize max_address_bytes;
  gint64 patience_us;
  guint64 least_bytes_per_s;
  guint64 least_alone_bytes_per_s;
} RedesBudgetLimits;

/* What redes_budget_holder_init()'s @get_moved returns while this end itself makes it wait. */
#define REDES_BUDGET_EXCUSED G_MAXUINT64

/**
 * RedesBudgetHolder:
 * @ready: what it stood in line for is its own now
 * @too_slow: it has to give up all of it; called at most once in @patience_us
 * @get_moved: bytes that it has moved so far, or REDES_BUDGET_EXCUSED
 *
 * One that holds memory, owned by the connection; all in here is the budget's.
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

/* @host: its numeric address. */
void redes_budget_holder_init (RedesBudgetHolder *holder,
                               const char *host,
                               void (*ready) (gpointer user_data),
                               void (*too_slow) (gpointer user_data),
                               guint64 (*get_moved) (gpointer user_data),
                               gpointer user_data);

/* @holder, which stands in no line, wants @bytes more. Returns: %TRUE if they are its own now;
 * %FALSE: it stands in the line. */
gboolean
redes_budget_ask (RedesBudget *self, RedesBudgetHolder *holder, gsize bytes, gint64 now_us);
/* It holds @bytes now, whatever it held before; usually fewer. */
void redes_budget_set (RedesBudget *self, RedesBudgetHolder *holder, gsize bytes, gint64 now_us);
/* It holds nothing any more and waits for nothing. */
void redes_budget_leave (RedesBudget *self, RedesBudgetHolder *holder);

/* Whether anybody stands in the line. */
gboolean redes_budget_is_short (const RedesBudget *self);
gsize redes_budget_get_held (const RedesBudget *self);

/* Looks whether somebody is too slow. The budget does so itself once a second while that can be;
 * a test hands in a time of its own. */
void redes_budget_sweep (RedesBudget *self, gint64 now_us);

G_END_DECLS
