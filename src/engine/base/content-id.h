/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/digest.h"

G_BEGIN_DECLS

/* 64 hexadecimal digits, "-", at most 20 decimal digits, NUL. */
#define REDES_CONTENT_ID_TEXT_SIZE (REDES_DIGEST_HEX_SIZE + 1 + 20)

/**
 * RedesContentId:
 * @root: the root of the file's hash tree (BEP 52 "pieces root")
 * @size_bytes: the file's size, 0 to 2^48
 *
 * The name of a file's bytes. It is a plain value, which is copied by assignment.
 *
 * A root alone does not name a file. A leaf and an inner node of the tree are hashed alike, so the
 * 64 bytes `left || right` below any root are a file of one leaf that has that very root. Two files
 * of equal size have trees of equal shape, in which a leaf is never an inner node; so root and size
 * together name one file.
 */
typedef struct
{
  RedesDigest root;
  guint64 size_bytes;
} RedesContentId;

/* For GHashTable keys and g_ptr_array_sort(): each points to a RedesContentId. */
guint redes_content_id_hash (gconstpointer key);
gboolean redes_content_id_equal (gconstpointer a, gconstpointer b);
/* By root, then by size. */
gint redes_content_id_compare (gconstpointer a, gconstpointer b);

/* A copy on the heap, for g_free(). */
RedesContentId *redes_content_id_copy (const RedesContentId *content);

/* `<root in hexadecimal>-<size in bytes>`, for logs, keys and the names of partial files. */
void redes_content_id_to_text (const RedesContentId *content, char out[REDES_CONTENT_ID_TEXT_SIZE]);
char *redes_content_id_dup_text (const RedesContentId *content);

G_END_DECLS
