/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * The calls of the desktop's portal for programs in the background
 * (org.freedesktop.portal.Background): by libportal where the build has found it, otherwise by
 * D-Bus. Main thread.
 */

/* The most characters of a status; the portal refuses a longer one. */
#define REDES_BACKGROUND_MAX_STATUS_CHARS 96

/**
 * redes_background_portal_request_async:
 * @reason: why the program wants to run without a window, in the person's language
 *
 * Asks for the permission to run without a window. The answer may take as long as a person takes.
 */
void redes_background_portal_request_async (const char *reason,
                                            GAsyncReadyCallback callback,
                                            gpointer user_data);

/**
 * redes_background_portal_request_finish:
 *
 * Returns: %TRUE if the program may run without a window, which is also so where there is no such
 *   portal or it fails; %FALSE with %G_IO_ERROR_PERMISSION_DENIED if the desktop or the person
 *   refuses
 */
gboolean redes_background_portal_request_finish (GAsyncResult *result, GError **error);

/* Tells the desktop the line that it shows for the program; errors are ignored, as older portals do
 * not take one. @status: at most REDES_BACKGROUND_MAX_STATUS_CHARS */
void redes_background_portal_set_status (const char *status);

G_END_DECLS
