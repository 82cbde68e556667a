/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/library/holding.h"
#include "engine/base/workers.h"

G_BEGIN_DECLS

#define REDES_LIBRARY_ERROR (redes_library_error_quark ())
GQuark redes_library_error_quark (void);

/**
 * RedesLibraryError:
 * @REDES_LIBRARY_ERROR_NOT_FOUND: no such file or folder
 * @REDES_LIBRARY_ERROR_UNREADABLE: it is there, but may not be read
 * @REDES_LIBRARY_ERROR_KIND: neither a regular file nor a folder
 * @REDES_LIBRARY_ERROR_DISK: writing failed: no room, read-only, gone
 */
typedef enum
{
  REDES_LIBRARY_ERROR_NOT_FOUND,
  REDES_LIBRARY_ERROR_UNREADABLE,
  REDES_LIBRARY_ERROR_KIND,
  REDES_LIBRARY_ERROR_DISK,
} RedesLibraryError;

/**
 * RedesLibrary:
 *
 * What this peer holds: shared files by content, and how they got there: a path is scanned, its
 * files hashed by the workers, their manifests signed in batches, and each is announced as soon as
 * its batch is signed. Belongs to the engine's thread.
 */
typedef struct _RedesLibrary RedesLibrary;

/**
 * RedesLibraryEvents:
 * @shared: a file is published; @holding is the first of that content or one more name for it
 * @withdrawn: it is not held any more
 * @skipped: a path was not shared; @error says why. A symbolic link or a device inside a folder is
 *   skipped in this way too, but a hidden file in silence. @path is as the file system spells it,
 *   so perhaps not UTF-8
 * @idle: nothing is left to scan, hash or sign
 *
 * What the library tells; each may be %NULL. Called in the engine's thread; they may share, add and
 * remove, but not free the library.
 */
typedef struct
{
  void (*shared) (RedesHolding *holding, gpointer user_data);
  void (*withdrawn) (RedesHolding *holding, gpointer user_data);
  void (*skipped) (const char *path, const GError *error, gpointer user_data);
  void (*idle) (gpointer user_data);
} RedesLibraryEvents;

/**
 * redes_library_new:
 * @workers: for scanning, hashing and signing; they answer into the engine's context
 */
RedesLibrary *redes_library_new (RedesIdentity *identity,
                                 RedesWorkers *workers,
                                 const RedesLibraryEvents *events,
                                 gpointer user_data);
/* Stops what runs; no event comes any more. */
void redes_library_free (RedesLibrary *self);

/**
 * redes_library_share:
 *
 * Shares a file, or a folder with all in it but hidden files and symbolic links; @path itself may
 * be either, for that is its owner's choice. A file that is shared already, or about to be, is
 * passed over in silence. Answers by events; never blocks.
 */
void redes_library_share (RedesLibrary *self, const char *path);

/* Whether something is being scanned, hashed or signed. */
gboolean redes_library_is_busy (RedesLibrary *self);
guint64 redes_library_get_bytes_hashed (RedesLibrary *self);

/* Adds what did not come from a path: a partial file, or a finished download, which is announced.
 */
void redes_library_add (RedesLibrary *self, RedesHolding *holding);
/* @holding may be one that is not there. Withdrawn are only those that were announced. */
void redes_library_remove (RedesLibrary *self, RedesHolding *holding);

/* (nullable) (transfer none): the best holding of @content: a complete one if there is one. */
RedesHolding *redes_library_lookup (RedesLibrary *self, const RedesContentId *content);

/* (transfer full) (element-type RedesHolding): all that were announced, in the order they came. */
GPtrArray *redes_library_list (RedesLibrary *self);

G_END_DECLS
