/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/service.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define REDES_TYPE_PRESENCE (redes_presence_get_type ())
/**
 * RedesPresence:
 *
 * The program's notifications, and its life without a window: if so set, it keeps running when its
 * window is closed, and shows a notification of that; it notifies of downloads that end while no
 * window is active. It does not inhibit suspending: a download goes on afterwards.
 */
G_DECLARE_FINAL_TYPE (RedesPresence, redes_presence, REDES, PRESENCE, GObject)

RedesPresence *redes_presence_new (GtkApplication *application, RedesService *service);

/* Whether the program goes on when its last window is closed: the setting `run-in-background`. */
gboolean redes_presence_is_staying (RedesPresence *self);

G_END_DECLS
