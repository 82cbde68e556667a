/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/content/manifest.h"

G_BEGIN_DECLS

/**
 * RedesDirectory:
 *
 * What the tracker knows: who has which content under which name, and a text index over the names
 * (SQLite FTS5, in memory). Pure: no sockets, no clock. Its calls take from microseconds to tens of
 * milliseconds, so the server has them made by one worker thread, in order. One thread at a time.
 */
typedef struct _RedesDirectory RedesDirectory;

/* One peer's limit of files. */
#define REDES_DIRECTORY_MAX_FILES (1000 * 1000)

RedesDirectory *redes_directory_new (GError **error);
void redes_directory_free (RedesDirectory *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesDirectory, redes_directory_free)

/* Adds (or replaces, for the same peer, content and name) files of @peer. */
gboolean redes_directory_add (RedesDirectory *self,
                              const RedesPeerId *peer,
                              GPtrArray *manifests,
                              GError **error);
/* @name: (nullable): %NULL = under every name. */
void redes_directory_remove (RedesDirectory *self,
                             const RedesPeerId *peer,
                             const RedesContentId *content,
                             const char *name);
void redes_directory_remove_peer (RedesDirectory *self, const RedesPeerId *peer);
guint redes_directory_count_files (RedesDirectory *self, const RedesPeerId *peer);

/* One name that a content goes by. @sources: peers that give it; @publisher: of the one that has
 * given it the longest */
typedef struct
{
  RedesPeerId publisher;
  char *name;
  guint sources;
} RedesDirectoryName;

/* So many names of one content are told of. */
#define REDES_DIRECTORY_MAX_NAMES 8

/**
 * RedesDirectoryRow:
 * @name: of the names that match, the one that most of its sources give it
 * @sources: peers that have the content, 1 or more
 * @names: (nullable) (element-type RedesDirectoryName): all that it goes by, @name first and then
 * by their sources; %NULL: @name alone
 *
 * One result: a content, however many peers have it.
 */
typedef struct
{
  RedesContentId content;
  RedesPeerId publisher;
  char *name;
  guint sources;
  GPtrArray *names;
} RedesDirectoryRow;

RedesDirectoryRow *redes_directory_row_copy (const RedesDirectoryRow *row);
/* Nothing beyond REDES_DIRECTORY_MAX_NAMES. */
void redes_directory_row_add_name (RedesDirectoryRow *row,
                                   const char *name,
                                   guint sources,
                                   const RedesPeerId *publisher);

void redes_directory_row_free (RedesDirectoryRow *row);

/**
 * redes_directory_search:
 * @words: as typed: split at anything that is not a message or a digit, whatever case or accents;
 * all must be in the name, the last one also as the beginning of a word
 * @first: the first row wanted
 * @n_rows: how many at most, 1 to 200
 * @total: (out): contents that match in all
 *
 * Ranked: an exact name first, then by how well the words fit, then by sources, then by name; the
 * order is the same at each call.
 *
 * Returns: (transfer full) (element-type RedesDirectoryRow): %NULL if there is no word in @words
 */
GPtrArray *redes_directory_search (
    RedesDirectory *self, const char *words, guint first, guint n_rows, guint *total);

/* (transfer full) (element-type RedesPeerId): who has @content, at most 200, in random order. */
GPtrArray *redes_directory_sources (RedesDirectory *self, const RedesContentId *content);

G_END_DECLS
