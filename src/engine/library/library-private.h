/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/library/library.h"
#include "engine/library/folder-tree.h"
#include "engine/library/watch.h"

G_BEGIN_DECLS

/* For tests, which have no time: how often it looks at what is shared, and when there is nothing
 * more to see. */
void redes_library_set_periods (RedesLibrary *self, const RedesWatchPeriods *periods);
gboolean redes_library_is_looking (RedesLibrary *self);
RedesFolderTree *redes_library_get_folder_tree (RedesLibrary *self);
/* How many complaints are looked into in this while. */
guint redes_library_get_n_complaints (RedesLibrary *self);

G_END_DECLS
