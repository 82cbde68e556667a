/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/console.h"

#include "cli/console-completion.h"
#include "cli/events.h"
#include "cli/line-editor.h"
#include "cli/options.h"
#include "engine/base/natural-order.h"
#include "engine/base/text.h"
#include "engine/node/node-classic.h"
#include "engine/node/node-folders.h"
#include "engine/node/node-lan.h"

#include <gio/gunixinputstream.h>
#include <string.h>
#include <unistd.h>

#define USAGE_WIDTH 22
#define PROMPT "redes> "
#define SEARCH_ROWS 50
/* Set on a transfer that only lists a folder for browse. */
#define LISTING "redes-console-listing"
/* How often the line of the transfers above the prompt is made anew. */
#define STATUS_MS 500
/* The line that is being read is a person's or a script's; a file without newlines is neither. */
#define MAX_LINE_BYTES (256 * 1024)

struct _RedesConsole
{
  RedesSession *session;
  RedesConsoleFuncs funcs;
  gpointer user_data;
  GDataInputStream *input;
  GListModel *results;    /* (nullable): of the last search, which N of download refers to */
  GListModel *peers;      /* (nullable): of the last list */
  char *asked;            /* what the query under way is about */
  char *path;             /* (nullable): of the folder that is browsed */
  RedesTransfer *listing; /* (nullable): which lists it */
  gulong listing_id;
  char **only;   /* nullable: which files of a folder are to be downloaded */
  GQueue wanted; /* of Wanted: what the command is still to download */
  guint failures;
  gboolean is_quoted; /* whether the operands of this command stood in quotes */
  gboolean interactive;
  RedesLineEditor *editor; /* (nullable) */
  GQueue typed;            /* of char *: lines of the editor that wait for their turn */
  gboolean waits;          /* whether the next line may be run */
  gboolean typing_ended;
  guint typed_id;
  guint status_id;
  gulong cancelled_id;
};

/**
 * Command:
 * @run: @rest: what follows the command's name, trimmed. Ends in finish_command() or
 * fail_command().
 */
typedef struct
{
  const char *name;
  const char *operands;
  const char *summary;
  gboolean takes_operands;
  void (*run) (RedesConsole *self, const char *rest);
} Command;

static void read_command (RedesConsole *self);
static const Command *find_command (const char *name);
static void say_help (RedesConsole *self);

static RedesNode *
get_node (RedesConsole *self)
{
  return redes_session_get_node (self->session);
}

static RedesOutput *
get_output (RedesConsole *self)
{
  return redes_session_get_output (self->session);
}

static gboolean
is_over (RedesConsole *self)
{
  return g_cancellable_is_cancelled (redes_session_get_cancellable (self->session));
}

static void
finish_command (RedesConsole *self)
{
  g_clear_pointer (&self->asked, g_free);
  read_command (self);
}

static void
fail_command (RedesConsole *self, const char *reason)
{
  self->failures++;
  redes_output_error (get_output (self), "%s", reason);
  finish_command (self);
}

static void
node_list_peers_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  RedesConsole *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) peers = NULL;

  peers = redes_node_list_peers_finish (REDES_NODE (object), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (peers == NULL)
    {
      fail_command (self, error->message);
      return;
    }
  g_set_object (&self->peers, peers);
  redes_event_peers (get_output (self), peers, redes_node_list_peers_get_guests (result));
  finish_command (self);
}

static void
run_list (RedesConsole *self, const char *rest)
{
  redes_node_list_peers_async (get_node (self), redes_session_get_cancellable (self->session),
                               node_list_peers_cb, self);
}

static void
node_search_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  RedesConsole *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) results = NULL;
  guint n_asked = 0;
  guint n_answered = 0;
  guint n_peers = 0;
  guint n_peers_answered = 0;

  results = redes_node_search_finish (REDES_NODE (object), result, &n_asked, &n_answered, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_set_object (&self->results, results);
  if (results == NULL)
    {
      fail_command (self, error->message);
      return;
    }
  redes_node_search_get_peers (result, &n_peers, &n_peers_answered);
  redes_event_results (get_output (self), self->asked, results, SEARCH_ROWS, n_asked, n_answered,
                       n_peers, n_peers_answered, FALSE);
  finish_command (self);
}

static void
run_search (RedesConsole *self, const char *rest)
{
  self->asked = g_strdup (rest);
  redes_node_search_async (get_node (self), rest, SEARCH_ROWS,
                           redes_session_get_cancellable (self->session), node_search_cb, self);
}

/* Numbers in the list are places in it, so the list itself is in order. */
typedef struct
{
  RedesResult *result;
  char *key;
} Sorted;

static void
sorted_clear (gpointer data)
{
  Sorted *sorted = data;

  g_object_unref (sorted->result);
  g_free (sorted->key);
}

/* Folders come first, then all by their names. */
static gint
compare_sorted (gconstpointer a, gconstpointer b)
{
  const Sorted *one = a;
  const Sorted *other = b;
  gboolean is_folder = redes_result_is_folder (one->result);

  if (is_folder != redes_result_is_folder (other->result))
    return is_folder ? -1 : 1;
  return strcmp (one->key, other->key);
}

