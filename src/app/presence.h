/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/service.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define REDES_TYPE_PRESENCE (redes_presence_get_type ())
/**
 * RedesPresence:
 *
 * What the program asks of the session and tells it: it stays when its window is closed, if so set,
 * and says so; it keeps the computer awake while something is being downloaded, and not a moment
 * longer; it tells of a download that has ended while nobody was looking.
 */
G_DECLARE_FINAL_TYPE (RedesPresence, redes_presence, REDES, PRESENCE, GObject)

RedesPresence *redes_presence_new (GtkApplication *application, RedesService *service);

G_END_DECLS
