/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/watch.h"

#include "engine/base/timer.h"
#include "engine/library/fs-monitor.h"

/* The number of files that are examined in one step: this takes about a millisecond if the system
 * has their folders in memory. */
#define PART_FILES 256
/* How often the wait for absent files doubles. */
#define MAX_ABSENT_DOUBLINGS 3
/* A look that was only hinted at comes after as many times what the last one took. */
#define HINT_REST 20
#define MAX_HINT_MS (60 * 1000)

typedef enum
{
  PHASE_NONE,
  PHASE_PRESENT,
  PHASE_ABSENT,
} Phase;

struct _RedesWatch
{
  RedesWorkers *workers;
  RedesShareIndex *present;
  RedesShareIndex *absent;
  RedesWatchEvents events;
  gpointer user_data;
  GMainContext *context;
  RedesWatchPeriods periods;
  RedesFsMonitor *fs_monitor;
  gboolean is_started;
  /* Set of Look: those in a worker's hands. */
  GHashTable *looks;

  Phase phase;
  guint position; /* of the next in the index that is walked */
  guint end;
  gboolean is_full; /* all are looked at, not only the absent ones */
  gint64 started_us;
  guint last_ms;

  gboolean is_rescanning;
  gboolean expects_change;
  guint settle_ms;
  guint absent_ms;

  GSource *full_timer;
  GSource *hint_timer;
  GSource *absent_timer;
  GSource *settle_timer;
  GSource *pause_timer;
};

/* A part of a look, or a look at one file. */
typedef struct
{
  /* (nullable): %NULL when the watch is gone */
  RedesWatch *watch;
  RedesHolding *only; /* (nullable): %NULL in a part of a look at all */
  RedesInspection *inspection;
} Look;

static void begin_look (RedesWatch *self, gboolean full);
static void look_at_part (RedesWatch *self);

/* ---- Timers ---- */

/* Starts @timer, if it is not running. */
static void
start_timer (RedesWatch *self, GSource **timer, guint ms, GSourceFunc func)
{
  if (*timer != NULL)
    return;

  redes_timer_set (timer, self->context, ms, func, self);
  /* After the sockets. */
  g_source_set_priority (*timer, G_PRIORITY_DEFAULT_IDLE);
}

static gboolean
on_full_timer (gpointer data)
{
  RedesWatch *self = data;

  redes_timer_clear (&self->full_timer);
  begin_look (self, TRUE);
  return G_SOURCE_REMOVE;
}

static gboolean
on_hint_timer (gpointer data)
{
  RedesWatch *self = data;

  redes_timer_clear (&self->hint_timer);
  self->absent_ms = self->periods.absent_ms;
  begin_look (self, TRUE);
  return G_SOURCE_REMOVE;
}

static gboolean
on_absent_timer (gpointer data)
{
  RedesWatch *self = data;

  redes_timer_clear (&self->absent_timer);
  begin_look (self, FALSE);
  return G_SOURCE_REMOVE;
}

static gboolean
on_pause_timer (gpointer data)
{
  RedesWatch *self = data;

  redes_timer_clear (&self->pause_timer);
  look_at_part (self);
  return G_SOURCE_REMOVE;
}

/* ---- Rescans ---- */

static void
begin_rescan (RedesWatch *self)
{
  if (self->is_rescanning)
    {
      self->expects_change = TRUE;
      return;
    }

  redes_timer_clear (&self->settle_timer);
  self->is_rescanning = TRUE;
  self->expects_change = FALSE;
  self->events.rescan (self->user_data);
}

static gboolean
on_settle_timer (gpointer data)
{
  RedesWatch *self = data;

  redes_timer_clear (&self->settle_timer);
  begin_rescan (self);
  return G_SOURCE_REMOVE;
}

void
redes_watch_expect_change (RedesWatch *self, gboolean is_new)
{
  self->expects_change = TRUE;
  if (is_new)
    self->settle_ms = self->periods.settle_ms;
  if (!self->is_rescanning)
    start_timer (self, &self->settle_timer, self->settle_ms, on_settle_timer);
}

