/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Only for ThreadSanitizer builds. GLib's locks are futexes of its own, which the sanitizer does
 * not see: all that they guard would be reported as a race. Here the same functions stand on
 * pthread locks, which it knows; our own calls find these first, GLib's inner ones keep theirs. A
 * lock that both sides take does not exist: no GMutex of ours is handed to GLib.
 */
#include <glib.h>

#include <pthread.h>
#include <time.h>

static pthread_mutex_t making = PTHREAD_MUTEX_INITIALIZER;

static pthread_mutex_t *
get_mutex (GMutex *mutex)
{
  pthread_mutex_t *made = __atomic_load_n (&mutex->p, __ATOMIC_ACQUIRE);

  if (made != NULL)
    return made;

  pthread_mutex_lock (&making);
  made = mutex->p;
  if (made == NULL)
    {
      made = g_new (pthread_mutex_t, 1);
      pthread_mutex_init (made, NULL);
      __atomic_store_n (&mutex->p, made, __ATOMIC_RELEASE);
    }
  pthread_mutex_unlock (&making);
  return made;
}

static pthread_cond_t *
get_cond (GCond *cond)
{
  pthread_cond_t *made = __atomic_load_n (&cond->p, __ATOMIC_ACQUIRE);
  pthread_condattr_t attributes;

  if (made != NULL)
    return made;

  pthread_mutex_lock (&making);
  made = cond->p;
  if (made == NULL)
    {
      made = g_new (pthread_cond_t, 1);
      pthread_condattr_init (&attributes);
      pthread_condattr_setclock (&attributes, CLOCK_MONOTONIC);
      pthread_cond_init (made, &attributes);
      pthread_condattr_destroy (&attributes);
      __atomic_store_n (&cond->p, made, __ATOMIC_RELEASE);
    }
  pthread_mutex_unlock (&making);
  return made;
}

void
g_mutex_init (GMutex *mutex)
{
  mutex->p = NULL;
}

void
g_mutex_clear (GMutex *mutex)
{
  pthread_mutex_destroy (get_mutex (mutex));
  g_free (mutex->p);
}

void
g_mutex_lock (GMutex *mutex)
{
  pthread_mutex_lock (get_mutex (mutex));
}

gboolean
g_mutex_trylock (GMutex *mutex)
{
  return pthread_mutex_trylock (get_mutex (mutex)) == 0;
}

void
g_mutex_unlock (GMutex *mutex)
{
  pthread_mutex_unlock (get_mutex (mutex));
}

void
g_cond_init (GCond *cond)
{
  cond->p = NULL;
}

void
g_cond_clear (GCond *cond)
{
  pthread_cond_destroy (get_cond (cond));
  g_free (cond->p);
}

void
g_cond_wait (GCond *cond, GMutex *mutex)
{
  pthread_cond_wait (get_cond (cond), get_mutex (mutex));
}

gboolean
g_cond_wait_until (GCond *cond, GMutex *mutex, gint64 end_time_us)
{
  struct timespec end = { end_time_us / G_USEC_PER_SEC, end_time_us % G_USEC_PER_SEC * 1000 };

  return pthread_cond_timedwait (get_cond (cond), get_mutex (mutex), &end) == 0;
}

void
g_cond_signal (GCond *cond)
{
  pthread_cond_signal (get_cond (cond));
}

void
g_cond_broadcast (GCond *cond)
{
  pthread_cond_broadcast (get_cond (cond));
}

/* The same for the counters: letting go of the last reference comes after all other uses. */
void (g_atomic_ref_count_init) (gatomicrefcount *count)
{
  __atomic_store_n (count, 1, __ATOMIC_RELAXED);
}

void (g_atomic_ref_count_inc) (gatomicrefcount *count)
{
  __atomic_add_fetch (count, 1, __ATOMIC_RELAXED);
}

gboolean (g_atomic_ref_count_dec) (gatomicrefcount *count)
{
  return __atomic_sub_fetch (count, 1, __ATOMIC_ACQ_REL) == 0;
}

gboolean (g_atomic_ref_count_compare) (gatomicrefcount *count, gint value)
{
  return __atomic_load_n (count, __ATOMIC_ACQUIRE) == value;
}
