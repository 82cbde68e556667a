/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/service.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Naming and blocking publishers. */

/* Asks the person for a name; a publisher with a name is marked as known. */
void redes_publishers_ask_name (GtkWidget *where, RedesService *service, const RedesPeerId *id);

/* Blocks a publisher, and shows a toast to undo that. */
void redes_publishers_block (GtkWidget *where, RedesService *service, const RedesPeerId *id);

/* (nullable) (transfer none): the name of an icon for the publisher, and its meaning */
const char *redes_publishers_get_icon (RedesService *service, const RedesPeerId *id);
const char *redes_publishers_get_words (RedesService *service, const RedesPeerId *id);

/* Whether @id is this program's own. */
gboolean redes_publishers_is_own (RedesService *service, const RedesPeerId *id);

G_END_DECLS
