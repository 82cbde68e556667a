/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/events.h"
#include "cli/lan-options.h"
#include "cli/session.h"
#include "engine/base/folder-totals.h"
#include "engine/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <limits.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define DEFAULT_PATIENCE_S 30
#define MAX_PATIENCE_S (7 * 24 * 3600)
#define BAR_WIDTH 24
#define MIN_NAME_WIDTH 8
#define MAX_NAME_WIDTH 40

static char **option_trackers;
static char *option_output;
static gboolean option_any_publisher;
static char *option_patience;
static char *option_wait;
static char **option_only;
static gboolean option_list;
static char *option_max_entries;

static const GOptionEntry entries[] = {
  { "tracker", 't', 0, G_OPTION_ARG_FILENAME_ARRAY, &option_trackers,
    "A tracker to ask; may be given several times, and need not be when the link names one",
    "HOST:PORT" },
  { "output", 'o', 0, G_OPTION_ARG_FILENAME, &option_output,
    "A folder to download into, the new file's path, or - for the standard output (default: "
    "the current folder)",
    "PATH" },
  { "only", 0, 0, G_OPTION_ARG_STRING_ARRAY, &option_only,
    "Of a folder, only files whose name, or path in it, is like this (*, ?); may be given "
    "several times",
    "GLOB" },
  { "list", 0, 0, G_OPTION_ARG_NONE, &option_list, "Show what is in a folder, and fetch none of it",
    NULL },
  { "max-folder-entries", 0, 0, G_OPTION_ARG_STRING, &option_max_entries,
    "How many files and folders a folder may hold (default: 1500000); its lists take about 100 "
    "to 300 bytes of memory for each",
    "COUNT" },
  { "any-publisher", 0, 0, G_OPTION_ARG_NONE, &option_any_publisher,
    "Take what another publisher has signed than the one that the link names", NULL },
  { "patience", 0, 0, G_OPTION_ARG_STRING, &option_patience,
    "How long to wait when nothing comes (default: 30; 0: for ever)", "SECONDS" },
  { "wait", 0, 0, G_OPTION_ARG_FILENAME, &option_wait,
    "While nobody has it, look again for so long: a peer may be starting (default: 5)", "SECONDS" },
  REDES_LAN_OPTIONS,
  G_OPTION_ENTRY_NULL
};

typedef struct
{
  RedesSession *session;
  const char *wanted;
  char *target;
  char *folder; /* where the file goes when @target does not say */
  guint64 wait_s;
  gboolean to_output; /* @target goes to the standard output */
  RedesTransfer *transfer;
} Get;

static void begin (RedesSession *session, gpointer user_data);

