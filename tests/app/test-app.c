/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/block-map.h"
#include "app/classic-rows.h"
#include "app/columns.h"
#include "app/drop-zone.h"
#include "app/engine-words.h"
#include "app/format.h"
#include "app/history-page.h"
#include "app/history-pane.h"
#include "app/link-window.h"
#include "app/peers-page.h"
#include "app/preferences-window.h"
#include "app/publisher-rows.h"
#include "app/qr-code.h"
#include "app/row-model.h"
#include "app/search-page.h"
#include "app/shared-page.h"
#include "app/source-row.h"
#include "app/speed-graph.h"
#include "app/toast.h"
#include "app/tracker-page.h"
#include "app/tracker-rows.h"
#include "app/transfer-pane.h"
#include "app/transfers-page.h"
#include "app/window.h"

#include <ftw.h>
#include <string.h>

/* A display that goes with the test's last window, so also when a check fails. Its number is any of
 * many above those that other X servers come to when they look for a free one: they do not see what
 * is taken in another network, and would take its place. Returns: whether there is one now, or else
 * the program is missing */
static gboolean
open_display (void)
{
  g_autoptr (GSubprocess) server = NULL;
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *display = g_strdup_printf (":%d", g_random_int_range (10000, 59000));
  char number[16];
  gssize n_read;

  g_setenv ("DISPLAY", display, TRUE);
  launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE
                                        | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  server = g_subprocess_launcher_spawn (launcher, &error, "Xvfb", display, "-displayfd", "1",
                                        "-screen", "0", "1280x800x24", "-nolisten", "tcp",
                                        "-terminate", NULL);
  if (g_error_matches (error, G_SPAWN_ERROR, G_SPAWN_ERROR_NOENT))
    return FALSE;
  g_assert_no_error (error);
  /* It writes its number when it can be used. */
  n_read = g_input_stream_read (g_subprocess_get_stdout_pipe (server), number, sizeof number, NULL,
                                &error);
  g_assert_no_error (error);
  g_assert_cmpint (n_read, >, 0);
  return TRUE;
}

/* Nothing of the tester's own is read or written, nor is a bus started, with the desktop's services
 * that come with one; but icons and their loaders are the system's. Returns: a folder to remove */
static char *
leave_home (void)
{
  static const char *const names[]
      = { "HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME" };
  char *folder = g_dir_make_tmp ("redes-test-app-XXXXXX", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (folder, names[i], NULL);

      g_mkdir_with_parents (path, 0700);
      g_setenv (names[i], path, TRUE);
    }
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "disabled:", TRUE);
  return folder;
}

static int
remove_entry (const char *path, const struct stat *info, int kind, struct FTW *state)
{
  return remove (path);
}

static void
spin (guint n_turns)
{
  for (guint i = 0; i < n_turns; i++)
    g_main_context_iteration (NULL, FALSE);
}

static RedesService *
make_service (void)
{
  g_autoptr (GSettings) settings = g_settings_new (REDES_APP_ID);

  g_settings_set_string (settings, "listen-host", "127.0.0.1");
  g_settings_set_boolean (settings, "lan", FALSE);
  g_settings_set_uint (settings, "listen-port", 0);
  return redes_service_new (settings);
}

static void
test_templates (void)
{
  const GType types[] = {
    REDES_TYPE_SEARCH_PAGE,   REDES_TYPE_TRANSFERS_PAGE, REDES_TYPE_SHARED_PAGE,
    REDES_TYPE_PEERS_PAGE,    REDES_TYPE_TRACKER_PAGE,   REDES_TYPE_TRANSFER_PANE,
    REDES_TYPE_TRACKER_ROWS,  REDES_TYPE_PUBLISHER_ROWS, REDES_TYPE_DROP_ZONE,
    REDES_TYPE_SOURCE_ROW,    REDES_TYPE_QR_CODE,        REDES_TYPE_BLOCK_MAP,
    REDES_TYPE_SPEED_GRAPH,   REDES_TYPE_HISTORY_PAGE,   REDES_TYPE_HISTORY_PANE,
    REDES_TYPE_CLASSIC_ROWS,
  };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      GtkWidget *widget = g_object_ref_sink (g_object_new (types[i], NULL));
      gpointer watch = widget;

      g_object_add_weak_pointer (G_OBJECT (widget), &watch);
      g_object_unref (widget);
      g_test_message ("%s", g_type_name (types[i]));
      g_assert_null (watch);
    }
}

