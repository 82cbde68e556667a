/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/content-id.h"
#include "engine/base/folder-totals.h"

G_BEGIN_DECLS

/* The most names of one content that a result has. */
#define REDES_RESULT_MAX_NAMES 8

/**
 * RedesResultName:
 * @publisher: the publisher under whose signature the peer shares it that has used the name longest
 * @name: the file name
 * @sources: the number of peers that share the content under this name
 *
 * One of the names of a content.
 */
typedef struct
{
  RedesPeerId publisher;
  char *name;
  guint sources;
} RedesResultName;

/**
 * RedesResultEntry:
 * @content: the content that all its sources share
 * @publisher: the publisher who has signed it under @name
 * @name: of the names that match the search, the one that most of its sources use
 * @sources: the number of peers that have the content, 1 or more
 * @names: (nullable) (element-type RedesResultName): its names, @name first and then by their
 *   number of sources; %NULL: @name is the only one
 * @is_folder: whether the manifest of @publisher says that it is a folder, whose list is the
 * content
 * @totals: what that manifest says of what lies below a folder; zeroes for a file
 *
 * One result of a search, or one row of a peer's list of shared files. A content is one entry,
 * however many peers have it.
 */
typedef struct
{
  RedesContentId content;
  RedesPeerId publisher;
  char *name;
  guint sources;
  GPtrArray *names;
  gboolean is_folder;
  RedesFolderTotals totals;
} RedesResultEntry;

RedesResultEntry *redes_result_entry_copy (const RedesResultEntry *row);
/* Appends a copy of a name; without effect if there are REDES_RESULT_MAX_NAMES already. */
void redes_result_entry_add_name (RedesResultEntry *row,
                                  const char *name,
                                  guint sources,
                                  const RedesPeerId *publisher);
void redes_result_entry_free (RedesResultEntry *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesResultEntry, redes_result_entry_free)

G_END_DECLS
