/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/session.h"

G_BEGIN_DECLS

/**
 * RedesConsole:
 *
 * Takes commands from the standard input, typed or piped, strictly in order: the next line is read
 * when what the last one asked has been answered.
 */
typedef struct _RedesConsole RedesConsole;

/**
 * RedesConsoleFuncs:
 * @input_ended: no more lines will come; not called after @exit_asked
 * @exit_asked: `exit` was typed
 */
typedef struct
{
  void (*input_ended) (gpointer user_data);
  void (*exit_asked) (gpointer user_data);
} RedesConsoleFuncs;

/* Starts to read at once. */
RedesConsole *
redes_console_new (RedesSession *session, const RedesConsoleFuncs *funcs, gpointer user_data);
void redes_console_free (RedesConsole *self);

/* Commands that were not understood or could not be done. */
guint redes_console_get_failures (RedesConsole *self);
/* Whether a person types. */
gboolean redes_console_is_interactive (RedesConsole *self);

G_END_DECLS