/* Every page shown, before the service runs. */
static void
test_window (void)
{
  static const char *const pages[] = { "search", "transfers", "shared", "peers", "tracker" };
  g_autoptr (RedesService) service = make_service ();
  g_autoptr (RedesMetered) metered = redes_metered_new (service);
  RedesWindow *window = redes_window_new (NULL, service, metered);
  gpointer watch = window;

  g_object_add_weak_pointer (G_OBJECT (window), &watch);
  gtk_window_present (GTK_WINDOW (window));
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      redes_window_show_page (window, pages[i]);
      spin (50);
    }
  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-history", NULL);
  spin (50);
  gtk_window_destroy (GTK_WINDOW (window));
  spin (50);
  g_assert_null (watch);
}

static void
test_preferences (void)
{
  g_autoptr (RedesService) service = make_service ();
  RedesPreferencesWindow *window = redes_preferences_window_new (service);

  gtk_window_present (GTK_WINDOW (window));
  redes_preferences_window_add_tracker (window);
  spin (50);
  gtk_window_destroy (GTK_WINDOW (window));
  spin (50);
}

static void
test_qr_code (void)
{
  g_autofree char *long_text = g_strnfill (4000, 'x');
  RedesQrCode *code = g_object_ref_sink (g_object_new (REDES_TYPE_QR_CODE, NULL));

  g_assert_true (redes_qr_code_set_text (code, "redes:abc"));
  g_assert_false (redes_qr_code_set_text (code, long_text));
  g_object_unref (code);
}

static void
test_speed_graph (void)
{
  RedesSpeedGraph *graph = g_object_ref_sink (g_object_new (REDES_TYPE_SPEED_GRAPH, NULL));

  redes_speed_graph_add (graph, 5000);
  g_assert_cmpfloat (redes_speed_graph_get_peak (graph), ==, 5000);
  for (guint i = 0; i < 120; i++)
    redes_speed_graph_add (graph, 7);
  g_assert_cmpfloat (redes_speed_graph_get_peak (graph), ==, 7);
  redes_speed_graph_clear (graph);
  g_assert_cmpfloat (redes_speed_graph_get_peak (graph), ==, 0);
  g_object_unref (graph);
}

/* What was done can be undone once, and is final when nobody can undo it any more. */

typedef struct
{
  guint n_undone;
  guint n_forgotten;
  guint n_freed;
} Counts;

static void
count_undo (gpointer data)
{
  ((Counts *)data)->n_undone++;
}

static void
count_forget (gpointer data)
{
  ((Counts *)data)->n_forgotten++;
}

static void
count_free (gpointer data)
{
  ((Counts *)data)->n_freed++;
}

static void
test_undo (void)
{
  GtkWidget *window = adw_window_new ();
  GtkWidget *overlay = adw_toast_overlay_new ();
  GtkWidget *label = gtk_label_new ("x");
  Counts first = { 0 }, second = { 0 };

  adw_toast_overlay_set_child (ADW_TOAST_OVERLAY (overlay), label);
  adw_window_set_content (ADW_WINDOW (window), overlay);
  gtk_window_present (GTK_WINDOW (window));

  redes_toast_show_undo (label, "<first>", G_CALLBACK (count_undo), G_CALLBACK (count_forget),
                         &first, count_free);
  redes_toast_undo (label);
  redes_toast_undo (label);
  redes_toast_show_undo (label, "second", G_CALLBACK (count_undo), G_CALLBACK (count_forget),
                         &second, count_free);
  gtk_window_destroy (GTK_WINDOW (window));
  spin (100);

  g_assert_cmpuint (first.n_undone, ==, 1);
  g_assert_cmpuint (first.n_forgotten, ==, 0);
  g_assert_cmpuint (second.n_undone, ==, 0);
  g_assert_cmpuint (second.n_forgotten, ==, 1);
  g_assert_cmpuint (second.n_freed, ==, 1);
}

