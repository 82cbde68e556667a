/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* @addresses: (nullable) (array zero-terminated=1) (transfer full): `HOST:PORT`, each once, perhaps
 * none; %NULL when no tracker has answered */
typedef void (*RedesClassicListFunc) (char **addresses, gpointer user_data);

/**
 * redes_classic_list:
 * @trackers: (array zero-terminated=1): `HOST:PORT`, well-formed
 *
 * Asks original trackers who is registered with them. Nobody has proven to be there. @func is
 * called once, perhaps before this returns, and not when @cancellable is cancelled before. Engine's
 * thread.
 */
void redes_classic_list (const char *const *trackers,
                         GCancellable *cancellable,
                         RedesClassicListFunc func,
                         gpointer user_data);

G_END_DECLS
