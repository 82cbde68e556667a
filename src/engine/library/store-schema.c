/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/store-schema.h"

#include <fcntl.h>
#include <glib/gstdio.h>

/* "RDL" and the version: what PRAGMA application_id holds, beside PRAGMA user_version. */
#define APPLICATION_ID(version) (0x52444c00 | (version))
#define MAX_VERSION 0xff
#define MAX_ID (G_GINT64_CONSTANT (1) << 36)

const char *const redes_schema_tables[]
    = { "folders", "roots",         "batches",         "files",      "transfers",  "blocks",
        "sources", "history",       "history_sources", "publishers", "exclusions", "lists",
        "fetched", "fetched_lists", "fetched_trees",   NULL };

#define TRANSFER_ADDED                                                                             \
  "CREATE TRIGGER transfer_added AFTER INSERT ON transfers BEGIN"                                  \
  " DELETE FROM blocks WHERE id >= NEW.id << 26 AND id < (NEW.id + 1) << 26;"                      \
  " DELETE FROM sources WHERE transfer = NEW.id;"                                                  \
  " END"
#define TRANSFER_SIGNED_ANEW                                                                       \
  "CREATE TRIGGER transfer_signed_anew AFTER UPDATE OF batch ON transfers"                         \
  " WHEN OLD.batch IS NOT NEW.batch BEGIN"                                                         \
  " DELETE FROM batches WHERE id = OLD.batch"                                                      \
  " AND NOT EXISTS (SELECT 1 FROM files WHERE batch = OLD.batch)"                                  \
  " AND NOT EXISTS (SELECT 1 FROM transfers WHERE batch = OLD.batch);"                             \
  " END"
#define TRANSFER_REMOVED                                                                           \
  "CREATE TRIGGER transfer_removed AFTER DELETE ON transfers BEGIN"                                \
  " DELETE FROM blocks WHERE id >= OLD.id << 26 AND id < (OLD.id + 1) << 26;"                      \
  " DELETE FROM sources WHERE transfer = OLD.id;"                                                  \
  " DELETE FROM batches WHERE id = OLD.batch"                                                      \
  " AND NOT EXISTS (SELECT 1 FROM files WHERE batch = OLD.batch)"                                  \
  " AND NOT EXISTS (SELECT 1 FROM transfers WHERE batch = OLD.batch);"                             \
  " END"

/*
 * Never changed once released: a database of version n was made by the first n of these.
 *
 * A manifest is kept as its values (batch, batch_index, name, size, time_s, content), of which its
 * bytes follow, and batch_path if its batch has no leaves. A name that is NULL is the file's own.
 *
 * blocks.id is the transfer's id times 2^26 (there are no more blocks in a file) plus the index.
 */