static gpointer
map_string (gpointer item, gpointer user_data)
{
  g_autoptr (GtkStringObject) string = item;
  guint *n_made = user_data;

  ++*n_made;
  return gtk_string_object_new (gtk_string_object_get_string (string));
}

static void
assert_row (RedesRowModel *rows, guint position, const char *words)
{
  g_autoptr (GtkStringObject) row = g_list_model_get_item (G_LIST_MODEL (rows), position);

  g_assert_cmpstr (gtk_string_object_get_string (row), ==, words);
}

static void
test_row_model (void)
{
  static const char *const first[] = { "b", "d", NULL };
  static const char *const before[] = { "a", NULL };
  static const char *const between[] = { "c", NULL };
  g_autoptr (GtkStringList) strings = gtk_string_list_new (first);
  guint n_made = 0;
  RedesRowModel *rows = redes_row_model_new (G_LIST_MODEL (strings), map_string, &n_made);
  GObject *held[2] = { g_list_model_get_item (G_LIST_MODEL (rows), 0),
                       g_list_model_get_item (G_LIST_MODEL (rows), 1) };
  g_autoptr (GObject) again = NULL;

  gtk_string_list_splice (strings, 0, 0, before);
  gtk_string_list_splice (strings, 2, 0, between);
  assert_row (rows, 0, "a");
  assert_row (rows, 1, "b");
  assert_row (rows, 2, "c");
  assert_row (rows, 3, "d");
  again = g_list_model_get_item (G_LIST_MODEL (rows), 3);
  g_assert_true (again == held[1]);
  g_assert_cmpuint (n_made, ==, 4);
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (rows), 4));

  /* One that nobody holds is made again; one that is held outlives the model. */
  g_object_unref (held[0]);
  assert_row (rows, 1, "b");
  g_assert_cmpuint (n_made, ==, 5);
  gtk_string_list_splice (strings, 0, 3, NULL);
  assert_row (rows, 0, "d");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (rows)), ==, 1);
  g_object_unref (rows);
  g_object_unref (held[1]);
}

/* What somebody has who believes the signal only. */
static void
on_rows_changed (GListModel *rows, guint position, guint removed, guint added, GPtrArray *mirror)
{
  g_assert_cmpuint (position + removed, <=, mirror->len);
  if (removed > 0)
    g_ptr_array_remove_range (mirror, position, removed);
  for (guint i = 0; i < added; i++)
    g_ptr_array_insert (mirror, (int)(position + i), g_list_model_get_item (rows, position + i));
  g_assert_cmpuint (mirror->len, ==, g_list_model_get_n_items (rows));
}

static void
splice_at_random (GtkStringList *strings, guint max)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (strings));
  guint position = (guint)g_test_rand_int_range (0, (int)n + 1);
  guint wanted = (guint)g_test_rand_int_range (0, (int)max);
  guint n_removed = MIN (n - position, wanted);
  guint n_added = (guint)g_test_rand_int_range (0, (int)max);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) added = NULL;

  for (guint i = 0; i < n_added; i++)
    {
      g_autofree char *word = g_strdup_printf ("%u", g_random_int ());

      g_strv_builder_add (builder, word);
    }
  added = g_strv_builder_end (builder);
  gtk_string_list_splice (strings, position, n_removed, (const char *const *)added);
}

