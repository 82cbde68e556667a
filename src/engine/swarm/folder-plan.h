/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/content/folder.h"
#include "engine/library/final-name.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* So many files and folders are taken of one folder, unless the person says otherwise. */
#define REDES_FOLDER_DEFAULT_ENTRIES 1500000u
/* The longest path below the top, in bytes. */
#define REDES_FOLDER_MAX_PATH_BYTES 4096u

/**
 * RedesFolderLimits:
 * @entries: files and folders, by the totals
 * @list_bytes: of all different lists, each with 256 bytes more
 * @path_bytes: of the paths of all files and folders together
 *
 * What is taken of one folder at most, whatever its publisher has signed: so much memory follows
 * from it. PROTOCOL.md, *Folders*. A plain value.
 */
typedef struct
{
  guint64 entries;
  guint64 list_bytes;
  guint64 path_bytes;
} RedesFolderLimits;

/* @max_entries: 0: REDES_FOLDER_DEFAULT_ENTRIES; the other two grow with it. */
void redes_folder_limits_init (RedesFolderLimits *self, guint64 max_entries);

/**
 * RedesFolderPlan:
 *
 * What is to be fetched of a folder, and where it belongs: grows as the lists come, from the top
 * down. Each list that is put in has been proven (redes_folder_parse_proven()), and is read in
 * steps: redes_folder_plan_work(). An *item* is a content that files have, fetched once however
 * many files have it. One thread at a time; once it is whole any thread may ask for what is in it.
 * About 20 bytes a file and 40 a folder beside the lists, and about 120 bytes more for each content
 * until all lists are there; 8 bytes a line of lists in which a name is another one on the disk.
 */
typedef struct _RedesFolderPlan RedesFolderPlan;

/**
 * redes_folder_plan_new:
 * @top, @totals: of the folder's manifest
 * @inside: (nullable): only this part of it: names apart by `/`
 * @only: (nullable) (array zero-terminated=1): only files whose name, or path below the folder,
 *   is like one of these patterns (`*`, `?`); one that begins with `/` is no pattern but the path
 *   itself, of a file, or with a `/` behind it of a folder with all in it
 * @limits: copied. What is beyond them is refused by redes_folder_plan_work(): at once, if the
 *   totals are
 */
RedesFolderPlan *redes_folder_plan_new (const RedesContentId *top,
                                        const RedesFolderTotals *totals,
                                        const char *inside,
                                        const char *const *only,
                                        const RedesFolderLimits *limits);
void redes_folder_plan_free (RedesFolderPlan *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesFolderPlan, redes_folder_plan_free)

/* What the paths on the disk, which the functions below give, are to be like; at first
 * REDES_NAME_FORM_ANY. Before any of them is asked for, and before the first
 * redes_folder_plan_work(). */
void redes_folder_plan_set_name_form (RedesFolderPlan *self, RedesNameForm form);
/* Whether a name was read so far that is not the same on the disk in every form. */
gboolean redes_folder_plan_depends_on_name_form (RedesFolderPlan *self);

/* Whether a list is missing that is not in the set @asked of RedesContentId; @content, @totals:
 * (out): of one of them, and what was said of it. */
gboolean redes_folder_plan_next_list (RedesFolderPlan *self,
                                      GHashTable *asked,
                                      RedesContentId *content,
                                      RedesFolderTotals *totals);
/* The list of @content has come; redes_folder_plan_work() reads it. */
void redes_folder_plan_take_list (RedesFolderPlan *self,
                                  const RedesContentId *content,
                                  RedesFolder *list);
/* Whether a list that came was not read to its end. */
gboolean redes_folder_plan_has_work (RedesFolderPlan *self);
/**
 * redes_folder_plan_work:
 * @max_children: so many lines of lists are read at most: some thousand take a millisecond or two
 *
 * Reads on in what came. Errors, which stay: REDES_FOLDER_ERROR_OVER_…: it is beyond the limits;
 * REDES_FOLDER_ERROR_CHILD_SIZE: a file of it is, which has more than 2^22 blocks;
 * REDES_FOLDER_ERROR_TOTALS: a list is not what was said of it in one of the places where it is
 * wanted; G_IO_ERROR_NOT_FOUND: the part that is meant is not in it, or nothing was chosen.
 */
gboolean redes_folder_plan_work (RedesFolderPlan *self, guint max_children, GError **error);
/* Whether it is the manifest that was refused, and not what its publisher, and all others who sign
 * this content, have put into the lists: its totals are beyond the limits, or not those of the list
 * at the top. Another publisher's manifest of the same content may be true. */
gboolean redes_folder_plan_blames_manifest (RedesFolderPlan *self);
/* Whether all lists are there and read. What follows is for then only. */
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
 * @path: below the tree's top, each name made safe and in the form that was set; no two are alike
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

/* The files that have the content of @item, one after the other: there may be as many as the folder
 * has. @place: (inout): at first what redes_folder_plan_get_first_place() says. (nullable)
 * (transfer full): %NULL behind the last one */
guint redes_folder_plan_get_first_place (RedesFolderPlan *self, guint item);
/* Whether the path of this place depends on redes_folder_plan_set_name_form(). */
gboolean redes_folder_plan_place_depends_on_name_form (RedesFolderPlan *self, guint place);
RedesFolderPlace *redes_folder_plan_next_place (RedesFolderPlan *self, guint *place);
/* (transfer full) (element-type RedesFolderPlace): all of them */
GPtrArray *redes_folder_plan_list_places (RedesFolderPlan *self, guint item);
/* How many files have it. */
guint redes_folder_plan_count_places (RedesFolderPlan *self, guint item);
/* The folders to be made, each after the one it is in. @folder: (inout): 0 at first. (nullable)
 * (transfer full): its path; %NULL behind the last one */
char *redes_folder_plan_next_folder (RedesFolderPlan *self, guint *folder);
/**
 * RedesFolderLineFunc:
 * @path: as its publisher calls it
 * @item: the number of its content; of a folder it says nothing
 */
typedef void (*RedesFolderLineFunc) (
    const char *path, gboolean is_folder, guint64 size, guint item, gpointer user_data);

/* Calls @func for all that is in the folder, each folder before what is in it, names in natural
 * order. */
void redes_folder_plan_each (RedesFolderPlan *self, RedesFolderLineFunc func, gpointer user_data);

G_END_DECLS
