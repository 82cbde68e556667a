/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/*
 * Debug lines, for a developer who looks for a fault. The lines of a module have the log domain
 * "redes-MODULE", and are written if the environment variable G_MESSAGES_DEBUG names that domain or
 * is "all".
 *
 * A line reports a change of state, never a single block. It contains no keys, no words of a search
 * and no contents of files. Text from a remote passes redes_text_make_printable() first.
 */

/* Whether this module's lines are written, for a caller whose arguments are costly to make. Any
 * thread. */
#define redes_debug_is_on() (!g_log_writer_default_would_drop (G_LOG_LEVEL_DEBUG, G_LOG_DOMAIN))

/* As g_debug(), but its arguments are evaluated only if the line is written. Any thread. */
#define redes_debug(...)                                                                           \
  G_STMT_START                                                                                     \
  {                                                                                                \
    if (redes_debug_is_on ())                                                                      \
      g_debug (__VA_ARGS__);                                                                       \
  }                                                                                                \
  G_STMT_END