static void
test_row_model_unfolds (void)
{
  g_autoptr (GtkStringList) strings = gtk_string_list_new (NULL);
  guint n_made = 0;
  g_autoptr (RedesRowModel) rows
      = redes_row_model_new (G_LIST_MODEL (strings), map_string, &n_made);
  g_autoptr (GPtrArray) mirror = g_ptr_array_new_with_free_func (g_object_unref);
  guint n;

  g_signal_connect (rows, "items-changed", G_CALLBACK (on_rows_changed), mirror);
  for (guint i = 0; i < 400; i++)
    {
      splice_at_random (strings, i % 40 == 0 ? 600 : 12);
      if (i % 3 == 0)
        g_main_context_iteration (NULL, FALSE);
      if (i % 7 == 0)
        redes_row_model_fold (rows);
      if (i % 7 == 2)
        redes_row_model_unfold (rows);
      n = g_list_model_get_n_items (G_LIST_MODEL (strings));
      if (i % 100 == 99)
        gtk_string_list_splice (strings, 0, n, NULL);
    }
  redes_row_model_unfold (rows);
  splice_at_random (strings, 2);
  for (guint i = 0; i < 1000; i++)
    gtk_string_list_append (strings, "one more");
  g_assert_cmpuint (mirror->len, <, 100);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  n = g_list_model_get_n_items (G_LIST_MODEL (strings));
  g_assert_cmpuint (n, >=, 1000);
  g_assert_cmpuint (mirror->len, ==, n);
  for (guint i = 0; i < n; i++)
    assert_row (rows, i, gtk_string_list_get_string (strings, i));
}

static const char *
get_words (gpointer item)
{
  return gtk_string_object_get_string (item);
}

static const char *named;

static const char *
get_named (gpointer item)
{
  return named;
}

static guint64
get_length (gpointer item)
{
  return strlen (gtk_string_object_get_string (item));
}

/* Whatever case; and a text that is another meanwhile has another key. */
static void
test_sort_keys (void)
{
  g_autoptr (GtkStringObject) small = gtk_string_object_new ("ab");
  g_autoptr (GtkStringObject) large = gtk_string_object_new ("ABC");
  g_autoptr (GtkSorter) by_words = redes_sorter_new_by_text (get_words);
  g_autoptr (GtkSorter) by_name = redes_sorter_new_by_text (get_named);
  g_autoptr (GtkSorter) by_length = redes_sorter_new_by_number (get_length);

  redes_sorter_prepare (by_length, G_OBJECT (small));
  redes_sorter_prepare (by_words, G_OBJECT (small));
  g_assert_cmpint (gtk_sorter_compare (by_words, small, large), ==, GTK_ORDERING_SMALLER);
  g_assert_cmpint (gtk_sorter_compare (by_words, large, small), ==, GTK_ORDERING_LARGER);
  g_assert_cmpint (gtk_sorter_compare (by_length, small, large), ==, GTK_ORDERING_LARGER);
  g_assert_cmpint (gtk_sorter_compare (by_length, small, small), ==, GTK_ORDERING_EQUAL);
  for (guint i = 0; i < 3; i++)
    {
      named = "same";
      redes_sorter_prepare (by_name, G_OBJECT (small));
      g_assert_cmpint (gtk_sorter_compare (by_name, small, large), ==, GTK_ORDERING_EQUAL);
      redes_sorter_prepare (by_name, G_OBJECT (large));
      named = "another";
      redes_sorter_prepare (by_name, G_OBJECT (small));
      g_assert_cmpint (gtk_sorter_compare (by_name, small, large), ==, GTK_ORDERING_EQUAL);
      g_assert_cmpint (gtk_sorter_compare (by_words, small, large), ==, GTK_ORDERING_SMALLER);
    }
}

