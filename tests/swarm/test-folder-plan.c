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

static gboolean
work (RedesFolderPlan *plan, GError **error)
{
  do
    if (!redes_folder_plan_work (plan, 1, error))
      return FALSE;
  while (redes_folder_plan_has_work (plan));
  return TRUE;
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
      redes_folder_plan_take_list (plan, &content, list);
      if (!work (plan, error))
        return FALSE;
    }
  return TRUE;
}

static void
add_line (const char *path, gboolean is_folder, guint64 size, guint item, gpointer user_data)
{
  g_string_append_printf (user_data, "%s%s %d\n", path, is_folder ? "/" : "", (int)size);
}

/* A line's item is a content of the line's size. */
static void
check_item (const char *path, gboolean is_folder, guint64 size, guint item, gpointer user_data)
{
  RedesContentId content;

  if (is_folder)
    return;
  redes_folder_plan_get_item (user_data, item, &content);
  g_assert_cmpuint (content.size_bytes, ==, size);
}

static void
assert_tells (RedesFolderPlan *plan, const char *expected)
{
  g_autoptr (GString) lines = g_string_new (NULL);

  redes_folder_plan_each (plan, add_line, lines);
  redes_folder_plan_each (plan, check_item, plan);
  g_assert_cmpstr (lines->str, ==, expected);
}

static RedesFolderPlan *
plan_for (Fixture *fixture, const char *inside, const char *const *only)
{
  RedesFolderLimits limits;

  redes_folder_limits_init (&limits, 0);
  return redes_folder_plan_new (&fixture->content, redes_folder_get_totals (fixture->top), inside,
                                only, &limits);
}

static guint
count_folders (RedesFolderPlan *plan)
{
  guint at = 0;
  guint n = 0;
  char *path;

  for (; (path = redes_folder_plan_next_folder (plan, &at)) != NULL; n++)
    g_free (path);
  return n;
}

