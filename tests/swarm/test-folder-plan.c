/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/folder-plan.h"

#include "engine/base/error.h"

#include <string.h>

/* A folder is described as children of its list; lists are made from the bottom up. */

static RedesFolderChild
file (const char *name, guint seed, guint64 size)
{
  RedesFolderChild child = { .kind = REDES_FOLDER_KIND_FILE, .name = name, .time_s = 1000 + seed };

  child.content.size_bytes = size;
  redes_digest_of (size > 0 ? &seed : NULL, size > 0 ? sizeof seed : 0, &child.content.root);
  return child;
}

static void
get_content (RedesFolder *folder, RedesContentId *out)
{
  g_autoptr (RedesHashTree) tree = redes_folder_make_tree (folder);

  *out = (RedesContentId){ *redes_hash_tree_get_root (tree),
                           g_bytes_get_size (redes_folder_get_list (folder)) };
}

static RedesFolderChild
subfolder (const char *name, RedesFolder *folder)
{
  RedesFolderChild child = { .kind = REDES_FOLDER_KIND_FOLDER,
                             .name = name,
                             .totals = *redes_folder_get_totals (folder) };

  get_content (folder, &child.content);
  return child;
}

static RedesFolder *
make (const RedesFolderChild *children, guint n)
{
  g_autoptr (GError) error = NULL;
  RedesFolder *folder = redes_folder_new (children, n, &error);

  g_assert_no_error (error);
  return folder;
}

/* "a/" and "b/" are the same folder: one.txt, two.txt; "big" has the content of "a/one.txt". */
typedef struct
{
  RedesFolder *below;
  RedesFolder *top;
  RedesContentId below_content;
  RedesContentId content;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  RedesFolderChild below[] = { file ("one.txt", 1, 10), file ("two.txt", 2, 20) };
  RedesFolderChild top[4];

  fixture->below = make (below, G_N_ELEMENTS (below));
  top[0] = subfolder ("a", fixture->below);
  top[1] = subfolder ("b", fixture->below);
  top[2] = file ("big", 1, 10);
  top[3] = file ("empty", 0, 0);
  fixture->top = make (top, G_N_ELEMENTS (top));
  get_content (fixture->below, &fixture->below_content);
  get_content (fixture->top, &fixture->content);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  redes_folder_unref (fixture->below);
  redes_folder_unref (fixture->top);
}

/* Hands over each list that is asked for, once. */
static gboolean
give_lists (Fixture *fixture, RedesFolderPlan *plan, guint *n_lists, GError **error)
{
  g_autoptr (GHashTable) asked
      = g_hash_table_new_full (redes_content_id_hash, redes_content_id_equal, g_free, NULL);
  RedesFolderTotals totals;
  RedesContentId content;

  *n_lists = 0;
  while (redes_folder_plan_next_list (plan, asked, &content, &totals))
    {
      RedesFolder *list
          = redes_content_id_equal (&content, &fixture->content) ? fixture->top : fixture->below;

      g_assert_true (redes_folder_check_totals (list, &totals, NULL));
      g_hash_table_add (asked, redes_content_id_copy (&content));
      (*n_lists)++;
      if (!redes_folder_plan_take_list (plan, &content, list, error))
        return FALSE;
    }
  return TRUE;
}

static void
add_line (const char *path, gboolean is_folder, guint64 size, gpointer user_data)
{
  g_string_append_printf (user_data, "%s%s %d\n", path, is_folder ? "/" : "", (int)size);
}

static void
assert_tells (RedesFolderPlan *plan, const char *expected)
{
  g_autoptr (GString) lines = g_string_new (NULL);

  redes_folder_plan_each (plan, add_line, lines);
  g_assert_cmpstr (lines->str, ==, expected);
}

static RedesFolderPlan *
plan_for (Fixture *fixture, const char *inside, const char *const *only)
{
  return redes_folder_plan_new (&fixture->content, redes_folder_get_totals (fixture->top), inside,
                                only);
}

static void
test_whole (Fixture *fixture, gconstpointer data)
{
  g_autoptr (RedesFolderPlan) plan = plan_for (fixture, NULL, NULL);
  g_autoptr (GPtrArray) folders = NULL;
  g_autoptr (GError) error = NULL;
  guint n_places = 0;
  guint n_lists;

  g_assert_false (redes_folder_plan_is_whole (plan));
  g_assert_true (give_lists (fixture, plan, &n_lists, &error));
  g_assert_no_error (error);
  g_assert_true (redes_folder_plan_is_whole (plan));
  /* The same folder twice is one list, equal files are one item. */
  g_assert_cmpuint (n_lists, ==, 2);
  g_assert_cmpuint (redes_folder_plan_get_n_files (plan), ==, 6);
  g_assert_cmpuint (redes_folder_plan_get_bytes (plan), ==, 2 * 30 + 10);
  g_assert_cmpuint (redes_folder_plan_get_n_items (plan), ==, 3);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GPtrArray) places = redes_folder_plan_list_places (plan, i);

      g_assert_cmpuint (places->len, ==, redes_folder_plan_count_places (plan, i));
      n_places += places->len;
    }
  g_assert_cmpuint (n_places, ==, 6);
  folders = redes_folder_plan_list_folders (plan);
  g_assert_cmpuint (folders->len, ==, 2);
  assert_tells (plan, "a/ 30\na/one.txt 10\na/two.txt 20\nb/ 30\nb/one.txt 10\nb/two.txt 20\n"
                      "big 10\nempty 0\n");
}

