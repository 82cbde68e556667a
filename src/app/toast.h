/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Toasts over the window that @where is in. */

/* @words: plain text, in the person's language. */
void redes_toast_say (GtkWidget *where, const char *words);
void redes_toast_printf (GtkWidget *where, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* @toast: taken. */
void redes_toast_show (GtkWidget *where, AdwToast *toast);

/* A toast's title is markup: this is plain text. Returns: (transfer full) */
AdwToast *redes_toast_new (const char *words);

G_END_DECLS
