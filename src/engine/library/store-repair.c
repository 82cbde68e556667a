/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/store-repair.h"

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/library/error.h"
#include "engine/platform/move.h"
#include "engine/library/store-schema.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>

/* Two damaged ones within a second have a number. */
#define MAX_NUMBER 99
#define MAX_GAPS 10000

static char *
dup_new_path (const char *path)
{
  return g_strconcat (path, ".new", NULL);
}

/* ---- Reading what can be read ---- */

typedef struct
{
  sqlite3 *from;
  sqlite3 *to;
  const char *table;
  sqlite3_stmt *insert; /* into @table; made with its first row */
  guint n_rows;
  int status; /* of writing: anything but SQLITE_OK ends it all */
} Salvage;

/* The columns of @rows that today's table has too; the others get their defaults. */
static sqlite3_stmt *
prepare_insert (Salvage *self, sqlite3_stmt *rows)
{
  g_autoptr (GString) names = g_string_new (NULL);
  g_autoptr (GString) places = g_string_new (NULL);
  g_autofree char *sql = NULL;
  sqlite3_stmt *insert = NULL;

  for (int i = 0; i < sqlite3_column_count (rows); i++)
    {
      const char *name = sqlite3_column_name (rows, i);

      if (name == NULL
          || sqlite3_table_column_metadata (self->to, "main", self->table, name, NULL, NULL, NULL,
                                            NULL, NULL)
                 != SQLITE_OK)
        continue;
      g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", name);
      g_string_append_printf (places, "%s?%d", places->len > 0 ? ", " : "", i + 1);
    }
  sql = g_strdup_printf ("INSERT OR IGNORE INTO %s (%s) VALUES (%s)", self->table, names->str,
                         places->str);
  sqlite3_prepare_v2 (self->to, sql, -1, &insert, NULL);
  return insert;
}

static int
copy_row (Salvage *self, sqlite3_stmt *rows)
{
  int status;

  for (int i = 0; i < sqlite3_column_count (rows); i++)
    {
      /* Places of columns that are left out are not there to be bound. */
      if (i < sqlite3_bind_parameter_count (self->insert))
        sqlite3_bind_value (self->insert, i + 1, sqlite3_column_value (rows, i));
    }
  sqlite3_step (self->insert);
  status = sqlite3_reset (self->insert);
  if (status == SQLITE_OK)
    self->n_rows += (guint)sqlite3_changes (self->to);
  /* A row that is nothing like one of this table. */
  return redes_database_is_refusal (status) ? SQLITE_OK : status;
}

/* Copies rows between two ids, rising or falling, as far as they can be read; @reached is the last
 * id that could. Returns whether all could. */
static gboolean
copy_rows (Salvage *self, gint64 from_id, gint64 to_id, gboolean falling, gint64 *reached)
{
  g_autofree char *sql
      = g_strdup_printf ("SELECT * FROM %s WHERE id BETWEEN ?1 AND ?2 ORDER BY id %s", self->table,
                         falling ? "DESC" : "ASC");
  sqlite3_stmt *rows = NULL;
  int id_column = -1;
  int status = sqlite3_prepare_v2 (self->from, sql, -1, &rows, NULL);

  if (status != SQLITE_OK)
    return FALSE;
  if (self->insert == NULL)
    self->insert = prepare_insert (self, rows);
  for (int i = 0; i < sqlite3_column_count (rows) && id_column < 0; i++)
    {
      if (g_strcmp0 (sqlite3_column_name (rows, i), "id") == 0)
        id_column = i;
    }
  sqlite3_bind_int64 (rows, 1, from_id);
  sqlite3_bind_int64 (rows, 2, to_id);
  while (self->insert != NULL && id_column >= 0 && self->status == SQLITE_OK
         && (status = sqlite3_step (rows)) == SQLITE_ROW)
    {
      gint64 id = sqlite3_column_int64 (rows, id_column);

      /* Pages that lead back into each other would give the same rows for ever. */
      if (falling ? id >= *reached : id <= *reached)
        break;
      *reached = id;
      self->status = copy_row (self, rows);
    }
  sqlite3_finalize (rows);
  return status == SQLITE_DONE;
}

/*
 * What lies behind a damaged page is found by trying ids further and further on; then the way back
 * from there, down to the damage.
 */
