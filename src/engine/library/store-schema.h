/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/library/database.h"

G_BEGIN_DECLS

#define REDES_SCHEMA_VERSION 6
/* A block's id is its transfer's id times two to the power of this, plus its index. */
#define REDES_SCHEMA_BLOCK_BITS 26

/* The tables, in the order in which they are copied from a damaged database: each after those that
 * its rows point to. All have a column `id INTEGER PRIMARY KEY`. */
extern const char *const redes_schema_tables[];
/* Statements that give each transfer the size that belongs to its content, where rows of an earlier
 * version were copied; %NULL-terminated. */
extern const char *const redes_schema_sizes[];

/**
 * redes_schema_get_version:
 * @version: (out): 0 for an empty database
 *
 * Returns: SQLITE_OK; SQLITE_NOTADB for a file whose two notes of its version are not alike, so
 * that a flipped bit does not pass for a later version
 */
int redes_schema_get_version (RedesDatabase *database, int *version);
/* Changes the database from one version to another, in the transaction that is open. Returns: the
 * result code of SQLite */
int redes_schema_migrate (RedesDatabase *database, int from, int to);
/* Changes the database to REDES_SCHEMA_VERSION, in one transaction. Returns: the result code */
int redes_schema_update (RedesDatabase *database);
/* All ids of a table are from 1 to below this. */
gint64 redes_schema_get_max_id (const char *table);
/* Returns: SQLITE_OK if the database has all tables of REDES_SCHEMA_VERSION and all ids are in
 * range; SQLITE_CORRUPT otherwise */
int redes_schema_check (RedesDatabase *database);

/* Replaces the header and the list of tables in the file of a database, which no process has open,
 * by those of a new one, and leaves its other pages as they are. Returns: whether that could be
 * done. The function blocks. */
gboolean redes_schema_transplant (const char *path);

G_END_DECLS
