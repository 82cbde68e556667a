/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/service.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define REDES_TYPE_SEARCH_PAGE (redes_search_page_get_type ())
/**
 * RedesSearchPage:
 *
 * One entry, and what the trackers answer. Activating a row downloads it, or shows what is in it if
 * it is a folder. A link may be put into the entry as well.
 */
G_DECLARE_FINAL_TYPE (RedesSearchPage, redes_search_page, REDES, SEARCH_PAGE, AdwBin)

void redes_search_page_set_service (RedesSearchPage *self, RedesService *service);
/* Shows what a peer lets be seen. @nickname: for the words; @address: (nullable): where it listens
 */
void redes_search_page_browse (RedesSearchPage *self,
                               const RedesPeerId *id,
                               const char *nickname,
                               const char *address);
/* Shows what is in the folder of @link, and lets the person choose. */
void redes_search_page_list_folder (RedesSearchPage *self, const RedesLink *link);
/* Puts the cursor into the entry. */
void redes_search_page_focus (RedesSearchPage *self);

G_END_DECLS
