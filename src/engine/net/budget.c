/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/net/budget.h"

#include "engine/base/timer.h"

#define SWEEP_MS 1000
/* How many times in a row one that nobody waits for may be found too slow. */
#define MAX_SLOW 3u
/* Who has moved so many bytes at so many times the least rate is quick. */
#define QUICK_BYTES (256u * 1024)
#define QUICK_FACTOR 16u

struct _RedesBudget
{
  guint ref_count;
  RedesBudgetLimits limits;
  GMainContext *context;
  GSource *timer;
  gsize held_bytes;
  gsize doubtful_bytes; /* those of them that holders have who are not known to be quick */
  GHashTable *shares;   /* RedesAddressGroup -> Share */
  GQueue line;          /* RedesBudgetHolder: who waits, in the order of their turns */
  GQueue holders;       /* RedesBudgetHolder: who holds some */
  gboolean serving;
};

typedef struct
{
  RedesAddressGroup group;
  gsize held_bytes;
  gsize doubtful_bytes;
} Share;

RedesBudget *
redes_budget_new (const RedesBudgetLimits *limits)
{
  RedesBudget *self = g_new0 (RedesBudget, 1);

  self->ref_count = 1;
  self->limits = *limits;
  if (self->limits.clock == NULL)
    self->limits.clock = redes_clock_get_system ();
  self->context = g_main_context_ref_thread_default ();
  self->shares
      = g_hash_table_new_full (redes_address_group_hash, redes_address_group_equal, NULL, g_free);
  g_queue_init (&self->line);
  g_queue_init (&self->holders);
  return self;
}

RedesBudget *
redes_budget_ref (RedesBudget *self)
{
  self->ref_count++;
  return self;
}

void
redes_budget_unref (RedesBudget *self)
{
  if (--self->ref_count > 0)
    return;
  g_assert (g_queue_is_empty (&self->line) && g_queue_is_empty (&self->holders));
  redes_timer_clear (&self->timer);
  g_hash_table_unref (self->shares);
  g_main_context_unref (self->context);
  g_free (self);
}

void
redes_budget_holder_init (RedesBudgetHolder *holder,
                          const char *host,
                          void (*ready) (gpointer user_data),
                          void (*too_slow) (gpointer user_data),
                          guint64 (*get_moved) (gpointer user_data),
                          gpointer user_data)
{
  *holder = (RedesBudgetHolder){
    .ready = ready, .too_slow = too_slow, .get_moved = get_moved, .user_data = user_data
  };
  redes_address_group_from_host (&holder->group, host);
  holder->line_link.data = holder;
  holder->holder_link.data = holder;
}

static void
add_to_share (RedesBudget *self, const RedesAddressGroup *group, gssize held, gssize doubtful)
{
  Share *share = g_hash_table_lookup (self->shares, group);

  if (share == NULL)
    {
      share = g_new0 (Share, 1);
      share->group = *group;
      g_hash_table_insert (self->shares, &share->group, share);
    }
  share->held_bytes += held;
  share->doubtful_bytes += doubtful;
  self->held_bytes += held;
  self->doubtful_bytes += doubtful;
  if (share->held_bytes == 0)
    g_hash_table_remove (self->shares, group);
}

static gboolean
fits_in (gsize held_bytes, gsize wanted_bytes, gsize max_bytes)
{
  return held_bytes == 0 || (held_bytes < max_bytes && wanted_bytes <= max_bytes - held_bytes);
}

static gsize
get_doubtful_part (gsize bytes)
{
  return bytes / 4 * 3;
}

/* Whether its address has all that one address may have. */
static gboolean
is_at_share (const RedesBudget *self, const RedesBudgetHolder *holder)
{
  const Share *share = g_hash_table_lookup (self->shares, &holder->group);
  gsize max_bytes = self->limits.max_address_bytes;

  return share != NULL
         && (!fits_in (share->held_bytes, holder->wanted_bytes, max_bytes)
             || (!holder->is_quick
                 && !fits_in (share->doubtful_bytes, holder->wanted_bytes,
                              get_doubtful_part (max_bytes))));
}

/* Whether it may use the last quarter of all. */
static gboolean
is_preferred (const RedesBudget *self, const RedesBudgetHolder *holder)
{
  return holder->is_quick || !g_hash_table_contains (self->shares, &holder->group);
}

