/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define REDES_TYPE_BACKGROUND (redes_background_get_type ())
/**
 * RedesBackground:
 *
 * The permission that a sandboxed program needs from the desktop to run without a window, and the
 * status line that the desktop then shows for it. Outside a sandbox no permission is needed, and no
 * status is told. Main thread.
 */
G_DECLARE_FINAL_TYPE (RedesBackground, redes_background, REDES, BACKGROUND, GObject)

RedesBackground *redes_background_new (void);

/* Whether redes_background_ask() has to succeed before the last window is closed. */
gboolean redes_background_has_to_ask (RedesBackground *self);

/* Whether a call of redes_background_ask() has not ended yet. */
gboolean redes_background_is_asking (RedesBackground *self);

/**
 * redes_background_ask:
 * @reason: why the program wants to run without a window, in the person's language
 *
 * Asks for the permission. The answer may take as long as a person takes. It must not be called
 * while redes_background_is_asking().
 */
void redes_background_ask (RedesBackground *self,
                           const char *reason,
                           GAsyncReadyCallback callback,
                           gpointer user_data);

/* Returns: %FALSE with %G_IO_ERROR_PERMISSION_DENIED if the desktop or the person refuses. A
 * desktop without a background portal refuses nothing. */
gboolean redes_background_ask_finish (RedesBackground *self, GAsyncResult *result, GError **error);

/* @status: what the program does without a window, in the person's language; it is cut to the 96
 * characters that the desktop shows */
void redes_background_set_status (RedesBackground *self, const char *status);

G_END_DECLS
