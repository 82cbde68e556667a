/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixture.h"

#include "app/block-map.h"
#include "app/classic-rows.h"
#include "app/downloads.h"
#include "app/drop-zone.h"
#include "app/format.h"
#include "app/history-page.h"
#include "app/history-pane.h"
#include "app/link-window.h"
#include "app/peers-page.h"
#include "app/preferences-window.h"
#include "app/publisher-rows.h"
#include "app/qr-code.h"
#include "app/question-bar.h"
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
#include "engine/node/node-configure.h"

#include <string.h>

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
    REDES_TYPE_SEARCH_PAGE,  REDES_TYPE_TRANSFERS_PAGE, REDES_TYPE_SHARED_PAGE,
    REDES_TYPE_PEERS_PAGE,   REDES_TYPE_TRACKER_PAGE,   REDES_TYPE_TRANSFER_PANE,
    REDES_TYPE_TRACKER_ROWS, REDES_TYPE_PUBLISHER_ROWS, REDES_TYPE_DROP_ZONE,
    REDES_TYPE_SOURCE_ROW,   REDES_TYPE_QR_CODE,        REDES_TYPE_BLOCK_MAP,
    REDES_TYPE_SPEED_GRAPH,  REDES_TYPE_HISTORY_PAGE,   REDES_TYPE_HISTORY_PANE,
    REDES_TYPE_CLASSIC_ROWS, REDES_TYPE_QUESTION_BAR,
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

/* One answer to each query, whatever is clicked on while the bar goes. */

static void
count (RedesQuestionBar *bar, gpointer user_data)
{
  (*(guint *)user_data)++;
}

