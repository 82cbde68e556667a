/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * RedesClassicFile:
 * @peers: (array zero-terminated=1): `HOST:PORT` of original peers that say they have it
 * @size: in bytes, as one of them says
 *
 * What peers of the original system offer under a name. Nobody has signed it.
 */
typedef struct
{
  char *name;
  guint64 size;
  char **peers;
} RedesClassicFile;

RedesClassicFile *redes_classic_file_copy (const RedesClassicFile *file);
/* @file: (nullable) */
void redes_classic_file_free (RedesClassicFile *file);

/* @file: (nullable) (transfer full): %NULL when nobody has it */
typedef void (*RedesClassicSearchFunc) (RedesClassicFile *file, gpointer user_data);

/**
 * redes_classic_search:
 * @trackers: (array zero-terminated=1): `HOST:PORT`, well-formed
 *
 * Asks original trackers for the exact @name. @func is called once, perhaps before this returns,
 * and not when @cancellable is cancelled before. Engine's thread.
 */
void redes_classic_search (const char *const *trackers,
                           const char *name,
                           GCancellable *cancellable,
                           RedesClassicSearchFunc func,
                           gpointer user_data);

G_END_DECLS