static guint
get_terminal_width (void)
{
  struct winsize size;

  if (ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
    return 80;
  return size.ws_col;
}

/* "name [#####...]  42%  12.3 MiB/s  0:12 left", cut to the terminal's width. */
static void
show_bar (RedesOutput *output, RedesTransfer *transfer)
{
  guint64 size_bytes = redes_transfer_get_size (transfer);
  guint64 done_bytes = redes_transfer_get_bytes_received (transfer);
  gdouble share = size_bytes > 0 ? MIN (1.0, (gdouble)done_bytes / (gdouble)size_bytes) : 0.0;
  gdouble rate = redes_transfer_get_rate_bytes_per_s (transfer);
  gboolean flows = rate >= 1.0 && done_bytes < size_bytes;
  guint filled = (guint)(share * BAR_WIDTH);
  guint connected = redes_transfer_count_connected (transfer);
  g_autofree char *rate_text = redes_format_size (rate);
  g_autofree char *left
      = redes_format_duration (flows ? (gdouble)(size_bytes - done_bytes) / rate : 0.0);
  g_autofree char *name = NULL;
  g_autofree char *line = NULL;
  g_autofree char *fitted = NULL;
  guint width = get_terminal_width ();
  guint name_width
      = width > 74 + MIN_NAME_WIDTH ? MIN (width - 74, MAX_NAME_WIDTH) : MIN_NAME_WIDTH;
  char bar[BAR_WIDTH + 1];

  memset (bar, '.', BAR_WIDTH);
  memset (bar, '#', filled);
  bar[BAR_WIDTH] = '\0';
  name = redes_format_column (redes_transfer_get_name (transfer), name_width);
  line = g_strdup_printf ("%s [%s] %3.0f%%  %s/s  %s left  %u %s", name, bar, share * 100.0,
                          rate_text, flows ? left : "-:--", connected,
                          connected == 1 ? "peer" : "peers");
  fitted = redes_format_column (line, width - 1);
  redes_output_set_status (output, g_strchomp (fitted));
}

static gboolean
copy_out (Get *self)
{
  RedesOutput *output = redes_session_get_output (self->session);
  int fd = open (self->target, O_RDONLY | O_CLOEXEC);

  if (fd < 0)
    {
      redes_output_error (output, "The file cannot be read again: %s", g_strerror (errno));
      return FALSE;
    }
  redes_output_copy_file (output, fd);
  return TRUE;
}

static gboolean
is_too_much (RedesTransfer *transfer)
{
  switch (redes_notice_get_code (redes_transfer_get_reason (transfer)))
    {
    case REDES_NOTICE_FOLDER_OVER_ENTRIES:
    case REDES_NOTICE_FOLDER_OVER_LISTS:
    case REDES_NOTICE_FOLDER_OVER_PATHS:
      return TRUE;
    default:
      return FALSE;
    }
}

static void
on_transfer_changed (RedesNode *node, RedesTransfer *transfer, gpointer user_data)
{
  Get *self = user_data;
  RedesOutput *output = redes_session_get_output (self->session);
  RedesPeerId other;

  if (transfer != self->transfer)
    return;
  if (!redes_transfer_is_over (transfer))
    show_bar (output, transfer);
  else
    redes_output_set_status (output, NULL);

  /* Where the bytes lie meanwhile is nobody's business. */
  if (!self->to_output || redes_transfer_get_state (transfer) != REDES_TRANSFER_DONE)
    redes_event_transfer (output, transfer);
  if (redes_transfer_is_over (transfer) && self->to_output
      && redes_transfer_get_state (transfer) == REDES_TRANSFER_DONE && !copy_out (self))
    redes_session_end (self->session, REDES_EXIT_FAILED);
  if (redes_transfer_get_state (transfer) == REDES_TRANSFER_FAILED
      && redes_transfer_get_other_publisher (transfer, &other))
    redes_output_say (output, "%s", "To take it all the same: get --any-publisher");
  if (redes_transfer_get_state (transfer) == REDES_TRANSFER_FAILED
      && redes_transfer_get_reason (transfer) != NULL && is_too_much (transfer))
    redes_output_say (output, "%s", "To take it all the same: get --max-folder-entries COUNT");
  if (redes_transfer_is_over (transfer))
    redes_session_end (self->session, redes_transfer_get_state (transfer) == REDES_TRANSFER_DONE
                                          ? REDES_EXIT_OK
                                          : REDES_EXIT_FAILED);
}

static void
on_block_rejected (RedesNode *node,
                   const char *peer_hex,
                   const char *address,
                   gint64 block,
                   const char *reason,
                   RedesTransfer *transfer,
                   gpointer user_data)
{
  Get *self = user_data;

  redes_event_rejected (redes_session_get_output (self->session), peer_hex, address, block, reason,
                        transfer);
}

/* (nullable) (transfer full): what has the file's name already. */
static char *
dup_path_in_the_way (Get *self, const RedesLink *link)
{
  g_autofree char *name = NULL;
  g_autofree char *path = NULL;

  /* A folder is not compared: it gets a number. */
  if (link->is_folder)
    return NULL;
  if (self->target != NULL || link->name == NULL || *link->name == '\0')
    return NULL;
  name = redes_text_make_safe_file_name (link->name, 255);
  path = g_build_filename (self->folder, name, NULL);
  if (!g_file_test (path, G_FILE_TEST_EXISTS | G_FILE_TEST_IS_SYMLINK))
    return NULL;
  return g_steal_pointer (&path);
}

/* The file that is there already is never replaced, and who wants it replaced should not have to
 * wait to learn that. */
static void
warn_of_name (Get *self, const char *path)
{
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *shown = redes_text_display_name (name);
  g_autofree char *words = NULL;

  words = g_strdup_printf ("%s is there already: this one gets a number", shown);
  redes_event_notice (redes_session_get_output (self->session), words);
}

static void
on_notice (RedesNode *node, const RedesNotice *notice, gpointer user_data)
{
  Get *self = user_data;

  redes_event_notice (redes_session_get_output (self->session), redes_notice_get_english (notice));
}

static void
on_transfer_resumed (
    RedesNode *node, RedesTransfer *transfer, guint kept, guint doubtful, gpointer user_data)
{
  Get *self = user_data;

  redes_event_resumed_get (redes_session_get_output (self->session), transfer, kept);
}

/* What was fetched in vain is not lost. */
static void
say_what_is_kept (Get *self, RedesOutput *output, const char *folder)
{
  if (self->transfer != NULL && redes_transfer_get_state (self->transfer) != REDES_TRANSFER_DONE
      && redes_transfer_get_blocks (self->transfer) > 1
      && redes_transfer_get_blocks_done (self->transfer) > 0)
    redes_event_kept (output, self->transfer, folder);
}

static void
fetch (Get *self, RedesLink *link)
{
  RedesNode *node = redes_session_get_node (self->session);
  RedesOutput *output = redes_session_get_output (self->session);

  if (option_any_publisher)
    link->has_publisher = FALSE;
  if (redes_link_looks_like (self->wanted))
    redes_event_asking (output, link);
  if (!link->is_folder && (option_list || option_only != NULL))
    {
      redes_event_failed (output, link->name != NULL ? link->name : "",
                          "--list and --only are for folders, and it is a file");
      redes_session_end (self->session, REDES_EXIT_FAILED);
      return;
    }
  if (link->is_folder && self->to_output && !option_list)
    {
      redes_event_failed (output, link->name != NULL ? link->name : "",
                          "a folder cannot go to the standard output");
      redes_session_end (self->session, REDES_EXIT_FAILED);
      return;
    }
  self->transfer = redes_node_download_folder (node, link, self->target,
                                               (const char *const *)option_only, option_list);
  on_transfer_changed (node, self->transfer, self);
}

typedef struct
{
  RedesLink *link;
  char *path;
} Comparison;

static void
comparison_free (gpointer data)
{
  Comparison *comparison = data;

  redes_link_free (comparison->link);
  g_free (comparison->path);
  g_free (comparison);
}

static void
compare_in_thread (GTask *task, gpointer object, gpointer data, GCancellable *cancellable)
{
  Comparison *comparison = data;

  g_task_return_boolean (task,
                         redes_node_compare_file (comparison->link, comparison->path, cancellable));
}

static void
compare_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Get *self = user_data;
  RedesOutput *output;
  Comparison *comparison = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  gboolean is_same = g_task_propagate_boolean (G_TASK (result), &error);

  /* It ends: nothing of @self is there any more. */
  if (error != NULL)
    return;
  output = redes_session_get_output (self->session);
  redes_output_set_status (output, NULL);
  if (is_same)
    {
      redes_event_already_there (output, comparison->path, comparison->link);
      redes_session_end (self->session, REDES_EXIT_OK);
      return;
    }
  warn_of_name (self, comparison->path);
  fetch (self, comparison->link);
}

