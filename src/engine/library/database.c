/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/database.h"

#include "engine/base/text.h"
#include "engine/platform/file-system.h"

#include <errno.h>
#include <string.h>

/* A log that grew while many rows came at once is cut to this when it is empty again. */
#define MAX_IDLE_LOG_BYTES "4194304"

struct _RedesDatabase
{
  sqlite3 *handle;
  GHashTable *statements; /* text, by its address -> sqlite3_stmt */
};

static void
finalize (gpointer statement)
{
  sqlite3_finalize (statement);
}

static int
set_up (RedesDatabase *self)
{
  static const char *const pragmas[] = {
    /* What the file says of itself is not believed: no function is called that its schema names, no
       cell is followed out of its page. */
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
    "PRAGMA journal_mode = WAL",
    "PRAGMA journal_size_limit = " MAX_IDLE_LOG_BYTES,
  };
  const char *synchronous = "PRAGMA synchronous = NORMAL";
  g_autofree char *mode = NULL;
  sqlite3_stmt *statement;
  int status = SQLITE_OK;

  for (guint i = 0; i < G_N_ELEMENTS (pragmas) && status == SQLITE_OK; i++)
    status = redes_database_run (self, pragmas[i], "");
  if (status != SQLITE_OK)
    return status;

  statement = redes_database_query (self, "PRAGMA journal_mode", "");
  if (statement != NULL && redes_database_step (self, statement))
    mode = redes_database_read_text (statement, 0);
  status = redes_database_end (self, statement);
  /* Where the file system has no shared memory there is no log; a commit has to be synced then, or
   * a power cut could damage the file. */
  if (status == SQLITE_OK && g_strcmp0 (mode, "wal") != 0)
    synchronous = "PRAGMA synchronous = FULL";
  if (status == SQLITE_OK)
    status = redes_database_run (self, synchronous, "");
  return status;
}

RedesDatabase *
redes_database_open (const char *path, int *status)
{
  g_autoptr (RedesDatabase) self = g_new0 (RedesDatabase, 1);
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;

  self->statements = g_hash_table_new_full (NULL, NULL, NULL, finalize);
  *status = sqlite3_open_v2 (path, &self->handle, flags, NULL);
  if (*status != SQLITE_OK)
    return NULL;

  sqlite3_busy_timeout (self->handle, REDES_DATABASE_BUSY_MS);
  *status = set_up (self);
  return *status == SQLITE_OK ? g_steal_pointer (&self) : NULL;
}

void
redes_database_free (RedesDatabase *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->statements);
  sqlite3_close (self->handle);
  g_free (self);
}

sqlite3 *
redes_database_get_handle (RedesDatabase *self)
{
  return self->handle;
}

/* ---- Statements ---- */

static sqlite3_stmt *
prepare (RedesDatabase *self, const char *sql)
{
  sqlite3_stmt *statement = g_hash_table_lookup (self->statements, sql);

  if (statement != NULL)
    return statement;
  if (sqlite3_prepare_v3 (self->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL)
      != SQLITE_OK)
    return NULL;
  g_hash_table_insert (self->statements, (gpointer)sql, statement);
  return statement;
}

static void
bind_blob (sqlite3_stmt *statement, int column, const void *data, gsize len)
{
  /* Without an address it would be NULL, which an empty one is not. */
  if (len == 0)
    sqlite3_bind_zeroblob (statement, column, 0);
  else
    sqlite3_bind_blob64 (statement, column, data, len, SQLITE_STATIC);
}

static void
bind_one (sqlite3_stmt *statement, int column, char type, va_list *values)
{
  gconstpointer pointer;

  if (type == 'i')
    sqlite3_bind_int64 (statement, column, va_arg (*values, gint64));
  else if (type == 'd')
    sqlite3_bind_double (statement, column, va_arg (*values, gdouble));
  else
    {
      pointer = va_arg (*values, gconstpointer);
      if (pointer == NULL)
        sqlite3_bind_null (statement, column);
      else if (type == 't')
        sqlite3_bind_text (statement, column, pointer, -1, SQLITE_STATIC);
      else if (type == 'p')
        bind_blob (statement, column, pointer, strlen (pointer));
      else if (type == 'h')
        bind_blob (statement, column, pointer, REDES_DIGEST_SIZE);
      else if (type == 'g')
        {
          gsize len;
          gconstpointer data = g_bytes_get_data ((GBytes *)pointer, &len);

          bind_blob (statement, column, data, len);
        }
      else
        g_assert_not_reached ();
    }
}

static sqlite3_stmt *
query_valist (RedesDatabase *self, const char *sql, const char *types, va_list *values)
{
  sqlite3_stmt *statement = prepare (self, sql);

  for (int i = 0; statement != NULL && types[i] != '\0'; i++)
    bind_one (statement, i + 1, types[i], values);
  return statement;
}

sqlite3_stmt *
redes_database_query (RedesDatabase *self, const char *sql, const char *types, ...)
{
  sqlite3_stmt *statement;
  va_list values;

  va_start (values, types);
  statement = query_valist (self, sql, types, &values);
  va_end (values);
  return statement;
}

gboolean
redes_database_step (RedesDatabase *self, sqlite3_stmt *statement)
{
  return sqlite3_step (statement) == SQLITE_ROW;
}

int
redes_database_end (RedesDatabase *self, sqlite3_stmt *statement)
{
  int status;

  if (statement == NULL)
    return sqlite3_extended_errcode (self->handle);

  /* It tells again how the last step ended. */
  status = sqlite3_reset (statement);
  sqlite3_clear_bindings (statement);
  return status;
}