/* Rows go and come anew when their order changes, but what was selected still is. */
static void
test_order (void)
{
  GtkWidget *view = g_object_ref_sink (gtk_column_view_new (NULL));
  GtkColumnViewColumn *column = gtk_column_view_column_new ("Words", NULL);
  g_autoptr (GtkStringList) strings = gtk_string_list_new (NULL);
  guint n_made = 0;
  GtkSingleSelection *selection;
  g_autoptr (GtkStringObject) first = NULL;
  g_auto (GStrv) more = NULL;

  redes_column_sort_by_text (column, get_words);
  gtk_column_view_append_column (GTK_COLUMN_VIEW (view), column);
  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *word = g_strdup_printf ("%03u", (i * 7 + 3) % 1000);

      gtk_string_list_append (strings, word);
    }
  selection = redes_columns_set_model (GTK_COLUMN_VIEW (view), G_LIST_MODEL (strings), map_string,
                                       &n_made);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  gtk_single_selection_set_selected (selection, 900);
  gtk_column_view_sort_by_column (GTK_COLUMN_VIEW (view), column, GTK_SORT_ASCENDING);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  first = g_list_model_get_item (G_LIST_MODEL (selection), 0);
  g_assert_cmpstr (gtk_string_object_get_string (first), ==, "000");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (selection)), ==, 1000);
  g_assert_cmpuint (gtk_single_selection_get_selected (selection), ==, (900 * 7 + 3) % 1000);

  /* Nor does it matter that others come before it in the list that is sorted. */
  more = g_new0 (char *, 301);
  for (guint i = 0; i < 300; i++)
    more[i] = g_strdup ("after all others");
  gtk_string_list_splice (strings, 0, 0, (const char *const *)more);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (gtk_single_selection_get_selected (selection), ==, (900 * 7 + 3) % 1000);
  g_object_unref (column);
  g_object_unref (view);
}

/* All that is believed of a list by whoever hears its signal only. */
static void
assert_sorted (GtkSingleSelection *selection, GtkStringList *strings, GPtrArray *mirror)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (strings));

  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (mirror->len, ==, n);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (selection)), ==, n);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GtkStringObject) row = g_list_model_get_item (G_LIST_MODEL (selection), i);

      g_assert_true (g_ptr_array_index (mirror, i) == row);
      if (i > 0)
        g_assert_cmpstr (gtk_string_object_get_string (g_ptr_array_index (mirror, i - 1)), <=,
                         gtk_string_object_get_string (row));
    }
}

/* A list that is sorted grows, and shrinks, by many and by few, also while it is being sorted. */
static void
test_order_of_changes (void)
{
  GtkWidget *view = g_object_ref_sink (gtk_column_view_new (NULL));
  GtkColumnViewColumn *column = gtk_column_view_column_new ("Words", NULL);
  g_autoptr (GtkStringList) strings = gtk_string_list_new (NULL);
  g_autoptr (GPtrArray) mirror = g_ptr_array_new_with_free_func (g_object_unref);
  guint n_made = 0;
  GtkSingleSelection *selection;

  redes_column_sort_by_text (column, get_words);
  gtk_column_view_append_column (GTK_COLUMN_VIEW (view), column);
  gtk_column_view_sort_by_column (GTK_COLUMN_VIEW (view), column, GTK_SORT_ASCENDING);
  selection = redes_columns_set_model (GTK_COLUMN_VIEW (view), G_LIST_MODEL (strings), map_string,
                                       &n_made);
  g_signal_connect (selection, "items-changed", G_CALLBACK (on_rows_changed), mirror);
  for (guint i = 0; i < 200; i++)
    {
      guint n = g_list_model_get_n_items (G_LIST_MODEL (strings));
      guint n_turns = (guint)g_test_rand_int_range (0, 40);

      splice_at_random (strings, i % 4 == 0 ? 700 : 12);
      for (guint turn = 0; turn < n_turns; turn++)
        g_main_context_iteration (NULL, FALSE);
      if (i % 20 == 0)
        assert_sorted (selection, strings, mirror);
      if (i % 30 == 29)
        gtk_string_list_splice (strings, 0, n / 2, NULL);
    }
  assert_sorted (selection, strings, mirror);
  g_object_unref (column);
  g_object_unref (view);
}

