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
 * @n_files: the number of shared files that were looked at
 * @n_partials: the number of partial files that were looked at
 * @n_findings: the number of those with which something is wrong
 * @bytes_read: the number of bytes that were read and compared
 * @blocks_safe, @blocks_doubtful: the number of blocks of the partial files that the store calls
 *   safe and doubtful
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

/* @finding: (transfer none): valid during the call. Called in the thread of redes_check_library().
 */
typedef void (*RedesCheckFunc) (const RedesCheckFinding *finding, gpointer user_data);

/**
 * redes_check_library:
 * @read_all: whether every byte is read and compared, rather than sizes and times
 *
 * Compares what the store says is shared and being fetched with what is on disk, and changes
 * nothing. The function blocks, and may be called in any thread that may use @store.
 *
 * Returns: %FALSE with @error set if the store cannot be read
 */
gboolean redes_check_library (RedesStore *store,
                              gboolean read_all,
                              RedesCheckFunc func,
                              gpointer user_data,
                              RedesCheckSummary *out,
                              GError **error);

G_END_DECLS
