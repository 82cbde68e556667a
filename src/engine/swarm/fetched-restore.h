/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/library/fetched-folder.h"

G_BEGIN_DECLS

/**
 * redes_fetched_restore:
 * @stored: a folder that an earlier run has fetched
 *
 * What can be handed out of it, by its lists, each of which is proven by the one above, from the
 * signed manifest down. No file is read, and only a few with unusual names are looked for;
 * whether they are as they were shows when somebody asks for them. For a worker. @max_entries: see
 * redes_folder_limits_init()
 *
 * Returns: (transfer full) (nullable): %NULL if there is no folder at its place, or its lists are
 *   not all there
 */
RedesFetchedFolder *redes_fetched_restore (const RedesStoreFetched *stored, guint64 max_entries);

G_END_DECLS