static void
test_format (void)
{
  static const struct
  {
    gdouble seconds;
    const char *words;
  } durations[] = {
    { -1, "0 s" },           { 0.4, "0 s" },         { 59, "59 s" },
    { 61, "1 min 1 s" },     { 3600, "1 h 0 min" },  { 86400 + 3600, "1 d 1 h" },
  };
  g_autofree char *none = redes_format_rate (0.5);
  g_autofree char *rate = redes_format_rate (1500);
  g_autofree char *now = redes_format_ago (1);

  for (guint i = 0; i < G_N_ELEMENTS (durations); i++)
    {
      g_autofree char *words = redes_format_duration (durations[i].seconds);

      g_assert_cmpstr (words, ==, durations[i].words);
    }
  g_assert_cmpstr (none, ==, "");
  g_assert_true (g_str_has_suffix (rate, "kB/s"));
  g_assert_cmpstr (now, ==, "just now");
  g_assert_cmpstr (redes_engine_words_translate ("of no list"), ==, "of no list");
}

/* In English nothing changes; whatever is fitted together is what came in. */
static void
test_log_words (void)
{
  static const char *const lines[] = {
    "started at 127.0.0.1:5000",
    "stopped with 1 peer registered",
    "ana (k3xw-7aqd) at 127.0.0.1:6001 registered with 1 file",
    "ana (k3xw-7aqd) at 127.0.0.1:6001 registered with 0 files",
    "x left (k3xw-7aqd) at 127.0.0.1:6001 updated (+1/-0 files, 2 in all)",
    "ana (k3xw-7aqd) at 127.0.0.1:6001 searched “100 % (of it)” (12 results)",
    "ana (k3xw-7aqd) at 127.0.0.1:6001 asked for sources of k3xw7aqd2345… (2)",
    "ana (k3xw-7aqd) at 127.0.0.1:6001: search refused: too often",
    "classic guest at 127.0.0.1:7000 left",
    "… and 7 more refused within the same second",
    "of no pattern",
    "",
  };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autofree char *words = redes_engine_words_translate_log (lines[i]);

      g_assert_cmpstr (words, ==, lines[i]);
    }
}

int
main (int argc, char *argv[])
{
  g_autofree char *folder = leave_home ();
  int status;

  g_test_init (&argc, &argv, NULL);
  if (!open_display ())
    {
      g_print ("1..0 # SKIP Xvfb is not installed\n");
      nftw (folder, remove_entry, 32, FTW_DEPTH | FTW_PHYS);
      return 0;
    }
  gtk_init ();
  adw_init ();
  g_test_add_func ("/app/templates", test_templates);
  g_test_add_func ("/app/window", test_window);
  g_test_add_func ("/app/preferences", test_preferences);
  g_test_add_func ("/app/qr-code", test_qr_code);
  g_test_add_func ("/app/speed-graph", test_speed_graph);
  g_test_add_func ("/app/undo", test_undo);
  g_test_add_func ("/app/row-model", test_row_model);
  g_test_add_func ("/app/row-model-unfolds", test_row_model_unfolds);
  g_test_add_func ("/app/sort-keys", test_sort_keys);
  g_test_add_func ("/app/order", test_order);
  g_test_add_func ("/app/order-of-changes", test_order_of_changes);
  g_test_add_func ("/app/format", test_format);
  g_test_add_func ("/app/log-words", test_log_words);
  status = g_test_run ();
  g_assert_cmpint (nftw (folder, remove_entry, 32, FTW_DEPTH | FTW_PHYS), ==, 0);
  return status;
}