/* (transfer full): @results in the order in which people expect names */
static GListModel *
sort_results (GListModel *results)
{
  guint n_results = g_list_model_get_n_items (results);
  g_autoptr (GArray) all = g_array_sized_new (FALSE, FALSE, sizeof (Sorted), n_results);
  GListStore *store = g_list_store_new (REDES_TYPE_RESULT);

  g_array_set_clear_func (all, sorted_clear);
  for (guint i = 0; i < n_results; i++)
    {
      Sorted sorted = { .result = g_list_model_get_item (results, i) };

      sorted.key = redes_natural_order_make_key (redes_result_get_name (sorted.result));
      g_array_append_val (all, sorted);
    }
  g_array_sort (all, compare_sorted);
  for (guint i = 0; i < n_results; i++)
    g_list_store_append (store, g_array_index (all, Sorted, i).result);
  return G_LIST_MODEL (store);
}

/* The folder that is the first segment of the path that was asked for. */
static RedesResult *
find_folder (GListModel *results, const char *path)
{
  const char *slash = strchr (path, '/');
  g_autofree char *first
      = slash != NULL ? g_strndup (path, (gsize)(slash - path)) : g_strdup (path);

  for (guint i = 0; i < g_list_model_get_n_items (results); i++)
    {
      g_autoptr (RedesResult) result = g_list_model_get_item (results, i);

      if (redes_result_is_folder (result) && g_str_equal (redes_result_get_name (result), first))
        return g_steal_pointer (&result);
    }
  return NULL;
}

static void
drop_listing (RedesConsole *self)
{
  if (self->listing == NULL)
    return;
  g_signal_handler_disconnect (self->listing, self->listing_id);
  self->listing_id = 0;
  g_clear_object (&self->listing);
}

static void
end_listing (RedesConsole *self)
{
  g_autoptr (RedesTransfer) listing = g_object_ref (self->listing);

  drop_listing (self);
  redes_node_remove (get_node (self), listing);
}

static void
on_listing_changed (RedesTransfer *listing, gpointer user_data)
{
  RedesConsole *self = user_data;

  if (!redes_transfer_is_over (listing))
    return;
  if (redes_transfer_get_tree (listing) != NULL)
    {
      redes_event_browsed_folder (get_output (self), self->asked, self->path, listing);
      end_listing (self);
      finish_command (self);
      return;
    }
  g_free (self->asked);
  self->asked = g_strdup (redes_transfer_get_error_message (listing));
  end_listing (self);
  fail_command (self, self->asked != NULL ? self->asked : "The folder could not be listed");
}

gboolean
redes_console_is_listing (RedesTransfer *transfer)
{
  return g_object_get_data (G_OBJECT (transfer), LISTING) != NULL;
}

/* What is in a folder is in its lists, which are fetched for it and for nothing else. */
static void
browse_folder (RedesConsole *self, GListModel *results)
{
  g_autoptr (RedesResult) folder = find_folder (results, self->path);
  g_autoptr (RedesLink) link = NULL;
  g_autoptr (RedesTransfer) listing = NULL;
  const char *inside = strchr (self->path, '/');
  guint n_transfers;

  if (folder == NULL)
    {
      fail_command (self, "It shares no folder of that name; browse PEER shows what it shares");
      return;
    }
  link = redes_result_dup_link (folder);
  if (inside != NULL && inside[1] != '\0')
    {
      g_free (link->inside);
      link->inside = g_strdup (inside + 1);
    }
  n_transfers = g_list_model_get_n_items (redes_node_get_transfers (get_node (self)));
  listing = redes_node_download_folder (get_node (self), link, NULL, NULL, TRUE);
  /* It is a download of the folder, whose lists are not told. */
  if (g_list_model_get_n_items (redes_node_get_transfers (get_node (self))) == n_transfers)
    {
      fail_command (self, "This folder is being downloaded; it can be browsed when that is over");
      return;
    }
  self->listing = g_steal_pointer (&listing);
  g_object_set_data (G_OBJECT (self->listing), LISTING, self);
  self->listing_id
      = g_signal_connect (self->listing, "changed", G_CALLBACK (on_listing_changed), self);
}

static void
node_browse_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  RedesConsole *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) results = redes_node_browse_finish (REDES_NODE (object), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || is_over (self))
    return;
  if (results == NULL)
    {
      fail_command (self, error->message);
      return;
    }
  if (self->path != NULL)
    {
      browse_folder (self, results);
      return;
    }
  g_clear_object (&self->results);
  self->results = sort_results (results);
  redes_event_browsed (get_output (self), self->asked, self->results);
  finish_command (self);
}

