/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/content/folder-write.h"
#include "engine/content/hash-tree.h"

G_BEGIN_DECLS

gboolean redes_folder_totals_equal (const RedesFolderTotals *a, const RedesFolderTotals *b);
/* Whether a folder can have them. Errors: REDES_FOLDER_ERROR_CHILD_TOTALS, .._TOO_DEEP,
 * .._TOO_MANY_BELOW, .._TOO_MANY_BYTES. */
gboolean redes_folder_totals_check (const RedesFolderTotals *self, GError **error);

/* ---- Reading ---- */

/**
 * RedesFolder:
 *
 * The list of a folder's direct children. Immutable, and reference-counted (atomically): any
 * thread. It takes the list's bytes and 4 bytes a child.
 */
typedef struct _RedesFolder RedesFolder;

/* @children: in the order of redes_folder_put_in_order(). Errors: REDES_FOLDER_ERROR. Takes some
 * time for many. Any thread. */
RedesFolder *redes_folder_new (const RedesFolderChild *children, guint n_children, GError **error);

/* From bytes, untrusted. The folder holds a reference to them. Errors: REDES_FOLDER_ERROR. Any
 * thread.
 */
RedesFolder *redes_folder_parse (GBytes *list, GError **error);

/**
 * redes_folder_parse_proven:
 * @content: what the list has to be
 * @totals: (nullable): what was said of it, by its manifest or in the folder above
 *
 * One step of the chain from a folder's manifest down: the list is that content, and the totals are
 * those that were said. Errors: REDES_FOLDER_ERROR. Any thread.
 */
RedesFolder *redes_folder_parse_proven (GBytes *list,
                                        const RedesContentId *content,
                                        const RedesFolderTotals *totals,
                                        GError **error);

RedesFolder *redes_folder_ref (RedesFolder *self);
void redes_folder_unref (RedesFolder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesFolder, redes_folder_unref)

/* (transfer none) */
GBytes *redes_folder_get_list (RedesFolder *self);
/* (transfer full): of the list's bytes; its root and size are the folder's content. */
RedesHashTree *redes_folder_make_tree (RedesFolder *self);
const RedesFolderTotals *redes_folder_get_totals (RedesFolder *self);
/* Errors: REDES_FOLDER_ERROR_TOTALS if @said is not what lies below. */
gboolean
redes_folder_check_totals (RedesFolder *self, const RedesFolderTotals *said, GError **error);

guint redes_folder_get_n_children (RedesFolder *self);
/* @index: in the list's order. @out's name is valid as long as @self is. */
void redes_folder_get_child (RedesFolder *self, guint index, RedesFolderChild *out);
/* Whether there is a child of that very name. */
gboolean redes_folder_find_child (RedesFolder *self, const char *name, RedesFolderChild *out);
/* (transfer full) (array): the children's indexes in the order in which people are shown them:
 * folders first, and numbers by their value. In the locale of the process. %NULL if there are none.
 * About 1 s for a million. */
guint32 *redes_folder_dup_natural_order (RedesFolder *self);

/**
 * RedesFolderParser:
 *
 * Reads a list as its bytes come, and refuses it as soon as it can. What it holds is the bytes that
 * came and 4 bytes a child, whatever the list says of itself. One thread at a time.
 */
typedef struct _RedesFolderParser RedesFolderParser;

/* @list_bytes: the content's size. Errors: REDES_FOLDER_ERROR_TOO_LARGE, .._CUT_OFF. */
RedesFolderParser *redes_folder_parser_new (guint64 list_bytes, GError **error);
void redes_folder_parser_free (RedesFolderParser *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesFolderParser, redes_folder_parser_free)

/* The next bytes, however many. After an error nothing more may be fed. */
gboolean
redes_folder_parser_feed (RedesFolderParser *self, const guint8 *data, gsize len, GError **error);
/* Children that have come whole. */
guint redes_folder_parser_get_n_children (RedesFolderParser *self);
/* Whether all went well until the end; names that are alike are found here. Once, after the last
 * byte. */
RedesFolder *redes_folder_parser_finish (RedesFolderParser *self, GError **error);

G_END_DECLS