static gboolean
fits (const RedesBudget *self, const RedesBudgetHolder *holder)
{
  gsize max_bytes = self->limits.max_bytes;

  return fits_in (self->held_bytes, holder->wanted_bytes, max_bytes)
         && (is_preferred (self, holder)
             || fits_in (self->doubtful_bytes, holder->wanted_bytes,
                         get_doubtful_part (max_bytes)));
}

static void
set_quick (RedesBudget *self, RedesBudgetHolder *holder, gboolean is_quick)
{
  if (holder->is_quick == is_quick)
    return;
  holder->is_quick = is_quick;
  if (holder->held_bytes > 0)
    add_to_share (self, &holder->group, 0,
                  is_quick ? -(gssize)holder->held_bytes : (gssize)holder->held_bytes);
}

/* Looks whether it has moved enough to show how quick it is. */
static void
note_progress (RedesBudget *self, RedesBudgetHolder *holder, gint64 now_us)
{
  guint64 moved = holder->get_moved (holder->user_data);
  gdouble rate;

  if (moved == REDES_BUDGET_EXCUSED)
    return;
  if (holder->shown_us != 0 && moved - holder->shown_bytes < QUICK_BYTES)
    return;
  rate = (gdouble)(moved - holder->shown_bytes) * G_USEC_PER_SEC
         / MAX (now_us - holder->shown_us, 1);
  if (holder->shown_us != 0 && rate >= self->limits.least_bytes_per_s * QUICK_FACTOR)
    set_quick (self, holder, TRUE);
  holder->shown_bytes = moved;
  holder->shown_us = now_us;
}

static void
mark (RedesBudgetHolder *holder, gint64 now_us)
{
  guint64 moved = holder->get_moved (holder->user_data);

  holder->excused = moved == REDES_BUDGET_EXCUSED;
  holder->marked_bytes = holder->excused ? 0 : moved;
  holder->marked_us = now_us;
}

static void
hold (RedesBudget *self, RedesBudgetHolder *holder, gsize bytes, gint64 now_us)
{
  gssize change = (gssize)bytes - (gssize)holder->held_bytes;

  if (change == 0)
    return;
  if (holder->held_bytes == 0)
    {
      g_queue_push_tail_link (&self->holders, &holder->holder_link);
      holder->n_slow = 0;
      mark (holder, now_us);
    }
  holder->held_bytes = bytes;
  if (bytes == 0)
    g_queue_unlink (&self->holders, &holder->holder_link);
  add_to_share (self, &holder->group, change, holder->is_quick ? 0 : change);
}

static gboolean
may_need_sweep (const RedesBudget *self)
{
  return self->holders.length > 0
         && (self->line.length > 0 || self->limits.least_alone_bytes_per_s > 0);
}

static gboolean
on_timer (gpointer user_data)
{
  g_autoptr (RedesBudget) self = redes_budget_ref (user_data);

  redes_budget_sweep (self, redes_clock_now_us (self->limits.clock));
  if (may_need_sweep (self))
    return G_SOURCE_CONTINUE;
  redes_timer_clear (&self->timer);
  return G_SOURCE_REMOVE;
}

static void
schedule (RedesBudget *self)
{
  if (self->timer != NULL || !may_need_sweep (self))
    return;
  redes_timer_set (&self->timer, self->context, SWEEP_MS, on_timer, self);
}

/* (nullable): the holder to be served next. Holders whose address has used its share are passed
 * over; one that waits because the budget as a whole is used is not, or a large request would never
 * be granted. */
static RedesBudgetHolder *
find_next (const RedesBudget *self)
{
  gboolean others_may_pass = TRUE;

  for (GList *l = self->line.head; l != NULL; l = l->next)
    {
      RedesBudgetHolder *holder = l->data;

      if (!others_may_pass && !is_preferred (self, holder))
        continue;
      if (is_at_share (self, holder))
        continue;
      if (fits (self, holder))
        return holder;
      /* Those that may use the last quarter do not wait behind those that may not. */
      if (is_preferred (self, holder))
        return NULL;
      others_may_pass = FALSE;
    }
  return NULL;
}

