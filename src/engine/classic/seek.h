/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * RedesClassicSeeker:
 *
 * Looks for original trackers on the local network: DISCOVER_TRACKER by broadcast on each usable
 * interface, and to this machine itself. Engine's thread.
 */
typedef struct _RedesClassicSeeker RedesClassicSeeker;

typedef void (*RedesClassicSeekerFunc) (const char *host, guint16 port, gpointer user_data);

/* @interfaces, @listen_host: as redes_interfaces_list() takes them. Asks at once. @found: may be
 * called several times for one. */
RedesClassicSeeker *redes_classic_seeker_new (const char *const *interfaces,
                                              const char *listen_host,
                                              RedesClassicSeekerFunc found,
                                              gpointer user_data);
/* @self: (nullable) */
void redes_classic_seeker_free (RedesClassicSeeker *self);
void redes_classic_seeker_ask (RedesClassicSeeker *self);

G_END_DECLS
