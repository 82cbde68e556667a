/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/content/link.h"
#include "engine/core/core-events.h"

G_BEGIN_DECLS

/* @link: of a folder. @only: (nullable) (array zero-terminated=1): patterns of the files that are
 * wanted; @is_list: only its lists are fetched: see RedesFolderChoice; in the data folder then, if
 * there is one, rather than in @folder */
void redes_core_download_folder (RedesCore *self,
                                 guint transfer_id,
                                 const RedesLink *link,
                                 const char *folder,
                                 const char *target,
                                 const char *const *only,
                                 gboolean is_list);

/* (transfer full) (element-type RedesManifest): of the shared folders that are in no other, and of
 * those that were fetched and are handed on; in natural order. */
GPtrArray *redes_core_list_folders (RedesCore *self);

G_END_DECLS
