/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/store-writer.h"

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/library/error.h"
#include "engine/library/store-repair.h"
#include "engine/library/store-schema.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_NAME "library.db"
/* Up to the first size all is looked over at start, about 4 ms a MiB; up to the second all but
 * whether indices fit their tables, about 1 ms a MiB. In a larger one damage shows when it is come
 * across. */
#define MAX_CHECKED_BYTES (32 * 1024 * 1024)
#define MAX_GLANCED_BYTES (128 * 1024 * 1024)
/* The least page of a database: SQLite takes a shorter file for an empty one. */
#define MIN_PAGE_BYTES 512
/* Room that a new database needs. */
#define MIN_ROOM_BYTES 1048576

struct _RedesStore
{
  char *path;
  RedesDatabase *reader;
  RedesStoreWriter *writer; /* NULL of one that only looks */
  /* Between redes_store_begin() and redes_store_end(). */
  guint depth;
  GQueue group; /* of RedesStoreChange */
};

/* ---- Opening ---- */

static void
set_error (GError **error, int status, const char *path)
{
  redes_set_error_take (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_DISK,
                        redes_database_describe (status, 0, path, MIN_ROOM_BYTES));
}

static void
set_file_error (GError **error, int saved_errno, const char *path)
{
  g_autofree char *name = redes_text_display_path (path);

  if (saved_errno == ENOSPC)
    set_error (error, SQLITE_FULL, path);
  else if (saved_errno == EACCES || saved_errno == EPERM || saved_errno == EROFS)
    set_error (error, SQLITE_PERM, path);
  else
    redes_set_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_DISK,
                     REDES_NOTICE_DATABASE_CANNOT_OPEN, name, redes_notice_arg_errno (saved_errno));
}

/* Makes the file, for nobody else to read, or sees that it may be written. */
static gboolean
prepare_file (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd = -1;

  if (g_mkdir_with_parents (folder, 0700) == 0)
    fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0)
    {
      set_file_error (error, errno, path);
      return FALSE;
    }
  g_close (fd, NULL);
  return TRUE;
}

/* @answer: (nullable): of SQLite's check. An error of the disk is told like damage, and is none. */
static int
status_of_answer (const char *answer)
{
  const char *code = answer != NULL ? strstr (answer, "error code=") : NULL;
  int status = code != NULL ? (int)g_ascii_strtoll (code + strlen ("error code="), NULL, 10)
                            : SQLITE_CORRUPT;

  if (g_strcmp0 (answer, "ok") == 0)
    return SQLITE_OK;
  return (status & 0xff) == SQLITE_IOERR || (status & 0xff) == SQLITE_NOMEM ? status
                                                                            : SQLITE_CORRUPT;
}

/* Whether the file is what it should be, as far as that does not take too long. */
static int
check_pages (RedesDatabase *database)
{
  g_autofree char *answer = NULL;
  sqlite3_stmt *statement;
  gint64 n_bytes;
  int status;

  n_bytes = redes_database_get_number (database, "PRAGMA page_count", 0, &status);
  if (status == SQLITE_OK)
    n_bytes *= redes_database_get_number (database, "PRAGMA page_size", 0, &status);
  if (status != SQLITE_OK || n_bytes > MAX_GLANCED_BYTES)
    return status;

  statement = redes_database_query (
      database,
      n_bytes <= MAX_CHECKED_BYTES ? "PRAGMA integrity_check (1)" : "PRAGMA quick_check (1)", "");
  if (statement != NULL && redes_database_step (database, statement))
    answer = redes_database_read_text (statement, 0);
  status = redes_database_end (database, statement);
  if (status != SQLITE_OK)
    return status;
  return status_of_answer (answer);
}

static int
prepare_database (RedesDatabase *database, int *version)
{
  int status = redes_schema_get_version (database, version);

  /* Before a later version is believed: the number may be a part of the damage. */
  if (status == SQLITE_OK)
    status = check_pages (database);
  if (status == SQLITE_OK && *version > REDES_SCHEMA_VERSION)
    return SQLITE_OK;
  if (status == SQLITE_OK)
    status = redes_schema_update (database);
  if (status == SQLITE_OK)
    status = redes_schema_check (database);
  return status;
}

static RedesDatabase *
open_database (const char *path, int *status, int *version)
{
  RedesDatabase *database = redes_database_open (path, status);

  *version = 0;
  if (database == NULL)
    return NULL;

  *status = prepare_database (database, version);
  if (*status == SQLITE_OK && *version <= REDES_SCHEMA_VERSION)
    return database;
  redes_database_free (database);
  return NULL;
}

/* The file itself can be written (see prepare_file()), so a plain "read-only" is what its header
 * says, and no truth. */
static gboolean
is_damage_at_start (int status)
{
  return redes_database_is_damage (status) || status == SQLITE_READONLY;
}

