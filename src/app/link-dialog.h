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

/* Asks the person with a RedesLinkDialog about links from outside the program, and begins the
 * downloads if the person agrees. @links: (element-type RedesLink)
 *
 * Returns: whether the dialog could be shown; otherwise a toast says why */
gboolean redes_link_dialog_ask (GtkWidget *where, RedesService *service, GPtrArray *links);
/* As redes_link_dialog_ask(), for the link in @text. Returns: %FALSE also if @text is no link */
gboolean redes_link_dialog_ask_text (GtkWidget *where, RedesService *service, const char *text);

G_END_DECLS
