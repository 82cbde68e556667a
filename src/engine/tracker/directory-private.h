/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/tracker/directory.h"
#include "engine/tracker/result-cache.h"
#include "engine/tracker/text-index.h"

G_BEGIN_DECLS

/*
 * Who has what, as directory.c keeps it and directory-search.c looks for it.
 */

typedef struct _Name Name;

/**
 * Content:
 * @sources: distinct peers among @files
 * @files: of File, by their links, oldest first
 * @search: the search that @best and the scores belong to
 * @best: of the names that match, the one that most peers give
 * @score: of the name that fits best; smaller is better
 * @best_score: of @best
 */
typedef struct
{
  RedesContentId id;
  guint sources;
  GQueue files;
  guint64 search;
  Name *best;
  guint score;
  guint best_score;
} Content;

/**
 * Name:
 * @id: its row in the text index
 *
 * A name that at least one peer gives to a content.
 */
struct _Name
{
  guint64 id;
  Content *content;
  char *text;
  guint n_files;
  guint16 n_words;
  guint16 folded_len;
};

/**
 * Peer:
 * @files: Name to File
 * @contents: Content to how many of @files it has
 */
typedef struct
{
  RedesPeerId id;
  GHashTable *files;
  GHashTable *contents;
} Peer;

typedef struct
{
  Peer *peer;
  Name *name;
  RedesPeerId publisher;
  GList link;
} File;

/**
 * RedesDirectory:
 * @pages: of Name, each the best of its content
 */
struct _RedesDirectory
{
  RedesTextIndex *index;
  RedesResultCache *pages;
  GHashTable *peers;
  GHashTable *contents;
  GHashTable *names;
  GHashTable *names_by_id;
  guint64 last_name_id;
  guint64 last_search;
};

G_END_DECLS
