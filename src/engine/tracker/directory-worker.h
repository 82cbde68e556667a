/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/tracker/directory.h"

G_BEGIN_DECLS

/**
 * RedesDirectoryWorker:
 *
 * A directory in a thread of its own, which also verifies manifests. What it is told and asked
 * happens in that order, so an answer never shows what was removed before the query. Belongs to
 * the main context that was the thread's default when it was made; the functions given to it are
 * called there, each once, never before the call has returned.
 */
typedef struct _RedesDirectoryWorker RedesDirectoryWorker;

/**
 * RedesDirectoryAnswer:
 * @error: (nullable): why files were refused: G_IO_ERROR_NO_SPACE above the limit,
 * G_IO_ERROR_CANCELLED while ending, else a manifest that is none or whose signature is wrong
 * @rows: (nullable) (element-type RedesDirectoryRow): of a search; %NULL if there was no word
 * @peers: (nullable) (element-type RedesPeerId): of a query for sources
 * @total: rows in all
 * @n_files: files of the peer after a change
 * @n_added: files in the change
 * @n_removed: names of files gone in it
 */
typedef struct
{
  GError *error;
  GPtrArray *rows;
  GPtrArray *peers;
  guint total;
  guint n_files;
  guint n_added;
  guint n_removed;
} RedesDirectoryAnswer;

typedef void (*RedesDirectoryAnswerFunc) (const RedesDirectoryAnswer *answer, gpointer user_data);

RedesDirectoryWorker *redes_directory_worker_new (GError **error);

/* Jobs not begun are skipped (their functions are called, with an error for a change). */
void redes_directory_worker_free (RedesDirectoryWorker *self);

/**
 * redes_directory_worker_change:
 * @replace: whether all that @peer had goes first, even if @table is refused then
 * @table: a checked REDES_FILE_TABLE: files added
 * @gone: (nullable): a checked `a(ays)`: files gone, before those in @table are added
 *
 * All of @table or none of it.
 */
void redes_directory_worker_change (RedesDirectoryWorker *self,
                                    const RedesPeerId *peer,
                                    gboolean replace,
                                    GVariant *table,
                                    GVariant *gone,
                                    RedesDirectoryAnswerFunc func,
                                    gpointer user_data);
void redes_directory_worker_remove_peer (RedesDirectoryWorker *self, const RedesPeerId *peer);
void redes_directory_worker_search (RedesDirectoryWorker *self,
                                    const char *words,
                                    guint first,
                                    guint n_rows,
                                    RedesDirectoryAnswerFunc func,
                                    gpointer user_data);
void redes_directory_worker_sources (RedesDirectoryWorker *self,
                                     const RedesContentId *content,
                                     RedesDirectoryAnswerFunc func,
                                     gpointer user_data);
/* Only calls @func, when all before it is done. */
void redes_directory_worker_wait (RedesDirectoryWorker *self,
                                  RedesDirectoryAnswerFunc func,
                                  gpointer user_data);

G_END_DECLS
