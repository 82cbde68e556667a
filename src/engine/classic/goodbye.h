/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Sends UNREGISTER to a tracker of the original system in the background; the caller may be freed
 * meanwhile. It is given up after a second, as the tracker removes a silent peer as well. @port:
 * the port at which this peer listened */
void redes_classic_goodbye (const char *host, guint16 tracker_port, guint16 port);

/* The number of those that have not ended yet, in this thread. */
guint redes_classic_count_goodbyes (void);

G_END_DECLS