static gboolean
rebuild (const char *path, RedesNotice **notice, GError **error)
{
  g_autofree char *mark = redes_store_dup_mark_path (path);
  g_autofree char *name = redes_text_display_path (path);
  g_autofree char *kept_as = NULL;
  g_autofree char *kept_base = NULL;
  g_autofree char *kept_name = NULL;
  guint n_rows = 0;

  if (!redes_store_rebuild (path, &kept_as, &n_rows, error))
    return FALSE;

  g_unlink (mark);
  kept_base = g_path_get_basename (kept_as);
  kept_name = redes_text_display_path (kept_base);
  *notice = redes_notice_new (REDES_NOTICE_DATABASE_REBUILT, name, n_rows, kept_name);
  return TRUE;
}

/* What would pass for well if it were opened. */
static gboolean
is_known_to_be_damaged (const char *path, gboolean was_emptied)
{
  g_autofree char *mark = redes_store_dup_mark_path (path);
  GStatBuf info;

  if (was_emptied
      || (g_stat (path, &info) == 0 && info.st_size > 0 && info.st_size < MIN_PAGE_BYTES))
    return TRUE;
  /* It was found to be damaged while it was open. */
  return g_file_test (mark, G_FILE_TEST_EXISTS);
}

/* A database that was ever used is not empty: a full disk, or a copy that went wrong, leaves such a
 * file, and SQLite would take it for a new one. What a write-ahead log has is not lost. */
static gboolean
is_emptied (const char *path)
{
  g_autofree char *log = g_strconcat (path, "-wal", NULL);
  GStatBuf info;

  if (g_stat (path, &info) != 0 || !S_ISREG (info.st_mode) || info.st_size > 0)
    return FALSE;
  return g_stat (log, &info) != 0 || info.st_size == 0;
}

static RedesDatabase *
open_or_rebuild (const char *path, gboolean was_emptied, RedesNotice **notice, GError **error)
{
  RedesDatabase *database = NULL;
  int status = SQLITE_CORRUPT;
  int version = 0;

  if (!is_known_to_be_damaged (path, was_emptied))
    database = open_database (path, &status, &version);
  /* SQLite takes a file that it may only read when it cannot open it for a moment (too many files
   * are open): what its header says stays true at a second look. */
  if (status == SQLITE_READONLY)
    database = open_database (path, &status, &version);
  if (database == NULL && is_damage_at_start (status))
    {
      if (!rebuild (path, notice, error))
        return NULL;
      database = open_database (path, &status, &version);
    }
  if (database != NULL)
    return database;

  if (status == SQLITE_OK && version > REDES_SCHEMA_VERSION)
    {
      g_autofree char *name = redes_text_display_path (path);

      redes_set_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_DISK,
                       REDES_NOTICE_DATABASE_LATER_VERSION, name, version, REDES_SCHEMA_VERSION);
    }
  else
    set_error (error, status, path);
  return NULL;
}

RedesStore *
redes_store_open (const char *data_dir,
                  GMainContext *context,
                  RedesStoreTroubleFunc trouble,
                  gpointer user_data,
                  RedesNotice **notice,
                  GError **error)
{
  g_autofree char *path = g_build_filename (data_dir, FILE_NAME, NULL);
  g_autofree char *making = g_strconcat (path, "-making", NULL);
  g_autoptr (RedesNotice) told = NULL;
  g_autoptr (RedesDatabase) writing = NULL;
  gboolean was_emptied;
  RedesDatabase *reader;
  RedesStore *self;
  int status;

  if (!redes_store_finish_rebuild (path, error))
    return NULL;
  /* One whose making was cut off is empty, too, and has lost nothing. */
  if (!g_file_test (path, G_FILE_TEST_EXISTS) && g_mkdir_with_parents (data_dir, 0700) == 0)
    (void)g_file_set_contents (making, "", 0, NULL);
  was_emptied = is_emptied (path) && !g_file_test (making, G_FILE_TEST_EXISTS);
  if (!prepare_file (path, error))
    return NULL;
  writing = open_or_rebuild (path, was_emptied, &told, error);
  if (writing == NULL)
    return NULL;
  reader = redes_database_open (path, &status);
  if (reader == NULL)
    {
      set_error (error, status, path);
      return NULL;
    }
  (void)g_unlink (making);

  self = g_new0 (RedesStore, 1);
  self->path = g_steal_pointer (&path);
  self->reader = reader;
  self->writer = redes_store_writer_new (g_steal_pointer (&writing), self->path, context, trouble,
                                         user_data);
  g_queue_init (&self->group);
  if (notice != NULL)
    *notice = g_steal_pointer (&told);
  else if (told != NULL)
    g_message ("%s", redes_notice_get_english (told));
  return self;
}

