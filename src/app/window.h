/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/metered.h"
#include "app/service.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define REDES_TYPE_WINDOW (redes_window_get_type ())
/**
 * RedesWindow:
 *
 * The program's window: pages, toasts, and files or links dropped anywhere on it.
 */
G_DECLARE_FINAL_TYPE (RedesWindow, redes_window, REDES, WINDOW, AdwApplicationWindow)

RedesWindow *
redes_window_new (GtkApplication *application, RedesService *service, RedesMetered *metered);

/* "search", "transfers", "shared", "peers" or "tracker"; others are ignored. */
void redes_window_show_page (RedesWindow *self, const char *name);

/* Puts size and page into the settings, for the next time. */
void redes_window_remember (RedesWindow *self);

/* Takes files from outside the program: files are shared, and `redes:` links downloaded. */
void redes_window_take_files (RedesWindow *self, GFile **files, guint n_files);

G_END_DECLS