/* Whether what has the file's name already is that file: then there is nothing to fetch. */
static void
compare (Get *self, const RedesLink *link, char *path)
{
  Comparison *comparison = g_new (Comparison, 1);
  GTask *task = g_task_new (NULL, redes_session_get_cancellable (self->session), compare_cb, self);

  *comparison = (Comparison){ redes_link_copy (link), path };
  redes_output_set_status (redes_session_get_output (self->session),
                           "Comparing with the file that is there already…");
  g_task_set_task_data (task, comparison, comparison_free);
  g_task_run_in_thread (task, compare_in_thread);
  g_object_unref (task);
}

static void
node_find_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Get *self = user_data;
  RedesNode *node = REDES_NODE (object);
  RedesOutput *output = redes_session_get_output (self->session);
  g_autoptr (GError) error = NULL;
  g_autoptr (RedesLink) link = redes_node_find_finish (node, result, &error);
  g_autofree char *in_the_way = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (link == NULL
      && (g_error_matches (error, REDES_NODE_ERROR, REDES_NODE_ERROR_NO_TRACKER)
          || g_error_matches (error, REDES_NODE_ERROR, REDES_NODE_ERROR_NOT_FOUND))
      && redes_session_try_again (self->session, (guint)self->wait_s, begin, self))
    {
      redes_output_set_status (output, "Nobody has it yet; looking again…");
      return;
    }
  redes_output_set_status (output, NULL);
  if (link == NULL)
    {
      redes_event_failed (output, self->wanted, error->message);
      redes_session_end (self->session, REDES_EXIT_FAILED);
      return;
    }
  in_the_way = dup_path_in_the_way (self, link);
  if (in_the_way != NULL)
    compare (self, link, g_steal_pointer (&in_the_way));
  else
    fetch (self, link);
}