static const char *const version_1[] = {
  "CREATE TABLE folders (id INTEGER PRIMARY KEY, path BLOB NOT NULL UNIQUE) STRICT",
  "CREATE TABLE roots (id INTEGER PRIMARY KEY, path BLOB NOT NULL UNIQUE) STRICT",

  "CREATE TABLE batches (id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, size INTEGER NOT NULL,"
  " signature BLOB NOT NULL, spki BLOB NOT NULL, leaves BLOB) STRICT",

  "CREATE TABLE files (id INTEGER PRIMARY KEY, folder INTEGER NOT NULL, relative BLOB NOT NULL,"
  " mtime_ns INTEGER NOT NULL, batch INTEGER NOT NULL, batch_index INTEGER NOT NULL, name TEXT,"
  " size INTEGER NOT NULL, time_s INTEGER NOT NULL, content BLOB NOT NULL, batch_path BLOB,"
  " blocks BLOB, UNIQUE (folder, relative)) STRICT",
  "CREATE INDEX files_by_batch ON files (batch)",

  "CREATE TABLE transfers (id INTEGER PRIMARY KEY, content BLOB NOT NULL UNIQUE,"
  " link TEXT NOT NULL, folder BLOB NOT NULL, target BLOB, batch INTEGER, batch_index INTEGER,"
  " name TEXT, size INTEGER, time_s INTEGER, batch_path BLOB, state INTEGER NOT NULL,"
  " message TEXT, added_s INTEGER NOT NULL, seconds REAL NOT NULL,"
  " partial_mtime_ns INTEGER NOT NULL) STRICT",
  "CREATE TABLE blocks (id INTEGER PRIMARY KEY, safe INTEGER NOT NULL, digest BLOB NOT NULL,"
  " proof BLOB NOT NULL) STRICT",
  "CREATE TABLE sources (id INTEGER PRIMARY KEY, transfer INTEGER NOT NULL, peer BLOB NOT NULL,"
  " nickname TEXT, address TEXT, blocks INTEGER NOT NULL, UNIQUE (transfer, peer)) STRICT",

  "CREATE TABLE history (id INTEGER PRIMARY KEY, content BLOB NOT NULL, name TEXT NOT NULL,"
  " path BLOB NOT NULL, size INTEGER NOT NULL, blocks INTEGER NOT NULL,"
  " finished_s INTEGER NOT NULL, seconds REAL NOT NULL) STRICT",
  "CREATE TABLE history_sources (id INTEGER PRIMARY KEY, download INTEGER NOT NULL,"
  " peer BLOB NOT NULL, nickname TEXT, address TEXT, blocks INTEGER NOT NULL,"
  " UNIQUE (download, peer)) STRICT",

  /* What no file and no transfer points to any more goes with the last one that did. */
  "CREATE TRIGGER file_removed AFTER DELETE ON files BEGIN"
  " DELETE FROM batches WHERE id = OLD.batch"
  " AND NOT EXISTS (SELECT 1 FROM files WHERE batch = OLD.batch)"
  " AND NOT EXISTS (SELECT 1 FROM transfers WHERE batch = OLD.batch);"
  " DELETE FROM folders WHERE id = OLD.folder"
  " AND NOT EXISTS (SELECT 1 FROM files WHERE folder = OLD.folder);"
  " END",
  "CREATE TRIGGER file_signed_anew AFTER UPDATE OF batch ON files"
  " WHEN OLD.batch <> NEW.batch BEGIN"
  " DELETE FROM batches WHERE id = OLD.batch"
  " AND NOT EXISTS (SELECT 1 FROM files WHERE batch = OLD.batch)"
  " AND NOT EXISTS (SELECT 1 FROM transfers WHERE batch = OLD.batch);"
  " END",
  /* Whatever is left below an id that is given anew belongs to somebody else. */
  TRANSFER_ADDED,
  TRANSFER_SIGNED_ANEW,
  TRANSFER_REMOVED,
  NULL,
};

static const char *const version_2[] = {
  /* Nobody knows how the partial files of before were left, so they count as in use. */
  "ALTER TABLE transfers ADD COLUMN partial_in_use INTEGER NOT NULL DEFAULT 1",
  "CREATE TABLE publishers (id INTEGER PRIMARY KEY, peer BLOB NOT NULL UNIQUE, name TEXT,"
  " trust INTEGER NOT NULL) STRICT",
  "CREATE TABLE exclusions (id INTEGER PRIMARY KEY, path BLOB NOT NULL UNIQUE) STRICT",
  NULL,
};

/* A content is its root and its size. Of a download without a manifest only the link may tell the
 * size; without any it cannot be asked for any more, and nothing of it was on the disk. */
#define HAS_SIZE "instr (replace (link, '?', '&'), '&s=')"
#define SIZE_FROM_LINK                                                                             \
  "UPDATE OR IGNORE transfers SET size = CAST (substr (link, " HAS_SIZE " + 3) AS INTEGER)"        \
  " WHERE size IS NULL AND " HAS_SIZE " > 0"
#define SIZE_INTO_LINK                                                                             \
  "UPDATE transfers SET link = link || iif (instr (link, '?') > 0, '&', '?') || 's=' || size"      \
  " WHERE size IS NOT NULL AND " HAS_SIZE " = 0"
