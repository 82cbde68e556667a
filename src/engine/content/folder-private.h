/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/content/folder.h"

G_BEGIN_DECLS

#define REDES_FOLDER_MAGIC "redes folder v1" /* with its NUL */
#define REDES_FOLDER_MAGIC_BYTES 16u
/* Kind, the name's length, size, root, and the rest of a file. */
#define REDES_FOLDER_MIN_CHILD_BYTES (2u + 40 + 8)

typedef const char *(*RedesFolderNameFunc) (gconstpointer names, guint index);

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

/* Always %FALSE. */
gboolean redes_folder_fail (GError **error, RedesFolderError code);

G_END_DECLS
