/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tracker/text-index.h"

#include "engine/base/error.h"

#include <sqlite3.h>

/* The words come folded (see words.h), so the plainest tokenizer will do: it parts them at spaces.
 */
#define SCHEMA                                                                                     \
  "CREATE VIRTUAL TABLE words USING fts5 (folded, content = '', detail = 'none',"                  \
  " columnsize = 0, tokenize = 'ascii')"

/* FTS5 gives rows by rising ids without being asked to. */
#define MATCH "SELECT rowid FROM words WHERE words MATCH ?1"

enum
{
  STATEMENT_BEGIN,
  STATEMENT_COMMIT,
  STATEMENT_INSERT,
  STATEMENT_DELETE,
  N_STATEMENTS,
};

static const char *const statement_texts[N_STATEMENTS] = {
  [STATEMENT_BEGIN] = "BEGIN",
  [STATEMENT_COMMIT] = "COMMIT",
  [STATEMENT_INSERT] = "INSERT INTO words (rowid, folded) VALUES (?1, ?2)",
  [STATEMENT_DELETE] = "INSERT INTO words (words, rowid, folded) VALUES ('delete', ?1, ?2)",
};

struct _RedesTextIndex
{
  sqlite3 *db;
  sqlite3_stmt *statements[N_STATEMENTS];
};

static gboolean
set_error (RedesTextIndex *self, GError **error)
{
  redes_set_error (error, REDES_IO_ERROR, G_IO_ERROR_FAILED, REDES_NOTICE_TEXT_INDEX_FAILED,
                   self->db != NULL ? sqlite3_errmsg (self->db) : "out of memory");
  return FALSE;
}

static gboolean
prepare_all (RedesTextIndex *self)
{
  for (guint i = 0; i < N_STATEMENTS; i++)
    {
      if (sqlite3_prepare_v3 (self->db, statement_texts[i], -1, SQLITE_PREPARE_PERSISTENT,
                              &self->statements[i], NULL)
          != SQLITE_OK)
        return FALSE;
    }
  return TRUE;
}

/* For a statement that gives no rows. */
static gboolean
run (RedesTextIndex *self, guint statement, GError **error)
{
  gboolean done = sqlite3_step (self->statements[statement]) == SQLITE_DONE;

  if (!done)
    set_error (self, error);
  sqlite3_reset (self->statements[statement]);
  return done;
}

static gboolean
run_with_row (
    RedesTextIndex *self, guint statement, gint64 row, const GString *words, GError **error)
{
  sqlite3_bind_int64 (self->statements[statement], 1, row);
  sqlite3_bind_text (self->statements[statement], 2, words->str, words->len, SQLITE_STATIC);
  return run (self, statement, error);
}

RedesTextIndex *
redes_text_index_new (GError **error)
{
  RedesTextIndex *self = g_new0 (RedesTextIndex, 1);
  /* Without SQLite's own locks: the caller sees to it that there is one thread at a time. */
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;

  if (sqlite3_open_v2 (":memory:", &self->db, flags, NULL) == SQLITE_OK
      && sqlite3_exec (self->db, SCHEMA, NULL, NULL, NULL) == SQLITE_OK && prepare_all (self))
    return self;
  set_error (self, error);
  redes_text_index_free (self);
  return NULL;
}

void
redes_text_index_free (RedesTextIndex *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < N_STATEMENTS; i++)
    sqlite3_finalize (self->statements[i]);
  sqlite3_close (self->db);
  g_free (self);
}

gboolean
redes_text_index_begin (RedesTextIndex *self, GError **error)
{
  return run (self, STATEMENT_BEGIN, error);
}

gboolean
redes_text_index_commit (RedesTextIndex *self, GError **error)
{
  return run (self, STATEMENT_COMMIT, error);
}

gboolean
redes_text_index_insert (RedesTextIndex *self, gint64 row, const GString *words, GError **error)
{
  return run_with_row (self, STATEMENT_INSERT, row, words, error);
}

gboolean
redes_text_index_delete (RedesTextIndex *self, gint64 row, const GString *words, GError **error)
{
  return run_with_row (self, STATEMENT_DELETE, row, words, error);
}

struct _RedesTextMatch
{
  RedesTextIndex *index;
  sqlite3_stmt *statement;
};

RedesTextMatch *
redes_text_match_new (RedesTextIndex *index, const char *expression, GError **error)
{
  RedesTextMatch *self = g_new0 (RedesTextMatch, 1);

  self->index = index;
  if (sqlite3_prepare_v2 (index->db, MATCH, -1, &self->statement, NULL) == SQLITE_OK
      && sqlite3_bind_text (self->statement, 1, expression, -1, SQLITE_TRANSIENT) == SQLITE_OK)
    return self;
  set_error (index, error);
  redes_text_match_free (self);
  return NULL;
}

void
redes_text_match_free (RedesTextMatch *self)
{
  if (self == NULL)
    return;
  sqlite3_finalize (self->statement);
  g_free (self);
}

gboolean
redes_text_match_step (
    RedesTextMatch *self, guint max_rows, GArray *rows, gboolean *is_at_end, GError **error)
{
  int status = SQLITE_ROW;

  for (guint i = 0; i < max_rows && status == SQLITE_ROW; i++)
    {
      status = sqlite3_step (self->statement);
      if (status == SQLITE_ROW)
        {
          gint64 row = sqlite3_column_int64 (self->statement, 0);

          g_array_append_val (rows, row);
        }
    }
  *is_at_end = status != SQLITE_ROW;
  return status == SQLITE_ROW || status == SQLITE_DONE || set_error (self->index, error);
}
