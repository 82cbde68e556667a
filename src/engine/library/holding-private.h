/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/library/holding.h"

#include <stdatomic.h>
#include <sys/stat.h>

G_BEGIN_DECLS

/*
 * The struct is small, because there may be a hundred thousand: a shared file should not take more
 * than some 250 bytes with its manifest. So what the library has to know of each file is in the
 * struct, too, and not in an object of its own.
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
  /* In a RedesShareIndex: the next of the same content, and the one before, in a ring. */
  RedesHolding *next;
  RedesHolding *previous;
  /* A file's place: the root, "//", and what is below it. If that ends with "/", or there is
   * nothing below, it is the folder of a file that is called as the manifest says: one string for
   * all of a folder. Else it is the file itself. %NULL for a partial one. */
  GRefString *place;
  union
  {
    RedesBitfield *blocks;       /* a partial one's */
    gint64 mtime_ns;             /* a file's */
    RedesFolderSnapshot *folder; /* a folder's */
  };
  /* A file's: how it stood on the disk when its bytes were last known to be right. Readers in other
   * threads look at them too. */
  _Atomic gint64 ctime_ns;
  _Atomic guint32 inode; /* folded to half its bits; 0: not known */
  gboolean is_fetched : 1;
  gboolean is_folder : 1;
  gboolean is_member : 1;
  gboolean is_executable : 1;
  /* A file of at most one block has no proofs, and so no tree here. */
  RedesHashTree *tree[];
};

/* (nullable): %NULL for a file of at most one block */
RedesHashTree *redes_holding_get_tree (RedesHolding *self);
/* @root, @relative: (out) (transfer full): where the file is. To be called for a file only. */
void redes_holding_dup_parts (RedesHolding *self, char **root, char **relative);
/**
 * RedesHoldingMatch:
 * @REDES_HOLDING_SAME: nothing tells that the file was touched since it was hashed
 * @REDES_HOLDING_DOUBTFUL: size and modification time are the same, but something was changed: its
 *   mode or its name, perhaps, or its bytes by somebody who has set the time back
 * @REDES_HOLDING_ALTERED: its size or modification time is another; of a member only its size, for
 * its disk may keep no such time
 */
typedef enum
{
  REDES_HOLDING_SAME,
  REDES_HOLDING_DOUBTFUL,
  REDES_HOLDING_ALTERED,
} RedesHoldingMatch;

/* Compares the file with what it was when it was hashed; @path is that of the file. Any thread. */
RedesHoldingMatch
redes_holding_match (RedesHolding *self, const char *path, const struct stat *info);
/* Whether its change time is not known yet. Any thread. */
gboolean redes_holding_lacks_stamp (RedesHolding *self);
/* Notes that the file's bytes were right when it had this change time and inode. */
void redes_holding_set_stamp (RedesHolding *self, gint64 ctime_ns, guint64 inode);
gint64 redes_holding_get_ctime_ns (RedesHolding *self);
guint64 redes_holding_get_inode (RedesHolding *self);
/* Whether the file was downloaded, and not shared by a person. */
gboolean redes_holding_is_fetched (RedesHolding *self);
void redes_holding_set_fetched (RedesHolding *self, gboolean is_fetched);
/* Whether the file may be executed, as far as was seen. */
gboolean redes_holding_is_executable (RedesHolding *self);
void redes_holding_set_executable (RedesHolding *self, gboolean is_executable);
/* (transfer none): a file's own name, in whatever encoding. Any thread. */
const char *redes_holding_get_base_name (RedesHolding *self);

/* For GHashTable: by path. Either may be a RedesHolding of which only @place is set, to a whole
 * path. */
guint redes_holding_path_hash (gconstpointer key);
gboolean redes_holding_path_equal (gconstpointer a, gconstpointer b);
/* Whether its path is @path, or below it. @path: without "/" at its end, but for the root "/". */
gboolean redes_holding_is_below (RedesHolding *self, const char *path);

G_END_DECLS
