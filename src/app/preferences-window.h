/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/service.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define REDES_TYPE_PREFERENCES_WINDOW (redes_preferences_window_get_type ())
/**
 * RedesPreferencesWindow:
 *
 * The settings, each with effect at once; what goes wrong is said on its row.
 */
G_DECLARE_FINAL_TYPE (RedesPreferencesWindow,
                      redes_preferences_window,
                      REDES,
                      PREFERENCES_WINDOW,
                      AdwPreferencesWindow)

RedesPreferencesWindow *redes_preferences_window_new (RedesService *service);

/* Shows the page with the trackers, ready to type an address. */
void redes_preferences_window_add_tracker (RedesPreferencesWindow *self);
/* Shows the entry for the nickname, ready to type. */
void redes_preferences_window_choose_nickname (RedesPreferencesWindow *self);

G_END_DECLS