static void
copy_table (Salvage *self)
{
  const gint64 max_id = redes_schema_get_max_id (self->table) - 1;
  gint64 reached = 0;
  guint n_gaps = 0;

  while (self->status == SQLITE_OK && n_gaps < MAX_GAPS)
    {
      gint64 gap_start = reached + 1;
      gint64 step = 1;

      if (copy_rows (self, gap_start, max_id, FALSE, &reached))
        return;
      /* Some were read: the damage begins behind them. */
      gap_start = reached + 1;
      for (; step < max_id - gap_start && reached < gap_start; step *= 2)
        {
          gint64 try_id = gap_start + step;
          gint64 forward = try_id - 1;
          gint64 backward = G_MAXINT64;

          if (copy_rows (self, try_id, max_id, FALSE, &forward))
            {
              copy_rows (self, gap_start, try_id - 1, TRUE, &backward);
              return;
            }
          if (forward >= try_id)
            {
              copy_rows (self, gap_start, try_id - 1, TRUE, &backward);
              reached = forward;
            }
        }
      if (reached < gap_start)
        return;
      n_gaps++;
    }
}

static sqlite3 *
open_damaged (const char *path)
{
  sqlite3 *handle = NULL;

  if (sqlite3_open_v2 (path, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL)
      != SQLITE_OK)
    {
      sqlite3_close (handle);
      return NULL;
    }
  /* Left as it is, with its log, for whoever wants to look at it. */
  sqlite3_db_config (handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
  sqlite3_busy_timeout (handle, REDES_DATABASE_BUSY_MS);
  /* Parts of the schema that cannot be read do not hide the others. */
  sqlite3_exec (handle, "PRAGMA writable_schema = ON", NULL, NULL, NULL);
  sqlite3_exec (handle, "PRAGMA trusted_schema = OFF", NULL, NULL, NULL);
  sqlite3_exec (handle, "PRAGMA cell_size_check = ON", NULL, NULL, NULL);
  return handle;
}

/* Rows whose owner was lost: another one may get its id. */
static const char *const orphans[] = {
  "DELETE FROM blocks WHERE id >> 26 NOT IN (SELECT id FROM transfers)",
  "DELETE FROM sources WHERE transfer NOT IN (SELECT id FROM transfers)",
  "DELETE FROM history_sources WHERE download NOT IN (SELECT id FROM history)",
  ("DELETE FROM files WHERE batch NOT IN (SELECT id FROM batches)"
   " OR folder NOT IN (SELECT id FROM folders)"),
  "DELETE FROM lists WHERE batch NOT IN (SELECT id FROM batches)",
  "DELETE FROM fetched_lists WHERE folder NOT IN (SELECT id FROM fetched)",
  "DELETE FROM fetched_trees WHERE folder NOT IN (SELECT id FROM fetched)",
};

static int
copy_all (sqlite3 *to, const char *path, guint *n_rows)
{
  Salvage self = { .to = to, .status = SQLITE_OK };

  self.from = open_damaged (path);
  for (guint i = 0; redes_schema_tables[i] != NULL && self.from != NULL; i++)
    {
      self.table = redes_schema_tables[i];
      copy_table (&self);
      sqlite3_finalize (self.insert);
      self.insert = NULL;
    }
  sqlite3_close (self.from);
  for (guint i = 0; redes_schema_sizes[i] != NULL && self.status == SQLITE_OK; i++)
    self.status = sqlite3_exec (to, redes_schema_sizes[i], NULL, NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (orphans) && self.status == SQLITE_OK; i++)
    self.status = sqlite3_exec (to, orphans[i], NULL, NULL, NULL);
  *n_rows = self.n_rows;
  return self.status;
}

/* ---- Files ---- */

static const char *const suffixes[] = { "", "-wal", "-shm" };

/* With its log. */
static gboolean
copy_files (const char *from, const char *to)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *from_path = g_strconcat (from, suffixes[i], NULL);
      g_autofree char *to_path = g_strconcat (to, suffixes[i], NULL);
      g_autoptr (GFile) source = g_file_new_for_path (from_path);
      g_autoptr (GFile) target = g_file_new_for_path (to_path);
      g_autoptr (GError) error = NULL;

      if (!g_file_copy (source, target, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, &error)
          && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
        return FALSE;
    }
  return TRUE;
}

static void
set_file_error (GError **error, const char *path, int saved_errno)
{
  g_autofree char *name = redes_text_display_path (path);

  redes_set_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_DISK,
                   REDES_NOTICE_DATABASE_CANNOT_REBUILD, name,
                   redes_notice_arg_errno (saved_errno));
}

/* A name that neither the database nor its companions would take from another file. */
static char *
choose_name (const char *path)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *date = g_date_time_format (now, "%Y-%m-%d-%H%M%S");

  for (guint number = 1; number <= MAX_NUMBER; number++)
    {
      g_autofree char *name = number == 1
                                  ? g_strdup_printf ("%s.damaged-%s", path, date)
                                  : g_strdup_printf ("%s.damaged-%s-%u", path, date, number);
      gboolean is_free = TRUE;

      for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
        {
          g_autofree char *full = g_strconcat (name, suffixes[i], NULL);

          is_free = is_free && !g_file_test (full, G_FILE_TEST_EXISTS | G_FILE_TEST_IS_SYMLINK);
        }
      if (is_free)
        return g_steal_pointer (&name);
    }
  return NULL;
}

