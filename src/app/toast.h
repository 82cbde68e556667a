/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Toasts over the window that @where is in. */

/* @words: plain text, in the person's language. */
void redes_toast_say (GtkWidget *where, const char *words);
void redes_toast_printf (GtkWidget *where, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* @toast: (transfer full) */
void redes_toast_show (GtkWidget *where, AdwToast *toast);

/**
 * redes_toast_show_undo:
 * @words: what was done
 * @undo: called at most once, by the toast's button or by redes_toast_undo()
 * @forget: (nullable): called once nobody can undo it any more, unless @undo was called
 * @free_data: (nullable): called last, in any case
 *
 * Says what was done, with a button to undo it.
 */
void redes_toast_show_undo (GtkWidget *where,
                            const char *words,
                            GCallback undo,
                            GCallback forget,
                            gpointer data,
                            GDestroyNotify free_data);

/* Undoes what the latest such toast of @where's window tells, if it is still to be seen. */
void redes_toast_undo (GtkWidget *where);

/* A toast's title is markup: this is plain text. Returns: (transfer full) */
AdwToast *redes_toast_new (const char *words);

G_END_DECLS
