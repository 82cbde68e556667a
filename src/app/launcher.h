/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/*
 * Other programs that open a file or show a folder: by GtkFileLauncher where the program is built
 * with GTK 4.10 or later, which asks the portal in a sandbox; by GAppInfo and the file manager's
 * D-Bus interface (org.freedesktop.FileManager1) with an older GTK. Main thread.
 *
 * @where: a widget of the window that the request comes from; it is kept until the request has
 * ended
 * @path: (type filename): an absolute path, in the encoding of file names
 * @callback: called once, with a @source_object that is not to be looked at
 */

/* Opens @path with the program for its type. */
void redes_launcher_open_async (GtkWidget *where,
                                const char *path,
                                GAsyncReadyCallback callback,
                                gpointer user_data);

/* Shows @path in a file manager, selected if that can; otherwise its folder is opened. */
void redes_launcher_show_in_folder_async (GtkWidget *where,
                                          const char *path,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data);

/*
 * Opens @address with the desktop's program for files of the type that @name tells, if that program
 * reads addresses; otherwise with the one for addresses of its kind, as a browser.
 *
 * @address: for instance of a file that is still being downloaded
 * @name: what the file is called, in UTF-8
 */
void redes_launcher_open_address_async (GtkWidget *where,
                                        const char *address,
                                        const char *name,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);

/* For all. Returns: %FALSE with @error set if no program could be started, which is
 * %G_IO_ERROR_CANCELLED if the person has closed the desktop's dialog */
gboolean redes_launcher_finish (GAsyncResult *result, GError **error);

G_END_DECLS