#define NO_SIZE "DELETE FROM transfers WHERE size IS NULL"

const char *const redes_schema_sizes[] = { SIZE_FROM_LINK, SIZE_INTO_LINK, NO_SIZE, NULL };

#define BEFORE_3                                                                                   \
  "id, content, link, folder, target, batch, batch_index, name, size, time_s, batch_path, state,"  \
  " message, added_s, seconds, partial_mtime_ns, partial_in_use"

static const char *const version_3[] = {
  /* What is UNIQUE can only be changed in a new table. That the old one lies in another database
   * meanwhile keeps the pages of a new database in one order, see redes_schema_transplant(). */
  "CREATE TEMP TABLE transfers_before AS SELECT " BEFORE_3 " FROM main.transfers",
  "DROP TABLE main.transfers",
  "CREATE TABLE transfers (id INTEGER PRIMARY KEY, content BLOB NOT NULL, size INTEGER,"
  " link TEXT NOT NULL, folder BLOB NOT NULL, target BLOB, batch INTEGER, batch_index INTEGER,"
  " name TEXT, time_s INTEGER, batch_path BLOB, state INTEGER NOT NULL, message TEXT,"
  " added_s INTEGER NOT NULL, seconds REAL NOT NULL, partial_mtime_ns INTEGER NOT NULL,"
  " partial_in_use INTEGER NOT NULL DEFAULT 1, UNIQUE (content, size)) STRICT",
  "INSERT INTO main.transfers (" BEFORE_3 ") SELECT " BEFORE_3 " FROM temp.transfers_before",
  "DROP TABLE temp.transfers_before",
  SIZE_FROM_LINK,
  SIZE_INTO_LINK,
  NO_SIZE,
  TRANSFER_ADDED,
  TRANSFER_SIGNED_ANEW,
  TRANSFER_REMOVED,
  NULL,
};

static const char *const version_4[] = {
  /* What a shared path led to, so that another place under the same path is noticed. real is NULL
   * until that is known. */
  "ALTER TABLE roots ADD COLUMN real BLOB",
  "ALTER TABLE roots ADD COLUMN is_folder INTEGER NOT NULL DEFAULT 0",
  "ALTER TABLE roots ADD COLUMN is_suspended INTEGER NOT NULL DEFAULT 0",
  "ALTER TABLE roots ADD COLUMN device INTEGER NOT NULL DEFAULT 0",
  "ALTER TABLE roots ADD COLUMN inode INTEGER NOT NULL DEFAULT 0",
  /* How a file stood on the disk when it was hashed, beside its modification time; NULL: not
   * known. */
  "ALTER TABLE files ADD COLUMN ctime_ns INTEGER",
  "ALTER TABLE files ADD COLUMN inode INTEGER",
  /* 1: it was downloaded; 0: it was shared by its path, or by a folder above; NULL: not known. */
  "ALTER TABLE files ADD COLUMN is_fetched INTEGER",
  NULL,
};

/* What becomes of a batch when the last row goes that points to it. */
#define DROP_BATCH                                                                                 \
  " DELETE FROM batches WHERE id = OLD.batch"                                                      \
  " AND NOT EXISTS (SELECT 1 FROM files WHERE batch = OLD.batch)"                                  \
  " AND NOT EXISTS (SELECT 1 FROM lists WHERE batch = OLD.batch)"                                  \
  " AND NOT EXISTS (SELECT 1 FROM transfers WHERE batch = OLD.batch);"

