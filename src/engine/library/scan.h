/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * RedesScan:
 *
 * Walks a path that its owner wants to share and tells which files are there, in pieces, so that
 * the first can be hashed before the last is found. It follows no symbolic link inside the path and
 * opens no file. One thread at a time, but for redes_scan_cancel().
 */
typedef struct _RedesScan RedesScan;

/* A file: as it was when it was seen. @relative is below the root. */
typedef struct
{
  guint64 size;
  gint64 mtime_ns;
  char relative[];
} RedesScanFound;

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

/* Goes on until @max_entries more were found or skipped, or all is done. Blocks. */
void redes_scan_run (RedesScan *self, guint max_entries);
gboolean redes_scan_is_finished (RedesScan *self);

/* The folder that all is below, canonical; %NULL before the first run or if there is none. */
const char *redes_scan_get_root (RedesScan *self);
/* The path itself with all links followed, likewise: the root, or a file in it. */
const char *redes_scan_get_real_path (RedesScan *self);

/* (transfer full) (element-type RedesScanFound): what the last run found. */
GPtrArray *redes_scan_take_found (RedesScan *self);
/* (transfer full) (element-type RedesScanSkipped) */
GPtrArray *redes_scan_take_skipped (RedesScan *self);

/* (transfer full) (nullable): @path with all links followed; %NULL with errno set. Blocks. */
char *redes_dup_real_path (const char *path);

G_END_DECLS
