/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/service.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Asks for a `redes:` link, with that of the clipboard, if there is one, already in place, and
 * downloads it. */
void redes_link_entry_present (GtkWidget *where, RedesService *service);

G_END_DECLS
