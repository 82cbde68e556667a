/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/library/holding.h"

#include <sys/stat.h>

G_BEGIN_DECLS

/*
 * Small, for there may be a hundred thousand: with its manifest a shared file should not take more
 * than some 250 bytes. So what the library has to know of each is in here too, rather than in an
 * object of its own.
 */
struct _RedesHolding
{
  gatomicrefcount ref_count;
  union
  {
    int fd;         /* a partial one's */
    guint position; /* a file's, in its RedesShareIndex */
  };
  RedesManifest *manifest;
  /* In a RedesShareIndex: the next of the same content. */
  RedesHolding *next;
  /* A file's place: the root, "//", and what is below it. If that ends with "/", or there is
   * nothing below, it is the folder of a file that is called as the manifest says: one string for
   * all of a folder. Else it is the file itself. %NULL for a partial one. */
  GRefString *place;
  union
  {
    RedesBitfield *blocks; /* a partial one's */
    gint64 mtime_ns;       /* a file's */
  };
  /* None for a file of at most one block: it has no proofs. */
  RedesHashTree *tree[];
};

/* (nullable): %NULL for a file of at most one block */
RedesHashTree *redes_holding_get_tree (RedesHolding *self);
/* The root, and the path below it: both are (transfer full). Only of a file. */
void redes_holding_dup_parts (RedesHolding *self, char **root, char **relative);
/* Whether @info is of a file that is still as it was when it was hashed. Any thread. */
gboolean redes_holding_matches (RedesHolding *self, const struct stat *info);

/* For GHashTable: by path. Either may be a RedesHolding of which only @place is set, to a whole
 * path. */
guint redes_holding_path_hash (gconstpointer key);
gboolean redes_holding_path_equal (gconstpointer a, gconstpointer b);
/* Whether its path is @path, or below it. @path: without "/" at its end, but for the root "/". */
gboolean redes_holding_is_below (RedesHolding *self, const char *path);

G_END_DECLS
