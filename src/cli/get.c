/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/events.h"
#include "cli/get-bar.h"
#include "cli/get-stream.h"
#include "cli/lan-options.h"
#include "cli/session.h"
#include "engine/base/folder-totals.h"
#include "engine/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_PATIENCE_S 30
#define MAX_PATIENCE_S (7 * 24 * 3600)
#define MAX_OPERANDS 10000u
/* Questions for a name or a link that are under way at a time. */
#define MAX_FINDING 16u
#define KIB G_GUINT64_CONSTANT (1024)
#define MAX_LIMIT_KIB (100u * 1024 * 1024)

static char **option_trackers;
static char *option_output;
static gboolean option_any_publisher;
static char *option_patience;
static char *option_wait;
static char **option_only;
static gboolean option_list;
static char *option_max_entries;
static gboolean option_stream;
static char *option_max_down;

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
  { "stream", 0, 0, G_OPTION_ARG_NONE, &option_stream,
    "Write the file to the standard output while it is being downloaded, in its order", NULL },
  { "max-down", 0, 0, G_OPTION_ARG_FILENAME, &option_max_down,
    "Receive at most so much a second in all (default: 0, no limit)", "KIB" },
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

typedef struct _Get Get;

/**
 * Item:
 * @wanted: a name or a link
 * @transfer: (nullable): once it is known what it is
 *
 * One of the things that are to be downloaded.
 */
typedef struct
{
  Get *get;
  const char *wanted;
  RedesTransfer *transfer;
  gboolean is_over;
  gboolean has_failed;
  gboolean was_there;
} Item;

/**
 * Get:
 * @to_find: of Item: nobody was asked for them yet
 * @to_find_again: of Item: nobody had them, and they are asked for again
 * @folder: where what is downloaded goes when @target does not say
 * @to_output: @target goes to the standard output
 * @stream: (nullable)
 */
struct _Get
{
  RedesSession *session;
  Item *items;
  guint n_items;
  guint n_over;
  guint n_finding;
  GQueue to_find;
  GQueue to_find_again;
  char *target;
  char *folder;
  guint64 wait_s;
  gboolean to_output;
  RedesGetStream *stream;
};

static void find_some (Get *self);

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

static void
show_bar (Get *self)
{
  g_autoptr (GPtrArray) transfers = g_ptr_array_new ();

  for (guint i = 0; i < self->n_items; i++)
    if (self->items[i].transfer != NULL)
      g_ptr_array_add (transfers, self->items[i].transfer);
  if (transfers->len > 0)
    redes_get_bar_show (redes_session_get_output (self->session), transfers, self->n_items,
                        self->n_over);
}

static void
summarize (Get *self)
{
  guint n_failed = 0;
  guint n_there = 0;

  for (guint i = 0; i < self->n_items; i++)
    {
      n_failed += self->items[i].has_failed;
      n_there += self->items[i].was_there;
    }
  if (self->n_items > 1)
    redes_event_summary (redes_session_get_output (self->session),
                         self->n_items - n_failed - n_there, n_there, n_failed);
  redes_session_end (self->session, n_failed == 0 ? REDES_EXIT_OK : REDES_EXIT_FAILED);
}

