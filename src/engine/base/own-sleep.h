/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * A timer that fires much too late shows that this process did not run: it was stopped (Ctrl-Z),
 * its machine was suspended or overloaded. Messages that remotes sent meanwhile still wait in the
 * sockets, so no remote may be considered silent before these were read.
 */
#define REDES_ASLEEP_US (G_USEC_PER_SEC)

/* @due_us: the monotonic time in microseconds at which the timer was due; 0: it was not set */
static inline gboolean
redes_was_asleep (gint64 due_us, gint64 now_us)
{
  return due_us != 0 && now_us - due_us > REDES_ASLEEP_US;
}

G_END_DECLS
