/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/thread-priority.h"

/* These systems have no priority for each thread that a program may lower and that says what
 * redes_thread_lower_priority() promises. */
void
redes_thread_lower_priority (int niceness)
{
}

void
redes_thread_shorten_slices (void)
{
}
