/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/service.h"

G_BEGIN_DECLS

#define REDES_TYPE_SHARED_ROW (redes_shared_row_get_type ())
/**
 * RedesSharedRow:
 *
 * A shared file as words for a list: properties `name`, `size`, `folder` and `summary`.
 */
G_DECLARE_FINAL_TYPE (RedesSharedRow, redes_shared_row, REDES, SHARED_ROW, GObject)

RedesSharedRow *redes_shared_row_new (RedesSharedItem *item);

RedesSharedItem *redes_shared_row_get_item (RedesSharedRow *self);

/* The folder that @item is in, with the home folder as “~”. (transfer full) */
char *redes_shared_row_format_folder (RedesSharedItem *item);

G_END_DECLS
