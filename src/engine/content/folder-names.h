/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* (transfer none): the name with that number, in UTF-8, of @names, whatever these are */
typedef const char *(*RedesFolderNameFunc) (gconstpointer names, guint index);

/* (transfer full): the same for all names that differ only in case or composition */
char *redes_folder_dup_name_key (const char *name);

/**
 * RedesFolderAlike:
 * @index: whose name is alike to that of @kept, which comes first
 */
typedef struct
{
  guint32 index;
  guint32 kept;
} RedesFolderAlike;

/* The names that differ from another one only in case or composition: all but the first of each
 * kind, by @index. The @n names that @name_func gives are in order, and no two are equal.
 * (transfer full) (element-type RedesFolderAlike) */
GArray *redes_folder_find_alike (RedesFolderNameFunc name_func, gconstpointer names, guint n);

G_END_DECLS
