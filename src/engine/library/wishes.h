/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/library/store.h"

G_BEGIN_DECLS

/**
 * RedesWishes:
 *
 * What a person wants shared, and what not: the paths that were given (*roots*), and paths below
 * them that were taken out again (*exclusions*). Of two that a path is below, the longer counts.
 * What changes is put in the store. Belongs to the engine's thread; touches no file.
 */
typedef struct _RedesWishes RedesWishes;

/* @store: (nullable): borrowed */
RedesWishes *redes_wishes_new (RedesStore *store);
void redes_wishes_free (RedesWishes *self);

/* Adds what the store remembers. Blocks. Errors: the store's. */
gboolean redes_wishes_load (RedesWishes *self, GError **error);

/* @path is wanted with all below it: no exclusion is left there. It is put in the store when it
 * turns out to be there. */
void redes_wishes_share (RedesWishes *self, const char *path);
/* @path is not wanted, nor anything below it. */
void redes_wishes_unshare (RedesWishes *self, const char *path);
/* The root @path has turned out to be called @real when all links are followed; %NULL: it is not
 * there, and forgotten if it never was. Returns: whether that is news */
gboolean redes_wishes_set_real_path (RedesWishes *self, const char *path, const char *real);
/* (transfer full): @path without "." and the like, and by the real path of its root if it has one.
 */
char *redes_wishes_resolve (RedesWishes *self, const char *path);

/* @path: with all links followed */
gboolean redes_wishes_want (RedesWishes *self, const char *path);

/* (transfer full) (element-type filename): the roots as they were given, without "." and the like.
 */
GPtrArray *redes_wishes_list_roots (RedesWishes *self);

/* (transfer full) (element-type filename): their real paths, as far as they are known. */
GPtrArray *redes_wishes_list_real_paths (RedesWishes *self);

/* Whether @path is @folder or below it; both without "." and the like. */
gboolean redes_path_is_below (const char *path, const char *folder);

G_END_DECLS
