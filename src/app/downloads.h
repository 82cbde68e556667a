/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/service.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Actions of the pages on links and files. Messages are shown as toasts in the window of @where. */

/* Begins a download that the person has chosen, or shows that it is there already. @target:
 * (nullable): see redes_node_download() */
void redes_downloads_begin (GtkWidget *where,
                            RedesService *service,
                            const RedesLink *link,
                            const char *target);

/* As redes_downloads_begin(), of a folder. @only: (nullable): see redes_node_download_folder();
 * @n_files: how many files that are */
void redes_downloads_begin_folder (GtkWidget *where,
                                   RedesService *service,
                                   const RedesLink *link,
                                   const char *const *only,
                                   guint n_files);

/* Begins the download of a result that is not signed. */
void redes_downloads_begin_unsigned (GtkWidget *where, RedesService *service, RedesResult *result);

/* Begins several downloads, with one message for all. @links: (element-type RedesLink) */
void redes_downloads_begin_all (GtkWidget *where, RedesService *service, GPtrArray *links);

/* Returns: (transfer full) (nullable): the link in @text, of a file or of a folder; else @trouble:
 * (out) (transfer full) says what is wrong, in the person's language */
RedesLink *redes_downloads_parse_link (const char *text, char **trouble);

/* Whether a program can make something of a file that is called so while it is being downloaded:
 * films, songs, pictures and documents. @name: (nullable) */
gboolean redes_downloads_is_readable_early (const char *name);

/* Whether redes_downloads_open() opens it: a file that is there, or one that is being downloaded,
 * waits or is paused, and can be read meanwhile. */
gboolean redes_downloads_can_open (RedesTransfer *transfer);

/* Opens what was downloaded, or what is there of it, which goes on: what the program reads is
 * fetched first. */
void redes_downloads_open (GtkWidget *where, RedesService *service, RedesTransfer *transfer);

/* Opens the file of @link: the one that is here, otherwise while it is being downloaded, which is
 * begun. */
void redes_downloads_open_link (GtkWidget *where, RedesService *service, const RedesLink *link);

/* Open a file with the program for its type, or show it in the file manager; a toast reports
 * errors. */
void redes_downloads_open_file (GtkWidget *where, const char *path);
void redes_downloads_show_in_folder (GtkWidget *where, const char *path);

void redes_downloads_copy_text (GtkWidget *where, const char *text, const char *words);

G_END_DECLS
