/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * The scheduling of a thread. Both functions have no effect on systems without a priority for each
 * thread, and in a process that was started with the idle policy.
 */

/* Lowers the priority of the calling thread, and of those that it starts from now on, by @niceness,
 * which is 1 to 19 as for a process. The thread also no longer preempts others when it wakes up. */
void redes_thread_lower_priority (int niceness);

/* Asks the scheduler for shorter time slices of the calling thread, but not of those that it
 * starts; shorter slices come sooner. This is for a thread that a person waits for, and that seldom
 * computes for long. */
void redes_thread_shorten_slices (void);

G_END_DECLS
