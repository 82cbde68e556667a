/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/library/check.h"
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

/* See redes_check_library(). */
gboolean redes_records_check (const char *data_dir,
                              gboolean read_all,
                              RedesCheckFunc func,
                              gpointer user_data,
                              RedesCheckSummary *out,
                              GError **error);

G_END_DECLS