/* The database first: from then on redes_store_finish_rebuild() knows what is left to do. */
static gboolean
put_aside (const char *path, char **kept_as, GError **error)
{
  g_autofree char *name = choose_name (path);

  if (name == NULL)
    {
      set_file_error (error, path, EEXIST);
      return FALSE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *from = g_strconcat (path, suffixes[i], NULL);
      g_autofree char *to = g_strconcat (name, suffixes[i], NULL);
      int result = redes_move_no_replace (from, to);

      if (result != 0 && result != ENOENT)
        {
          set_file_error (error, path, result);
          return FALSE;
        }
    }
  *kept_as = g_steal_pointer (&name);
  return TRUE;
}

static gboolean
move_new (const char *path, GError **error)
{
  g_autofree char *new_path = dup_new_path (path);
  int result = redes_move_no_replace (new_path, path);

  if (result == 0 || result == ENOENT)
    return TRUE;
  set_file_error (error, path, result);
  return FALSE;
}

gboolean
redes_store_finish_rebuild (const char *path, GError **error)
{
  g_autofree char *log = g_strconcat (path, "-wal", NULL);
  g_autofree char *kept_as = NULL;

  if (g_file_test (path, G_FILE_TEST_EXISTS | G_FILE_TEST_IS_SYMLINK))
    return TRUE;
  /* The log of another database, which must not be played into the new one. */
  if (g_file_test (log, G_FILE_TEST_EXISTS) && !put_aside (path, &kept_as, error))
    return FALSE;
  return move_new (path, error);
}

/*
 * When the header is lost, or the list of tables: they are put back, as a new database has them,
 * for that has its tables on the same pages. What is then taken for a table and is none gives rows
 * that fit nowhere.
 */
static int
salvage_without_schema (RedesDatabase *target, const char *path, guint *n_rows)
{
  g_autofree char *scratch = g_strconcat (path, ".scratch", NULL);
  int status = SQLITE_OK;

  if (copy_files (path, scratch) && redes_schema_transplant (scratch))
    status = copy_all (redes_database_get_handle (target), scratch, n_rows);
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *file = g_strconcat (scratch, suffixes[i], NULL);

      g_unlink (file);
    }
  return status;
}

static int
salvage (RedesDatabase *target, const char *path, guint *n_rows)
{
  int status = copy_all (redes_database_get_handle (target), path, n_rows);

  if (status == SQLITE_OK && *n_rows == 0)
    status = salvage_without_schema (target, path, n_rows);
  return status;
}

static int
make_new (const char *new_path, const char *path, guint *n_rows)
{
  int status;
  g_autoptr (RedesDatabase) target = redes_database_open (new_path, &status);
  sqlite3 *handle;

  if (target == NULL)
    return status;

  handle = redes_database_get_handle (target);
  /* A file by itself, on disk for certain before the old one goes. */
  status = sqlite3_exec (handle, "PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL; BEGIN",
                         NULL, NULL, NULL);
  if (status == SQLITE_OK)
    status = redes_schema_migrate (target, 0, REDES_SCHEMA_VERSION);
  if (status == SQLITE_OK)
    status = salvage (target, path, n_rows);
  if (status == SQLITE_OK)
    status = sqlite3_exec (handle, "COMMIT", NULL, NULL, NULL);
  return status;
}

static gboolean
make_empty_file (const char *path)
{
  int fd;

  g_unlink (path);
  fd = g_open (path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  return fd >= 0 && g_close (fd, NULL);
}

gboolean
redes_store_rebuild (const char *path, char **kept_as, guint *n_rows, GError **error)
{
  g_autofree char *new_path = dup_new_path (path);
  g_autofree char *journal = g_strconcat (new_path, "-journal", NULL);
  int status;

  g_unlink (journal);
  if (!make_empty_file (new_path))
    {
      set_file_error (error, path, errno);
      return FALSE;
    }
  status = make_new (new_path, path, n_rows);
  if (status != SQLITE_OK)
    {
      GStatBuf info = { 0 };
      guint64 size_bytes = g_stat (path, &info) == 0 ? (guint64)info.st_size : 0;

      g_unlink (new_path);
      redes_set_error_take (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_DISK,
                            redes_database_describe (status, 0, path, size_bytes));
      return FALSE;
    }
  return put_aside (path, kept_as, error) && move_new (path, error);
}
