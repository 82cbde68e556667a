/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * How long the main loop is held up when long lists are shown, sorted and scrolled: the pages of
 * the window over models made here. Run by smooth.py, or on a display: bench-lists [ROWS…]
 */

#include "app/columns.h"
#include "app/result-row.h"
#include "app/search-page.h"
#include "app/service.h"
#include "app/transfer-row.h"
#include "app/transfers-page.h"

#include "engine/node/items-private.h"
#include "engine/node/transfer-private.h"

#include <stdlib.h>
#include <string.h>

#define TICK_MS 5
/* Longer than anything here goes on. */
#define QUIET_MS 700
#define N_TRANSFERS 1000

typedef struct
{
  GtkWidget *window;
  GtkColumnView *view;
  RedesService *service;
  GArray *late_us;
  gint64 due_us;
} Bench;

static gboolean
on_tick (gpointer user_data)
{
  Bench *bench = user_data;
  gint64 now_us = g_get_monotonic_time ();
  gint64 late_us = now_us - bench->due_us;

  g_array_append_val (bench->late_us, late_us);
  bench->due_us = now_us + TICK_MS * 1000;
  return G_SOURCE_CONTINUE;
}

static gint
compare_times (gconstpointer a, gconstpointer b)
{
  gint64 one = *(const gint64 *)a;
  gint64 other = *(const gint64 *)b;

  return (one > other) - (one < other);
}

static gboolean
on_end (gpointer user_data)
{
  *(gboolean *)user_data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
spin (guint ms)
{
  gboolean end = FALSE;

  g_timeout_add (ms, on_end, &end);
  while (!end)
    g_main_context_iteration (NULL, TRUE);
}

static void
begin (Bench *bench)
{
  g_array_set_size (bench->late_us, 0);
  bench->due_us = g_get_monotonic_time () + TICK_MS * 1000;
}

static void
end (Bench *bench, const char *what)
{
  guint n = bench->late_us->len;

  g_array_sort (bench->late_us, compare_times);
  g_print ("# %-44s worst %6.1f ms, p99 %5.1f ms\n", what,
           g_array_index (bench->late_us, gint64, n - 1) / 1000.0,
           g_array_index (bench->late_us, gint64, n * 99 / 100) / 1000.0);
}

static GtkWidget *
find (GtkWidget *widget, GType type)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find (child, type);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static void
digest_init (RedesDigest *digest, guint i)
{
  memset (digest, 0, sizeof *digest);
  memcpy (digest, &i, sizeof i);
}

static void
add_results (GListStore *store, guint n)
{
  const char *const trackers[] = { "192.0.2.7:5000", NULL };
  g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("a file of many words %05u.txt", i * 7919 % n);
      RedesResultEntry row = { .name = name, .sources = i % 17 };

      digest_init (&row.content.root, i);
      row.content.size_bytes = i * 104729ull % 1000000;
      digest_init (&row.publisher, i % 5);
      g_ptr_array_add (results, redes_result_new (&row, trackers));
    }
  g_list_store_splice (store, g_list_model_get_n_items (G_LIST_MODEL (store)), 0, results->pdata,
                       results->len);
}

static void
add_transfers (GListStore *store, guint n)
{
  g_autoptr (GPtrArray) transfers = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n; i++)
    {
      RedesTransferSnapshot snapshot
          = { .id = i + 1, .state = i % 3 == 0 ? REDES_TRANSFER_PAUSED : REDES_TRANSFER_DONE };
      g_autoptr (RedesLink) link = g_new0 (RedesLink, 1);
      RedesTransfer *transfer;

      link->name = g_strdup_printf ("small %05u.txt", i * 7919 % n);
      digest_init (&link->content.root, i);
      link->content.size_bytes = i * 104729ull % 1000000;
      transfer = redes_transfer_new (i + 1, link);
      snapshot.sources = redes_transfer_sources_new ();
      redes_transfer_update (transfer, &snapshot);
      g_ptr_array_add (transfers, transfer);
    }
  g_list_store_splice (store, g_list_model_get_n_items (G_LIST_MODEL (store)), 0, transfers->pdata,
                       transfers->len);
}

