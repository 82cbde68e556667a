/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/content-id.h"
#include "engine/base/notice.h"

#include <gio/gio.h>
#include <sqlite3.h>

G_BEGIN_DECLS

/**
 * RedesDatabase:
 *
 * A connection to an SQLite database and the statements prepared on it. One thread at a time.
 */
typedef struct _RedesDatabase RedesDatabase;

/* How long a connection waits for another one before it gives up. */
#define REDES_DATABASE_BUSY_MS 2000

/**
 * redes_database_open:
 * @path: of a file that is there, if only an empty one, or ":memory:"
 * @status: (out): of SQLite, extended
 *
 * In write-ahead mode. A commit is then a write to the log and no sync, so that it costs
 * microseconds: it outlives the process, but not for certain a power cut, which may take the last
 * commits with it, though never a part of one.
 *
 * Returns: (nullable): %NULL if it failed, with @status
 */
RedesDatabase *redes_database_open (const char *path, int *status);
void redes_database_free (RedesDatabase *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesDatabase, redes_database_free)
sqlite3 *redes_database_get_handle (RedesDatabase *self);

/**
 * redes_database_query:
 * @sql: one statement; a literal, or another text that lasts as long as @self
 * @types: what follows, a message a parameter: "i" a gint64, "d" a gdouble, "t" a text (nullable),
 *   "p" a path (nullable), kept as bytes, "g" a GBytes (nullable), "h" a digest (nullable)
 *
 * The statement, ready for redes_database_step(); what it was given must last until
 * redes_database_end(). %NULL if it cannot be prepared; redes_database_get_status() says why.
 */
sqlite3_stmt *redes_database_query (RedesDatabase *self, const char *sql, const char *types, ...);
/* Whether there is one more row. */
gboolean redes_database_step (RedesDatabase *self, sqlite3_stmt *statement);
/* Returns the status: SQLITE_OK if nothing went wrong since the query. @statement: (nullable) */
int redes_database_end (RedesDatabase *self, sqlite3_stmt *statement);
/* For a statement without rows: query, step and end in one. */
int redes_database_run (RedesDatabase *self, const char *sql, const char *types, ...);
/* The first column of the first row, or @fallback. */
gint64
redes_database_get_number (RedesDatabase *self, const char *sql, gint64 fallback, int *status);

/*
 * Values of a row, which may be anything: each returns %FALSE, or %NULL, if it is not what is asked
 * for.
 */
gboolean redes_database_read_digest (sqlite3_stmt *statement, int column, RedesDigest *out);
/* From a column with the root and one with the size; %FALSE if either makes no sense. */
gboolean redes_database_read_content (sqlite3_stmt *statement,
                                      int root_column,
                                      int size_column,
                                      RedesContentId *out);
/* (transfer full): a path: no NUL in it and not empty */
char *redes_database_read_path (sqlite3_stmt *statement, int column);
/* (transfer full): valid UTF-8 */
char *redes_database_read_text (sqlite3_stmt *statement, int column);
/* (transfer full): at least one byte */
GBytes *redes_database_read_bytes (sqlite3_stmt *statement, int column);
gboolean redes_database_read_uint32 (sqlite3_stmt *statement, int column, guint32 *out);

/* ---- What goes wrong ---- */

/* Whether @status tells that the file's contents are not what they should be. */
gboolean redes_database_is_damage (int status);
/* Whether @status is the fault of one statement's values, and not of disk or file. */
gboolean redes_database_is_refusal (int status);
/**
 * redes_database_describe:
 * @status: of SQLite, extended
 * @system_errno: sqlite3_system_errno(), or 0
 * @path: of the database
 * @needed_bytes: room that is needed at least, if that is what is missing
 *
 * Returns: (transfer full): words that say what to do
 */
RedesNotice *
redes_database_describe (int status, int system_errno, const char *path, guint64 needed_bytes);

G_END_DECLS