/* The one peer that @wanted names: by its id, its address or its nickname. */
static RedesPeerItem *
find_peer (GListModel *peers, const char *wanted)
{
  RedesPeerItem *found = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (peers); i++)
    {
      g_autoptr (RedesPeerItem) peer = g_list_model_get_item (peers, i);
      g_autofree char *hex = redes_digest_dup_hex (redes_peer_item_get_id (peer));

      if (g_ascii_strcasecmp (hex, wanted) == 0
          || g_str_equal (redes_peer_item_get_address (peer), wanted))
        {
          g_set_object (&found, peer);
          return found;
        }
      /* Two may call themselves the same; the first will do to look at. */
      if (found == NULL && g_str_equal (redes_peer_item_get_nickname (peer), wanted))
        found = g_object_ref (peer);
    }
  return found;
}

/* What was asked for is a peer, or a peer and a path. There may be blanks in both, so the longest
 * name that a peer has counts. */
static RedesPeerItem *
find_peer_and_path (RedesConsole *self, GListModel *peers)
{
  RedesPeerItem *peer = find_peer (peers, self->asked);

  for (char *end = strrchr (self->asked, ' '); peer == NULL && end != NULL;
       end = g_strrstr_len (self->asked, end - self->asked, " "))
    {
      g_autofree char *name = g_strchomp (g_strndup (self->asked, (gsize)(end - self->asked)));

      peer = find_peer (peers, name);
      if (peer == NULL)
        continue;
      self->path = g_strdup (end + 1);
      g_free (self->asked);
      self->asked = g_steal_pointer (&name);
      break;
    }
  return peer;
}

static void
node_list_for_browse_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  RedesConsole *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) peers = redes_node_list_peers_finish (REDES_NODE (object), result, &error);
  g_autoptr (RedesPeerItem) peer = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || is_over (self))
    return;
  g_set_object (&self->peers, peers);
  if (peers != NULL)
    peer = find_peer_and_path (self, peers);
  if (peer == NULL)
    {
      fail_command (self, "There is no such peer; list shows those who are there");
      return;
    }
  redes_node_browse_async (get_node (self), redes_peer_item_get_id (peer),
                           redes_peer_item_get_address (peer),
                           redes_session_get_cancellable (self->session), node_browse_cb, self);
}

static void
run_browse (RedesConsole *self, const char *rest)
{
  g_clear_pointer (&self->path, g_free);
  self->asked = g_strdup (rest);
  redes_node_list_peers_async (get_node (self), redes_session_get_cancellable (self->session),
                               node_list_for_browse_cb, self);
}

static void
download (RedesConsole *self, const RedesLink *link)
{
  g_autoptr (RedesTransfer) transfer
      = link->is_folder ? redes_node_download_folder (get_node (self), link, NULL,
                                                      (const char *const *)self->only, FALSE)
                        : redes_node_download (get_node (self), link, NULL);

  redes_event_download_started (get_output (self), transfer);
}

static void download_next (RedesConsole *self);

static void
node_find_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  RedesConsole *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (RedesLink) link = redes_node_find_finish (REDES_NODE (object), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (link == NULL)
    {
      self->failures++;
      redes_event_failed (get_output (self), self->asked, error->message);
    }
  else
    {
      if (redes_link_looks_like (self->asked))
        redes_event_asking (get_output (self), link);
      download (self, link);
    }
  download_next (self);
}

static gboolean
is_number (const char *text)
{
  return *text != '\0' && strspn (text, "0123456789") == strlen (text);
}

/* The numbers in @text, one or more and nothing else; %NULL if it is something else, such as a
 * name. */
static GArray *
parse_numbers (const char *text)
{
  g_auto (GStrv) words = g_strsplit_set (text, " \t,", -1);
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (guint64));

  for (guint i = 0; words[i] != NULL; i++)
    {
      guint64 number;

      if (*words[i] == '\0')
        continue;
      if (!is_number (words[i])
          || !g_ascii_string_to_unsigned (words[i], 10, 0, G_MAXUINT64, &number, NULL))
        return NULL;
      g_array_append_val (numbers, number);
    }
  return numbers->len > 0 ? g_steal_pointer (&numbers) : NULL;
}

static void
download_number (RedesConsole *self, guint64 number)
{
  guint n_results = g_list_model_get_n_items (self->results);
  g_autoptr (RedesResult) result = NULL;
  g_autoptr (RedesLink) link = NULL;
  g_autoptr (RedesTransfer) transfer = NULL;

  if (number < 1 || number > n_results)
    {
      g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, number);
      g_autofree char *reason = g_strdup_printf (
          "the last list ends with number %u; a file of that name is downloaded by download \"%s\"",
          n_results, text);

      self->failures++;
      redes_event_failed (get_output (self), text, reason);
      return;
    }
  result = g_list_model_get_item (self->results, (guint)number - 1);
  link = redes_result_dup_link (result);
  transfer = redes_result_is_unsigned (result)
                 ? redes_node_download_unsigned (get_node (self), result)
             : link->is_folder ? redes_node_download_folder (get_node (self), link, NULL,
                                                             (const char *const *)self->only, FALSE)
                               : redes_node_download (get_node (self), link, NULL);
  redes_event_download_started (get_output (self), transfer);
}

/* Takes "--only GLOB" off the beginning of @rest, as often as it stands there. Returns: what is
 * left.
 */
