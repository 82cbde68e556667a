/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/service.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define REDES_TYPE_LINK_DIALOG (redes_link_dialog_get_type ())
/**
 * RedesLinkDialog:
 *
 * Asks before anything is done because of links that came from elsewhere: what they name, who
 * published it, which trackers would be asked, where it goes, and that it is shared then. Nothing
 * is dialled before the answer.
 */
G_DECLARE_FINAL_TYPE (RedesLinkDialog, redes_link_dialog, REDES, LINK_DIALOG, AdwMessageDialog)

/* @links: (element-type RedesLink): one or more. Their downloads begin if the person agrees. */
void redes_link_dialog_present (GtkWidget *where, RedesService *service, GPtrArray *links);

G_END_DECLS
