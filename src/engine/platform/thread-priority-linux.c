/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/thread-priority.h"

#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Usual are some three milliseconds (sched(7)). */
#define TURN_NS (1000 * 1000)

#ifndef SCHED_FLAG_RESET_ON_FORK
#define SCHED_FLAG_RESET_ON_FORK 0x01
#endif

/* As sched_setattr(2) has it in its first version, which glibc 2.36 does not declare. */
typedef struct
{
  guint32 size;
  guint32 policy;
  guint64 flags;
  gint32 nice;
  guint32 priority;
  guint64 runtime;
  guint64 deadline;
  guint64 period;
} Attributes;

/* An older kernel takes no notice of the length of turns. Where a sandbox forbids the call, or does
 * not know it, the niceness is what is left. */
static void
set_attributes (const Attributes *attributes)
{
  if (syscall (SYS_sched_setattr, 0, attributes, 0) != 0
      && getpriority (PRIO_PROCESS, 0) < attributes->nice)
    setpriority (PRIO_PROCESS, 0, attributes->nice);
}

/* Whether the process was started with the idle policy. Its priority is the lowest already then,
 * and any change would raise it. */
static gboolean
is_idle (void)
{
  return (sched_getscheduler (0) & ~SCHED_RESET_ON_FORK) == SCHED_IDLE;
}

/* There a thread has a niceness of its own, against POSIX, and the disk follows it. */
void
redes_thread_lower_priority (int niceness)
{
  Attributes attributes = { .size = sizeof attributes,
                            .policy = SCHED_BATCH,
                            .nice = MAX (niceness, getpriority (PRIO_PROCESS, 0)) };

  if (!is_idle ())
    set_attributes (&attributes);
}

void
redes_thread_shorten_slices (void)
{
  Attributes attributes = { .size = sizeof attributes,
                            .policy = SCHED_OTHER,
                            .flags = SCHED_FLAG_RESET_ON_FORK,
                            .nice = getpriority (PRIO_PROCESS, 0),
                            .runtime = TURN_NS };

  if (!is_idle ())
    set_attributes (&attributes);
}
