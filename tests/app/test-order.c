/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixture.h"

#include "app/columns.h"
#include "app/row-model.h"
#include "app/sort-key.h"
#include "engine/base/natural-order.h"

#include <string.h>

/* Long lists: their rows, and how they are sorted. */

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
        g_assert_cmpint (redes_natural_order_compare (
                             gtk_string_object_get_string (g_ptr_array_index (mirror, i - 1)),
                             gtk_string_object_get_string (row)),
                         <=, 0);
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

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  if (!fixture_begin ())
    return 0;
  g_test_add_func ("/app/row-model", test_row_model);
  g_test_add_func ("/app/row-model-unfolds", test_row_model_unfolds);
  g_test_add_func ("/app/sort-keys", test_sort_keys);
  g_test_add_func ("/app/order", test_order);
  g_test_add_func ("/app/order-of-changes", test_order_of_changes);
  return fixture_end (g_test_run ());
}
