/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/wire/file-table.h"

G_BEGIN_DECLS

/*
 * F of PROTOCOL.md:
 *   aay                 publisher keys (SPKI)
 *   a(uuay)             batches: index of the key, batch size, signature
 *   a(uayuay)           files: index of the batch, manifest body, place in the batch, path
 */
#define REDES_FILE_TABLE "(aaya(uuay)a(uayuay))"

/* @table: REDES_FILE_TABLE, checked. */
RedesFileTable *redes_file_table_new (GVariant *table);
/* (transfer none) */
GVariant *redes_file_table_get_variant (RedesFileTable *self);

G_END_DECLS
