/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/folder-rows.h"

#include "engine/base/transfer-snapshot.h"

/* What is in a folder: as a tree, what is chosen of it, and the rows that a list shows. */

static void
add (GPtrArray *lines, const char *path, gboolean is_folder, guint64 size)
{
  RedesFolderLine *line = g_new (RedesFolderLine, 1);

  *line = (RedesFolderLine){ g_strdup (path), size, is_folder };
  g_ptr_array_add (lines, line);
}

/* Numbers: 1 "a", 2 "a/b", 3 "a/b/IMG_2", 4 "a/b/IMG_10", 5 "a/c", 6 "a2", 7 "a2/x", 8 "empty",
 * 9 "last" */
static RedesListedFolder *
make_tree (void)
{
  g_autoptr (GPtrArray) lines = redes_folder_lines_new ();

  add (lines, "a", TRUE, 60);
  add (lines, "a/b", TRUE, 30);
  add (lines, "a/b/IMG_2", FALSE, 10);
  add (lines, "a/b/IMG_10", FALSE, 20);
  add (lines, "a/c", FALSE, 30);
  add (lines, "a2", TRUE, 5);
  add (lines, "a2/x", FALSE, 5);
  add (lines, "empty", TRUE, 0);
  add (lines, "last", FALSE, 0);
  return redes_listed_folder_new (lines);
}

static void
assert_children (RedesListedFolder *tree, guint folder, const char *expected)
{
  g_autoptr (GArray) children = redes_listed_folder_list_children (tree, folder);
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < children->len; i++)
    g_string_append_printf (
        names, "%s ", redes_listed_folder_get_name (tree, g_array_index (children, guint, i)));
  g_assert_cmpstr (names->str, ==, expected);
}

static void
test_tree (void)
{
  g_autoptr (RedesListedFolder) tree = make_tree ();

  g_assert_cmpuint (redes_listed_folder_get_n_entries (tree), ==, 10);
  assert_children (tree, REDES_LISTED_FOLDER_TOP, "a a2 empty last ");
  assert_children (tree, 1, "b c ");
  assert_children (tree, 2, "IMG_2 IMG_10 ");
  assert_children (tree, 6, "x ");
  assert_children (tree, 8, "");
  g_assert_cmpuint (redes_listed_folder_get_n_files (tree, REDES_LISTED_FOLDER_TOP), ==, 5);
  g_assert_cmpuint (redes_listed_folder_get_size (tree, REDES_LISTED_FOLDER_TOP), ==, 65);
  g_assert_cmpuint (redes_listed_folder_get_n_files (tree, 1), ==, 3);
  g_assert_cmpuint (redes_listed_folder_get_n_files (tree, 8), ==, 0);
  g_assert_cmpstr (redes_listed_folder_get_path (tree, 4), ==, "a/b/IMG_10");
}

static void
assert_choice (RedesListedFolder *tree, guint n, guint64 size, const char *expected)
{
  g_auto (GStrv) only = redes_listed_folder_dup_choice (tree);
  g_autofree char *joined = only != NULL ? g_strjoinv (" ", only) : NULL;

  g_assert_cmpstr (joined, ==, expected);
  g_assert_cmpuint (redes_listed_folder_get_n_chosen (tree), ==, n);
  g_assert_cmpuint (redes_listed_folder_get_chosen_size (tree), ==, size);
}

static void
test_choice (void)
{
  g_autoptr (RedesListedFolder) tree = make_tree ();

  assert_choice (tree, 5, 65, NULL);
  redes_listed_folder_choose (tree, 3, FALSE);
  g_assert_cmpint (redes_listed_folder_get_choice (tree, 2), ==, REDES_FOLDER_SOME);
  g_assert_cmpint (redes_listed_folder_get_choice (tree, 1), ==, REDES_FOLDER_SOME);
  g_assert_cmpint (redes_listed_folder_get_choice (tree, 5), ==, REDES_FOLDER_ALL);
  assert_choice (tree, 4, 55, "/a/b/IMG_10 /a/c /a2/ /last");
  /* A folder as a whole, twice: the second time nothing is left to change. */
  redes_listed_folder_choose (tree, 1, TRUE);
  redes_listed_folder_choose (tree, 1, TRUE);
  assert_choice (tree, 5, 65, NULL);
  redes_listed_folder_choose (tree, REDES_LISTED_FOLDER_TOP, FALSE);
  assert_choice (tree, 0, 0, "");
  redes_listed_folder_choose (tree, 2, TRUE);
  assert_choice (tree, 2, 30, "/a/b/");
  redes_listed_folder_choose (tree, 4, FALSE);
  assert_choice (tree, 1, 10, "/a/b/IMG_2");
  redes_listed_folder_choose (tree, 2, FALSE);
  assert_choice (tree, 0, 0, "");
}

static void
count_notify (GObject *entry, GParamSpec *pspec, gpointer user_data)
{
  ++*(guint *)user_data;
}

