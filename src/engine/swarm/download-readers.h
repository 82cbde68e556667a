/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/swarm/download-progress.h"

G_BEGIN_DECLS

/**
 * RedesDownloadReaders:
 *
 * Those who read a file while it is being downloaded: where each of them is, and the block that
 * each waits for. The picker is told which blocks come next for them, those of who has asked last
 * first. It belongs to its download; engine's thread.
 */
typedef struct _RedesDownloadReaders RedesDownloadReaders;

/**
 * RedesDownloadReader:
 *
 * One of them. It reads whole blocks, one after the other, and may go on anywhere else.
 */
typedef struct _RedesDownloadReader RedesDownloadReader;

/**
 * RedesDownloadReadFunc:
 * @data: (nullable): the block's bytes, which were verified; %NULL: @error says why there are none
 *
 * The answer to one question of a reader.
 */
typedef void (*RedesDownloadReadFunc) (GBytes *data, const GError *error, gpointer user_data);

/**
 * RedesDownloadReadersMediator:
 * @fetch: reads block @index, which is verified, from the disk, and calls
 *   redes_download_readers_give() with @serial. Returns: %FALSE if it is not there yet
 * @moved: the picker's windows are not what they were; @is_seek: because somebody goes on elsewhere
 *
 * What the readers need of their download.
 */
typedef struct
{
  gboolean (*fetch) (guint32 index, guint64 serial, gpointer user_data);
  void (*moved) (gboolean is_seek, gpointer user_data);
} RedesDownloadReadersMediator;

/**
 * redes_download_readers_new:
 * @keeps: whether the blocks in the windows are kept here until they are read, and no others are
 *   wanted: the download has no file
 */
RedesDownloadReaders *redes_download_readers_new (RedesDownloadProgress *progress,
                                                  gboolean keeps,
                                                  const RedesDownloadReadersMediator *mediator,
                                                  gpointer user_data);
void redes_download_readers_free (RedesDownloadReaders *self);

RedesDownloadReader *redes_download_readers_add (RedesDownloadReaders *self);
/* What it waits for is not told any more. */
void redes_download_readers_remove (RedesDownloadReaders *self, RedesDownloadReader *reader);
/* @func is called once, perhaps before this returns; no other question of @reader may be open.
 * @index: a block of the file */
void redes_download_readers_read (RedesDownloadReaders *self,
                                  RedesDownloadReader *reader,
                                  guint32 index,
                                  RedesDownloadReadFunc func,
                                  gpointer user_data);

/* Tells the picker, which may be a new one, what is wanted. */
void redes_download_readers_apply (RedesDownloadReaders *self);
/* Block @index is verified: @data. */
void redes_download_readers_note_block (RedesDownloadReaders *self, guint32 index, GBytes *data);
/* Blocks may be there that were not when they were asked for. */
void redes_download_readers_look_again (RedesDownloadReaders *self);
/* What @fetch began has come to @data, or to @error. (nullable): one of both */
void redes_download_readers_give (RedesDownloadReaders *self,
                                  guint64 serial,
                                  GBytes *data,
                                  const GError *error);
/* No block comes any more, because of @error. */
void redes_download_readers_fail (RedesDownloadReaders *self, const GError *error);
/* Whether all that the readers want now is there: nothing is fetched until they read on. Only where
 * blocks are kept. */
gboolean redes_download_readers_are_behind (RedesDownloadReaders *self);

G_END_DECLS
