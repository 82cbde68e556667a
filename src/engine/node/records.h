/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/node/items.h"

G_BEGIN_DECLS

/*
 * What a peer keeps in its data folder, read while no node runs, or beside one that does. These
 * block. Errors: words that name the folder, and say what to do.
 */

/* The downloads that ended well, the latest first: (transfer full), of RedesHistoryItem. */
GListModel *redes_records_list_history (const char *data_dir, GError **error);

/* Forgets all downloads that ended well; their files stay as they are. Only while no node uses the
 * folder: one that does is told to do it itself. @n_removed: (out): how many there were */
gboolean redes_records_clear_history (const char *data_dir, guint *n_removed, GError **error);

/**
 * RedesRecordsFinding:
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
} RedesRecordsFinding;

/**
 * RedesRecordsSummary:
 * @n_files, @n_partials: looked at
 * @n_findings: of which something is wrong
 * @bytes_read: with their bytes compared
 * @blocks_safe, @blocks_doubtful: of the partial files, as the data folder has them
 */
typedef struct
{
  guint n_files;
  guint n_partials;
  guint n_findings;
  guint64 bytes_read;
  guint64 blocks_safe;
  guint64 blocks_doubtful;
} RedesRecordsSummary;

typedef void (*RedesRecordsFunc) (const RedesRecordsFinding *finding, gpointer user_data);

/**
 * redes_records_check:
 * @read_all: whether every byte is read and compared, rather than sizes and times
 * @func: called for each finding
 *
 * Looks over what the data folder says is shared and being fetched, and compares it with what is on
 * disk. Changes nothing.
 */
gboolean redes_records_check (const char *data_dir,
                              gboolean read_all,
                              RedesRecordsFunc func,
                              gpointer user_data,
                              RedesRecordsSummary *out,
                              GError **error);

G_END_DECLS
