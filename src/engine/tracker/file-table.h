/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/content/manifest.h"
#include "engine/wire/message.h"

G_BEGIN_DECLS

/*
 * How REGISTER and UPDATE carry manifests: REDES_FILE_TABLE, in which each key and each batch's
 * signature stands once.
 */

/* Files in one table. */
#define REDES_FILE_TABLE_MAX_FILES 4096
/* Files gone in one UPDATE: with names of 255 bytes they stay well below REDES_MAX_LIST_BODY. */
#define REDES_FILE_TABLE_MAX_GONE 1000

/**
 * redes_file_table_pack:
 * @manifests: (element-type RedesManifest)
 *
 * Returns: (transfer full) (element-type GVariant): one table or more (an empty one for no
 * manifests), in order; each leaves room in a message of REDES_MAX_LIST_BODY for a serial and an
 * empty list
 */
GPtrArray *redes_file_table_pack (GPtrArray *manifests);

/**
 * redes_file_table_unpack:
 * @table: untrusted, of type REDES_FILE_TABLE
 *
 * Any thread. The manifests have a checked shape, not yet a verified signature. They keep @table's
 * bytes alive.
 *
 * Returns: (transfer full) (element-type RedesManifest): %NULL on error: REDES_WIRE_ERROR_VALUE for
 * an index without its row, REDES_CONTENT_ERROR for a part that is none
 */
GPtrArray *redes_file_table_unpack (GVariant *table, GError **error);

/**
 * redes_file_table_pack_gone:
 * @manifests: (element-type RedesManifest): at most REDES_FILE_TABLE_MAX_GONE from @first on are
 * taken
 *
 * Returns: (transfer floating): UPDATE's list of files gone
 */
GVariant *redes_file_table_pack_gone (GPtrArray *manifests, guint first);

G_END_DECLS