void
redes_watch_end_rescan (RedesWatch *self)
{
  self->is_rescanning = FALSE;
  if (!self->expects_change)
    {
      self->settle_ms = self->periods.settle_ms;
      return;
    }

  start_timer (self, &self->settle_timer, self->settle_ms, on_settle_timer);
  self->settle_ms = MIN (2 * self->settle_ms, MAX (self->periods.look_ms, self->periods.settle_ms));
}

/* ---- Looks ---- */

static void
run_look (gpointer data)
{
  redes_inspection_run (((Look *)data)->inspection);
}

static void
look_free (Look *look)
{
  redes_inspection_free (look->inspection);
  g_clear_pointer (&look->only, redes_holding_unref);
  g_free (look);
}

static void
tell_findings (RedesWatch *self, RedesInspection *inspection)
{
  for (guint i = 0; i < redes_inspection_get_size (inspection); i++)
    {
      RedesVerdict verdict;
      gint64 ctime_ns;
      guint64 inode;
      const RedesNotice *reason;
      RedesHolding *holding = redes_inspection_get (inspection, i, &verdict, &reason);

      if ((verdict != REDES_VERDICT_UNCHANGED
           && redes_share_index_contains (self->present, holding))
          || (verdict != REDES_VERDICT_GONE && redes_share_index_contains (self->absent, holding)))
        self->events.found (holding, verdict, reason, self->user_data);
      if (!redes_share_index_contains (self->present, holding))
        continue;
      if (redes_inspection_get_stamp (inspection, i, &ctime_ns, &inode))
        self->events.stamp (holding, ctime_ns, inode, self->user_data);
      self->events.looked (holding, self->user_data);
    }
}

static void
look_done (gpointer data)
{
  Look *look = data;
  RedesWatch *self = look->watch;

  if (self != NULL)
    {
      g_hash_table_remove (self->looks, look);
      tell_findings (self, look->inspection);
      if (look->only == NULL)
        start_timer (self, &self->pause_timer, self->periods.pause_ms, on_pause_timer);
    }
  look_free (look);
}

/* @only: (nullable) */
static Look *
look_new (RedesWatch *self, RedesHolding *only)
{
  Look *look = g_new0 (Look, 1);

  look->watch = self;
  look->inspection = redes_inspection_new (only != NULL);
  if (only != NULL)
    {
      look->only = redes_holding_ref (only);
      redes_inspection_add (look->inspection, only);
    }
  g_hash_table_add (self->looks, look);
  return look;
}

static void
enter_phase (RedesWatch *self, Phase phase)
{
  RedesShareIndex *index = phase == PHASE_PRESENT ? self->present : self->absent;

  redes_share_index_compact (index);
  self->phase = phase;
  self->position = 0;
  /* What this look itself adds does not belong to it. */
  self->end = redes_share_index_get_n_positions (index);
}

/* Waits for the absent files, the longer the more often that was in vain. */
static void
wait_for_absent (RedesWatch *self)
{
  guint max_ms = self->periods.absent_ms << MAX_ABSENT_DOUBLINGS;

  if (redes_share_index_get_n_files (self->absent) == 0)
    {
      self->absent_ms = self->periods.absent_ms;
      return;
    }

  redes_timer_clear (&self->absent_timer);
  start_timer (self, &self->absent_timer, self->absent_ms, on_absent_timer);
  self->absent_ms = MIN (2 * self->absent_ms, max_ms);
}

static void
end_look (RedesWatch *self)
{
  self->phase = PHASE_NONE;
  wait_for_absent (self);
  if (!self->is_full)
    return;

  self->is_full = FALSE;
  self->last_ms = (guint)((g_get_monotonic_time () - self->started_us) / 1000);
  redes_timer_clear (&self->full_timer);
  start_timer (self, &self->full_timer, self->periods.look_ms, on_full_timer);
  begin_rescan (self);
}

