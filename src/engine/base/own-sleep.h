/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * A timer that comes much too late shows that this process itself did not run: it was stopped
 * (Ctrl-Z), its machine slept, or had no time for it. What others sent meanwhile waits in the
 * sockets, so nobody may be blamed for silence before that was read.
 */
#define REDES_ASLEEP_US (G_USEC_PER_SEC)

/* @due_us: when the timer should have come, monotonic, in microseconds; 0: it was not set */
static inline gboolean
redes_was_asleep (gint64 due_us, gint64 now_us)
{
  return due_us != 0 && now_us - due_us > REDES_ASLEEP_US;
}

G_END_DECLS