/* @item is what it will be: nothing is done for it any more. */
static void
end_item (Item *item, gboolean has_failed)
{
  Get *self = item->get;

  if (item->is_over)
    return;
  item->is_over = TRUE;
  item->has_failed = has_failed;
  if (++self->n_over == self->n_items)
    summarize (self);
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
say_what_helps (RedesOutput *output, RedesTransfer *transfer)
{
  RedesPeerId other;

  if (redes_transfer_get_state (transfer) != REDES_TRANSFER_FAILED)
    return;
  if (redes_transfer_get_other_publisher (transfer, &other))
    redes_output_say (output, "%s", "To take it all the same: get --any-publisher");
  if (redes_transfer_get_reason (transfer) != NULL && is_too_much (transfer))
    redes_output_say (output, "%s", "To take it all the same: get --max-folder-entries COUNT");
}

/* Two arguments may name one thing, which is one transfer. */
static gboolean
is_ours (Get *self, RedesTransfer *transfer)
{
  for (guint i = 0; i < self->n_items; i++)
    if (self->items[i].transfer == transfer && !self->items[i].is_over)
      return TRUE;
  return FALSE;
}

static void
on_transfer_changed (RedesNode *node, RedesTransfer *transfer, gpointer user_data)
{
  Get *self = user_data;
  RedesOutput *output = redes_session_get_output (self->session);
  gboolean is_over = redes_transfer_is_over (transfer);
  gboolean is_done = redes_transfer_get_state (transfer) == REDES_TRANSFER_DONE;
  gboolean is_handed_on = !is_done || !self->to_output || self->stream != NULL;

  if (!is_ours (self, transfer))
    return;
  if (!is_over)
    show_bar (self);
  else
    redes_output_set_status (output, NULL);

  /* Where the bytes lie meanwhile is nobody's business. */
  if (!is_done || !self->to_output)
    redes_event_transfer (output, transfer);
  if (!is_handed_on)
    is_handed_on = copy_out (self);
  say_what_helps (output, transfer);
  if (is_done && self->stream != NULL)
    redes_get_stream_look (self->stream);
  else if (is_over)
    for (guint i = 0; i < self->n_items; i++)
      if (self->items[i].transfer == transfer)
        end_item (&self->items[i], !is_done || !is_handed_on);
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
say_what_is_kept (RedesOutput *output, RedesTransfer *transfer, const char *folder)
{
  if (redes_transfer_get_state (transfer) != REDES_TRANSFER_DONE
      && redes_transfer_get_blocks (transfer) > 1 && redes_transfer_get_blocks_done (transfer) > 0)
    redes_event_kept (output, transfer, folder);
}

static void
on_streamed (gpointer user_data)
{
  end_item (user_data, FALSE);
}

static void
refuse (Item *item, const RedesLink *link, const char *reason)
{
  redes_event_failed (redes_session_get_output (item->get->session),
                      link->name != NULL ? link->name : "", reason);
  end_item (item, TRUE);
}

static void
fetch (Item *item, RedesLink *link)
{
  Get *self = item->get;
  RedesNode *node = redes_session_get_node (self->session);

  if (option_any_publisher)
    link->has_publisher = FALSE;
  if (redes_link_looks_like (item->wanted))
    redes_event_asking (redes_session_get_output (self->session), link);
  if (!link->is_folder && (option_list || option_only != NULL))
    {
      refuse (item, link, "--list and --only are for folders, and it is a file");
      return;
    }
  if (link->is_folder && self->to_output && !option_list)
    {
      refuse (item, link, "a folder cannot go to the standard output");
      return;
    }
  if (option_stream)
    {
      self->stream = redes_get_stream_new (self->session, link, on_streamed, item);
      item->transfer = g_object_ref (redes_get_stream_get_transfer (self->stream));
    }
  else
    item->transfer = redes_node_download_folder (node, link, self->target,
                                                 (const char *const *)option_only, option_list);
  on_transfer_changed (node, item->transfer, self);
}

typedef struct
{
  Item *item;
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
  Comparison *comparison = g_task_get_task_data (G_TASK (result));
  Item *item = user_data;
  Get *self = item->get;
  RedesOutput *output;
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
      item->was_there = TRUE;
      end_item (item, FALSE);
      return;
    }
  warn_of_name (self, comparison->path);
  fetch (item, comparison->link);
}

/* Whether what has the file's name already is that file: then there is nothing to fetch. */
static void
compare (Item *item, const RedesLink *link, char *path)
{
  Get *self = item->get;
  Comparison *comparison = g_new (Comparison, 1);
  GTask *task = g_task_new (NULL, redes_session_get_cancellable (self->session), compare_cb, item);

  *comparison = (Comparison){ item, redes_link_copy (link), path };
  redes_output_set_status (redes_session_get_output (self->session),
                           "Comparing with the file that is there already…");
  g_task_set_task_data (task, comparison, comparison_free);
  g_task_run_in_thread (task, compare_in_thread);
  g_object_unref (task);
}

static void
find_again (RedesSession *session, gpointer user_data)
{
  Get *self = user_data;
  Item *item;

  while ((item = g_queue_pop_head (&self->to_find_again)) != NULL)
    g_queue_push_tail (&self->to_find, item);
  find_some (self);
}

/* Returns: whether @item is asked for again in a moment */
static gboolean
try_again (Item *item, const GError *error)
{
  Get *self = item->get;

  if (!g_error_matches (error, REDES_NODE_ERROR, REDES_NODE_ERROR_NO_TRACKER)
      && !g_error_matches (error, REDES_NODE_ERROR, REDES_NODE_ERROR_NOT_FOUND))
    return FALSE;
  if (!redes_session_try_again (self->session, (guint)self->wait_s, find_again, self))
    return FALSE;
  g_queue_push_tail (&self->to_find_again, item);
  if (self->n_items == 1)
    redes_output_set_status (redes_session_get_output (self->session),
                             "Nobody has it yet; looking again…");
  return TRUE;
}

static void
node_find_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Item *item = user_data;
  Get *self = item->get;
  RedesOutput *output = redes_session_get_output (self->session);
  g_autoptr (GError) error = NULL;
  g_autoptr (RedesLink) link = redes_node_find_finish (REDES_NODE (object), result, &error);
  g_autofree char *in_the_way = NULL;

  self->n_finding--;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (link == NULL && try_again (item, error))
    {
      find_some (self);
      return;
    }
  redes_output_set_status (output, NULL);
  if (link != NULL && !self->to_output)
    in_the_way = dup_path_in_the_way (self, link);
  if (link == NULL)
    {
      redes_event_failed (output, item->wanted, error->message);
      end_item (item, TRUE);
    }
  else if (in_the_way != NULL)
    compare (item, link, g_steal_pointer (&in_the_way));
  else
    fetch (item, link);
  find_some (self);
}

