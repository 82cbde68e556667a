/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Tells ThreadSanitizer about GLib's locks, for ./dev tsan only (preloaded there).
 *
 * GLib's mutexes are futexes of its own, and the system's GLib is not instrumented: without this
 * the sanitizer sees no lock at all and calls everything that they guard a race. Waking a main
 * context needs no help, since it writes to a descriptor, which the sanitizer understands. What it
 * does not see either is a descriptor that GLib closes: its number, given out again to another
 * thread, would still look as if the first one used it.
 */

#include <dlfcn.h>
#include <glib.h>
#include <unistd.h>

void __tsan_acquire (void *address);
void __tsan_release (void *address);

/* The function that this one stands in front of. */
#define REAL(function)                                                                             \
  static __typeof__ (function) *real;                                                              \
  if (real == NULL)                                                                                \
  real = (__typeof__ (real))dlsym (RTLD_NEXT, #function)

void
g_mutex_lock (GMutex *mutex)
{
  REAL (g_mutex_lock);
  real (mutex);
  __tsan_acquire (mutex);
}

gboolean
g_mutex_trylock (GMutex *mutex)
{
  gboolean locked;
  REAL (g_mutex_trylock);

  locked = real (mutex);
  if (locked)
    __tsan_acquire (mutex);
  return locked;
}

void
g_mutex_unlock (GMutex *mutex)
{
  REAL (g_mutex_unlock);
  __tsan_release (mutex);
  real (mutex);
}

void
g_cond_wait (GCond *cond, GMutex *mutex)
{
  REAL (g_cond_wait);
  __tsan_release (mutex);
  real (cond, mutex);
  __tsan_acquire (mutex);
}

gboolean
g_cond_wait_until (GCond *cond, GMutex *mutex, gint64 end_time)
{
  gboolean signalled;
  REAL (g_cond_wait_until);

  __tsan_release (mutex);
  signalled = real (cond, mutex, end_time);
  __tsan_acquire (mutex);
  return signalled;
}

static int (*real_close) (int fd);

/* The sanitizer itself calls close() while it names the lines of a report, and a first dlsym() from
 * there ends in its own allocator: so the function is looked up before anything can be reported. */
__attribute__ ((constructor)) static void
find_close (void)
{
  if (real_close == NULL)
    real_close = (int (*) (int))dlsym (RTLD_NEXT, "close");
}

/* The sanitizer ignores calls that GLib makes. This one it sees, as it is made here: so it must not
 * become a jump, which would leave GLib as the caller (-fno-optimize-sibling-calls). */
int
close (int fd)
{
  find_close ();
  return real_close (fd);
}