static const char *
take_only (RedesConsole *self, const char *rest)
{
  static const char option[] = "--only ";
  g_autoptr (GStrvBuilder) patterns = g_strv_builder_new ();
  gboolean is_any = FALSE;

  g_clear_pointer (&self->only, g_strfreev);
  while (!self->is_quoted && g_str_has_prefix (rest, option))
    {
      const char *pattern = rest + strlen (option);
      const char *end;
      g_autofree char *word = NULL;

      pattern += strspn (pattern, " ");
      end = strchrnul (pattern, ' ');
      word = g_strndup (pattern, (gsize)(end - pattern));
      g_strv_builder_add (patterns, word);
      rest = end + strspn (end, " ");
      is_any = TRUE;
    }
  if (is_any)
    self->only = g_strv_builder_end (patterns);
  return rest;
}

/**
 * Wanted:
 * @number: in the last list; without @text alone
 * @text: (nullable): a name or a link
 *
 * One of several things to be downloaded.
 */
typedef struct
{
  guint64 number;
  char *text;
} Wanted;

static void
wanted_free (gpointer data)
{
  Wanted *wanted = data;

  g_free (wanted->text);
  g_free (wanted);
}

/* @text: (transfer full) (nullable) */
static void
push_wanted (GQueue *queue, guint64 number, char *text)
{
  Wanted *wanted = g_new (Wanted, 1);

  *wanted = (Wanted){ number, text };
  g_queue_push_tail (queue, wanted);
}

/* One after the other, in the order in which they were written. */
static void
download_next (RedesConsole *self)
{
  Wanted *wanted;

  g_clear_pointer (&self->asked, g_free);
  while (self->asked == NULL && (wanted = g_queue_pop_head (&self->wanted)) != NULL)
    {
      self->asked = g_steal_pointer (&wanted->text);
      if (self->asked == NULL)
        download_number (self, wanted->number);
      wanted_free (wanted);
    }
  if (self->asked == NULL)
    finish_command (self);
  else
    redes_node_find_async (get_node (self), self->asked,
                           redes_session_get_cancellable (self->session), node_find_cb, self);
}

/* @word: "3" or "1,2" */
static gboolean
take_numbers (GQueue *queue, const char *word)
{
  g_autoptr (GArray) numbers = parse_numbers (word);

  for (guint i = 0; numbers != NULL && i < numbers->len; i++)
    push_wanted (queue, g_array_index (numbers, guint64, i), NULL);
  return numbers != NULL;
}

/* Whether each word of @text is a link, or a number, which is a result's as long as there is a list
 * to count from: they go to @queue. Anything else is one name, for names have blanks. A file that
 * is called 2024 is asked for in quotes then. */
static gboolean
take_words (RedesConsole *self, GQueue *queue, const char *text)
{
  gboolean is_list = self->results != NULL && g_list_model_get_n_items (self->results) > 0;
  g_auto (GStrv) words = g_strsplit_set (text, " \t", -1);

  for (guint i = 0; words[i] != NULL; i++)
    {
      if (redes_link_looks_like (words[i]))
        push_wanted (queue, 0, g_strdup (words[i]));
      else if (*words[i] != '\0' && (!is_list || !take_numbers (queue, words[i])))
        return FALSE;
    }
  return TRUE;
}

static void
run_download (RedesConsole *self, const char *rest)
{
  rest = take_only (self, rest);
  if (self->is_quoted || !take_words (self, &self->wanted, rest))
    {
      g_queue_clear_full (&self->wanted, wanted_free);
      push_wanted (&self->wanted, 0, g_strdup (rest));
    }
  download_next (self);
}

static void
run_transfers (RedesConsole *self, const char *rest)
{
  redes_event_transfers (get_output (self), redes_node_get_transfers (get_node (self)));
  finish_command (self);
}

/* What a person calls a transfer: its number in the list, its name, its link or its content as
 * the JSON output names it. */
static gboolean
is_called (RedesTransfer *transfer, guint number, const char *what)
{
  g_autofree char *content = redes_content_id_dup_text (redes_transfer_get_content (transfer));
  g_autoptr (RedesLink) link = NULL;

  if (g_str_equal (redes_transfer_get_name (transfer), what) || g_str_equal (content, what))
    return TRUE;
  if (is_number (what) && g_ascii_strtoull (what, NULL, 10) == number)
    return TRUE;
  link = redes_link_looks_like (what) ? redes_link_parse (what, NULL) : NULL;
  return link != NULL
         && redes_content_id_equal (&link->content, redes_transfer_get_content (transfer));
}

static gboolean
is_meant (RedesTransfer *transfer, guint number, const char *what, GArray *numbers)
{
  if (numbers == NULL || numbers->len == 1)
    return is_called (transfer, number, what);
  for (guint i = 0; i < numbers->len; i++)
    if (g_array_index (numbers, guint64, i) == number)
      return TRUE;
  return FALSE;
}

/* What was asked of it last. Its state may not tell of that yet, as the commands of a script follow
 * each other without a pause. */
