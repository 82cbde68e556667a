/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define REDES_TYPE_APPLICATION (redes_application_get_type ())
/**
 * RedesApplication:
 *
 * The program, of which a session has one instance. It owns the service and shows the window.
 */
G_DECLARE_FINAL_TYPE (RedesApplication, redes_application, REDES, APPLICATION, AdwApplication)

RedesApplication *redes_application_new (void);

G_END_DECLS
