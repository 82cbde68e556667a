/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/content/folder.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * RedesFolderPlan:
 *
 * What is to be fetched of a folder, and where it belongs: grows as the lists come, from the top
 * down. Each list that is put in has been proven (redes_folder_parse_proven()). An *item* is a
 * content that files have, fetched once however many files have it. One thread at a time; about 60
 * bytes a file beside the lists.
 */
typedef struct _RedesFolderPlan RedesFolderPlan;

/**
 * redes_folder_plan_new:
 * @top, @totals: of the folder's manifest
 * @inside: (nullable): only this part of it: names apart by `/`
 * @only: (nullable) (array zero-terminated=1): only files whose name, or path below the folder,
 *   is like one of these patterns (`*`, `?`)
 */
RedesFolderPlan *redes_folder_plan_new (const RedesContentId *top,
                                        const RedesFolderTotals *totals,
                                        const char *inside,
                                        const char *const *only);
void redes_folder_plan_free (RedesFolderPlan *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesFolderPlan, redes_folder_plan_free)

/* Whether a list is missing that is not in the set @asked of RedesContentId; @content, @totals:
 * (out): of one of them, and what was said of it. */
gboolean redes_folder_plan_next_list (RedesFolderPlan *self,
                                      GHashTable *asked,
                                      RedesContentId *content,
                                      RedesFolderTotals *totals);
/* The list of @content. Errors: that part of the folder that is meant is not in it:
 * G_IO_ERROR_NOT_FOUND. */
gboolean redes_folder_plan_take_list (RedesFolderPlan *self,
                                      const RedesContentId *content,
                                      RedesFolder *list,
                                      GError **error);
/* Whether all lists are there. What follows is for then only. */
gboolean redes_folder_plan_is_whole (RedesFolderPlan *self);

/* (nullable): the part that is meant, when it is a single file: its path below the tree's top. */
const char *redes_folder_plan_get_single (RedesFolderPlan *self);
/* (nullable) (transfer none): the name of the part that is meant; %NULL for all of the folder */
const char *redes_folder_plan_get_part_name (RedesFolderPlan *self);

guint redes_folder_plan_get_n_files (RedesFolderPlan *self);
guint64 redes_folder_plan_get_bytes (RedesFolderPlan *self);
guint redes_folder_plan_get_n_items (RedesFolderPlan *self);
void redes_folder_plan_get_item (RedesFolderPlan *self, guint item, RedesContentId *out);

/**
 * RedesFolderPlace:
 * @path: below the tree's top, each name made safe
 *
 * A file of the tree.
 */
typedef struct
{
  char *path;
  RedesContentId content;
  gint64 time_s;
  gboolean is_executable;
} RedesFolderPlace;

void redes_folder_place_free (gpointer data);

/* (transfer full) (element-type RedesFolderPlace): the files that have the content of @item */
GPtrArray *redes_folder_plan_list_places (RedesFolderPlan *self, guint item);
/* How many files have it. */
guint redes_folder_plan_count_places (RedesFolderPlan *self, guint item);
/* (transfer full) (element-type filename): the folders to be made, each after the one it is in */
GPtrArray *redes_folder_plan_list_folders (RedesFolderPlan *self);
/* Calls @func for all that is in the folder, as its publisher calls it, each folder before what is
 * in it, names in natural order. */
void redes_folder_plan_each (
    RedesFolderPlan *self,
    void (*func) (const char *path, gboolean is_folder, guint64 size, gpointer user_data),
    gpointer user_data);

G_END_DECLS
