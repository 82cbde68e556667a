/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * RedesClassicSeeker:
 *
 * Looks for trackers of the original system on the local network, by DISCOVER_TRACKER as a
 * broadcast on each usable interface and to this machine itself. Engine's thread.
 */
typedef struct _RedesClassicSeeker RedesClassicSeeker;

typedef void (*RedesClassicSeekerFunc) (const char *host, guint16 port, gpointer user_data);

/* Sends the first query at once. @interfaces, @listen_host: see redes_interfaces_list(). @found:
 * may be called several times for one tracker */
RedesClassicSeeker *redes_classic_seeker_new (const char *const *interfaces,
                                              const char *listen_host,
                                              RedesClassicSeekerFunc found,
                                              gpointer user_data);
/* @self: (nullable) */
void redes_classic_seeker_free (RedesClassicSeeker *self);
/* Sends another query. */
void redes_classic_seeker_ask (RedesClassicSeeker *self);

G_END_DECLS