static void
begin (RedesSession *session, gpointer user_data)
{
  Get *self = user_data;

  redes_node_find_async (redes_session_get_node (session), self->wanted,
                         redes_session_get_cancellable (session), node_find_cb, self);
}

static void
on_started (RedesSession *session, gpointer user_data)
{
  Get *self = user_data;
  RedesNode *node = redes_session_get_node (session);

  g_signal_connect (node, "transfer-changed", G_CALLBACK (on_transfer_changed), self);
  g_signal_connect (node, "notice", G_CALLBACK (on_notice), self);
  g_signal_connect (node, "transfer-resumed", G_CALLBACK (on_transfer_resumed), self);
  g_signal_connect (node, "block-rejected", G_CALLBACK (on_block_rejected), self);
  begin (session, self);
}

static gboolean
is_too_long (const char *path, const char *folder)
{
  g_autofree char *name = g_path_get_basename (path);
  long max_bytes = pathconf (folder, _PC_NAME_MAX);

  return strlen (path) >= PATH_MAX || (max_bytes > 0 && strlen (name) > (gsize)max_bytes);
}

/* A folder of its own for a file that is only to be handed on. */
static gboolean
choose_hidden_place (RedesOutput *output, RedesConfig *config, char **target)
{
  g_autoptr (GError) error = NULL;

  g_free (config->download_dir);
  config->download_dir = g_dir_make_tmp ("redes-get-XXXXXX", &error);
  if (config->download_dir == NULL)
    {
      redes_output_error (output, "There is no room for the file meanwhile: %s", error->message);
      return FALSE;
    }
  *target = g_build_filename (config->download_dir, "file", NULL);
  redes_output_leave_for_file (output);
  return TRUE;
}

/* Checked before anything is fetched: a download that has nowhere to go is not worth its bytes. */
static gboolean
choose_place (RedesOutput *output, RedesConfig *config, char **target)
{
  g_autofree char *path = redes_option_dup_absolute (option_output != NULL ? option_output : ".");
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *shown = redes_text_display_path (path);
  gboolean is_folder = g_file_test (path, G_FILE_TEST_IS_DIR);
  const char *place = is_folder ? path : folder;

  if (!is_folder && option_output != NULL && g_str_has_suffix (option_output, "/"))
    redes_output_error (output, "-o %s: there is no such folder", shown);
  else if (!is_folder && g_file_test (path, G_FILE_TEST_EXISTS | G_FILE_TEST_IS_SYMLINK))
    redes_output_error (output, "-o %s: there is such a file already; choose another name", shown);
  else if (!is_folder && is_too_long (path, folder))
    redes_output_error (output, "-o %s: that name is too long for its folder", shown);
  else if (!g_file_test (place, G_FILE_TEST_IS_DIR))
    redes_output_error (output, "-o %s: its folder does not exist", shown);
  else if (access (place, W_OK | X_OK) != 0)
    redes_output_error (output, "-o %s: its folder cannot be written to", shown);
  else
    {
      g_free (config->download_dir);
      config->download_dir = g_strdup (place);
      *target = is_folder ? NULL : g_steal_pointer (&path);
      return TRUE;
    }
  return FALSE;
}