#define ASKED "redes-console-asked"
#define ASKED_TO_PAUSE GINT_TO_POINTER (1)
#define ASKED_TO_RESUME GINT_TO_POINTER (2)

static void
pause_transfer (RedesNode *node, RedesTransfer *transfer)
{
  g_object_set_data (G_OBJECT (transfer), ASKED, ASKED_TO_PAUSE);
  redes_node_pause (node, transfer);
}

static void
resume_transfer (RedesNode *node, RedesTransfer *transfer)
{
  g_object_set_data (G_OBJECT (transfer), ASKED, ASKED_TO_RESUME);
  redes_node_resume (node, transfer);
}

static gboolean
may_pause (RedesTransfer *transfer)
{
  return !redes_transfer_is_over (transfer)
         && (redes_transfer_get_state (transfer) != REDES_TRANSFER_PAUSED
             || g_object_get_data (G_OBJECT (transfer), ASKED) == ASKED_TO_RESUME);
}

static gboolean
may_resume (RedesTransfer *transfer)
{
  if (g_object_get_data (G_OBJECT (transfer), ASKED) == ASKED_TO_PAUSE
      && !redes_transfer_is_over (transfer))
    return TRUE;
  return redes_transfer_get_state (transfer) == REDES_TRANSFER_PAUSED
         || redes_transfer_get_state (transfer) == REDES_TRANSFER_FAILED;
}

static gboolean
may_accept (RedesTransfer *transfer)
{
  RedesPeerId other;

  return redes_transfer_get_state (transfer) != REDES_TRANSFER_DONE
         && redes_transfer_get_other_publisher (transfer, &other);
}

static gboolean
may_remove (RedesTransfer *transfer)
{
  return TRUE;
}

/**
 * Act:
 * @fits: whether it makes a difference to a transfer
 * @done: what prose says of each; (nullable): if an event says it
 * @nothing: what it says when it makes a difference to none
 */
typedef struct
{
  gboolean (*fits) (RedesTransfer *transfer);
  void (*func) (RedesNode *node, RedesTransfer *transfer);
  const char *done;
  const char *nothing;
} Act;

static void
for_transfers (RedesConsole *self, const char *what, const Act *act)
{
  GListModel *transfers = redes_node_get_transfers (get_node (self));
  g_autoptr (GPtrArray) meant = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GArray) numbers = self->is_quoted ? NULL : parse_numbers (what);
  gboolean all = !self->is_quoted && g_str_equal (what, "all");
  g_autofree char *reason = NULL;
  guint n_done = 0;

  for (guint i = 0; i < g_list_model_get_n_items (transfers); i++)
    {
      g_autoptr (RedesTransfer) transfer = g_list_model_get_item (transfers, i);

      if (all || is_meant (transfer, i + 1, what, numbers))
        g_ptr_array_add (meant, g_steal_pointer (&transfer));
    }
  for (guint i = 0; i < meant->len; i++)
    {
      RedesTransfer *transfer = g_ptr_array_index (meant, i);
      g_autofree char *name = redes_format_name (redes_transfer_get_name (transfer));

      if (!act->fits (transfer))
        continue;
      n_done++;
      act->func (get_node (self), transfer);
      if (act->done != NULL)
        redes_output_say (get_output (self), "%s %s", act->done, name);
    }
  if (meant->len == 0 && !all)
    {
      g_autofree char *shown = redes_text_make_printable (what, 200);

      reason = g_strdup_printf ("No transfer is called “%s”; transfers lists them", shown);
      fail_command (self, reason);
      return;
    }
  if (n_done == 0)
    redes_output_say (get_output (self), "%s", act->nothing);
  finish_command (self);
}

static void
run_pause (RedesConsole *self, const char *rest)
{
  static const Act act
      = { may_pause, pause_transfer, "Paused", "There is nothing to pause: nothing is under way" };

  for_transfers (self, rest, &act);
}

static void
run_resume (RedesConsole *self, const char *rest)
{
  static const Act act = { may_resume, resume_transfer, "Going on with",
                           "There is nothing to go on with: nothing is paused or has failed" };

  for_transfers (self, rest, &act);
}

static void
accept_publisher (RedesNode *node, RedesTransfer *transfer)
{
  RedesPeerId other;

  if (redes_transfer_get_other_publisher (transfer, &other))
    redes_node_accept_publisher (node, transfer, &other);
}

static void
run_accept (RedesConsole *self, const char *rest)
{
  static const Act act = { may_accept, accept_publisher, "Taking what another has signed:",
                           "There is nothing to accept: no download waits for its publisher" };

  for_transfers (self, rest, &act);
}

static void
run_remove (RedesConsole *self, const char *rest)
{
  static const Act act
      = { may_remove, redes_node_remove, NULL, "There is nothing to remove: the list is empty" };

  for_transfers (self, rest, &act);
}

static void
run_share (RedesConsole *self, const char *rest)
{
  g_autofree char *path = redes_option_dup_absolute (rest);

  redes_node_share (get_node (self), path);
  finish_command (self);
}

