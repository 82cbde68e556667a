/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/service.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What a person says of a publisher. */

/* Asks for a name; one that is given makes it known. */
void redes_publishers_ask_name (GtkWidget *where, RedesService *service, const RedesPeerId *id);

/* With a toast to undo it. */
void redes_publishers_block (GtkWidget *where, RedesService *service, const RedesPeerId *id);

/* (nullable): an icon for it, and what that means */
const char *redes_publishers_get_icon (RedesService *service, const RedesPeerId *id);
const char *redes_publishers_get_words (RedesService *service, const RedesPeerId *id);

/* Whether @id is this program's own. */
gboolean redes_publishers_is_own (RedesService *service, const RedesPeerId *id);

G_END_DECLS
