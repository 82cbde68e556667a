/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/workers.h"

#ifdef __linux__
#include <sys/resource.h>
#endif

#define BOUND_US (20 * G_USEC_PER_SEC)

typedef struct
{
  RedesWorkers *workers;
  GThread *owner;
  GMutex lock;
  GCond cond;
  gboolean open;
  gboolean entered;
  GArray *ran;
  GArray *done;
  guint follow_ups;
} Record;

typedef struct
{
  Record *record;
  guint number;
} Numbered;

static void
record_init (Record *record)
{
  *record = (Record){ .owner = g_thread_self () };
  g_mutex_init (&record->lock);
  g_cond_init (&record->cond);
  record->ran = g_array_new (FALSE, FALSE, sizeof (guint));
  record->done = g_array_new (FALSE, FALSE, sizeof (guint));
}

static void
record_clear (Record *record)
{
  g_array_unref (record->ran);
  g_array_unref (record->done);
  g_mutex_clear (&record->lock);
  g_cond_clear (&record->cond);
}

static Numbered *
numbered_new (Record *record, guint number)
{
  Numbered *numbered = g_new (Numbered, 1);

  numbered->record = record;
  numbered->number = number;
  return numbered;
}

static void
run_numbered (gpointer data)
{
  Numbered *numbered = data;
  Record *record = numbered->record;

  g_assert_true (g_thread_self () != record->owner);
  g_mutex_lock (&record->lock);
  g_array_append_val (record->ran, numbered->number);
  g_mutex_unlock (&record->lock);
}

static void
numbered_done (gpointer data)
{
  Numbered *numbered = data;

  g_assert_true (g_thread_self () == numbered->record->owner);
  g_array_append_val (numbered->record->done, numbered->number);
  g_free (numbered);
}

/* Holds a thread until the test opens the gate. */
static void
run_gate (gpointer data)
{
  Record *record = data;

  g_mutex_lock (&record->lock);
  record->entered = TRUE;
  g_cond_broadcast (&record->cond);
  while (!record->open)
    g_cond_wait (&record->cond, &record->lock);
  g_mutex_unlock (&record->lock);
}

static void
wait_for_gate (Record *record)
{
  g_mutex_lock (&record->lock);
  while (!record->entered)
    g_cond_wait (&record->cond, &record->lock);
  g_mutex_unlock (&record->lock);
}

static void
open_gate (Record *record)
{
  g_mutex_lock (&record->lock);
  record->open = TRUE;
  g_cond_broadcast (&record->cond);
  g_mutex_unlock (&record->lock);
}

static gboolean
on_bound (gpointer data)
{
  g_error ("nothing came in time");
  return G_SOURCE_REMOVE;
}

static void
iterate_until_idle (RedesWorkers *workers, GMainContext *context)
{
  g_autoptr (GSource) bound = g_timeout_source_new (BOUND_US / 1000);

  g_source_set_callback (bound, on_bound, NULL, NULL);
  g_source_attach (bound, context);
  while (redes_workers_get_pending (workers) > 0)
    g_main_context_iteration (context, TRUE);
  g_source_destroy (bound);
}

static void
assert_counts_up (GArray *numbers, guint n)
{
  g_assert_cmpuint (numbers->len, ==, n);
  for (guint i = 0; i < n; i++)
    g_assert_cmpuint (g_array_index (numbers, guint, i), ==, i);
}

static void
test_order (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  RedesWorkers *workers = redes_workers_new ("test", 1, context);
  Record record;

  record_init (&record);
  g_assert_cmpuint (redes_workers_get_n_threads (workers), ==, 1);
  for (guint i = 0; i < 5000; i++)
    redes_workers_push (workers, run_numbered, numbered_done, numbered_new (&record, i));
  iterate_until_idle (workers, context);
  assert_counts_up (record.ran, 5000);
  assert_counts_up (record.done, 5000);

  redes_workers_free (workers);
  record_clear (&record);
}

static void
test_urgent (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  RedesWorkers *workers = redes_workers_new ("test", 1, context);
  Record record;

  record_init (&record);
  redes_workers_push (workers, run_gate, NULL, &record);
  wait_for_gate (&record);
  redes_workers_push (workers, run_numbered, numbered_done, numbered_new (&record, 1));
  redes_workers_push (workers, run_numbered, numbered_done, numbered_new (&record, 2));
  redes_workers_push_urgent (workers, run_numbered, numbered_done, numbered_new (&record, 0));
  g_assert_cmpuint (redes_workers_get_pending (workers), ==, 4);
  open_gate (&record);
  redes_workers_free (workers);
  assert_counts_up (record.ran, 3);
  assert_counts_up (record.done, 3);
  record_clear (&record);
}

static void
run_meet (gpointer data)
{
  Record *record = data;
  gint64 end_us = g_get_monotonic_time () + BOUND_US;

  g_mutex_lock (&record->lock);
  record->follow_ups++;
  g_cond_broadcast (&record->cond);
  while (record->follow_ups < 3)
    if (!g_cond_wait_until (&record->cond, &record->lock, end_us))
      g_error ("the three jobs never ran at once");
  g_mutex_unlock (&record->lock);
}

/* Three threads run three jobs at once: each waits inside for the other two. */
static void
test_parallel (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  RedesWorkers *workers = redes_workers_new ("test", 3, context);
  Record record;

  record_init (&record);
  for (guint i = 0; i < 3; i++)
    redes_workers_push (workers, run_meet, NULL, &record);
  redes_workers_free (workers);
  g_assert_cmpuint (record.follow_ups, ==, 3);
  record_clear (&record);
}