static void
run_unshare (RedesConsole *self, const char *rest)
{
  g_autofree char *path = redes_option_dup_absolute (rest);

  redes_node_unshare (get_node (self), path);
  finish_command (self);
}

static void
run_hashing (RedesConsole *self, const char *rest)
{
  if (!g_str_equal (rest, "pause") && !g_str_equal (rest, "resume"))
    {
      fail_command (self, "Say what: hashing pause, or hashing resume");
      return;
    }
  redes_node_set_hashing_paused (get_node (self), g_str_equal (rest, "pause"));
  finish_command (self);
}

static void
node_list_folders_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  RedesConsole *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) folders
      = redes_node_list_folders_finish (REDES_NODE (object), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || is_over (self))
    return;
  if (folders == NULL)
    {
      fail_command (self, error->message);
      return;
    }
  redes_event_shares (get_output (self), folders, redes_node_get_shares (get_node (self)));
  finish_command (self);
}

static void
run_shared (RedesConsole *self, const char *rest)
{
  redes_node_list_folders_async (get_node (self), redes_session_get_cancellable (self->session),
                                 node_list_folders_cb, self);
}

static void
node_open_stream_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  RedesConsole *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *address = redes_node_open_stream_finish (REDES_NODE (object), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || is_over (self))
    return;
  if (address == NULL)
    {
      fail_command (self, error->message);
      return;
    }
  redes_event_stream (get_output (self), self->asked, address);
  finish_command (self);
}

static void
run_stream (RedesConsole *self, const char *rest)
{
  GListModel *transfers = redes_node_get_transfers (get_node (self));
  g_autoptr (GArray) numbers = self->is_quoted ? NULL : parse_numbers (rest);

  for (guint i = 0; i < g_list_model_get_n_items (transfers); i++)
    {
      g_autoptr (RedesTransfer) transfer = g_list_model_get_item (transfers, i);

      if (!is_meant (transfer, i + 1, rest, numbers))
        continue;
      self->asked = g_strdup (redes_transfer_get_name (transfer));
      redes_node_open_stream_async (get_node (self), transfer,
                                    redes_session_get_cancellable (self->session),
                                    node_open_stream_cb, self);
      return;
    }
  fail_command (self, "There is no such transfer; transfers lists them");
}

static void
node_get_cache_stats_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  RedesConsole *self = user_data;
  RedesCacheStats stats;
  g_autoptr (GError) error = NULL;
  gboolean answered;

  answered = redes_node_get_cache_stats_finish (REDES_NODE (object), result, &stats, &error);
  if (is_over (self))
    return;
  if (!answered)
    {
      fail_command (self, error->message);
      return;
    }
  redes_event_cache (get_output (self), &stats);
  finish_command (self);
}

static void
run_cache (RedesConsole *self, const char *rest)
{
  redes_node_get_cache_stats_async (get_node (self), node_get_cache_stats_cb, self);
}

static void
run_help (RedesConsole *self, const char *rest)
{
  say_help (self);
  finish_command (self);
}

static void
run_exit (RedesConsole *self, const char *rest)
{
  self->funcs.exit_asked (self->user_data);
}

static const Command commands[] = {
  { "list", "", "the active peers", FALSE, run_list },
  { "search", "WORDS…", "files whose names have all the words", TRUE, run_search },
  { "browse", "PEER [PATH]", "what a peer of the list lets be seen, or what is in a folder of it",
    TRUE, run_browse },
  { "download", "[--only GLOB]… N…|NAME|LINK…",
    "by numbers in the last list of files, name or links; of a folder only some files", TRUE,
    run_download },
  { "stream", "N|NAME", "an address from which players read a download before it is whole", TRUE,
    run_stream },
  { "transfers", "", "downloads, running and over, numbered", FALSE, run_transfers },
  { "pause", "N…|NAME|all", "stop a download for now", TRUE, run_pause },
  { "resume", "N…|NAME|all", "go on with one that is paused", TRUE, run_resume },
  { "retry", "N…|NAME|all", "try one again that has failed", TRUE, run_resume },
  { "accept", "N…|NAME|all", "take what another publisher has signed", TRUE, run_accept },
  { "remove", "N…|NAME|all", "give a download up, or clear it from the list", TRUE, run_remove },
  { "share", "PATH", "share a file or folder", TRUE, run_share },
  { "unshare", "PATH", "stop sharing a file, or a folder with all in it", TRUE, run_unshare },
  { "hashing", "pause|resume", "stop preparing files for now", TRUE, run_hashing },
  { "shared", "", "what is shared here, with links", FALSE, run_shared },
  { "cache", "", "how the block cache does", FALSE, run_cache },
  { "help", "", "this list", FALSE, run_help },
  { "exit", "", "leave (also: quit)", FALSE, run_exit },
  { "quit", NULL, NULL, FALSE, run_exit },
};

static const Command *
find_command (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      if (g_str_equal (commands[i].name, name))
        return &commands[i];
    }
  return NULL;
}