static void
test_part (Fixture *fixture, gconstpointer data)
{
  g_autoptr (RedesFolderPlan) folder = plan_for (fixture, "b", NULL);
  g_autoptr (RedesFolderPlan) single = plan_for (fixture, "b/two.txt", NULL);
  g_autoptr (RedesFolderPlan) missing = plan_for (fixture, "b/three.txt", NULL);
  g_autoptr (RedesFolderPlan) beyond = plan_for (fixture, "big/two.txt", NULL);
  g_autoptr (GError) error = NULL;
  guint n_lists;

  g_assert_true (give_lists (fixture, folder, &n_lists, &error));
  g_assert_cmpstr (redes_folder_plan_get_part_name (folder), ==, "b");
  g_assert_null (redes_folder_plan_get_single (folder));
  assert_tells (folder, "one.txt 10\ntwo.txt 20\n");

  g_assert_true (give_lists (fixture, single, &n_lists, &error));
  g_assert_cmpstr (redes_folder_plan_get_single (single), ==, "two.txt");
  g_assert_cmpuint (redes_folder_plan_get_n_items (single), ==, 1);
  assert_tells (single, "two.txt 20\n");

  g_assert_false (give_lists (fixture, missing, &n_lists, &error));
  g_assert_error (error, REDES_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (give_lists (fixture, beyond, &n_lists, &error));
  g_assert_error (error, REDES_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

static void
test_chosen (Fixture *fixture, gconstpointer data)
{
  static const char *const by_name[] = { "tw*", NULL };
  static const char *const by_path[] = { "a/*", "nothing", NULL };
  static const char *const none[] = { "nothing", NULL };
  g_autoptr (RedesFolderPlan) names = plan_for (fixture, NULL, by_name);
  g_autoptr (RedesFolderPlan) paths = plan_for (fixture, NULL, by_path);
  g_autoptr (RedesFolderPlan) nothing = plan_for (fixture, NULL, none);
  g_autoptr (GPtrArray) folders = NULL;
  g_autoptr (GError) error = NULL;
  guint n_lists;

  g_assert_true (give_lists (fixture, names, &n_lists, &error));
  assert_tells (names, "a/ 30\na/two.txt 20\nb/ 30\nb/two.txt 20\n");
  g_assert_true (give_lists (fixture, paths, &n_lists, &error));
  assert_tells (paths, "a/ 30\na/one.txt 10\na/two.txt 20\n");
  folders = redes_folder_plan_list_folders (paths);
  g_assert_cmpuint (folders->len, ==, 1);
  g_assert_false (give_lists (fixture, nothing, &n_lists, &error));
  g_assert_error (error, REDES_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

/* Names of a list that a disk should not get are made safe, and stay apart from others. */
static void
test_unsafe_names (void)
{
  RedesFolderChild children[]
      = { file (".hidden", 1, 1), file ("a:b\n", 2, 1), file ("hidden", 3, 1) };
  g_autoptr (RedesFolder) top = make (children, G_N_ELEMENTS (children));
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (RedesFolderPlan) plan = NULL;
  RedesContentId content;

  get_content (top, &content);
  plan = redes_folder_plan_new (&content, redes_folder_get_totals (top), NULL, NULL);
  g_assert_true (redes_folder_plan_take_list (plan, &content, top, NULL));
  for (guint i = 0; i < redes_folder_plan_get_n_items (plan); i++)
    {
      g_autoptr (GPtrArray) places = redes_folder_plan_list_places (plan, i);
      const RedesFolderPlace *place = places->pdata[0];

      g_assert_cmpint (place->path[0], !=, '.');
      g_assert_null (strpbrk (place->path, "/\n"));
      g_assert_true (g_hash_table_add (seen, g_strdup (place->path)));
    }
  g_assert_true (g_hash_table_contains (seen, "hidden"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/swarm/folder-plan/whole", Fixture, NULL, set_up, test_whole, tear_down);
  g_test_add ("/swarm/folder-plan/part", Fixture, NULL, set_up, test_part, tear_down);
  g_test_add ("/swarm/folder-plan/chosen", Fixture, NULL, set_up, test_chosen, tear_down);
  g_test_add_func ("/swarm/folder-plan/unsafe-names", test_unsafe_names);
  return g_test_run ();
}