static void
serve (RedesBudget *self, gint64 now_us)
{
  g_autoptr (RedesBudget) guard = redes_budget_ref (self);
  RedesBudgetHolder *holder;

  /* Somebody's ready() may give something back. */
  if (self->serving)
    return;
  self->serving = TRUE;
  while ((holder = find_next (self)) != NULL)
    {
      g_queue_unlink (&self->line, &holder->line_link);
      holder->waiting = FALSE;
      hold (self, holder, holder->held_bytes + holder->wanted_bytes, now_us);
      holder->ready (holder->user_data);
    }
  self->serving = FALSE;
  schedule (self);
}

gboolean
redes_budget_ask (RedesBudget *self, RedesBudgetHolder *holder, gsize bytes, gint64 now_us)
{
  g_return_val_if_fail (!holder->waiting, FALSE);

  note_progress (self, holder, now_us);
  holder->wanted_bytes = bytes;
  g_queue_push_tail_link (&self->line, &holder->line_link);
  holder->waiting = find_next (self) != holder;
  if (!holder->waiting)
    {
      g_queue_unlink (&self->line, &holder->line_link);
      hold (self, holder, holder->held_bytes + bytes, now_us);
    }
  schedule (self);
  return !holder->waiting;
}

void
redes_budget_set (RedesBudget *self, RedesBudgetHolder *holder, gsize bytes, gint64 now_us)
{
  gboolean fewer = bytes < holder->held_bytes;

  note_progress (self, holder, now_us);
  hold (self, holder, bytes, now_us);
  schedule (self);
  if (fewer)
    serve (self, now_us);
}

void
redes_budget_leave (RedesBudget *self, RedesBudgetHolder *holder)
{
  gint64 now_us = redes_clock_now_us (self->limits.clock);

  if (holder->waiting)
    g_queue_unlink (&self->line, &holder->line_link);
  holder->waiting = FALSE;
  hold (self, holder, 0, now_us);
  serve (self, now_us);
}

gboolean
redes_budget_is_short (const RedesBudget *self)
{
  return self->line.length > 0;
}

gsize
redes_budget_get_held (const RedesBudget *self)
{
  return self->held_bytes;
}

/* Whether somebody would get what @holder has: all of its own address, and those for whom there is
 * not enough in all. */
static gboolean
is_waited_for (const RedesBudget *self, const RedesBudgetHolder *holder)
{
  for (GList *l = self->line.head; l != NULL; l = l->next)
    {
      const RedesBudgetHolder *waiter = l->data;

      if (waiter != holder
          && (redes_address_group_equal (&waiter->group, &holder->group)
              || !is_at_share (self, waiter)))
        return TRUE;
    }
  return FALSE;
}

/* Looks at what it has moved since the last mark, and sets a new one. */
static gboolean
is_too_slow (RedesBudget *self, RedesBudgetHolder *holder, gint64 now_us)
{
  gint64 span_us = now_us - holder->marked_us;
  guint64 moved = holder->get_moved (holder->user_data);
  gdouble rate;

  if (moved == REDES_BUDGET_EXCUSED || holder->excused)
    {
      holder->n_slow = 0;
      mark (holder, now_us);
      return FALSE;
    }
  if (span_us < self->limits.patience_us)
    return FALSE;
  rate = (gdouble)(moved - holder->marked_bytes) * G_USEC_PER_SEC / span_us;
  if (rate < self->limits.least_bytes_per_s * QUICK_FACTOR)
    set_quick (self, holder, FALSE);
  mark (holder, now_us);
  if (rate < self->limits.least_bytes_per_s && is_waited_for (self, holder))
    return TRUE;
  holder->n_slow = rate < self->limits.least_alone_bytes_per_s ? holder->n_slow + 1 : 0;
  return holder->n_slow >= MAX_SLOW;
}

void
redes_budget_sweep (RedesBudget *self, gint64 now_us)
{
  g_autoptr (RedesBudget) guard = redes_budget_ref (self);
  guint n = self->holders.length;

  /* One that is told to go may take others with it: each look starts at the head of what is left,
   * and puts whom it has looked at to the tail. */
  while (n-- > 0 && self->holders.length > 0)
    {
      RedesBudgetHolder *holder = g_queue_peek_head (&self->holders);

      g_queue_unlink (&self->holders, &holder->holder_link);
      g_queue_push_tail_link (&self->holders, &holder->holder_link);
      if (is_too_slow (self, holder, now_us))
        holder->too_slow (holder->user_data);
    }
}