static void
say_help (RedesConsole *self)
{
  RedesOutput *output = get_output (self);
  JsonBuilder *builder = redes_output_begin_event (output, "help");

  if (builder != NULL)
    {
      json_builder_set_member_name (builder, "commands");
      json_builder_begin_array (builder);
    }
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      const Command *command = &commands[i];
      g_autofree char *usage = NULL;
      g_autofree char *column = NULL;

      if (command->summary == NULL)
        continue;
      usage = g_strdup_printf ("%s %s", command->name, command->operands);
      column = redes_format_column (usage, USAGE_WIDTH);
      /* What is longer than its column has a line of its own. */
      if (g_utf8_strlen (usage, -1) > USAGE_WIDTH)
        redes_output_say (output, "  %s", usage);
      redes_output_say (output, "  %*s %s", USAGE_WIDTH,
                        g_utf8_strlen (usage, -1) > USAGE_WIDTH ? "" : column, command->summary);
      if (builder != NULL)
        json_builder_add_string_value (builder, g_strchomp (usage));
    }
  if (builder != NULL)
    {
      json_builder_end_array (builder);
      redes_output_end_event (output, builder);
    }
}

/* Names with blanks need no quotes, but those at its beginning or end could not be typed without.
 */
static char *
unquote (const char *text)
{
  gsize len = strlen (text);

  if (len >= 2 && (text[0] == '"' || text[0] == '\'') && text[len - 1] == text[0])
    return g_strndup (text + 1, len - 2);
  return g_strdup (text);
}

static void
run_line (RedesConsole *self, const char *line)
{
  gsize name_length = strcspn (line, " \t");
  g_autofree char *name = g_strndup (line, name_length);
  const char *rest = line + name_length + strspn (line + name_length, " \t");
  const Command *command = find_command (name);
  g_autofree char *reason = NULL;

  if (!g_utf8_validate (line, -1, NULL))
    reason = g_strdup ("That line is not UTF-8 text");
  else if (strlen (line) > MAX_LINE_BYTES)
    reason = g_strdup ("That line is too long");
  else if (command == NULL)
    reason = g_strdup_printf ("There is no command “%.64s”; help lists them", name);
  else if (command->takes_operands && *rest == '\0')
    reason = g_strdup_printf ("Say what: %s %s", command->name, command->operands);
  else if (!command->takes_operands && *rest != '\0')
    reason = g_strdup_printf ("“%s” takes nothing after it", command->name);

  if (reason != NULL)
    fail_command (self, reason);
  else
    {
      g_autofree char *operands = unquote (rest);

      self->is_quoted = !g_str_equal (operands, rest);
      /* Without a command there is a reason, as g_strdup_printf() does not return NULL. */
      /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
      command->run (self, operands);
    }
}

static void
read_line_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  RedesConsole *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;
  gsize length = 0;

  line = g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (object), result, &length,
                                               &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || is_over (self))
    return;
  /* An input that cannot be read (a closed one, say) has ended too. */
  if (line == NULL)
    {
      redes_output_set_status (get_output (self), NULL);
      self->funcs.input_ended (self->user_data);
      return;
    }

  /* The terminal has shown what was typed, with its newline. */
  if (self->interactive)
    redes_output_set_status (get_output (self), NULL);
  if (strlen (line) != length)
    {
      fail_command (self, "That line is not text: it has a zero byte in it");
      return;
    }
  g_strstrip (line);
  if (*line == '\0')
    finish_command (self);
  else
    run_line (self, line);
}

/* The next line of the editor, if there is one and its turn has come. */
static void
run_typed (RedesConsole *self)
{
  while (self->waits && self->typed.length > 0 && !is_over (self))
    {
      g_autofree char *line = g_queue_pop_head (&self->typed);

      g_strstrip (line);
      if (*line == '\0')
        continue;
      self->waits = FALSE;
      run_line (self, line);
    }
  if (self->waits && self->typed.length == 0 && self->typing_ended && !is_over (self))
    {
      self->typing_ended = FALSE;
      self->funcs.input_ended (self->user_data);
    }
}

static gboolean
on_typed_due (gpointer data)
{
  RedesConsole *self = data;

  self->typed_id = 0;
  run_typed (self);
  return G_SOURCE_REMOVE;
}

static void
read_command (RedesConsole *self)
{
  if (is_over (self))
    return;
  if (self->editor != NULL)
    {
      self->waits = TRUE;
      if (self->typed_id == 0 && (self->typed.length > 0 || self->typing_ended))
        self->typed_id = g_idle_add (on_typed_due, self);
      return;
    }
  if (self->interactive)
    redes_output_set_status (get_output (self), PROMPT);
  g_data_input_stream_read_line_async (self->input, G_PRIORITY_DEFAULT,
                                       redes_session_get_cancellable (self->session), read_line_cb,
                                       self);
}

static void
on_line_typed (const char *line, gpointer user_data)
{
  RedesConsole *self = user_data;

  g_queue_push_tail (&self->typed, g_strdup (line));
  run_typed (self);
}

