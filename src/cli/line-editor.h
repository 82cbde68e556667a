/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/output.h"

G_BEGIN_DECLS

/**
 * RedesLineEditor:
 *
 * The prompt on a terminal, by GNU readline: editing, completion, and a history that outlasts the
 * program. Messages appear above the line that is being typed. As readline has global state, there
 * is one editor at a time. Main thread.
 */
typedef struct _RedesLineEditor RedesLineEditor;

/**
 * RedesLineEditorFuncs:
 * @line_typed: a whole line, without its end
 * @input_ended: Ctrl-D on an empty line, or the terminal is gone; nothing comes after it
 * @list_completions: (transfer full): the whole lines that the beginning @line may become
 */
typedef struct
{
  void (*line_typed) (const char *line, gpointer user_data);
  void (*input_ended) (gpointer user_data);
  GStrv (*list_completions) (const char *line, gpointer user_data);
} RedesLineEditorFuncs;

/* Whether there is one in this build. */
gboolean redes_line_editor_is_there (void);

/**
 * redes_line_editor_new:
 * @history_path: (nullable) (type filename): where the lines are kept
 *
 * Takes the terminal at once; the standard input and output must be one.
 */
RedesLineEditor *redes_line_editor_new (RedesOutput *output,
                                        const char *prompt,
                                        const char *history_path,
                                        const RedesLineEditorFuncs *funcs,
                                        gpointer user_data);
/* Gives the terminal back as it was. */
void redes_line_editor_free (RedesLineEditor *self);

/* Empties the line. Returns: %FALSE if it was empty already */
gboolean redes_line_editor_clear (RedesLineEditor *self);

/* A line above the prompt that stays there; %NULL: none. Cut to the terminal's width. */
void redes_line_editor_set_status (RedesLineEditor *self, const char *status);

G_END_DECLS