/* Whether @wanted can be found at all; a link's trackers count. */
static gboolean
check_wanted (RedesOutput *output, const char *wanted, char **trackers)
{
  g_autoptr (RedesLink) link = NULL;
  g_autoptr (GError) error = NULL;

  if (!redes_option_check_text (output, "NAME|LINK", wanted, 64 * 1024))
    return FALSE;
  if (redes_link_looks_like (wanted))
    {
      link = redes_link_parse (wanted, &error);
      if (link == NULL)
        {
          redes_output_error (output, "%s", error->message);
          return FALSE;
        }
    }
  if (trackers[0] == NULL && redes_lan_option_off && (link == NULL || link->trackers[0] == NULL))
    {
      redes_output_error (output, "Nobody to ask: give --tracker HOST:PORT, or leave out --no-lan");
      return FALSE;
    }
  return TRUE;
}

static int
run (RedesOutput *output, char **operands)
{
  g_auto (GStrv) trackers = NULL;
  g_autofree char *target = NULL;
  g_autoptr (RedesConfig) config = NULL;
  g_autoptr (RedesSession) session = NULL;
  Get self = { .wanted = operands[0], .wait_s = REDES_OPTION_WAIT_S };
  guint64 patience_s = DEFAULT_PATIENCE_S;
  guint64 max_entries = 0;
  int status;

  if (!redes_option_parse_trackers (output, option_trackers, &trackers)
      || !redes_option_parse_count (output, "--wait", option_wait, 0, REDES_OPTION_MAX_WAIT_S,
                                    &self.wait_s)
      || !redes_option_parse_count (output, "--patience", option_patience, 0, MAX_PATIENCE_S,
                                    &patience_s)
      || !redes_option_parse_count (output, "--max-folder-entries", option_max_entries, 1,
                                    REDES_FOLDER_MAX_BELOW, &max_entries)
      || !redes_lan_options_check (output) || !check_wanted (output, operands[0], trackers))
    return REDES_EXIT_USAGE;
  config = redes_option_new_visitor_config (trackers);
  redes_lan_options_apply (config);
  config->keeps_partial_files = option_output == NULL || !g_str_equal (option_output, "-");
  config->patience_s = (guint)patience_s;
  config->max_folder_entries = max_entries;
  self.to_output = option_output != NULL && g_str_equal (option_output, "-");
  if (self.to_output && redes_output_is_json (output))
    {
      redes_output_error (output, "-o - and --json both want the standard output: choose one");
      return REDES_EXIT_USAGE;
    }
  if (!(self.to_output ? choose_hidden_place : choose_place) (output, config, &target))
    return REDES_EXIT_FAILED;

  session = redes_session_new (output, config, on_started, &self);
  self.session = session;
  self.target = target;
  self.folder = config->download_dir;
  status = redes_session_run (session);
  say_what_is_kept (&self, output, config->download_dir);
  g_clear_object (&self.transfer);
  /* What is handed on is open, and needs no name any more. */
  if (self.to_output)
    {
      g_unlink (target);
      g_rmdir (config->download_dir);
    }
  return status;
}

const RedesCommand redes_command_get = {
  .name = "get",
  .summary = "Download one file or folder",
  .operands = "NAME|LINK",
  .min_operands = 1,
  .max_operands = 1,
  .description
  = "Downloads the file of that exact name, or what a redes: link stands for, from all the peers\n"
    "that have it at once. Every block is verified before it is written; nothing stands under the\n"
    "file's name until all of it is there. What was fetched when it is interrupted, or when "
    "nothing\n"
    "comes any more, is kept in a hidden file there, and the same command goes on with it. A file\n"
    "that is there already, with that name and content, is not fetched again.\n"
    "A folder comes with all in it, or with what --only chooses; --list shows what that is.",
  .examples = "Examples:\n"
              "  redes-cli get --tracker 192.168.1.10:5000 \"Summer photos.zip\"\n"
              "  redes-cli get -o - notes.txt | less\n"
              "  redes-cli get -o ~/Downloads "
              "'redes:mf2w4…?s=8812034&n=Summer%20photos.zip&t=192.168.1.10:5000'",
  .entries = entries,
  .run = run,
};
