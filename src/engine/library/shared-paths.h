/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/library/store.h"

G_BEGIN_DECLS

/**
 * RedesSharedPaths:
 *
 * What a person wants shared, and what not: the paths that were given (*roots*), and paths below
 * them that were taken out again (*exclusions*). Of two that a path is below, the longer counts.
 * What changes is put in the store. Belongs to the engine's thread; touches no file.
 */
typedef struct _RedesSharedPaths RedesSharedPaths;

/* @store: (nullable): borrowed */
RedesSharedPaths *redes_shared_paths_new (RedesStore *store);
void redes_shared_paths_free (RedesSharedPaths *self);

/* Adds what the store remembers. Blocks. Errors: the store's. */
gboolean redes_shared_paths_load (RedesSharedPaths *self, GError **error);

/* @path is wanted with all below it: no exclusion is left there. It is put in the store when it
 * turns out to be there. */
void redes_shared_paths_share (RedesSharedPaths *self, const char *path);
/* @path is not wanted, nor anything below it. */
void redes_shared_paths_unshare (RedesSharedPaths *self, const char *path);
/* The root @path has turned out to be called @real when all links are followed; %NULL: it is not
 * there, and forgotten if it never was. Returns: whether that is news */
gboolean
redes_shared_paths_set_real_path (RedesSharedPaths *self, const char *path, const char *real);
/* (transfer full): @path without "." and the like, and by the real path of its root if it has one.
 */
char *redes_shared_paths_resolve (RedesSharedPaths *self, const char *path);

/* @path: with all links followed */
gboolean redes_shared_paths_want (RedesSharedPaths *self, const char *path);

/* (transfer full) (element-type filename): the roots as they were given, without "." and the like.
 */
GPtrArray *redes_shared_paths_list_roots (RedesSharedPaths *self);

/* (transfer full) (element-type filename): their real paths, as far as they are known. */
GPtrArray *redes_shared_paths_list_real_paths (RedesSharedPaths *self);

/* Whether @path is @folder or below it; both without "." and the like. */
gboolean redes_path_is_below (const char *path, const char *folder);

G_END_DECLS
