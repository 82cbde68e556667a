/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/library/library.h"
#include "engine/library/folder-tree.h"
#include "engine/library/watch.h"

G_BEGIN_DECLS

/* For tests. Sets how often the library looks at what is shared. */
void redes_library_set_periods (RedesLibrary *self, const RedesWatchPeriods *periods);
/* For tests. Returns: whether the library looks at what is shared now, or will within a moment */
gboolean redes_library_is_looking (RedesLibrary *self);
RedesFolderTree *redes_library_get_folder_tree (RedesLibrary *self);
/* For tests. Returns: how many complaints about wrong blocks have been examined in the current
 * period */
guint redes_library_get_n_complaints (RedesLibrary *self);

G_END_DECLS
