/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/workers.h"
#include "engine/library/holding.h"

G_BEGIN_DECLS

/**
 * RedesPublisher:
 *
 * How files of this peer's own come to be shared: a path is scanned, its files are hashed by the
 * workers and their manifests signed in batches. Belongs to the engine's thread.
 */
typedef struct _RedesPublisher RedesPublisher;

/**
 * RedesPublisherEvents:
 * @published: @holding is signed; whoever wants it takes a reference, and keeps it until its path
 *   is released
 * @skipped: a path was not published; @error says why
 * @idle: nothing is left to scan, hash or sign
 *
 * None may free the publisher.
 */
typedef struct
{
  void (*published) (RedesHolding *holding, gpointer user_data);
  void (*skipped) (const char *path, const GError *error, gpointer user_data);
  void (*idle) (gpointer user_data);
} RedesPublisherEvents;

RedesPublisher *redes_publisher_new (RedesIdentity *identity,
                                     RedesWorkers *workers,
                                     const RedesPublisherEvents *events,
                                     gpointer user_data);
/* Stops what runs; no event comes any more. */
void redes_publisher_free (RedesPublisher *self);

/* Publishes a file, or all in a folder, but what is taken. Never blocks. */
void redes_publisher_add (RedesPublisher *self, const char *path);

/* Whether something is being scanned, hashed or signed. */
gboolean redes_publisher_is_busy (RedesPublisher *self);
guint64 redes_publisher_get_bytes_hashed (RedesPublisher *self);

/* Takes a path: it is passed over from now on. @path is not copied (there may be a hundred
 * thousand), so it has to last until it is released or taken once more in another copy. What is
 * published is taken by its holding's path. */
void redes_publisher_take_path (RedesPublisher *self, const char *path);
void redes_publisher_release_path (RedesPublisher *self, const char *path);

G_END_DECLS