static void
look_at_part (RedesWatch *self)
{
  RedesShareIndex *index = self->phase == PHASE_PRESENT ? self->present : self->absent;
  Look *look;
  guint n = 0;

  if (self->position >= self->end)
    {
      if (self->phase == PHASE_PRESENT)
        {
          enter_phase (self, PHASE_ABSENT);
          look_at_part (self);
        }
      else
        end_look (self);
      return;
    }

  look = look_new (self, NULL);
  for (; self->position < self->end && n < PART_FILES; self->position++)
    {
      RedesHolding *holding = redes_share_index_get_at (index, self->position);

      if (holding == NULL)
        continue;
      redes_inspection_add (look->inspection, holding);
      n++;
    }
  redes_workers_push (self->workers, run_look, look_done, look);
}

/* A look at all, because of a hint or because one is over that was not of all. */
static void
look_soon (RedesWatch *self)
{
  guint rest_ms = MIN (HINT_REST * self->last_ms, MAX_HINT_MS);

  if (self->is_started)
    start_timer (self, &self->hint_timer, MAX (self->periods.settle_ms, rest_ms), on_hint_timer);
}

static void
begin_look (RedesWatch *self, gboolean full)
{
  if (self->phase != PHASE_NONE)
    {
      /* Its part of the present ones may be over: begin again when it ends. */
      if (full)
        look_soon (self);
      return;
    }

  self->is_full = full;
  self->started_us = g_get_monotonic_time ();
  enter_phase (self, full ? PHASE_PRESENT : PHASE_ABSENT);
  look_at_part (self);
}

void
redes_watch_look_at (RedesWatch *self, RedesHolding *holding)
{
  GHashTableIter iter;
  gpointer key;

  if (!redes_share_index_contains (self->present, holding))
    return;

  /* A hundred readers may have found the same. */
  g_hash_table_iter_init (&iter, self->looks);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (((Look *)key)->only == holding)
      return;

  redes_workers_push_urgent (self->workers, run_look, look_done, look_new (self, holding));
}

/* ---- The watch ---- */

static void
on_hint (gpointer user_data)
{
  look_soon (user_data);
}

RedesWatch *
redes_watch_new (RedesWorkers *workers,
                 RedesShareIndex *present,
                 RedesShareIndex *absent,
                 const RedesWatchEvents *events,
                 gpointer user_data)
{
  static const RedesWatchPeriods usual
      = { .look_ms = 180 * 1000, .absent_ms = 10 * 1000, .settle_ms = 2000, .pause_ms = 5 };
  RedesWatch *self = g_new0 (RedesWatch, 1);

  self->workers = workers;
  self->present = present;
  self->absent = absent;
  self->events = *events;
  self->user_data = user_data;
  self->context = g_main_context_ref_thread_default ();
  self->looks = g_hash_table_new (NULL, NULL);
  self->fs_monitor = redes_fs_monitor_new (on_hint, self);
  redes_watch_set_periods (self, &usual);
  return self;
}

void
redes_watch_free (RedesWatch *self)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->looks);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    ((Look *)key)->watch = NULL;

  redes_fs_monitor_free (self->fs_monitor);
  redes_timer_clear (&self->full_timer);
  redes_timer_clear (&self->hint_timer);
  redes_timer_clear (&self->absent_timer);
  redes_timer_clear (&self->settle_timer);
  redes_timer_clear (&self->pause_timer);
  g_hash_table_unref (self->looks);
  g_main_context_unref (self->context);
  g_free (self);
}

void
redes_watch_set_periods (RedesWatch *self, const RedesWatchPeriods *periods)
{
  self->periods = *periods;
  self->settle_ms = periods->settle_ms;
  self->absent_ms = periods->absent_ms;
}

void
redes_watch_start (RedesWatch *self)
{
  if (self->is_started)
    return;

  self->is_started = TRUE;
  start_timer (self, &self->hint_timer, self->periods.pause_ms, on_hint_timer);
}

void
redes_watch_set_folders (RedesWatch *self, GPtrArray *folders)
{
  redes_fs_monitor_set_folders (self->fs_monitor, folders);
}

void
redes_watch_add_folder (RedesWatch *self, const char *folder)
{
  redes_fs_monitor_add_folder (self->fs_monitor, folder);
}

gboolean
redes_watch_is_looking (RedesWatch *self)
{
  return self->phase != PHASE_NONE || self->is_rescanning || self->hint_timer != NULL
         || self->settle_timer != NULL || g_hash_table_size (self->looks) > 0;
}
