/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define REDES_TYPE_LINK_WINDOW (redes_link_window_get_type ())
/**
 * RedesLinkWindow:
 *
 * A file's link to give away: as a QR code for a camera, and as text.
 */
G_DECLARE_FINAL_TYPE (RedesLinkWindow, redes_link_window, REDES, LINK_WINDOW, AdwWindow)

void redes_link_window_present (GtkWidget *where, const char *name, const char *link);

G_END_DECLS
