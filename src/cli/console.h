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

/**
 * redes_console_new:
 * @history_path: (type filename): where a line editor keeps what was typed
 *
 * Starts to read at once. A person who types gets a line editor, where the build has one; what is
 * piped is read as it is.
 */
RedesConsole *redes_console_new (RedesSession *session,
                                 const char *history_path,
                                 const RedesConsoleFuncs *funcs,
                                 gpointer user_data);
void redes_console_free (RedesConsole *self);

/* Commands that were not understood or could not be done. */
guint redes_console_get_failures (RedesConsole *self);
/* Whether @transfer only lists a folder for `browse`, so that nothing is told of it. */
gboolean redes_console_is_listing (RedesTransfer *transfer);
/* Whether a person types. */
gboolean redes_console_is_interactive (RedesConsole *self);

G_END_DECLS
