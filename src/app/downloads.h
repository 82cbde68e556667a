/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/service.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What the pages do with links and files, and say about it by toasts over @where's window. */

/* Begins a download that the person has chosen, or shows that it is there already. @target:
 * (nullable): see redes_node_download() */
void redes_downloads_begin (GtkWidget *where,
                            RedesService *service,
                            const RedesLink *link,
                            const char *target);

/* @result: one that nobody has signed. */
void redes_downloads_begin_unsigned (GtkWidget *where, RedesService *service, RedesResult *result);

/* Several at once, with one word about all. @links: (element-type RedesLink) */
void redes_downloads_begin_all (GtkWidget *where, RedesService *service, GPtrArray *links);

/* Returns: (transfer full) (nullable): the link of a file in @text; else @trouble: (out) (transfer
 * full) says what is wrong, in the person's language */
RedesLink *redes_downloads_parse_link (const char *text, char **trouble);
/* For links that came from elsewhere: asks first, by a RedesLinkDialog, and begins what the person
 * agrees to. @links: (element-type RedesLink)
 *
 * Returns: whether that can be done now; if not, a toast has said why */
gboolean redes_downloads_ask (GtkWidget *where, RedesService *service, GPtrArray *links);
/* The same. Returns: also whether @text is a link */
gboolean redes_downloads_ask_text (GtkWidget *where, RedesService *service, const char *text);

/* With the program that the person has set for such files, or in the file manager. */
void redes_downloads_open_file (GtkWidget *where, const char *path);
void redes_downloads_show_in_folder (GtkWidget *where, const char *path);

void redes_downloads_copy_text (GtkWidget *where, const char *text, const char *words);

G_END_DECLS