static const char *const version_5[] = {
  /* The signed manifests of shared folders, each of the list that the folder had last. */
  "CREATE TABLE lists (id INTEGER PRIMARY KEY, path BLOB NOT NULL UNIQUE, batch INTEGER NOT NULL,"
  " batch_index INTEGER NOT NULL, name TEXT NOT NULL, size INTEGER NOT NULL,"
  " time_s INTEGER NOT NULL, content BLOB NOT NULL, batch_path BLOB, bytes INTEGER NOT NULL,"
  " files INTEGER NOT NULL, folders INTEGER NOT NULL, height INTEGER NOT NULL) STRICT",
  "CREATE INDEX lists_by_batch ON lists (batch)",
  "DROP TRIGGER file_removed",
  "DROP TRIGGER file_signed_anew",
  "DROP TRIGGER transfer_signed_anew",
  "DROP TRIGGER transfer_removed",
  "CREATE TRIGGER file_removed AFTER DELETE ON files BEGIN" DROP_BATCH
  " DELETE FROM folders WHERE id = OLD.folder"
  " AND NOT EXISTS (SELECT 1 FROM files WHERE folder = OLD.folder);"
  " END",
  "CREATE TRIGGER file_signed_anew AFTER UPDATE OF batch ON files"
  " WHEN OLD.batch <> NEW.batch BEGIN" DROP_BATCH " END",
  "CREATE TRIGGER transfer_signed_anew AFTER UPDATE OF batch ON transfers"
  " WHEN OLD.batch IS NOT NEW.batch BEGIN" DROP_BATCH " END",
  "CREATE TRIGGER transfer_removed AFTER DELETE ON transfers BEGIN"
  " DELETE FROM blocks WHERE id >= OLD.id << 26 AND id < (OLD.id + 1) << 26;"
  " DELETE FROM sources WHERE transfer = OLD.id;" DROP_BATCH " END",
  "CREATE TRIGGER list_removed AFTER DELETE ON lists BEGIN" DROP_BATCH " END",
  "CREATE TRIGGER list_signed_anew AFTER UPDATE OF batch ON lists"
  " WHEN OLD.batch <> NEW.batch BEGIN" DROP_BATCH " END",
  NULL,
};

#define FETCHED_PARTS(row)                                                                         \
  " DELETE FROM fetched_lists WHERE folder = " row ".id;"                                          \
  " DELETE FROM fetched_trees WHERE folder = " row ".id;"

static const char *const version_6[] = {
  /* Patterns of the files that are wanted of a folder, see redes_store_join_patterns(). */
  "ALTER TABLE transfers ADD COLUMN only_these TEXT",
  /* Folders that were fetched, with what proves their files: the manifest in the parts in which it
   * is transmitted, for there is one a folder, the lists, and the blocks of longer files. */
  "CREATE TABLE fetched (id INTEGER PRIMARY KEY, path BLOB NOT NULL UNIQUE, body BLOB NOT NULL,"
  " place INTEGER NOT NULL, batch_size INTEGER NOT NULL, batch_path BLOB NOT NULL,"
  " signature BLOB NOT NULL, spki BLOB NOT NULL, inside TEXT, only_these TEXT) STRICT",
  "CREATE TABLE fetched_lists (id INTEGER PRIMARY KEY, folder INTEGER NOT NULL,"
  " list BLOB NOT NULL) STRICT",
  "CREATE INDEX fetched_lists_by_folder ON fetched_lists (folder)",
  "CREATE TABLE fetched_trees (id INTEGER PRIMARY KEY, folder INTEGER NOT NULL,"
  " content BLOB NOT NULL, size INTEGER NOT NULL, blocks BLOB NOT NULL,"
  " UNIQUE (folder, content, size)) STRICT",
  "CREATE TRIGGER fetched_added AFTER INSERT ON fetched BEGIN" FETCHED_PARTS ("NEW") " END",
  "CREATE TRIGGER fetched_removed AFTER DELETE ON fetched BEGIN" FETCHED_PARTS ("OLD") " END",
  NULL,
};

static const char *const *const versions[REDES_SCHEMA_VERSION]
    = { version_1, version_2, version_3, version_4, version_5, version_6 };

