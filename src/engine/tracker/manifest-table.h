/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/content/manifest.h"
#include "engine/wire/message.h"

G_BEGIN_DECLS

/*
 * The functions turn manifests into the file tables of REGISTER and UPDATE, and back.
 */

/* Files gone in one UPDATE: with names of 255 bytes they stay well below REDES_MAX_LIST_BODY. */
#define REDES_MANIFEST_TABLE_MAX_GONE 1000

/**
 * redes_manifest_table_pack:
 * @manifests: (element-type RedesManifest)
 *
 * Returns: (transfer full) (element-type RedesFileTable): one table or more (an empty one for no
 * manifests), in order; each leaves room in a message of REDES_MAX_LIST_BODY for a serial and an
 * empty list
 */
GPtrArray *redes_manifest_table_pack (GPtrArray *manifests);

/**
 * redes_manifest_table_unpack:
 * @table: untrusted
 *
 * Any thread. The manifests have a checked shape, not yet a verified signature. They keep @table's
 * bytes alive.
 *
 * Returns: (transfer full) (element-type RedesManifest): %NULL on error: REDES_CONTENT_ERROR for a
 * part that is none
 */
GPtrArray *redes_manifest_table_unpack (RedesFileTable *table, GError **error);

/* Reads one file of @table, as redes_manifest_table_unpack() does. @index: below the number of
 * files */
RedesManifest *redes_manifest_table_unpack_one (RedesFileTable *table, guint index, GError **error);

/**
 * redes_manifest_table_pack_gone:
 * @manifests: (element-type RedesManifest): at most REDES_MANIFEST_TABLE_MAX_GONE from @first are
 * taken
 *
 * Returns: (transfer full) (element-type RedesWireGone): UPDATE's list of files gone
 */
GArray *redes_manifest_table_pack_gone (GPtrArray *manifests, guint first);

G_END_DECLS
