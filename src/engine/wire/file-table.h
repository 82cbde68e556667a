/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/manifest-parts.h"
#include "engine/wire/message-limits.h"

G_BEGIN_DECLS

/**
 * RedesFileTable:
 *
 * How REGISTER and UPDATE carry manifests: each key and each batch's signature stands once. Made
 * once, never changed, of at most REDES_WIRE_MAX_FILES files. Any thread.
 */
typedef struct _RedesFileTable RedesFileTable;

RedesFileTable *redes_file_table_ref (RedesFileTable *self);
void redes_file_table_unref (RedesFileTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesFileTable, redes_file_table_unref)

guint redes_file_table_get_n_files (RedesFileTable *self);
/* For tests: keys, and batches, in it. */
guint redes_file_table_get_n_keys (RedesFileTable *self);
guint redes_file_table_get_n_batches (RedesFileTable *self);
/* Bytes in a message. */
gsize redes_file_table_get_size (RedesFileTable *self);

/* File @index, below the number of files: @out is for redes_manifest_parts_clear(). It keeps the
 * table's bytes alive. */
void redes_file_table_get_file (RedesFileTable *self, guint index, RedesManifestParts *out);

/**
 * RedesFileTableBuilder:
 *
 * Makes tables, each of which leaves room in a message for a serial and an empty list.
 */
typedef struct _RedesFileTableBuilder RedesFileTableBuilder;

RedesFileTableBuilder *redes_file_table_builder_new (void);
void redes_file_table_builder_free (RedesFileTableBuilder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesFileTableBuilder, redes_file_table_builder_free)

/* A part that no message may carry is our own error. Returns: %FALSE if the table is full, and
 * @manifest is not in it */
gboolean redes_file_table_builder_add (RedesFileTableBuilder *self,
                                       const RedesManifestParts *manifest);
/* (transfer full): what was added since the last call; @self is empty afterwards. */
RedesFileTable *redes_file_table_builder_end (RedesFileTableBuilder *self);

G_END_DECLS