int
redes_schema_get_version (RedesDatabase *database, int *version)
{
  gint64 application_id;
  gint64 user_version;
  int status;

  application_id = redes_database_get_number (database, "PRAGMA application_id", 0, &status);
  if (status != SQLITE_OK)
    return status;
  user_version = redes_database_get_number (database, "PRAGMA user_version", 0, &status);
  if (status != SQLITE_OK)
    return status;

  /* Only what both numbers say is a version: one of them alone may be a flipped bit. */
  if (user_version == 0 && application_id == 0)
    {
      *version = 0;
      return SQLITE_OK;
    }
  if (user_version < 1 || user_version > MAX_VERSION
      || application_id != APPLICATION_ID (user_version))
    return SQLITE_NOTADB;
  *version = (int)user_version;
  return SQLITE_OK;
}

int
redes_schema_migrate (RedesDatabase *database, int from, int to)
{
  sqlite3 *handle = redes_database_get_handle (database);
  g_autofree char *notes = NULL;
  int status = SQLITE_OK;

  for (int version = from; version < to && status == SQLITE_OK; version++)
    {
      for (guint i = 0; versions[version][i] != NULL && status == SQLITE_OK; i++)
        status = sqlite3_exec (handle, versions[version][i], NULL, NULL, NULL);
    }
  if (status != SQLITE_OK)
    return status;

  notes = g_strdup_printf ("PRAGMA application_id = %d; PRAGMA user_version = %d",
                           APPLICATION_ID (to), to);
  return sqlite3_exec (handle, notes, NULL, NULL, NULL);
}

int
redes_schema_update (RedesDatabase *database)
{
  sqlite3 *handle = redes_database_get_handle (database);
  int version;
  /* Also if there is nothing to change: that it cannot be written is better known now. */
  int status = sqlite3_exec (handle, "BEGIN IMMEDIATE", NULL, NULL, NULL);

  if (status != SQLITE_OK)
    return status;

  status = redes_schema_get_version (database, &version);
  if (status == SQLITE_OK && sqlite3_db_readonly (handle, "main") != 0)
    status = SQLITE_READONLY;
  if (status == SQLITE_OK && version < REDES_SCHEMA_VERSION)
    status = redes_schema_migrate (database, version, REDES_SCHEMA_VERSION);
  if (status == SQLITE_OK)
    status = sqlite3_exec (handle, "COMMIT", NULL, NULL, NULL);
  if (status != SQLITE_OK && !sqlite3_get_autocommit (handle))
    sqlite3_exec (handle, "ROLLBACK", NULL, NULL, NULL);
  return status;
}

/* A flipped bit can make an id so large that the next one is none. */
static int
check_ids (RedesDatabase *database)
{
  for (guint i = 0; redes_schema_tables[i] != NULL; i++)
    {
      const char *table = redes_schema_tables[i];
      /* Each of the two is one step to an end of the table; together they were a walk through it.
       */
      g_autofree char *sql
          = g_strdup_printf ("SELECT ifnull ((SELECT min(id) FROM %s) < 1"
                             " OR (SELECT max(id) FROM %s) >= %" G_GINT64_FORMAT ", 0)",
                             table, table, redes_schema_get_max_id (table));
      sqlite3_stmt *statement = NULL;
      gboolean in_range = FALSE;
      int status
          = sqlite3_prepare_v2 (redes_database_get_handle (database), sql, -1, &statement, NULL);

      if (statement != NULL && redes_database_step (database, statement))
        in_range = sqlite3_column_int (statement, 0) == 0;
      if (statement != NULL)
        status = sqlite3_finalize (statement);
      if (status != SQLITE_OK)
        return status;
      if (!in_range)
        return SQLITE_CORRUPT;
    }
  return SQLITE_OK;
}

