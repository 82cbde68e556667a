/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/service.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define REDES_TYPE_PRESENCE (redes_presence_get_type ())
/**
 * RedesPresence:
 *
 * What the program tells the session: it stays when its window is closed, if so set, and says so;
 * it tells of a download that has ended while nobody was looking. It asks nothing: a computer that
 * goes to sleep only makes a download wait.
 */
G_DECLARE_FINAL_TYPE (RedesPresence, redes_presence, REDES, PRESENCE, GObject)

RedesPresence *redes_presence_new (GtkApplication *application, RedesService *service);

/* Whether the program goes on when its last window is closed: the setting `run-in-background`. */
gboolean redes_presence_is_staying (RedesPresence *self);

G_END_DECLS
