/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/line-editor.h"

#include "cli/format.h"

#ifdef HAVE_READLINE

#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <readline/history.h>
#include <readline/readline.h>

#define MAX_HISTORY_LINES 1000
/* Completions that are shown; a list that is longer helps nobody. */
#define MAX_SHOWN 100u

struct _RedesLineEditor
{
  RedesOutput *output;
  char *prompt;
  char *history_path;
  RedesLineEditorFuncs funcs;
  gpointer user_data;
  FILE *screen;         /* readline's way to the output */
  char *status;         /* (nullable) */
  gboolean status_seen; /* whether it stands above the prompt now */
  gboolean hidden;      /* whether prompt and status were taken away for news */
  guint input_id;
  guint resize_id;
  guint show_id;
  GQueue lines; /* of char *: typed, and not yet handed on */
  guint lines_id;
  gboolean ended;
};

/* Readline calls functions that get no data. */
static RedesLineEditor *the_editor;

static void on_line (char *line);

#ifdef __GLIBC__
static ssize_t
write_screen (void *cookie, const char *bytes, size_t n_bytes)
#else
static int
write_screen (void *cookie, const char *bytes, int n_bytes)
#endif
{
  redes_output_write_keys (cookie, bytes, (gsize)n_bytes);
  return n_bytes;
}

/* All goes through the output, whose thread writes it in order with everything else and is the only
 * one that a terminal which was stopped by Ctrl-S can hold up. */
static FILE *
open_screen (RedesOutput *output)
{
#ifdef __GLIBC__
  return fopencookie (output, "w", (cookie_io_functions_t){ .write = write_screen });
#else
  return funopen (output, NULL, write_screen, NULL, NULL);
#endif
}

