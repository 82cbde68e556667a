/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * When a thread has its turn at the processor, where there are more who want it. Both do nothing
 * where the system cannot tell threads apart, and to a program that was started as an idle one.
 */

/* Makes the calling thread, and those that it begins from now on, step back for others: @niceness
 * is 1 to 19, as of a process; and it does not interrupt them when it has something to do. */
void redes_thread_lower_priority (int niceness);

/* Makes the calling thread, but none that it begins, ask for short turns, which come sooner: for
 * one that a person waits for, and that seldom has much to do at once. */
void redes_thread_shorten_slices (void);

G_END_DECLS
