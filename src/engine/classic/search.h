/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * RedesClassicFile:
 * @name: the name that was searched for
 * @size: its size in bytes, according to one of the peers
 * @peers: (array zero-terminated=1): `HOST:PORT` of the original peers that say they have it
 *
 * A file that peers of the original system offer under a name. It is not signed.
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

/* @file: (nullable) (transfer full): %NULL if no peer has it */
typedef void (*RedesClassicSearchFunc) (RedesClassicFile *file, gpointer user_data);

/**
 * redes_classic_search:
 * @trackers: (array zero-terminated=1): `HOST:PORT`, well-formed
 *
 * Asks trackers of the original system for the exact @name. @func is called once, perhaps before
 * this function returns, but not after @cancellable was cancelled. Engine's thread.
 */
void redes_classic_search (const char *const *trackers,
                           const char *name,
                           GCancellable *cancellable,
                           RedesClassicSearchFunc func,
                           gpointer user_data);

/**
 * redes_classic_ask_size:
 * @name: of a file
 * @peers: (array zero-terminated=1): `HOST:PORT` of peers of the original system that are said to
 *   have it
 *
 * Asks the first ones of @peers, one after the other, how long the file is, until one says so. At
 * most two are asked, 1.5 s each: somebody else has named them, and they may not be there. @func is
 * called once, as redes_classic_search() calls it; the file has all of @peers then. Engine's
 * thread.
 */
void redes_classic_ask_size (const char *name,
                             const char *const *peers,
                             GCancellable *cancellable,
                             RedesClassicSearchFunc func,
                             gpointer user_data);

G_END_DECLS