/* What is given on the command line may be much, and each question goes to many. */
static void
find_some (Get *self)
{
  RedesNode *node = redes_session_get_node (self->session);

  while (self->n_finding < MAX_FINDING && !g_queue_is_empty (&self->to_find))
    {
      Item *item = g_queue_pop_head (&self->to_find);

      self->n_finding++;
      redes_node_find_async (node, item->wanted, redes_session_get_cancellable (self->session),
                             node_find_cb, item);
    }
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
  find_some (self);
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

/* What cannot go together. */
static gboolean
check_options (RedesOutput *output, guint n_operands)
{
  gboolean is_dash = option_output != NULL && g_str_equal (option_output, "-");

  if (option_stream && (option_list || option_only != NULL))
    redes_output_error (output, "--stream is for one file: leave out --list and --only");
  else if (option_stream && option_output != NULL && !is_dash)
    redes_output_error (output, "--stream writes to the standard output: leave out -o");
  else if ((option_stream || is_dash) && redes_output_is_json (output))
    redes_output_error (output, "%s and --json both want the standard output: choose one",
                        option_stream ? "--stream" : "-o -");
  else if ((option_stream || is_dash) && n_operands > 1)
    redes_output_error (output, "Only one file can go to the standard output");
  else
    return TRUE;
  return FALSE;
}

static gboolean
check_place_of_many (RedesOutput *output, guint n_operands, const char *target)
{
  g_autofree char *shown = NULL;

  if (n_operands == 1 || target == NULL)
    return TRUE;
  shown = redes_text_display_path (target);
  redes_output_error (output, "-o %s: there is no such folder, and several things need one", shown);
  return FALSE;
}

static int
run (RedesOutput *output, char **operands)
{
  g_auto (GStrv) trackers = NULL;
  g_autofree char *target = NULL;
  g_autofree Item *items = NULL;
  g_autoptr (RedesConfig) config = NULL;
  g_autoptr (RedesSession) session = NULL;
  Get self = { .n_items = g_strv_length (operands), .wait_s = REDES_OPTION_WAIT_S };
  guint64 patience_s = DEFAULT_PATIENCE_S;
  guint64 max_entries = 0;
  guint64 max_down_kib = 0;
  int status;

  if (!redes_option_parse_trackers (output, option_trackers, &trackers)
      || !redes_option_parse_count (output, "--wait", option_wait, 0, REDES_OPTION_MAX_WAIT_S,
                                    &self.wait_s)
      || !redes_option_parse_count (output, "--patience", option_patience, 0, MAX_PATIENCE_S,
                                    &patience_s)
      || !redes_option_parse_amount (output, "--max-down", option_max_down, KIB, MAX_LIMIT_KIB,
                                     &max_down_kib)
      || !redes_option_parse_count (output, "--max-folder-entries", option_max_entries, 1,
                                    REDES_FOLDER_MAX_BELOW, &max_entries)
      || !redes_lan_options_check (output) || !check_options (output, self.n_items))
    return REDES_EXIT_USAGE;
  for (guint i = 0; i < self.n_items; i++)
    if (!check_wanted (output, operands[i], trackers))
      return REDES_EXIT_USAGE;
  self.to_output = option_stream || (option_output != NULL && g_str_equal (option_output, "-"));
  config = redes_option_new_visitor_config (trackers);
  redes_lan_options_apply (config);
  config->keeps_partial_files = !self.to_output;
  config->patience_s = (guint)patience_s;
  config->max_folder_entries = max_entries;
  config->max_down_bytes_per_s = max_down_kib * KIB;
  if (option_stream)
    redes_output_leave_for_file (output);
  else if (!(self.to_output ? choose_hidden_place : choose_place) (output, config, &target)
           || !check_place_of_many (output, self.n_items, target))
    return REDES_EXIT_FAILED;

  session = redes_session_new (output, config, on_started, &self);
  self.session = session;
  self.target = target;
  self.folder = config->download_dir;
  self.items = items = g_new0 (Item, self.n_items);
  for (guint i = 0; i < self.n_items; i++)
    {
      items[i] = (Item){ .get = &self, .wanted = operands[i] };
      g_queue_push_tail (&self.to_find, &items[i]);
    }
  status = redes_session_run (session);
  for (guint i = 0; i < self.n_items; i++)
    {
      if (items[i].transfer != NULL && self.stream == NULL)
        say_what_is_kept (output, items[i].transfer, config->download_dir);
      g_clear_object (&items[i].transfer);
    }
  g_queue_clear (&self.to_find);
  g_queue_clear (&self.to_find_again);
  redes_get_stream_free (self.stream);
  /* What is handed on is open, and needs no name any more. */
  if (self.to_output && target != NULL)
    {
      g_unlink (target);
      g_rmdir (config->download_dir);
    }
  return status;
}

const RedesCommand redes_command_get = {
  .name = "get",
  .summary = "Download files and folders",
  .operands = "NAME|LINK…",
  .min_operands = 1,
  .max_operands = MAX_OPERANDS,
  .description
  = "Downloads the file of that exact name, or what a redes: link stands for, from all the peers\n"
    "that have it at once; several at the same time, with one line at the end of what became of "
    "them.\n"
    " Every block is verified before it is written; nothing stands under the\n"
    "file's name until all of it is there. What was fetched when it is interrupted, or when "
    "nothing\n"
    "comes any more, is kept in a hidden file there, and the same command goes on with it. A file\n"
    "that is there already, with that name and content, is not fetched again.\n"
    "A folder comes with all in it, or with what --only chooses; --list shows what that is.\n"
    "With --stream a file goes to the standard output while it is being downloaded, no more than\n"
    "its reader takes; nothing is written to the disk.",
  .examples = "Examples:\n"
              "  redes-cli get --tracker 192.168.1.10:5000 \"Summer photos.zip\"\n"
              "  redes-cli get -o - notes.txt | less\n"
              "  redes-cli get --stream film.mkv | mpv -\n"
              "  redes-cli get -o ~/Downloads "
              "'redes:mf2w4…?s=8812034&n=Summer%20photos.zip&t=192.168.1.10:5000'",
  .entries = entries,
  .run = run,
};