static void
on_typing_ended (gpointer user_data)
{
  RedesConsole *self = user_data;

  self->typing_ended = TRUE;
  run_typed (self);
}

static GStrv
on_list_completions (const char *line, gpointer user_data)
{
  RedesConsole *self = user_data;
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    g_strv_builder_add (names, commands[i].name);
  list = g_strv_builder_end (names);
  return redes_console_complete (line, (const char *const *)list, self->results, self->peers,
                                 redes_node_get_transfers (get_node (self)));
}

/* Ctrl-C takes back what is being typed, and ends the program on an empty line. */
static gboolean
on_interrupted (gpointer user_data)
{
  RedesConsole *self = user_data;

  return self->editor != NULL && redes_line_editor_clear (self->editor);
}

/* "2 downloads, 45%, 3.2 MiB/s, 0:12 left"; %NULL: none is under way. */
static char *
describe_transfers (RedesConsole *self)
{
  GListModel *transfers = redes_node_get_transfers (get_node (self));
  guint64 size_bytes = 0;
  guint64 done_bytes = 0;
  gdouble rate = 0.0;
  guint n = 0;
  g_autofree char *count = NULL;
  g_autofree char *rate_text = NULL;
  g_autofree char *left = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (transfers); i++)
    {
      g_autoptr (RedesTransfer) transfer = g_list_model_get_item (transfers, i);

      if (!may_pause (transfer))
        continue;
      n++;
      size_bytes += redes_transfer_get_size (transfer);
      done_bytes += redes_transfer_get_bytes_received (transfer);
      rate += redes_transfer_get_rate_bytes_per_s (transfer);
    }
  if (n == 0)
    return NULL;
  count = redes_format_count (n, "download", "downloads");
  rate_text = redes_format_size (rate);
  if (rate >= 1.0 && done_bytes < size_bytes)
    left = redes_format_duration ((gdouble)(size_bytes - done_bytes) / rate);
  return g_strdup_printf (
      "%s, %u%%, %s/s, %s left", count,
      size_bytes > 0 ? (guint)(100.0 * (gdouble)done_bytes / (gdouble)size_bytes) : 0, rate_text,
      left != NULL ? left : "-:--");
}

static gboolean
on_status_due (gpointer data)
{
  RedesConsole *self = data;
  g_autofree char *status = describe_transfers (self);

  redes_line_editor_set_status (self->editor, status);
  return G_SOURCE_CONTINUE;
}

/* The terminal is given back as soon as the session ends, before it says its last words. */
static void
close_editor (RedesConsole *self)
{
  g_clear_handle_id (&self->status_id, g_source_remove);
  g_clear_handle_id (&self->typed_id, g_source_remove);
  redes_session_set_interrupt_func (self->session, NULL, NULL);
  g_clear_pointer (&self->editor, redes_line_editor_free);
}

static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  close_editor (user_data);
}

static void
open_editor (RedesConsole *self, const char *history_path)
{
  const RedesLineEditorFuncs funcs = { on_line_typed, on_typing_ended, on_list_completions };

  self->editor = redes_line_editor_new (get_output (self), PROMPT, history_path, &funcs, self);
  self->status_id = g_timeout_add (STATUS_MS, on_status_due, self);
  redes_session_set_interrupt_func (self->session, on_interrupted, self);
  self->cancelled_id = g_signal_connect (redes_session_get_cancellable (self->session), "cancelled",
                                         G_CALLBACK (on_cancelled), self);
}

RedesConsole *
redes_console_new (RedesSession *session,
                   const char *history_path,
                   const RedesConsoleFuncs *funcs,
                   gpointer user_data)
{
  RedesConsole *self = g_new0 (RedesConsole, 1);
  g_autoptr (GInputStream) stream = g_unix_input_stream_new (STDIN_FILENO, FALSE);

  self->session = session;
  self->funcs = *funcs;
  self->user_data = user_data;
  g_queue_init (&self->typed);
  g_queue_init (&self->wanted);
  self->input = g_data_input_stream_new (stream);
  g_data_input_stream_set_newline_type (self->input, G_DATA_STREAM_NEWLINE_TYPE_LF);
  self->interactive = isatty (STDIN_FILENO) && redes_output_is_terminal (get_output (self));
  if (self->interactive && redes_line_editor_is_there ())
    open_editor (self, history_path);
  read_command (self);
  return self;
}

void
redes_console_free (RedesConsole *self)
{
  if (self->cancelled_id != 0)
    g_signal_handler_disconnect (redes_session_get_cancellable (self->session), self->cancelled_id);
  close_editor (self);
  g_queue_clear_full (&self->typed, g_free);
  g_queue_clear_full (&self->wanted, wanted_free);
  g_clear_object (&self->input);
  g_clear_object (&self->results);
  g_clear_object (&self->peers);
  drop_listing (self);
  g_free (self->path);
  g_free (self->asked);
  g_strfreev (self->only);
  g_free (self);
}

guint
redes_console_get_failures (RedesConsole *self)
{
  return self->failures;
}

gboolean
redes_console_is_interactive (RedesConsole *self)
{
  return self->interactive;
}
