/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/content/folder-form.h"

G_BEGIN_DECLS

/* Writing the list of a folder. */

/**
 * RedesFolderAlikeFunc:
 * @child: leaves the list
 * @kept: the one whose name is the same, or differs only in case or composition
 */
typedef void (*RedesFolderAlikeFunc) (const RedesFolderChild *child,
                                      const RedesFolderChild *kept,
                                      gpointer user_data);

/* Puts @children, (element-type RedesFolderChild), in the order that a list has, and takes out
 * those whose names are alike but for the first of them. @alike_func: (nullable). Any thread. */
void
redes_folder_put_in_order (GArray *children, RedesFolderAlikeFunc alike_func, gpointer user_data);

/* The first bytes of a list: REDES_FOLDER_MIN_LIST_BYTES. */
void redes_folder_write_header (guint32 n_children, guint8 *out);
/* Writes it, and returns how long it is: at most REDES_FOLDER_MAX_CHILD_BYTES. Checks nothing. */
gsize redes_folder_write_child (const RedesFolderChild *child, guint8 *out);

G_END_DECLS
