/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define REDES_TYPE_BACKGROUND (redes_background_get_type ())
/**
 * RedesBackground:
 *
 * The leave that a sandboxed program has to ask of the desktop before it runs on without a window,
 * and the line that the desktop then shows for it: org.freedesktop.portal.Background.
 *
 * Outside a sandbox nobody is asked and nothing is told.
 */
G_DECLARE_FINAL_TYPE (RedesBackground, redes_background, REDES, BACKGROUND, GObject)

RedesBackground *redes_background_new (void);

/* Whether redes_background_ask() has to be waited for before the last window goes. */
gboolean redes_background_has_to_ask (RedesBackground *self);

/* Whether an answer is being waited for: it may take as long as a person takes. */
gboolean redes_background_is_asking (RedesBackground *self);

/**
 * redes_background_ask:
 * @reason: why, for the person, in their language
 *
 * Asks. Only the desktop's or the person's refusal is an error, %G_IO_ERROR_PERMISSION_DENIED; a
 * desktop without such a portal has nothing against it.
 */
void redes_background_ask (RedesBackground *self,
                           const char *reason,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
gboolean redes_background_ask_finish (RedesBackground *self, GAsyncResult *result, GError **error);

/* @status: what goes on, in the person's language; the desktop shows about 96 characters. */
void redes_background_set_status (RedesBackground *self, const char *status);

G_END_DECLS
