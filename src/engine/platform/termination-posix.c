/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/termination.h"

#include <glib-unix.h>
#include <signal.h>

void
redes_termination_watch (GSourceFunc func, gpointer user_data)
{
  g_unix_signal_add (SIGTERM, func, user_data);
  g_unix_signal_add (SIGINT, func, user_data);
}
