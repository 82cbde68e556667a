/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/tracker/directory.h"
#include "engine/tracker/name-index.h"
#include "engine/tracker/result-cache.h"

G_BEGIN_DECLS

/*
 * The tables of who has what: directory.c keeps them, and directory-search.c reads them.
 */

typedef struct _Name Name;

/**
 * Content:
 * @sources: distinct peers among @files
 * @level: the level that its names should have in the index, by @sources
 * @n_names: names of it in the index, those that nobody uses any more among them
 * @files: of File, by their links, oldest first
 */
typedef struct
{
  RedesContentId id;
  guint sources;
  guint8 level;
  guint n_names;
  GQueue files;
} Content;

/**
 * Name:
 * @row, @level: where the name is in the index of names
 * @n_files: how many files have the name; 0: no peer uses it any more, and searches pass it over
 * @is_unused: whether it is in the directory's list of unused names, to be taken out of the index
 * @unused_search: no search from this one on refers to it, unless it is used again
 *
 * A name that a peer gives to a content.
 */
struct _Name
{
  guint32 row;
  guint8 level;
  gboolean is_unused;
  Content *content;
  char *text;
  guint n_files;
  guint64 unused_search;
};

/**
 * Group:
 * @n_files: files of its peers
 *
 * Peers that share a limit: those at one address.
 */
typedef struct
{
  char *name;
  guint n_peers;
  guint n_files;
} Group;

/**
 * Peer:
 * @files: Name to File
 * @contents: Content to how many of @files it has
 */
typedef struct
{
  RedesPeerId id;
  Group *group;
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
 * @groups: by name, of Group
 * @folders: File to RedesFolderTotals, of those whose manifests are of a folder: there are few of
 *   them among the files, which so take no more memory
 * @n_files: of all peers
 * @unused: of Name, those that nobody used when they came here
 * @searches: of RedesDirectorySearch, those under way, the oldest first
 * @last_search: number of the latest search
 * @version: counts changes
 */
struct _RedesDirectory
{
  RedesNameIndex *index;
  RedesResultCache *pages;
  RedesDirectoryLimits limits;
  GHashTable *peers;
  GHashTable *contents;
  GHashTable *names;
  GHashTable *groups;
  GHashTable *folders;
  guint n_files;
  GQueue unused;
  GQueue searches;
  guint64 last_search;
  guint64 version;
};

/* Returns: the number of the oldest search under way, or of the next one. No search refers to names
 * that were unused before that one began. */
guint64 redes_directory_get_oldest_search (RedesDirectory *self);

G_END_DECLS