/* Whoever asks again gets the same row, as long as somebody has it; it follows the tree. */
static void
test_rows (void)
{
  g_autoptr (RedesListedFolder) tree = make_tree ();
  g_autoptr (RedesFolderRows) rows = redes_folder_rows_new (tree, REDES_LISTED_FOLDER_TOP);
  g_autoptr (RedesFolderEntry) entry = NULL;
  g_autoptr (RedesFolderEntry) again = NULL;
  g_autofree char *name = NULL;
  gboolean chosen, partly;
  guint n_told = 0;

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (rows)), ==, 4);
  g_assert_true (redes_folder_rows_are_all_told (rows));
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (rows), 4));
  entry = g_list_model_get_item (G_LIST_MODEL (rows), 0);
  again = g_list_model_get_item (G_LIST_MODEL (rows), 0);
  g_assert_true (entry == again);
  g_signal_connect (entry, "notify::chosen", G_CALLBACK (count_notify), &n_told);
  redes_listed_folder_choose (tree, 3, FALSE);
  g_object_get (entry, "name", &name, "chosen", &chosen, "partly-chosen", &partly, NULL);
  g_assert_cmpstr (name, ==, "a");
  g_assert_false (chosen);
  g_assert_true (partly);
  g_assert_cmpuint (n_told, ==, 1);
  redes_folder_entry_toggle (entry);
  g_assert_cmpint (redes_listed_folder_get_choice (tree, 1), ==, REDES_FOLDER_ALL);
  redes_folder_entry_toggle (entry);
  g_assert_cmpint (redes_listed_folder_get_choice (tree, 1), ==, REDES_FOLDER_NOTHING);
  /* What a widget shows it follows, but does not hold. */
  g_clear_object (&entry);
  g_clear_object (&again);
  redes_listed_folder_choose (tree, 3, TRUE);
  g_assert_cmpuint (n_told, ==, 4);
  entry = g_list_model_get_item (G_LIST_MODEL (rows), 0);
  /* A row may outlive the list. */
  g_clear_object (&rows);
  redes_folder_entry_toggle (entry);
  g_assert_cmpuint (n_told, ==, 5);
}

/* What somebody has who believes the signal only. */
static void
on_items_changed (GListModel *rows, guint position, guint removed, guint added, guint *n_told)
{
  g_assert_cmpuint (removed, ==, 0);
  g_assert_cmpuint (position, ==, *n_told);
  *n_told += added;
  g_assert_cmpuint (g_list_model_get_n_items (rows), ==, *n_told);
}

static void
count_changes (GListModel *rows, guint position, guint removed, guint added, guint *n_changes)
{
  ++*n_changes;
}

static void
wait_until_told (RedesFolderRows *rows)
{
  while (!redes_folder_rows_are_all_told (rows))
    g_main_context_iteration (NULL, TRUE);
}

/* A long folder is told of a few at a time; what is searched for as it is found. */
static void
test_long_rows (void)
{
  g_autoptr (GPtrArray) lines = redes_folder_lines_new ();
  g_autoptr (RedesListedFolder) tree = NULL;
  g_autoptr (RedesFolderRows) rows = NULL;
  g_autoptr (RedesFolderRows) found = NULL;
  guint n_told;

  for (guint i = 0; i < 30000; i++)
    {
      g_autofree char *name = g_strdup_printf ("IMG %u.jpg", i);

      add (lines, name, FALSE, 1);
    }
  tree = redes_listed_folder_new (lines);
  rows = redes_folder_rows_new (tree, REDES_LISTED_FOLDER_TOP);
  n_told = g_list_model_get_n_items (G_LIST_MODEL (rows));
  g_assert_cmpuint (n_told, >, 0);
  g_assert_cmpuint (n_told, <, 200);
  g_signal_connect (rows, "items-changed", G_CALLBACK (on_items_changed), &n_told);
  wait_until_told (rows);
  g_assert_cmpuint (n_told, ==, 30000);

  found = redes_folder_rows_new_of_words (tree, "img 2999 JPG");
  n_told = 0;
  g_signal_connect (found, "items-changed", G_CALLBACK (on_items_changed), &n_told);
  wait_until_told (found);
  /* 2999, 12999, 22999, and 29990 to 29999. */
  g_assert_cmpuint (n_told, ==, 13);
  g_clear_object (&found);

  /* Whoever waits for what is not there hears of it. */
  found = redes_folder_rows_new_of_words (tree, "nowhere");
  n_told = 0;
  g_signal_connect (found, "items-changed", G_CALLBACK (count_changes), &n_told);
  wait_until_told (found);
  g_assert_cmpuint (n_told, ==, 1);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (found)), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/folders/tree", test_tree);
  g_test_add_func ("/app/folders/choice", test_choice);
  g_test_add_func ("/app/folders/rows", test_rows);
  g_test_add_func ("/app/folders/long-rows", test_long_rows);
  return g_test_run ();
}