/* Against a database that has just been made: name and text of all it consists of. */
static int
check_objects (RedesDatabase *database)
{
  int status;
  g_autoptr (RedesDatabase) model = redes_database_open (":memory:", &status);
  sqlite3_stmt *expected = NULL;
  gboolean complete = TRUE;

  if (model != NULL)
    status = redes_schema_update (model);
  if (status != SQLITE_OK)
    return status;

  expected = redes_database_query (
      model, "SELECT name, type, sql FROM sqlite_schema WHERE sql IS NOT NULL", "");
  while (status == SQLITE_OK && complete && redes_database_step (model, expected))
    {
      sqlite3_stmt *found = redes_database_query (
          database, "SELECT 1 FROM sqlite_schema WHERE name = ?1 AND type = ?2 AND sql = ?3", "ttt",
          sqlite3_column_text (expected, 0), sqlite3_column_text (expected, 1),
          sqlite3_column_text (expected, 2));

      complete = found != NULL && redes_database_step (database, found);
      status = redes_database_end (database, found);
    }
  redes_database_end (model, expected);
  if (status != SQLITE_OK)
    return status;
  return complete ? SQLITE_OK : SQLITE_CORRUPT;
}

int
redes_schema_check (RedesDatabase *database)
{
  int status = check_objects (database);

  return status == SQLITE_OK ? check_ids (database) : status;
}

gint64
redes_schema_get_max_id (const char *table)
{
  return g_str_equal (table, "blocks") ? MAX_ID << REDES_SCHEMA_BLOCK_BITS : MAX_ID;
}

/* ---- Transplanting ---- */

/* From the description of SQLite's file format: the header's fields, and those of an inner page of
 * a table, of which the first begins behind the header. */
#define HEADER_SIZE 100
#define HEADER_PAGE_SIZE 16
#define HEADER_WRITE_VERSION 18
#define HEADER_READ_VERSION 19
#define HEADER_VALID_FOR 92
#define PAGE_TYPE (HEADER_SIZE + 0)
#define PAGE_N_CELLS (HEADER_SIZE + 3)
#define PAGE_LAST_CHILD (HEADER_SIZE + 8)
#define PAGE_CELLS (HEADER_SIZE + 12)
#define TYPE_INNER 5

static guint
read_be16 (const guint8 *bytes)
{
  return (guint)bytes[0] << 8 | bytes[1];
}

static guint32
read_be32 (const guint8 *bytes)
{
  return (guint32)read_be16 (bytes) << 16 | read_be16 (bytes + 2);
}

static gboolean
write_page (int fd, const guint8 *file, guint32 page, guint page_size)
{
  gsize offset = (gsize)(page - 1) * page_size;

  return lseek (fd, (off_t)offset, SEEK_SET) == (off_t)offset
         && write (fd, file + offset, page_size) == (gssize)page_size;
}

/* @model: a new database, which is trusted. The list of tables is page 1, and those below it. */
static gboolean
write_schema_pages (int fd, guint8 *model)
{
  guint page_size = read_be16 (model + HEADER_PAGE_SIZE);
  gboolean done;

  /* In write-ahead mode, and of as many pages as the file has. */
  model[HEADER_WRITE_VERSION] = model[HEADER_READ_VERSION] = 2;
  model[HEADER_VALID_FOR] ^= 0xff;
  done = write_page (fd, model, 1, page_size);
  if (model[PAGE_TYPE] != TYPE_INNER)
    return done;

  for (guint i = 0; i < read_be16 (model + PAGE_N_CELLS) && done; i++)
    {
      guint cell = read_be16 (model + PAGE_CELLS + 2 * i);

      done = write_page (fd, model, read_be32 (model + cell), page_size);
    }
  return done && write_page (fd, model, read_be32 (model + PAGE_LAST_CHILD), page_size);
}

gboolean
redes_schema_transplant (const char *path)
{
  int status;
  g_autoptr (RedesDatabase) database = redes_database_open (":memory:", &status);
  guint8 *model = NULL;
  gboolean done = FALSE;
  sqlite3_int64 size;
  int fd;

  if (database != NULL && redes_schema_update (database) == SQLITE_OK)
    model = sqlite3_serialize (redes_database_get_handle (database), "main", &size, 0);
  if (model == NULL)
    return FALSE;

  fd = g_open (path, O_WRONLY | O_CLOEXEC, 0);
  if (fd >= 0)
    {
      done = write_schema_pages (fd, model);
      done = g_close (fd, NULL) && done;
    }
  sqlite3_free (model);
  return done;
}
