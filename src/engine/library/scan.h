/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * RedesScan:
 *
 * Walks a path that its owner wants to share and tells which files are there, in pieces, so that
 * the first can be hashed before the last is found. It follows no symbolic link inside the path,
 * and goes into no data folder of a Redes. It opens no file but those that are called as an
 * identity. One thread at a time, but for redes_scan_cancel().
 */
typedef struct _RedesScan RedesScan;

/* A file: as it was when it was seen. @relative is below the root. */
typedef struct
{
  guint64 size;
  gint64 mtime_ns;
  gint64 ctime_ns;
  gboolean is_executable; /* by its owner */
  char relative[];
} RedesScanFound;

/**
 * RedesScanRoot:
 * @real_path: the path itself with all links followed
 * @is_folder: whether it is a folder; else it is a file
 * @device, @inode: a folder's, as the system tells them; @inode is 0 where it does not outlast the
 *   mounting
 *
 * What the path that is scanned turned out to be.
 */
typedef struct
{
  const char *real_path;
  gboolean is_folder;
  guint64 device;
  guint64 inode;
} RedesScanRoot;

typedef struct
{
  char *path;
  GError *error;
} RedesScanSkipped;

/* Folders inside folders, at most. */
#define REDES_SCAN_MAX_DEPTH 100

RedesScan *redes_scan_new (const char *path);
void redes_scan_free (RedesScan *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesScan, redes_scan_free)

/* The run that is under way, and any later one, ends soon. Any thread. */
void redes_scan_cancel (RedesScan *self);

/* Goes on until @max_entries more were found, gone into or skipped, or all is done. Blocks. */
void redes_scan_run (RedesScan *self, guint max_entries);
gboolean redes_scan_is_finished (RedesScan *self);
/* Whether it has finished, and was not cancelled. */
gboolean redes_scan_is_whole (RedesScan *self);

/* The folder that all is below, canonical; %NULL before the first run or if there is none. */
const char *redes_scan_get_root (RedesScan *self);
/* (nullable) (transfer none): what the path itself is; %NULL before the first run or if it is
 * neither a file nor a folder. */
const RedesScanRoot *redes_scan_get_root_info (RedesScan *self);
/* How many hidden files and folders were passed over so far: names that begin with a dot.
 * Unfinished downloads of this program do not count. */
guint redes_scan_get_n_hidden (RedesScan *self);

/* (transfer full) (element-type RedesScanFound): what the last run found. */
GPtrArray *redes_scan_take_found (RedesScan *self);
/* (transfer full) (element-type filename): the folders that the last run went into, below the root;
 * "" is the root itself. */
GPtrArray *redes_scan_take_folders (RedesScan *self);
/* (transfer full) (element-type RedesScanSkipped) */
GPtrArray *redes_scan_take_skipped (RedesScan *self);

/**
 * redes_scan_find_private:
 * @path: a file or folder, with all links followed
 *
 * Whether @path is what a Redes keeps for itself: its data folder, which is recognised by what is
 * in it (an identity beside a database), anything in there, or an identity file by itself: a peer's
 * or a tracker's, or another private key in PEM that is called like one. Blocks.
 *
 * Returns: (transfer full) (nullable): the data folder or identity file, or %NULL
 */
char *redes_scan_find_private (const char *path);

G_END_DECLS
