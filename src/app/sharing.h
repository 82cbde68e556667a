/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/service.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Sharing files and folders. Errors are shown as toasts in the window of @where. */

/* Asks which. @folder: a folder rather than files. */
void redes_sharing_choose (GtkWidget *where, RedesService *service, gboolean folder);

/* One that was chosen, dropped or handed over by another program. Returns: whether it is on its way
 * to be shared */
gboolean redes_sharing_share_file (GtkWidget *where, RedesService *service, GFile *file);

/* Says that @n_files have been taken, if that is more than none. */
void redes_sharing_say_taken (GtkWidget *where, guint n_files);

/* Says that @path cannot be read any more, if that is so because a permission of the document
 * portal is gone, with a button to choose the file or folder again. Once for each that was given,
 * as long as it can be seen. Returns: whether that is so */
gboolean redes_sharing_say_grant_lost (GtkWidget *where, const char *path);

G_END_DECLS
