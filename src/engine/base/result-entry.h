/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/content-id.h"

G_BEGIN_DECLS

/* So many names of one content are told of. */
#define REDES_RESULT_MAX_NAMES 8

/**
 * RedesResultName:
 * @publisher: of the peer that has given the name the longest
 * @sources: how many peers give it
 *
 * One name that a content goes by.
 */
typedef struct
{
  RedesPeerId publisher;
  char *name;
  guint sources;
} RedesResultName;

/**
 * RedesResultEntry:
 * @name: of the names that match, the one that most of its sources give it
 * @sources: peers that have the content, 1 or more
 * @names: (nullable) (element-type RedesResultName): all that it goes by, @name first and then
 * by their sources; %NULL: @name alone
 *
 * One result of a search, or one row of what a peer shares: a content, however many peers have it.
 */
typedef struct
{
  RedesContentId content;
  RedesPeerId publisher;
  char *name;
  guint sources;
  GPtrArray *names;
} RedesResultEntry;

RedesResultEntry *redes_result_entry_copy (const RedesResultEntry *row);
/* Nothing beyond REDES_RESULT_MAX_NAMES. */
void redes_result_entry_add_name (RedesResultEntry *row,
                                  const char *name,
                                  guint sources,
                                  const RedesPeerId *publisher);
void redes_result_entry_free (RedesResultEntry *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesResultEntry, redes_result_entry_free)

G_END_DECLS
