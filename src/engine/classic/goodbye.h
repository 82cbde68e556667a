/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* UNREGISTER, to an original tracker: on its way in the background, and independent of whom it is
 * from. One that does not get there within a second is given up: silence ends a place as well.
 * @port: where we listened */
void redes_classic_goodbye (const char *host, guint16 tracker_port, guint16 port);

/* Those on their way, from this thread. */
guint redes_classic_count_goodbyes (void);

G_END_DECLS
