/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RedesProber:
 *
 * Tries to connect to peers at the ports at which they say that they listen. Each TCP connection is
 * closed at once; there are at most 32 at a time, and others wait in a queue. A prober belongs to
 * the main context that was the thread's default when it was made, and to that thread.
 */
typedef struct _RedesProber RedesProber;

/* Called once, unless the prober is freed before. */
typedef void (*RedesProberFunc) (gboolean is_reachable, gpointer user_data);

/* @local_host: (nullable): see redes_dial_from_async() */
RedesProber *redes_prober_new (const char *local_host);
/* Gives up all tries. @self: (nullable) */
void redes_prober_free (RedesProber *self);

/**
 * redes_prober_try:
 * @host: numeric: the address that somebody was seen at, never one that somebody only named
 * @user_data_free: called in any case, after @func
 *
 * Returns: %FALSE if too many peers wait; neither function is called then
 */
gboolean redes_prober_try (RedesProber *self,
                           const char *host,
                           guint16 port,
                           RedesProberFunc func,
                           gpointer user_data,
                           GDestroyNotify user_data_free);

G_END_DECLS