static gboolean
on_timeout (gpointer data)
{
  gboolean *fired = data;

  *fired = TRUE;
  return G_SOURCE_REMOVE;
}

/* Answers that are ready share one dispatch: no other source runs between them. */
static void
test_batch (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  RedesWorkers *workers = redes_workers_new ("test", 2, context);
  g_autoptr (GSource) bound = g_timeout_source_new (BOUND_US / 1000);
  gboolean late = FALSE;
  guint iterations = 0;
  gint64 end_us = g_get_monotonic_time () + BOUND_US;
  Record record;

  record_init (&record);
  for (guint i = 0; i < 1000; i++)
    redes_workers_push (workers, run_numbered, numbered_done, numbered_new (&record, i));

  while (TRUE)
    {
      guint n_ran;

      g_mutex_lock (&record.lock);
      n_ran = record.ran->len;
      g_mutex_unlock (&record.lock);
      if (n_ran == 1000)
        break;
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      g_thread_yield ();
    }

  g_source_set_callback (bound, on_timeout, &late, NULL);
  g_source_attach (bound, context);
  while (redes_workers_get_pending (workers) > 0 && !late)
    {
      g_main_context_iteration (context, TRUE);
      iterations++;
    }
  g_source_destroy (bound);
  g_assert_cmpuint (record.done->len, ==, 1000);
  /* A thread may still have been on its way with its last answer: one or two more. */
  g_assert_cmpuint (iterations, <=, 5);

  redes_workers_free (workers);
  record_clear (&record);
}

static void
push_again_done (gpointer data)
{
  Numbered *numbered = data;
  Record *record = numbered->record;

  g_array_append_val (record->done, numbered->number);
  if (numbered->number < 9)
    redes_workers_push (record->workers, run_numbered, push_again_done,
                        numbered_new (record, numbered->number + 1));
  g_free (numbered);
}

static void
run_and_free (gpointer data)
{
  run_numbered (data);
  g_free (data);
}

/* free() runs what is queued, what that pushes, and every answer. */
static void
test_free_with_queue (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();

  for (guint n_threads = 1; n_threads <= 4; n_threads++)
    {
      Record record;

      record_init (&record);
      record.workers = redes_workers_new ("test", n_threads, context);
      for (guint i = 0; i < 100; i++)
        redes_workers_push (record.workers, run_numbered, numbered_done,
                            numbered_new (&record, 1000 + i));
      for (guint i = 0; i < 100; i++)
        redes_workers_push (record.workers, run_and_free, NULL, numbered_new (&record, 2000 + i));
      redes_workers_push (record.workers, run_numbered, push_again_done, numbered_new (&record, 0));
      redes_workers_free (record.workers);
      g_assert_cmpuint (record.ran->len, ==, 210);
      g_assert_cmpuint (record.done->len, ==, 110);
      record_clear (&record);
    }

  g_assert_false (g_main_context_pending (context));
}

static gpointer
push_many (gpointer data)
{
  Record *record = data;

  for (guint i = 0; i < 2000; i++)
    redes_workers_push (record->workers, run_numbered, numbered_done, numbered_new (record, i));

  return NULL;
}

static void
test_many_pushers (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  GThread *threads[4];
  Record record;

  record_init (&record);
  record.workers = redes_workers_new ("test", 2, context);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("pusher", push_many, &record);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  iterate_until_idle (record.workers, context);
  g_assert_cmpuint (record.done->len, ==, 8000);
  redes_workers_free (record.workers);
  record_clear (&record);
}

static void
quit_done (gpointer data)
{
  g_main_loop_quit (data);
}

static void
run_nothing (gpointer data)
{
}

/* The context sleeps until an answer wakes it. */
static void
test_wakes_default_context (void)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  RedesWorkers *workers = redes_workers_new ("test", 1, NULL);
  guint bound = g_timeout_add (BOUND_US / 1000, on_bound, NULL);

  for (guint i = 0; i < 100; i++)
    {
      redes_workers_push (workers, run_nothing, quit_done, loop);
      g_main_loop_run (loop);
    }
  g_source_remove (bound);
  redes_workers_free (workers);
}

#ifdef __linux__

static void
run_get_niceness (gpointer data)
{
  *(int *)data = getpriority (PRIO_PROCESS, 0);
}

/* Its threads step back, and no others. */
static void
test_gentle (void)
{
  RedesWorkers *workers = redes_workers_new_gentle ("test", 1, NULL);
  int before = getpriority (PRIO_PROCESS, 0);
  int niceness = before;

  redes_workers_push (workers, run_get_niceness, NULL, &niceness);
  redes_workers_free (workers);
  g_assert_cmpint (niceness, ==, MAX (before, 10));
  g_assert_cmpint (getpriority (PRIO_PROCESS, 0), ==, before);
}

#endif

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/workers/order", test_order);
  g_test_add_func ("/workers/urgent", test_urgent);
  g_test_add_func ("/workers/parallel", test_parallel);
  g_test_add_func ("/workers/batch", test_batch);
  g_test_add_func ("/workers/free-with-queue", test_free_with_queue);
  g_test_add_func ("/workers/many-pushers", test_many_pushers);
  g_test_add_func ("/workers/wakes-default-context", test_wakes_default_context);
#ifdef __linux__
  g_test_add_func ("/workers/gentle", test_gentle);
#endif
  return g_test_run ();
}