static gpointer
map_result (gpointer item, gpointer user_data)
{
  g_autoptr (RedesResult) result = item;

  return redes_result_row_new (result, user_data);
}

static gpointer
map_transfer (gpointer item, gpointer user_data)
{
  g_autoptr (RedesTransfer) transfer = item;

  return redes_transfer_row_new (transfer);
}

static void
show (Bench *bench, GtkWidget *page, const char *list)
{
  gtk_window_set_child (GTK_WINDOW (bench->window), page);
  bench->view = GTK_COLUMN_VIEW (find (page, GTK_TYPE_COLUMN_VIEW));
  gtk_stack_set_visible_child_name (GTK_STACK (find (page, GTK_TYPE_STACK)), list);
  spin (QUIET_MS);
}

static void
sort_and_scroll (Bench *bench)
{
  GListModel *columns = gtk_column_view_get_columns (bench->view);
  GtkAdjustment *adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (bench->view));

  for (guint i = 1; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i);
      g_autofree char *what
          = g_strdup_printf ("  sorted by %s", gtk_column_view_column_get_title (column));

      if (gtk_column_view_column_get_sorter (column) == NULL)
        continue;
      begin (bench);
      gtk_column_view_sort_by_column (bench->view, column, GTK_SORT_ASCENDING);
      spin (QUIET_MS);
      end (bench, what);
    }
  begin (bench);
  for (guint i = 0; i < 60; i++)
    {
      gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) + 150);
      spin (17);
    }
  end (bench, "  scrolled");
  begin (bench);
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment) / 2);
  spin (QUIET_MS);
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment));
  spin (QUIET_MS);
  end (bench, "  scrolled to the middle and the end");
}

static void
show_results (Bench *bench, guint n)
{
  g_autoptr (GListStore) store = g_list_store_new (REDES_TYPE_RESULT);
  GtkWidget *page = g_object_new (REDES_TYPE_SEARCH_PAGE, NULL);
  g_autofree char *what = g_strdup_printf ("%u results", n);

  redes_search_page_set_service (REDES_SEARCH_PAGE (page), bench->service);
  show (bench, page, "results");
  add_results (store, n);
  begin (bench);
  redes_columns_set_model (bench->view, G_LIST_MODEL (store), map_result, bench->service);
  spin (QUIET_MS);
  end (bench, what);
  sort_and_scroll (bench);
  begin (bench);
  gtk_column_view_set_model (bench->view, NULL);
  spin (QUIET_MS);
  end (bench, "  gone");
}

static void
show_transfers (Bench *bench, guint n)
{
  g_autoptr (GListStore) store = g_list_store_new (REDES_TYPE_TRANSFER);
  GtkWidget *page = g_object_new (REDES_TYPE_TRANSFERS_PAGE, NULL);
  g_autofree char *what = g_strdup_printf ("%u transfers", n);

  redes_transfers_page_set_service (REDES_TRANSFERS_PAGE (page), bench->service);
  show (bench, page, "list");
  redes_columns_set_model (bench->view, G_LIST_MODEL (store), map_transfer, NULL);
  begin (bench);
  add_transfers (store, n);
  spin (QUIET_MS);
  end (bench, what);
  sort_and_scroll (bench);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GSettings) settings = NULL;
  Bench bench = { .late_us = g_array_new (FALSE, FALSE, sizeof (gint64)) };

  adw_init ();
  settings = g_settings_new (REDES_APP_ID);
  bench.service = redes_service_new (settings);
  bench.window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (bench.window), 960, 640);
  gtk_window_present (GTK_WINDOW (bench.window));
  g_timeout_add_full (G_PRIORITY_HIGH, TICK_MS, on_tick, &bench, NULL);
  for (int i = 1; i < argc; i++)
    show_results (&bench, (guint)atoi (argv[i]));
  if (argc == 1)
    {
      show_results (&bench, 1000);
      show_results (&bench, 100 * 1000);
      show_transfers (&bench, N_TRANSFERS);
    }
  /* The pages' models are not those that they made: they are not taken apart. */
  return 0;
}