int
redes_database_run (RedesDatabase *self, const char *sql, const char *types, ...)
{
  sqlite3_stmt *statement;
  va_list values;

  va_start (values, types);
  statement = query_valist (self, sql, types, &values);
  va_end (values);
  if (statement != NULL)
    redes_database_step (self, statement);
  return redes_database_end (self, statement);
}

gint64
redes_database_get_number (RedesDatabase *self, const char *sql, gint64 fallback, int *status)
{
  sqlite3_stmt *statement = redes_database_query (self, sql, "");
  gint64 number = fallback;

  if (statement != NULL && redes_database_step (self, statement))
    number = sqlite3_column_int64 (statement, 0);
  *status = redes_database_end (self, statement);
  return number;
}

/* ---- Values ---- */

gboolean
redes_database_read_digest (sqlite3_stmt *statement, int column, RedesDigest *out)
{
  const void *data = sqlite3_column_blob (statement, column);

  if (data == NULL || sqlite3_column_bytes (statement, column) != REDES_DIGEST_SIZE)
    return FALSE;
  memcpy (out->bytes, data, REDES_DIGEST_SIZE);
  return TRUE;
}

gboolean
redes_database_read_content (sqlite3_stmt *statement,
                             int root_column,
                             int size_column,
                             RedesContentId *out)
{
  gint64 size = sqlite3_column_int64 (statement, size_column);

  if (sqlite3_column_type (statement, size_column) != SQLITE_INTEGER || size < 0
      || !redes_database_read_digest (statement, root_column, &out->root))
    return FALSE;
  out->size_bytes = (guint64)size;
  return TRUE;
}

char *
redes_database_read_path (sqlite3_stmt *statement, int column)
{
  const char *data = sqlite3_column_blob (statement, column);
  int len = sqlite3_column_bytes (statement, column);

  if (data == NULL || len < 1 || memchr (data, '\0', (gsize)len) != NULL)
    return NULL;
  return g_strndup (data, (gsize)len);
}

char *
redes_database_read_text (sqlite3_stmt *statement, int column)
{
  const char *data = (const char *)sqlite3_column_text (statement, column);
  int len = sqlite3_column_bytes (statement, column);

  if (data == NULL || !g_utf8_validate (data, len, NULL))
    return NULL;
  return g_strndup (data, (gsize)len);
}

GBytes *
redes_database_read_bytes (sqlite3_stmt *statement, int column)
{
  const void *data = sqlite3_column_blob (statement, column);
  int len = sqlite3_column_bytes (statement, column);

  return data != NULL && len > 0 ? g_bytes_new (data, (gsize)len) : NULL;
}

gboolean
redes_database_read_uint32 (sqlite3_stmt *statement, int column, guint32 *out)
{
  gint64 value = sqlite3_column_int64 (statement, column);

  if (sqlite3_column_type (statement, column) != SQLITE_INTEGER || value < 0 || value > G_MAXUINT32)
    return FALSE;
  *out = (guint32)value;
  return TRUE;
}

/* ---- What goes wrong ---- */

gboolean
redes_database_is_damage (int status)
{
  switch (status & 0xff)
    {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
    case SQLITE_SCHEMA:
    /* Of a statement that is right: the schema is not. */
    case SQLITE_ERROR:
      return TRUE;
    default:
      return FALSE;
    }
}

gboolean
redes_database_is_refusal (int status)
{
  switch (status & 0xff)
    {
    case SQLITE_CONSTRAINT:
    case SQLITE_TOOBIG:
    case SQLITE_MISMATCH:
    case SQLITE_RANGE:
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
is_full (int status, int system_errno)
{
  return redes_file_system_is_quota_error (system_errno) || (status & 0xff) == SQLITE_FULL
         || status == SQLITE_IOERR_SHMSIZE
         || ((status & 0xff) == SQLITE_IOERR && system_errno == ENOSPC);
}

RedesNotice *
redes_database_describe (int status, int system_errno, const char *path, guint64 needed_bytes)
{
  g_autofree char *folder_path = g_path_get_dirname (path);
  g_autofree char *folder = redes_text_display_path (folder_path);
  g_autofree char *name = redes_text_display_path (path);
  g_autoptr (RedesNotice) reason = NULL;

  if (is_full (status, system_errno))
    return redes_notice_new (REDES_NOTICE_DATABASE_NO_ROOM, folder,
                             redes_notice_arg_size (needed_bytes));
  if (redes_database_is_damage (status))
    return redes_notice_new (REDES_NOTICE_DATABASE_DAMAGED, name, sqlite3_errstr (status));
  switch (status & 0xff)
    {
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_CANTOPEN:
      return redes_notice_new (REDES_NOTICE_DATABASE_CANNOT_WRITE, name);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
      return redes_notice_new (REDES_NOTICE_DATABASE_HELD, name);
    case SQLITE_NOMEM:
      return redes_notice_new (REDES_NOTICE_DATABASE_NO_MEMORY);
    default:
      reason = system_errno != 0 ? redes_notice_new (REDES_NOTICE_COMMA, sqlite3_errstr (status),
                                                     redes_notice_arg_errno (system_errno))
                                 : redes_notice_new_text (sqlite3_errstr (status));
      return redes_notice_new (REDES_NOTICE_DATABASE_DISK_FAILED, name, reason);
    }
}
