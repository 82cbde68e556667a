/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/service.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define REDES_TYPE_SHARED_PAGE (redes_shared_page_get_type ())
/**
 * RedesSharedPage:
 *
 * What this peer shares, with how far hashing is.
 */
G_DECLARE_FINAL_TYPE (RedesSharedPage, redes_shared_page, REDES, SHARED_PAGE, AdwBin)

void redes_shared_page_set_service (RedesSharedPage *self, RedesService *service);

G_END_DECLS