RedesStore *
redes_store_open_to_read (const char *data_dir, GError **error)
{
  g_autofree char *path = g_build_filename (data_dir, FILE_NAME, NULL);
  g_autofree char *name = redes_text_display_path (data_dir);
  g_autoptr (RedesDatabase) reader = NULL;
  RedesStore *self;
  int version = 0;
  int status;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    {
      redes_set_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_NOT_FOUND,
                       REDES_NOTICE_LIBRARY_EMPTY, name);
      return NULL;
    }
  reader = redes_database_open (path, &status);
  if (reader != NULL)
    status = redes_schema_get_version (reader, &version);
  if (status != SQLITE_OK)
    {
      set_error (error, status, path);
      return NULL;
    }
  if (version != REDES_SCHEMA_VERSION)
    {
      redes_set_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_DISK,
                       REDES_NOTICE_LIBRARY_OTHER_VERSION, name, version, REDES_SCHEMA_VERSION);
      return NULL;
    }

  self = g_new0 (RedesStore, 1);
  self->path = g_steal_pointer (&path);
  self->reader = g_steal_pointer (&reader);
  g_queue_init (&self->group);
  return self;
}

/* ---- Closing ---- */

static void
free_changes (GQueue *changes)
{
  for (GList *link; (link = g_queue_pop_head_link (changes)) != NULL;)
    redes_store_change_free (link->data);
}

/* What was put since the damage showed is only in memory: into the new database with it. */
static void
rebuild_at_end (const char *path, GQueue *changes)
{
  g_autoptr (RedesNotice) notice = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (RedesDatabase) database = open_or_rebuild (path, FALSE, &notice, &error);

  if (database != NULL && redes_store_commit (database, changes) == SQLITE_OK)
    g_message ("%s", redes_notice_get_english (notice));
  else
    g_message ("The library's database could not be rebuilt%s%s", error != NULL ? ": " : "",
               error != NULL ? error->message : "");
}

static void
close_writer (RedesStore *self)
{
  GQueue rest = G_QUEUE_INIT;
  gboolean is_damaged;

  self->depth = 0;
  redes_store_writer_push (self->writer, &self->group);
  is_damaged = redes_store_writer_is_damaged (self->writer);
  g_clear_pointer (&self->reader, redes_database_free);
  redes_store_writer_free (self->writer, &rest);
  if (is_damaged)
    rebuild_at_end (self->path, &rest);
  else if (rest.length > 0)
    g_message ("%u changes of the library could not be written", rest.length);
  free_changes (&rest);
}

void
redes_store_free (RedesStore *self)
{
  if (self == NULL)
    return;

  if (self->writer != NULL)
    close_writer (self);
  free_changes (&self->group);
  redes_database_free (self->reader);
  g_free (self->path);
  g_free (self);
}

/* ---- Writing and reading ---- */

void
redes_store_begin (RedesStore *self)
{
  self->depth++;
}

void
redes_store_end (RedesStore *self)
{
  g_return_if_fail (self->depth > 0);

  if (--self->depth == 0 && self->writer != NULL)
    redes_store_writer_push (self->writer, &self->group);
}

void
redes_store_put (RedesStore *self, gpointer change)
{
  redes_store_begin (self);
  g_queue_push_tail_link (&self->group, &((RedesStoreChange *)change)->link);
  redes_store_end (self);
}

void
redes_store_flush (RedesStore *self)
{
  if (self->writer != NULL)
    redes_store_writer_flush (self->writer);
}

void
redes_store_when_settled (RedesStore *self, RedesStoreSettledFunc func, gpointer user_data)
{
  if (self->writer != NULL)
    redes_store_writer_when_settled (self->writer, func, user_data);
  else
    func (user_data);
}

typedef struct
{
  RedesStoreChange base;
  const char *sql;
  gint64 id;
} RowChange;

static int
remove_row_apply (RedesStoreChange *change, RedesDatabase *database)
{
  return redes_database_run (database, ((RowChange *)change)->sql, "i", ((RowChange *)change)->id);
}

static const RedesStoreChangeKind remove_row_kind = { sizeof (RowChange), remove_row_apply, NULL };

void
redes_store_remove_row (RedesStore *self, const char *sql, gint64 id)
{
  RowChange *change = redes_store_change_new (&remove_row_kind, NULL, sizeof id);

  change->sql = sql;
  change->id = id;
  redes_store_put (self, change);
}

RedesDatabase *
redes_store_begin_read (RedesStore *self)
{
  redes_store_flush (self);
  return self->reader;
}

gboolean
redes_store_end_read (RedesStore *self, int status, GError **error)
{
  /* A list is read now and then; its pages need not stay in memory. */
  sqlite3_db_release_memory (redes_database_get_handle (self->reader));
  if (status == SQLITE_OK)
    return TRUE;

  if (redes_database_is_damage (status) && self->writer != NULL)
    redes_store_writer_note_damage (self->writer, status);
  set_error (error, status, self->path);
  return FALSE;
}

/* ---- For tests ---- */

void
redes_store_set_retry_ms (RedesStore *self, guint retry_ms)
{
  redes_store_writer_set_retry_ms (self->writer, retry_ms);
}

void
redes_store_set_max_pages (RedesStore *self, guint max_pages)
{
  redes_store_writer_set_max_pages (self->writer, max_pages);
}

guint
redes_store_get_n_queued (RedesStore *self)
{
  return redes_store_writer_get_n_queued (self->writer);
}
