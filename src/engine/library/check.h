/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/library/store.h"

G_BEGIN_DECLS

/**
 * RedesCheckFinding:
 * @what: a word for programs: `missing`, `altered`, `unreadable`, `wrong-bytes` (a shared file, or
 * a partial one), `orphan` (a partial file that no download belongs to)
 * @path: as the file system spells it
 * @words: what is wrong, and what happens or can be done about it
 */
typedef struct
{
  const char *what;
  const char *path;
  const char *words;
} RedesCheckFinding;

/**
 * RedesCheckSummary:
 * @n_files, @n_partials: looked at
 * @n_findings: of which something is wrong
 * @bytes_read: with their bytes compared
 * @blocks_safe, @blocks_doubtful: of the partial files, as the store has them
 */
typedef struct
{
  guint n_files;
  guint n_partials;
  guint n_findings;
  guint64 bytes_read;
  guint64 blocks_safe;
  guint64 blocks_doubtful;
} RedesCheckSummary;

typedef void (*RedesCheckFunc) (const RedesCheckFinding *finding, gpointer user_data);

/**
 * redes_check_library:
 * @read_all: whether every byte is read and compared, rather than sizes and times
 *
 * Looks over what the store says is shared and being fetched, and compares it with what is on disk.
 * Changes nothing. Blocks; any thread that may use @store. Errors: the store's.
 */
gboolean redes_check_library (RedesStore *store,
                              gboolean read_all,
                              RedesCheckFunc func,
                              gpointer user_data,
                              RedesCheckSummary *out,
                              GError **error);

G_END_DECLS
