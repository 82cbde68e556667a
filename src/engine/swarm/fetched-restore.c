/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/fetched-restore.h"

#include "engine/swarm/folder-plan.h"

#include <glib/gstdio.h>
#include <sys/stat.h>

/* Files that are looked for to know how names were changed for the disk. */
#define MAX_LOOKS 32u

/* (transfer full): RedesContentId -> RedesFolder */
static GHashTable *
parse_lists (GPtrArray *lists)
{
  GHashTable *parsed = g_hash_table_new_full (redes_content_id_hash, redes_content_id_equal, g_free,
                                              (GDestroyNotify)redes_folder_unref);

  for (guint i = 0; i < lists->len; i++)
    {
      RedesFolder *list = redes_folder_parse (lists->pdata[i], NULL);
      g_autoptr (RedesHashTree) tree = NULL;
      RedesContentId content;

      if (list == NULL)
        continue;
      tree = redes_folder_make_tree (list);
      content = (RedesContentId){ *redes_hash_tree_get_root (tree),
                                  g_bytes_get_size (lists->pdata[i]) };
      g_hash_table_replace (parsed, redes_content_id_copy (&content), list);
    }
  return parsed;
}

/* (transfer full): RedesContentId -> RedesHashTree */
static GHashTable *
table_of_trees (GPtrArray *trees)
{
  GHashTable *table = g_hash_table_new_full (redes_content_id_hash, redes_content_id_equal, g_free,
                                             (GDestroyNotify)redes_hash_tree_unref);

  for (guint i = 0; i < trees->len; i++)
    {
      RedesContentId content = { *redes_hash_tree_get_root (trees->pdata[i]),
                                 redes_hash_tree_get_geometry (trees->pdata[i])->file_size };

      g_hash_table_replace (table, redes_content_id_copy (&content),
                            redes_hash_tree_ref (trees->pdata[i]));
    }
  return table;
}

/* Puts the lists into @plan, and into what is handed out. */
static RedesFetchedFolder *
take_lists (const RedesStoreFetched *stored, RedesFolderPlan *plan)
{
  g_autoptr (GHashTable) lists = parse_lists (stored->lists);
  g_autoptr (GHashTable) none = g_hash_table_new (redes_content_id_hash, redes_content_id_equal);
  g_autoptr (RedesFetchedFolder) folder = NULL;
  RedesFolderTotals totals;
  RedesContentId content;

  while (redes_folder_plan_next_list (plan, none, &content, &totals))
    {
      RedesFolder *list = g_hash_table_lookup (lists, &content);
      g_autoptr (RedesHolding) holding = NULL;

      if (list == NULL || !redes_folder_check_totals (list, &totals, NULL))
        return NULL;
      holding = redes_fetched_folder_make_list (list, &content,
                                                folder == NULL ? stored->manifest : NULL);
      if (holding == NULL)
        return NULL;
      redes_folder_plan_take_list (plan, &content, list);
      while (redes_folder_plan_has_work (plan))
        if (!redes_folder_plan_work (plan, G_MAXUINT, NULL))
          return NULL;
      if (folder == NULL)
        folder = redes_fetched_folder_new (stored->path, holding);
      else
        redes_fetched_folder_add (folder, holding);
    }
  return g_steal_pointer (&folder);
}

/* Whether a file whose path depends on it is there by its path in the form that is set. */
static gboolean
is_form_used (const RedesStoreFetched *stored, RedesFolderPlan *plan)
{
  guint n_looks = 0;

  for (guint i = 0; i < redes_folder_plan_get_n_items (plan) && n_looks < MAX_LOOKS; i++)
    {
      guint at = redes_folder_plan_get_first_place (plan, i);
      RedesFolderPlace *place;
      g_autofree char *path = NULL;
      GStatBuf info;

      if (!redes_folder_plan_place_depends_on_name_form (plan, at))
        continue;
      place = redes_folder_plan_next_place (plan, &at);
      path = g_build_filename (stored->path, place->path, NULL);
      redes_folder_place_free (place);
      n_looks++;
      if (g_lstat (path, &info) == 0)
        return TRUE;
    }
  return FALSE;
}

/* What the disk asked for when the folder was fetched shows in the names that are there. */
static void
set_name_form (const RedesStoreFetched *stored, RedesFolderPlan *plan)
{
  if (!redes_folder_plan_depends_on_name_form (plan))
    return;
  for (guint form = 0; form < REDES_N_NAME_FORMS; form++)
    {
      redes_folder_plan_set_name_form (plan, (RedesNameForm)form);
      if (is_form_used (stored, plan))
        return;
    }
  redes_folder_plan_set_name_form (plan, REDES_NAME_FORM_ANY);
}

static void
add_members (const RedesStoreFetched *stored, RedesFolderPlan *plan, RedesFetchedFolder *folder)
{
  g_autoptr (GHashTable) trees = table_of_trees (stored->trees);

  for (guint i = 0; i < redes_folder_plan_get_n_items (plan); i++)
    {
      guint at = redes_folder_plan_get_first_place (plan, i);
      RedesFolderPlace *place = redes_folder_plan_next_place (plan, &at);
      RedesHashTree *tree = g_hash_table_lookup (trees, &place->content);
      g_autoptr (RedesHolding) member = NULL;

      if (place->content.size_bytes > 0
          && (tree != NULL || place->content.size_bytes <= REDES_MIN_BLOCK_SIZE))
        member = redes_fetched_folder_make_member (stored->path, place->path, &place->content,
                                                   place->time_s, tree);
      redes_folder_place_free (place);
      if (member != NULL)
        redes_fetched_folder_add (folder, member);
    }
}

RedesFetchedFolder *
redes_fetched_restore (const RedesStoreFetched *stored, guint64 max_entries)
{
  RedesFolderLimits limits;
  g_autoptr (RedesFolderPlan) plan = NULL;
  g_autoptr (RedesFetchedFolder) folder = NULL;
  RedesFolderTotals totals;
  GStatBuf info;

  if (!redes_manifest_get_folder (stored->manifest, &totals) || g_lstat (stored->path, &info) != 0
      || !S_ISDIR (info.st_mode))
    return NULL;
  redes_folder_limits_init (&limits, max_entries);
  plan = redes_folder_plan_new (redes_manifest_get_content (stored->manifest), &totals,
                                stored->inside, (const char *const *)stored->only, &limits);
  if (!redes_folder_plan_work (plan, 0, NULL))
    return NULL;
  folder = take_lists (stored, plan);
  if (folder == NULL || !redes_folder_plan_is_whole (plan))
    return NULL;
  set_name_form (stored, plan);
  add_members (stored, plan, folder);
  return g_steal_pointer (&folder);
}