static guint
get_width (void)
{
  struct winsize size;

  return ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

static void
write_status (RedesLineEditor *self)
{
  g_autofree char *fitted = NULL;

  if (self->status == NULL)
    return;
  fitted = redes_format_column (self->status, get_width () - 1);
  fprintf (self->screen, "%s\n", g_strchomp (fitted));
  self->status_seen = TRUE;
}

static void
show (RedesLineEditor *self)
{
  g_clear_handle_id (&self->show_id, g_source_remove);
  if (!self->hidden)
    return;
  self->hidden = FALSE;
  write_status (self);
  rl_forced_update_display ();
  fflush (self->screen);
}

static gboolean
on_show (gpointer data)
{
  RedesLineEditor *self = data;

  self->show_id = 0;
  show (self);
  return G_SOURCE_REMOVE;
}

static void
take_away (RedesLineEditor *self)
{
  if (self->hidden)
    return;
  self->hidden = TRUE;
  rl_clear_visible_line ();
  if (self->status_seen)
    fputs ("\033[A\r\033[K", self->screen);
  self->status_seen = FALSE;
  fflush (self->screen);
}

/* The prompt comes back when all news that are due now have been written. */
static void
hide (gpointer data)
{
  RedesLineEditor *self = data;

  take_away (self);
  if (self->show_id == 0)
    self->show_id = g_idle_add (on_show, self);
}

static void
install (RedesLineEditor *self)
{
  rl_callback_handler_install (self->prompt, on_line);
  fflush (self->screen);
}

/* Later than readline's own call, which goes on after it with the next prompt. */
static gboolean
on_lines (gpointer data)
{
  RedesLineEditor *self = data;
  g_autofree char *line = g_queue_pop_head (&self->lines);

  if (line != NULL)
    {
      /* The status comes above the new prompt. */
      if (self->status != NULL)
        hide (self);
      self->funcs.line_typed (line, self->user_data);
      return G_SOURCE_CONTINUE;
    }
  self->lines_id = 0;
  if (self->ended)
    self->funcs.input_ended (self->user_data);
  return G_SOURCE_REMOVE;
}

static void
hand_on (RedesLineEditor *self)
{
  if (self->lines_id == 0)
    self->lines_id = g_idle_add (on_lines, self);
}

static void
end_input (RedesLineEditor *self)
{
  g_clear_handle_id (&self->input_id, g_source_remove);
  self->ended = TRUE;
  hand_on (self);
}

static void
remember (RedesLineEditor *self, const char *line)
{
  HIST_ENTRY *last = history_length > 0 ? history_get (history_base + history_length - 1) : NULL;

  if (last != NULL && strcmp (last->line, line) == 0)
    return;
  add_history (line);
  stifle_history (MAX_HISTORY_LINES);
  /* Each line at once, as a program that is killed writes nothing at its end. */
  if (self->history_path != NULL && write_history (self->history_path) != 0)
    g_debug ("the history of lines could not be written");
}

static void
on_line (char *line)
{
  RedesLineEditor *self = the_editor;

  /* The prompt is left behind with what was typed, and its next one is on a line of its own. */
  self->status_seen = FALSE;
  if (line == NULL)
    {
      fputc ('\n', self->screen);
      fflush (self->screen);
      end_input (self);
      return;
    }
  fflush (self->screen);
  if (*line != '\0')
    remember (self, line);
  g_queue_push_tail (&self->lines, g_strdup (line));
  free (line);
  hand_on (self);
}

static gboolean
on_input (int fd, GIOCondition condition, gpointer data)
{
  RedesLineEditor *self = data;

  if ((condition & G_IO_IN) == 0)
    {
      self->input_id = 0;
      end_input (self);
      return G_SOURCE_REMOVE;
    }
  show (self);
  rl_callback_read_char ();
  fflush (self->screen);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_resize (gpointer data)
{
  RedesLineEditor *self = data;

  rl_resize_terminal ();
  fflush (self->screen);
  return G_SOURCE_CONTINUE;
}

static char **
complete (const char *text, int start, int end)
{
  g_autofree char *line = g_strndup (rl_line_buffer, (gsize)end);
  g_auto (GStrv) lines = the_editor->funcs.list_completions (line, the_editor->user_data);
  guint n_lines = g_strv_length (lines);
  char **matches;
  gsize common;

  rl_attempted_completion_over = 1;
  /* A folder's name goes on. */
  rl_completion_append_character = '\0';
  if (n_lines == 0)
    return NULL;
  common = strlen (lines[0]);
  for (guint i = 1; i < n_lines; i++)
    {
      gsize same = 0;

      while (same < common && lines[0][same] == lines[i][same])
        same++;
      common = same;
    }
  /* No half of a character. */
  while (common > 0 && ((guchar)lines[0][common] & 0xc0) == 0x80)
    common--;
  matches = calloc (n_lines + 2, sizeof *matches);
  matches[0] = strndup (lines[0], common);
  for (guint i = 0; n_lines > 1 && i < n_lines; i++)
    matches[i + 1] = strdup (lines[i]);
  return matches;
}

static void
show_completions (char **matches, int n_matches, int max_length)
{
  guint n_shown = MIN ((guint)n_matches, MAX_SHOWN);

  for (guint i = 1; i <= n_shown; i++)
    redes_output_say (the_editor->output, "  %s", matches[i]);
  if ((guint)n_matches > n_shown)
    redes_output_say (the_editor->output, "  … and %u more", (guint)n_matches - n_shown);
}

/* The whole line is completed, as names have blanks. */
static char *
get_word_breaks (void)
{
  static char none[] = "";

  return none;
}

gboolean
redes_line_editor_is_there (void)
{
  return TRUE;
}

RedesLineEditor *
redes_line_editor_new (RedesOutput *output,
                       const char *prompt,
                       const char *history_path,
                       const RedesLineEditorFuncs *funcs,
                       gpointer user_data)
{
  RedesLineEditor *self = g_new0 (RedesLineEditor, 1);

  g_return_val_if_fail (the_editor == NULL, NULL);

  the_editor = self;
  self->output = output;
  self->prompt = g_strdup (prompt);
  self->history_path = g_strdup (history_path);
  self->funcs = *funcs;
  self->user_data = user_data;
  self->screen = open_screen (output);
  g_queue_init (&self->lines);

  rl_readline_name = "redes-cli";
  rl_instream = stdin;
  rl_outstream = self->screen;
  /* The program has signal handlers of its own. */
  rl_catch_signals = 0;
  rl_catch_sigwinch = 0;
  rl_attempted_completion_function = complete;
  rl_completion_display_matches_hook = show_completions;
  rl_completion_word_break_hook = get_word_breaks;
  rl_completer_quote_characters = "";
  using_history ();
  if (self->history_path != NULL)
    read_history (self->history_path);

  redes_output_set_make_room_func (output, hide, self);
  self->input_id = g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR, on_input, self);
  self->resize_id = g_unix_signal_add (SIGWINCH, on_resize, self);
  install (self);
  return self;
}

void
redes_line_editor_free (RedesLineEditor *self)
{
  if (self == NULL)
    return;
  take_away (self);
  rl_callback_handler_remove ();
  fflush (self->screen);
  redes_output_set_make_room_func (self->output, NULL, NULL);
  g_clear_handle_id (&self->input_id, g_source_remove);
  g_clear_handle_id (&self->resize_id, g_source_remove);
  g_clear_handle_id (&self->show_id, g_source_remove);
  g_clear_handle_id (&self->lines_id, g_source_remove);
  g_queue_clear_full (&self->lines, g_free);
  rl_outstream = stdout;
  fclose (self->screen);
  clear_history ();
  the_editor = NULL;
  g_free (self->status);
  g_free (self->history_path);
  g_free (self->prompt);
  g_free (self);
}

gboolean
redes_line_editor_clear (RedesLineEditor *self)
{
  if (rl_end == 0)
    return FALSE;
  /* What was typed stays to be seen, as in a shell. */
  show (self);
  fputs ("^C\n", self->screen);
  self->status_seen = FALSE;
  rl_replace_line ("", 0);
  rl_point = 0;
  rl_on_new_line ();
  write_status (self);
  rl_redisplay ();
  fflush (self->screen);
  return TRUE;
}

void
redes_line_editor_set_status (RedesLineEditor *self, const char *status)
{
  if (g_strcmp0 (self->status, status) == 0)
    return;
  hide (self);
  g_free (self->status);
  self->status = g_strdup (status);
}

#else

gboolean
redes_line_editor_is_there (void)
{
  return FALSE;
}

RedesLineEditor *
redes_line_editor_new (RedesOutput *output,
                       const char *prompt,
                       const char *history_path,
                       const RedesLineEditorFuncs *funcs,
                       gpointer user_data)
{
  return NULL;
}

void
redes_line_editor_free (RedesLineEditor *self)
{
}

gboolean
redes_line_editor_clear (RedesLineEditor *self)
{
  return FALSE;
}

void
redes_line_editor_set_status (RedesLineEditor *self, const char *status)
{
}

#endif
