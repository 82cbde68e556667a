/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixture.h"

#include "app/classic-rows.h"
#include "app/history-page.h"
#include "app/history-pane.h"
#include "app/peers-page.h"
#include "app/publisher-rows.h"
#include "app/question-bar.h"
#include "app/search-page.h"
#include "app/shared-page.h"
#include "app/tracker-page.h"
#include "app/tracker-rows.h"
#include "app/transfer-pane.h"
#include "app/transfers-page.h"

#include <glib/gi18n.h>
#include <locale.h>

/*
 * The least width of each page, in the language of LANGUAGE. The stacks of the pages measure all of
 * their pages, so this holds in every state; tests/ui/test-narrow.py shows them with rows.
 */

/* A telephone's width in pixels, and the border that GTK draws around a window where nothing is
 * drawn beneath windows. */
#define MAX_WIDTH 360
#define BORDER 10
/* The width of the pane of details. */
#define PANE_WIDTH 320

static int
measure (GtkWidget *widget)
{
  int minimum;

  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  return minimum;
}

static void
test_pages (void)
{
  const GType types[] = {
    REDES_TYPE_SEARCH_PAGE,  REDES_TYPE_TRANSFERS_PAGE, REDES_TYPE_SHARED_PAGE,
    REDES_TYPE_PEERS_PAGE,   REDES_TYPE_TRACKER_PAGE,   REDES_TYPE_TRANSFER_PANE,
    REDES_TYPE_HISTORY_PAGE, REDES_TYPE_HISTORY_PANE,   REDES_TYPE_TRACKER_ROWS,
    REDES_TYPE_CLASSIC_ROWS, REDES_TYPE_PUBLISHER_ROWS,
  };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      GtkWidget *widget = g_object_ref_sink (g_object_new (types[i], NULL));
      int width = measure (widget);

      g_test_message ("%s: %d pixels", g_type_name (types[i]), width);
      if (width > MAX_WIDTH - BORDER)
        {
          g_test_fail ();
          g_test_message ("%s is too wide", g_type_name (types[i]));
        }
      g_object_unref (widget);
    }
}

/* The transfer pane with its longest words: the file is signed by another publisher than the one
 * chosen, and was fast. It has to fit into its own width. */
static void
test_transfer_pane (void)
{
  GtkWidget *pane = g_object_ref_sink (g_object_new (REDES_TYPE_TRANSFER_PANE, NULL));
  AdwPreferencesRow *row = ADW_PREFERENCES_ROW (
      gtk_widget_get_template_child (pane, REDES_TYPE_TRANSFER_PANE, "publisher"));
  GtkWidget *use_button
      = GTK_WIDGET (gtk_widget_get_template_child (pane, REDES_TYPE_TRANSFER_PANE, "use_button"));
  GtkLabel *speed_words
      = GTK_LABEL (gtk_widget_get_template_child (pane, REDES_TYPE_TRANSFER_PANE, "speed_words"));
  g_autofree char *title = g_strdup_printf (_ ("Signed by %s instead"), "k3xw-7aqd");
  g_autofree char *speed
      = g_strdup_printf (_ ("At most %s in the last two minutes"), "1023.9 MB/s");

  gtk_widget_set_visible (use_button, TRUE);
  adw_preferences_row_set_title (row, title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row),
                               _ ("The file is the same; the publisher that you chose has not "
                                  "signed what is there"));
  gtk_label_set_label (speed_words, speed);
  g_test_message ("%d pixels", measure (pane));
  g_assert_cmpint (measure (pane), <=, PANE_WIDTH);
  g_object_unref (pane);
}

static void
test_question_bars (void)
{
  static const char *const words[][3] = {
    { N_ ("_Use It"), N_ ("_Not on This Network"),
      N_ ("A tracker was found on this network: %1$s (%2$s). It would hear what you share and "
          "search.") },
    { N_ ("Choose _One"), N_ ("_Stay Nameless"),
      N_ ("You have no name here: others see a short code") },
    { N_ ("_Let Them"), N_ ("_Do Not"),
      N_ ("Others find your files by searching. May they also look through all that you share?") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      GtkWidget *bar = g_object_ref_sink (g_object_new (
          REDES_TYPE_QUESTION_BAR, "accept", _ (words[i][0]), "refuse", _ (words[i][1]), NULL));

      redes_question_bar_ask (REDES_QUESTION_BAR (bar), _ (words[i][2]));
      g_test_message ("%s: %d pixels", words[i][0], measure (bar));
      g_assert_cmpint (measure (bar), <=, MAX_WIDTH - BORDER);
      g_object_unref (bar);
    }
}

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, g_getenv ("REDES_LOCALE_DIR"));
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_test_init (&argc, &argv, NULL);
  if (!fixture_begin ())
    return 0;
  g_test_add_func ("/app/narrow/pages", test_pages);
  g_test_add_func ("/app/narrow/transfer-pane", test_transfer_pane);
  g_test_add_func ("/app/narrow/question-bars", test_question_bars);
  return fixture_end (g_test_run ());
}
