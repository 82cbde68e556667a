/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/service.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define REDES_TYPE_FOLDER_PAGE (redes_folder_page_get_type ())
/**
 * RedesFolderPage:
 *
 * What is in a folder that somebody else shares, as a tree, before any of it is fetched; and which
 * of it is to be downloaded. Inside the page of search.
 *
 * Signals:
 * - `back (page)`: the person wants to see the page behind it
 */
G_DECLARE_FINAL_TYPE (RedesFolderPage, redes_folder_page, REDES, FOLDER_PAGE, AdwBin)

void redes_folder_page_set_service (RedesFolderPage *self, RedesService *service);
/* Lists the folder of @link, for a service that runs. */
void redes_folder_page_show (RedesFolderPage *self, const RedesLink *link);
/* Nobody sees it any more: a list that is on its way is not waited for. */
void redes_folder_page_leave (RedesFolderPage *self);

G_END_DECLS
