/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/thread-priority.h"

#ifdef __linux__

#include <sched.h>
#include <sys/resource.h>

/* Each case in a thread of its own: what it becomes goes with it. */
typedef struct
{
  void (*func) (void);
  int policy;
  int niceness;
  int child_policy;
  int child_niceness;
} Case;

static void
read_own (int *policy, int *niceness)
{
  *policy = sched_getscheduler (0) & ~SCHED_RESET_ON_FORK;
  *niceness = getpriority (PRIO_PROCESS, 0);
}

static gpointer
run_child (gpointer data)
{
  Case *self = data;

  read_own (&self->child_policy, &self->child_niceness);
  return NULL;
}

static gpointer
run_case (gpointer data)
{
  Case *self = data;

  self->func ();
  read_own (&self->policy, &self->niceness);
  g_thread_join (g_thread_new ("child", run_child, self));
  return NULL;
}

static Case
run (void (*func) (void))
{
  Case self = { .func = func };

  g_thread_join (g_thread_new ("case", run_case, &self));
  return self;
}

static gpointer
try_policies (gpointer data)
{
  static const struct sched_param none = { 0 };

  return GINT_TO_POINTER (sched_getscheduler (0) == SCHED_OTHER
                          && sched_setscheduler (0, SCHED_BATCH, &none) == 0
                          && sched_setscheduler (0, SCHED_IDLE, &none) == 0);
}

/* A sandbox may forbid it, and who begins the tests may have chosen already. */
static gboolean
may_choose (void)
{
  if (GPOINTER_TO_INT (g_thread_join (g_thread_new ("try", try_policies, NULL))))
    return TRUE;
  g_test_skip ("how threads take turns cannot be chosen here");
  return FALSE;
}

static void
step_back (void)
{
  redes_thread_lower_priority (7);
}

static void
test_step_back (void)
{
  int before = getpriority (PRIO_PROCESS, 0);
  Case self;

  if (!may_choose ())
    return;
  self = run (step_back);
  g_assert_cmpint (self.policy, ==, SCHED_BATCH);
  g_assert_cmpint (self.niceness, ==, MAX (before, 7));
  g_assert_cmpint (self.child_policy, ==, SCHED_BATCH);
  g_assert_cmpint (self.child_niceness, ==, MAX (before, 7));
}

static void
step_back_twice (void)
{
  redes_thread_lower_priority (7);
  redes_thread_lower_priority (3);
}

static void
test_never_forward (void)
{
  g_assert_cmpint (run (step_back_twice).niceness, >=, 7);
}

static void
test_short_turns (void)
{
  int before = getpriority (PRIO_PROCESS, 0);
  Case self;

  if (!may_choose ())
    return;
  self = run (redes_thread_shorten_slices);
  g_assert_cmpint (self.policy, ==, SCHED_OTHER);
  g_assert_cmpint (self.niceness, ==, before);
  g_assert_cmpint (self.child_policy, ==, SCHED_OTHER);
}

/* As with `chrt --idle 0`. */
static void
become_idle (void)
{
  g_assert_cmpint (sched_setscheduler (0, SCHED_IDLE, &(struct sched_param){ 0 }), ==, 0);
}

static void
step_back_idle (void)
{
  become_idle ();
  redes_thread_lower_priority (7);
}

static void
take_short_turns_idle (void)
{
  become_idle ();
  redes_thread_shorten_slices ();
}

static void
test_idle (void)
{
  if (!may_choose ())
    return;
  g_assert_cmpint (run (step_back_idle).policy, ==, SCHED_IDLE);
  g_assert_cmpint (run (take_short_turns_idle).policy, ==, SCHED_IDLE);
}

#endif

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#ifdef __linux__
  /* What is idle itself begins no thread that is not. */
  if (sched_getscheduler (0) != SCHED_IDLE)
    {
      g_test_add_func ("/turns/step-back", test_step_back);
      g_test_add_func ("/turns/never-forward", test_never_forward);
      g_test_add_func ("/turns/short", test_short_turns);
    }
  g_test_add_func ("/turns/idle", test_idle);
#endif
  return g_test_run ();
}