static void
test_whole (Fixture *fixture, gconstpointer data)
{
  g_autoptr (RedesFolderPlan) plan = plan_for (fixture, NULL, NULL);
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
  g_assert_cmpuint (count_folders (plan), ==, 2);
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
  g_autoptr (GError) error = NULL;
  guint n_lists;

  g_assert_true (give_lists (fixture, names, &n_lists, &error));
  assert_tells (names, "a/ 30\na/two.txt 20\nb/ 30\nb/two.txt 20\n");
  g_assert_true (give_lists (fixture, paths, &n_lists, &error));
  assert_tells (paths, "a/ 30\na/one.txt 10\na/two.txt 20\n");
  g_assert_cmpuint (count_folders (paths), ==, 1);
  g_assert_false (give_lists (fixture, nothing, &n_lists, &error));
  g_assert_error (error, REDES_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

/* Paths as they are: no name elsewhere is like one of them, and nothing in one is a pattern. */
static void
test_chosen_paths (Fixture *fixture, gconstpointer data)
{
  static const char *const by_path[] = { "/b/two.txt", "/big", NULL };
  static const char *const by_folder[] = { "/a/", NULL };
  static const char *const with_pattern[] = { "/empty", "on*", NULL };
  static const char *const none[] = { "/two.txt", "/a", "/a/*", "/b/two.txt/", NULL };
  g_autoptr (RedesFolderPlan) paths = plan_for (fixture, NULL, by_path);
  g_autoptr (RedesFolderPlan) folder = plan_for (fixture, NULL, by_folder);
  g_autoptr (RedesFolderPlan) both = plan_for (fixture, NULL, with_pattern);
  g_autoptr (RedesFolderPlan) nothing = plan_for (fixture, NULL, none);
  g_autoptr (GError) error = NULL;
  guint n_lists;

  g_assert_true (give_lists (fixture, paths, &n_lists, &error));
  assert_tells (paths, "b/ 30\nb/two.txt 20\nbig 10\n");
  g_assert_cmpuint (redes_folder_plan_get_n_files (paths), ==, 2);
  g_assert_true (give_lists (fixture, folder, &n_lists, &error));
  assert_tells (folder, "a/ 30\na/one.txt 10\na/two.txt 20\n");
  g_assert_cmpuint (count_folders (folder), ==, 1);
  g_assert_true (give_lists (fixture, both, &n_lists, &error));
  assert_tells (both, "a/ 30\na/one.txt 10\nb/ 30\nb/one.txt 10\nempty 0\n");
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
  RedesFolderLimits limits;
  RedesContentId content;

  get_content (top, &content);
  redes_folder_limits_init (&limits, 0);
  plan = redes_folder_plan_new (&content, redes_folder_get_totals (top), NULL, NULL, &limits);
  redes_folder_plan_take_list (plan, &content, top);
  g_assert_true (work (plan, NULL));
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

/* (transfer full): the paths on the disk, "path path …", in the order of the lists. */
static char *
list_paths (RedesFolderPlan *plan)
{
  GString *paths = g_string_new (NULL);

  for (guint i = 0; i < redes_folder_plan_get_n_items (plan); i++)
    {
      guint at = redes_folder_plan_get_first_place (plan, i);
      RedesFolderPlace *place = redes_folder_plan_next_place (plan, &at);

      g_string_append_printf (paths, "%s%s", i > 0 ? " " : "", place->path);
      redes_folder_place_free (place);
    }
  return g_string_free (paths, FALSE);
}

/* Several names become the same one on the disk, or one that differs in case alone: each file gets
 * a name of its own, in every form, always the same one, and what needs no change is not changed.
 */
static void
test_names_that_become_alike (void)
{
  static const struct
  {
    RedesNameForm form;
    const char *paths;
  } cases[] = {
    { REDES_NAME_FORM_ANY, "A_b (2) a*b a?b a_b (5) a_b d.txt x?y z" },
    { REDES_NAME_FORM_PLAIN, "A_b (2) a_b (3) a_b (4) a_b (5) a_b d.txt x_y z" },
  };
  RedesFolderChild children[]
      = { file ("A:b", 1, 1), file ("a*b", 2, 1),   file ("a?b", 3, 1), file ("a\\b", 4, 1),
          file ("a_b", 5, 1), file ("d.txt", 6, 1), file ("x?y", 7, 1), file ("z.", 8, 1) };
  g_autoptr (RedesFolder) top = make (children, G_N_ELEMENTS (children));
  RedesFolderLimits limits;
  RedesContentId content;

  get_content (top, &content);
  redes_folder_limits_init (&limits, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (RedesFolderPlan) plan
          = redes_folder_plan_new (&content, redes_folder_get_totals (top), NULL, NULL, &limits);
      g_autofree char *paths = NULL;

      redes_folder_plan_set_name_form (plan, cases[i].form);
      redes_folder_plan_take_list (plan, &content, top);
      g_assert_true (work (plan, NULL));
      g_assert_true (redes_folder_plan_depends_on_name_form (plan));
      paths = list_paths (plan);
      g_assert_cmpstr (paths, ==, cases[i].paths);
    }
}

/* ---- Hostile folders ---- */

/* Lists by their content, and a plan that gets each one that it asks for. */
typedef struct
{
  GHashTable *lists;
  RedesFolder *top;
  guint n_asked;
} Hostile;

static void
hostile_init (Hostile *self)
{
  *self = (Hostile){ .lists = g_hash_table_new_full (redes_content_id_hash, redes_content_id_equal,
                                                     g_free, (GDestroyNotify)redes_folder_unref) };
}

static void
hostile_clear (Hostile *self)
{
  g_hash_table_unref (self->lists);
}

/* @folder: taken, and the top if it is the last. Returns: it as a child called @name */
static RedesFolderChild
hostile_add (Hostile *self, const char *name, RedesFolder *folder)
{
  RedesFolderChild child = subfolder (name, folder);

  g_hash_table_replace (self->lists, redes_content_id_copy (&child.content), folder);
  self->top = folder;
  return child;
}

/* @totals: (nullable): what the manifest says, %NULL: the truth */
static RedesFolderPlan *
hostile_plan (Hostile *self, const RedesFolderTotals *totals, const char *inside, guint max_entries)
{
  RedesFolderLimits limits;
  RedesContentId content;

  get_content (self->top, &content);
  redes_folder_limits_init (&limits, max_entries);
  return redes_folder_plan_new (&content,
                                totals != NULL ? totals : redes_folder_get_totals (self->top),
                                inside, NULL, &limits);
}

static gboolean
hostile_serve (Hostile *self, RedesFolderPlan *plan, GError **error)
{
  g_autoptr (GHashTable) asked
      = g_hash_table_new_full (redes_content_id_hash, redes_content_id_equal, g_free, NULL);
  RedesFolderTotals totals;
  RedesContentId content;

  if (!work (plan, error))
    return FALSE;
  while (redes_folder_plan_next_list (plan, asked, &content, &totals))
    {
      RedesFolder *list = g_hash_table_lookup (self->lists, &content);

      self->n_asked++;
      g_assert_nonnull (list);
      g_hash_table_add (asked, redes_content_id_copy (&content));
      redes_folder_plan_take_list (plan, &content, list);
      if (!work (plan, error))
        return FALSE;
    }
  return TRUE;
}

/* So many files, "0" to …; @name_len: how long each name is. */
static RedesFolder *
make_wide (guint n, guint name_len, gboolean is_equal)
{
  g_autofree RedesFolderChild *children = g_new (RedesFolderChild, n);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < n; i++)
    {
      g_ptr_array_add (names, g_strdup_printf ("%0*u", (int)name_len, i));
      children[i] = file (names->pdata[i], is_equal ? 0 : i, is_equal ? 0 : 1);
    }
  return make (children, n);
}

/* One list in ten places, level by level: of all but one of them it is said that they hold next to
 * nothing. By the totals the top holds 90 files, in truth 10^levels. */
static void
test_lies_of_one_list (void)
{
  static const char *const names[] = { "0", "1", "2", "3", "4", "5", "6", "7", "8", "9" };
  g_autoptr (RedesFolderPlan) plan = NULL;
  g_autoptr (GError) error = NULL;
  RedesFolderChild below;
  Hostile hostile;

  hostile_init (&hostile);
  below = hostile_add (&hostile, "", make_wide (10, 1, FALSE));
  for (guint level = 1; level <= 3; level++)
    {
      RedesFolderChild children[G_N_ELEMENTS (names)];

      for (guint i = 0; i < G_N_ELEMENTS (names); i++)
        {
          children[i] = below;
          children[i].name = names[i];
          if (i > 0)
            children[i].totals = (RedesFolderTotals){ 1, 1, level - 1, (guint8)(level - 1) };
        }
      below = hostile_add (&hostile, "", make (children, G_N_ELEMENTS (children)));
    }
  plan = hostile_plan (&hostile, NULL, NULL, 0);
  g_assert_false (hostile_serve (&hostile, plan, &error));
  g_assert_error (error, REDES_FOLDER_ERROR, REDES_FOLDER_ERROR_TOTALS);
  g_assert_false (redes_folder_plan_is_whole (plan));
  g_assert_cmpuint (redes_folder_plan_get_n_files (plan), <=, 40);
  hostile_clear (&hostile);
}

/* Nothing is asked for of a folder whose totals are too many; a part of it may be taken. */
static void
test_too_many_entries (void)
{
  g_autoptr (RedesFolderPlan) all = NULL;
  g_autoptr (RedesFolderPlan) part = NULL;
  g_autoptr (RedesFolderPlan) wide = NULL;
  g_autoptr (RedesFolderPlan) more = NULL;
  g_autoptr (GError) error = NULL;
  RedesFolderChild children[2];
  Hostile hostile;

  hostile_init (&hostile);
  children[0] = hostile_add (&hostile, "few", make_wide (10, 4, FALSE));
  children[1] = hostile_add (&hostile, "many", make_wide (1000, 4, FALSE));
  hostile_add (&hostile, "", make (children, 2));

  all = hostile_plan (&hostile, NULL, NULL, 1011);
  g_assert_false (hostile_serve (&hostile, all, &error));
  g_assert_error (error, REDES_FOLDER_ERROR, REDES_FOLDER_ERROR_OVER_ENTRIES);
  g_assert_nonnull (strstr (error->message, "1012"));
  g_assert_cmpuint (hostile.n_asked, ==, 0);
  g_clear_error (&error);

  wide = hostile_plan (&hostile, NULL, "many", 999);
  g_assert_false (hostile_serve (&hostile, wide, &error));
  g_assert_error (error, REDES_FOLDER_ERROR, REDES_FOLDER_ERROR_OVER_ENTRIES);
  g_clear_error (&error);

  part = hostile_plan (&hostile, NULL, "few", 10);
  g_assert_true (hostile_serve (&hostile, part, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (redes_folder_plan_get_n_files (part), ==, 10);

  more = hostile_plan (&hostile, NULL, NULL, 1012);
  g_assert_true (hostile_serve (&hostile, more, &error));
  g_assert_cmpuint (redes_folder_plan_get_n_files (more), ==, 1010);
  hostile_clear (&hostile);
}

/* Lists count before they are asked for. Nobody has to have them: they are only named. */
static void
test_too_long_lists (void)
{
  g_autoptr (RedesFolderPlan) plan = NULL;
  g_autoptr (GError) error = NULL;
  RedesFolderChild children[2];
  Hostile hostile;

  hostile_init (&hostile);
  for (guint i = 0; i < G_N_ELEMENTS (children); i++)
    {
      children[i] = file (i == 0 ? "a" : "b", i, 60 * 1024 * 1024);
      children[i].kind = REDES_FOLDER_KIND_FOLDER;
      children[i].time_s = 0;
      children[i].totals = (RedesFolderTotals){ 1, 1, 0, 0 };
    }
  hostile_add (&hostile, "", make (children, 2));
  plan = hostile_plan (&hostile, NULL, NULL, 1000000);
  g_assert_false (hostile_serve (&hostile, plan, &error));
  g_assert_error (error, REDES_FOLDER_ERROR, REDES_FOLDER_ERROR_OVER_LISTS);
  g_assert_cmpuint (hostile.n_asked, ==, 1);
  hostile_clear (&hostile);
}

/* Twenty folders inside each other, with long names, and many files in the lowest. @n: files */
static void
make_deep (Hostile *hostile, guint depth, guint n)
{
  g_autofree char *name = g_strnfill (255, 'x');
  RedesFolderChild child;

  hostile_init (hostile);
  child = hostile_add (hostile, name, make_wide (n, 4, TRUE));
  for (guint i = 0; i < depth; i++)
    child = hostile_add (hostile, name, make (&child, 1));
}

/* A file with more blocks than are kept account of: in a folder as alone. */
static void
test_too_large_file (void)
{
  const guint64 most = G_GUINT64_CONSTANT (1) << 44;

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (RedesFolderPlan) plan = NULL;
      g_autoptr (GError) error = NULL;
      RedesFolderChild child = file ("zeroes", 1, most + i);
      Hostile hostile;

      hostile_init (&hostile);
      hostile_add (&hostile, "", make (&child, 1));
      plan = hostile_plan (&hostile, NULL, NULL, 0);
      g_assert_cmpint (hostile_serve (&hostile, plan, &error), ==, i == 0);
      if (i > 0)
        g_assert_error (error, REDES_FOLDER_ERROR, REDES_FOLDER_ERROR_CHILD_SIZE);
      hostile_clear (&hostile);
    }
}

static void
test_long_paths (void)
{
  g_autoptr (RedesFolderPlan) deep = NULL;
  g_autoptr (RedesFolderPlan) many = NULL;
  g_autoptr (RedesFolderPlan) enough = NULL;
  g_autoptr (GError) error = NULL;
  Hostile hostile;

  make_deep (&hostile, 17, 1);
  deep = hostile_plan (&hostile, NULL, NULL, 0);
  g_assert_false (hostile_serve (&hostile, deep, &error));
  g_assert_error (error, REDES_FOLDER_ERROR, REDES_FOLDER_ERROR_OVER_PATH);
  g_clear_error (&error);
  hostile_clear (&hostile);

  /* 5,000 paths of 3.8 KiB are more than 16 MiB, all of them of one empty content. */
  make_deep (&hostile, 15, 5000);
  many = hostile_plan (&hostile, NULL, NULL, 10000);
  g_assert_false (hostile_serve (&hostile, many, &error));
  g_assert_error (error, REDES_FOLDER_ERROR, REDES_FOLDER_ERROR_OVER_PATHS);
  g_clear_error (&error);
  enough = hostile_plan (&hostile, NULL, NULL, 0);
  g_assert_true (hostile_serve (&hostile, enough, &error));
  g_assert_cmpuint (redes_folder_plan_get_n_items (enough), ==, 1);
  g_assert_cmpuint (redes_folder_plan_count_places (enough, 0), ==, 5000);
  hostile_clear (&hostile);
}

/* Each list is looked up when it comes, and not all that are missing: 20,000 subfolders would take
 * minutes otherwise. A step reads no more lines than it may. */
static void
test_many_lists (void)
{
  const guint n = 20000;
  g_autofree RedesFolderChild *children = g_new (RedesFolderChild, n);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (RedesFolderPlan) plan = NULL;
  g_autoptr (GError) error = NULL;
  RedesContentId content;
  Hostile hostile;
  guint n_steps = 0;

  hostile_init (&hostile);
  for (guint i = 0; i < n; i++)
    {
      RedesFolderChild child;

      g_ptr_array_add (names, g_strdup_printf ("%06u", i));
      child = file ("file", i, 1);
      children[i] = hostile_add (&hostile, names->pdata[i], make (&child, 1));
    }
  hostile_add (&hostile, "", make (children, n));
  plan = hostile_plan (&hostile, NULL, NULL, 0);
  get_content (hostile.top, &content);
  redes_folder_plan_take_list (plan, &content, hostile.top);
  while (redes_folder_plan_has_work (plan))
    {
      g_assert_true (redes_folder_plan_work (plan, 100, &error));
      n_steps++;
    }
  g_assert_cmpuint (n_steps, >=, n / 100);
  g_assert_true (hostile_serve (&hostile, plan, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (redes_folder_plan_get_n_files (plan), ==, n);
  hostile_clear (&hostile);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/swarm/folder-plan/whole", Fixture, NULL, set_up, test_whole, tear_down);
  g_test_add ("/swarm/folder-plan/part", Fixture, NULL, set_up, test_part, tear_down);
  g_test_add ("/swarm/folder-plan/chosen", Fixture, NULL, set_up, test_chosen, tear_down);
  g_test_add ("/swarm/folder-plan/chosen-paths", Fixture, NULL, set_up, test_chosen_paths,
              tear_down);
  g_test_add_func ("/swarm/folder-plan/unsafe-names", test_unsafe_names);
  g_test_add_func ("/swarm/folder-plan/names-that-become-alike", test_names_that_become_alike);
  g_test_add_func ("/swarm/folder-plan/lies-of-one-list", test_lies_of_one_list);
  g_test_add_func ("/swarm/folder-plan/too-many-entries", test_too_many_entries);
  g_test_add_func ("/swarm/folder-plan/too-long-lists", test_too_long_lists);
  g_test_add_func ("/swarm/folder-plan/too-large-file", test_too_large_file);
  g_test_add_func ("/swarm/folder-plan/long-paths", test_long_paths);
  g_test_add_func ("/swarm/folder-plan/many-lists", test_many_lists);
  return g_test_run ();
}
