/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/*
 * What happens inside, for who looks for a fault. A module's lines have the log domain
 * "redes-MODULE", and are written where the environment variable G_MESSAGES_DEBUG names it, or says
 * "all".
 *
 * A line tells of a change of state, never of a single block. It holds no keys, no words that were
 * searched and no contents of files. What a remote wrote is made printable and short first.
 */

/* Whether this module's lines are wanted: to be asked before a line's arguments are made. Any
 * thread. */
#define redes_debug_is_on() (!g_log_writer_default_would_drop (G_LOG_LEVEL_DEBUG, G_LOG_DOMAIN))

/* As g_debug(), but its arguments are evaluated only where the line is wanted. Any thread. */
#define redes_debug(...)                                                                           \
  G_STMT_START                                                                                     \
  {                                                                                                \
    if (redes_debug_is_on ())                                                                      \
      g_debug (__VA_ARGS__);                                                                       \
  }                                                                                                \
  G_STMT_END
