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
 * A connection to an SQLite database and the statements that are prepared on it. It may be used by
 * one thread at a time.
 */
typedef struct _RedesDatabase RedesDatabase;

/* How long a connection waits for another one to end its transaction, in milliseconds. */
#define REDES_DATABASE_BUSY_MS 2000

/**
 * redes_database_open:
 * @path: the path of a file that exists, even if it is empty, or ":memory:"
 * @status: (out): the extended result code of SQLite
 *
 * Opens a database in write-ahead mode. A commit is then a write to the log and no sync, so that it
 * costs microseconds: it outlives the process, but not for certain a power cut, which may take the
 * last commits with it, though never a part of one.
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
 * Prepares a statement. The arguments must stay valid until redes_database_end().
 *
 * Returns: (nullable) (transfer none): the statement, for redes_database_step(); %NULL if it cannot
 *   be prepared, and redes_database_end() says why
 */
sqlite3_stmt *redes_database_query (RedesDatabase *self, const char *sql, const char *types, ...);
/* Returns: whether there is one more row, which can be read now */
gboolean redes_database_step (RedesDatabase *self, sqlite3_stmt *statement);
/* Ends a statement. @statement: (nullable). Returns: the result code: SQLITE_OK if nothing went
 * wrong since the query */
int redes_database_end (RedesDatabase *self, sqlite3_stmt *statement);
/* Runs a statement that returns no rows. Returns: the result code */
int redes_database_run (RedesDatabase *self, const char *sql, const char *types, ...);
/* Returns: the first column of the first row; @fallback if there is no row or the statement fails.
 * @status: (out): the result code */
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

/* Returns: whether @status means that the file is damaged */
gboolean redes_database_is_damage (int status);
/* Whether @status is the fault of one statement's values, and not of disk or file. */
gboolean redes_database_is_refusal (int status);
/**
 * redes_database_describe:
 * @status: the extended result code of SQLite
 * @system_errno: what sqlite3_system_errno() has returned, or 0
 * @path: the path of the database
 * @needed_bytes: how much room is needed at least, if the disk is full
 *
 * Returns: (transfer full): a notice that says what is wrong and what to do
 */
RedesNotice *
redes_database_describe (int status, int system_errno, const char *path, guint64 needed_bytes);

G_END_DECLS
