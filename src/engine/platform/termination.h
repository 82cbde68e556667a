/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Calls @func with @user_data in the global default main context whenever somebody asks this
 * process to end from outside (SIGTERM and SIGINT where there are signals), until @func returns
 * G_SOURCE_REMOVE. From then on nothing but @func ends the process. Main thread. */
void redes_termination_watch (GSourceFunc func, gpointer user_data);

G_END_DECLS