/* (transfer none): the button of that label below @widget */
static GtkWidget *
find_button (GtkWidget *widget, const char *label)
{
  if (GTK_IS_BUTTON (widget) && g_strcmp0 (gtk_button_get_label (GTK_BUTTON (widget)), label) == 0)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_button (child, label);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static void
test_question_bar (void)
{
  RedesQuestionBar *bar = g_object_ref_sink (
      g_object_new (REDES_TYPE_QUESTION_BAR, "accept", "_Yes", "refuse", "_No", NULL));
  GtkWidget *yes = find_button (GTK_WIDGET (bar), "_Yes");
  GtkWidget *no = find_button (GTK_WIDGET (bar), "_No");
  guint n_accepted = 0, n_refused = 0;

  g_signal_connect (bar, "accepted", G_CALLBACK (count), &n_accepted);
  g_signal_connect (bar, "refused", G_CALLBACK (count), &n_refused);
  g_assert_false (redes_question_bar_is_asking (bar));
  g_signal_emit_by_name (yes, "clicked");
  g_assert_cmpuint (n_accepted, ==, 0);
  redes_question_bar_ask (bar, "Shall it be?");
  g_assert_true (redes_question_bar_is_asking (bar));
  g_signal_emit_by_name (yes, "clicked");
  g_signal_emit_by_name (yes, "clicked");
  g_signal_emit_by_name (no, "clicked");
  g_assert_false (redes_question_bar_is_asking (bar));
  redes_question_bar_ask (bar, "And this?");
  g_signal_emit_by_name (no, "clicked");
  g_assert_cmpuint (n_accepted, ==, 1);
  g_assert_cmpuint (n_refused, ==, 1);
  g_object_unref (bar);
}

static gboolean
is_shown (GtkWidget *bar)
{
  return gtk_revealer_get_reveal_child (GTK_REVEALER (gtk_widget_get_first_child (bar)));
}

/* A window shows one question; the next one comes when that is answered, or its page is left. */
static void
test_one_question (void)
{
  GtkWidget *window = gtk_window_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *first = g_object_new (REDES_TYPE_QUESTION_BAR, "accept", "1", "refuse", "No", NULL);
  GtkWidget *second = g_object_new (REDES_TYPE_QUESTION_BAR, "accept", "2", "refuse", "No", NULL);

  gtk_box_append (GTK_BOX (box), first);
  gtk_box_append (GTK_BOX (box), second);
  gtk_window_set_child (GTK_WINDOW (window), box);
  gtk_window_present (GTK_WINDOW (window));
  while (!gtk_widget_get_mapped (second))
    g_main_context_iteration (NULL, TRUE);

  redes_question_bar_ask (REDES_QUESTION_BAR (second), "Second?");
  redes_question_bar_ask (REDES_QUESTION_BAR (first), "First?");
  g_assert_true (is_shown (second));
  g_assert_false (is_shown (first));
  gtk_widget_set_visible (second, FALSE);
  g_assert_true (is_shown (first));
  gtk_widget_set_visible (second, TRUE);
  g_assert_true (is_shown (first));
  redes_question_bar_withdraw (REDES_QUESTION_BAR (first));
  g_assert_true (redes_question_bar_is_asking (REDES_QUESTION_BAR (second)));
  g_assert_true (is_shown (second));
  gtk_window_destroy (GTK_WINDOW (window));
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

static void
test_format (void)
{
  static const struct
  {
    gdouble seconds;
    const char *words;
  } durations[] = {
    { -1, "0 s" },       { 0.4, "0 s" },        { 59, "59 s" },
    { 61, "1 min 1 s" }, { 3600, "1 h 0 min" }, { 86400 + 3600, "1 d 1 h" },
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
}

/* Links of files and of folders are opened; what is no whole link says what to do. */
static void
test_links (void)
{
  static const char root[] = "redes:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
  static const char *const rests[] = { "?s=20&n=a", "?s=20&k=folder&n=a" };
  const char *bad[] = { root, "" };

  for (guint i = 0; i < G_N_ELEMENTS (rests); i++)
    {
      g_autofree char *text = g_strconcat (root, rests[i], NULL);
      g_autofree char *trouble = NULL;
      g_autoptr (RedesLink) link = redes_downloads_parse_link (text, &trouble);

      g_assert_nonnull (link);
      g_assert_null (trouble);
      g_assert_cmpint (link->is_folder, ==, i == 1);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *words = NULL;

      g_assert_null (redes_downloads_parse_link (bad[i], &words));
      g_assert_nonnull (strstr (words, "whole link"));
    }
}

/* On a metered network uploads trickle, whatever limit is set meanwhile. */
static void
test_sparing (void)
{
  g_autoptr (RedesService) service = make_service ();
  GSettings *settings = redes_service_get_settings (service);
  RedesNode *node = redes_service_get_node (service);
  guint64 trickle;

  g_settings_set_uint (settings, "max-up-kb-per-s", 700);
  g_assert_cmpuint (redes_node_get_config (node)->max_up_bytes_per_s, ==, 700000);
  redes_service_set_sparing (service, TRUE);
  trickle = redes_node_get_config (node)->max_up_bytes_per_s;
  g_assert_cmpuint (trickle, <, 100000);

  g_settings_set_uint (settings, "max-up-kb-per-s", 500);
  g_settings_set_uint (settings, "max-down-kb-per-s", 300);
  g_assert_cmpuint (redes_node_get_config (node)->max_down_bytes_per_s, ==, 300000);
  g_assert_cmpuint (redes_node_get_config (node)->max_up_bytes_per_s, ==, trickle);

  redes_service_set_sparing (service, FALSE);
  g_assert_cmpuint (redes_node_get_config (node)->max_up_bytes_per_s, ==, 500000);
  g_settings_reset (settings, "max-up-kb-per-s");
  g_settings_reset (settings, "max-down-kb-per-s");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  if (!fixture_begin ())
    return 0;
  g_test_add_func ("/app/templates", test_templates);
  g_test_add_func ("/app/window", test_window);
  g_test_add_func ("/app/preferences", test_preferences);
  g_test_add_func ("/app/links", test_links);
  g_test_add_func ("/app/sparing", test_sparing);
  g_test_add_func ("/app/question-bar", test_question_bar);
  g_test_add_func ("/app/one-question", test_one_question);
  g_test_add_func ("/app/qr-code", test_qr_code);
  g_test_add_func ("/app/speed-graph", test_speed_graph);
  g_test_add_func ("/app/undo", test_undo);
  g_test_add_func ("/app/format", test_format);
  return fixture_end (g_test_run ());
}
