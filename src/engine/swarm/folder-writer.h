/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/library/folder-build.h"
#include "engine/swarm/folder-jobs.h"
#include "engine/swarm/folder-source.h"

G_BEGIN_DECLS

/**
 * RedesFolderWriter:
 *
 * Blocks of a folder download as they come: workers verify each against the content that it is of,
 * and write those of files. Engine's thread.
 */
typedef struct _RedesFolderWriter RedesFolderWriter;

/**
 * RedesFolderBlock:
 * @data: (nullable): of a list, or of a file that is partly there
 * @digest, @proof, @n_proof: what proves it
 *
 * A block that has come.
 */
typedef struct
{
  RedesFolderWish wish;
  RedesPeerId peer;
  RedesDigest digest;
  RedesDigest proof[REDES_MAX_PROOF_LENGTH];
  guint n_proof;
  GBytes *data;
} RedesFolderBlock;

/**
 * RedesFolderWriterEvents:
 * @add_unwritten: so many bytes more (or fewer) wait to be verified and written
 * @took: @block is right and, if it is of a file, written
 * @wrong: @block is not what was asked for
 * @given_back: the block of @wish has to be asked for again
 * @failed: the disk has failed
 */
typedef struct
{
  void (*add_unwritten) (gssize bytes, gpointer user_data);
  void (*took) (const RedesFolderBlock *block, gpointer user_data);
  void (*wrong) (const RedesFolderBlock *block, gpointer user_data);
  void (*given_back) (const RedesFolderWish *wish, gpointer user_data);
  void (*failed) (const GError *error, gpointer user_data);
} RedesFolderWriterEvents;

/* @jobs, @events: borrowed, and must outlive it */
RedesFolderWriter *redes_folder_writer_new (RedesFolderJobs *jobs,
                                            const RedesFolderWriterEvents *events,
                                            gpointer user_data);
/* Only while no job runs and nothing waits. */
void redes_folder_writer_free (RedesFolderWriter *self);

/* What came as the block of @wish, from @peer; it waits for redes_folder_writer_go_on(). */
void redes_folder_writer_add (RedesFolderWriter *self,
                              const RedesFolderWish *wish,
                              const RedesPeerId *peer,
                              const RedesBlockHeader *header,
                              GBytes *data);
/* Begins with what waits, into @build. */
void redes_folder_writer_go_on (RedesFolderWriter *self, RedesFolderBuild *build);
/* Gives back what waits; what workers have goes on. */
void redes_folder_writer_drop (RedesFolderWriter *self);
/* Whether workers have anything. */
gboolean redes_folder_writer_is_busy (RedesFolderWriter *self);

G_END_DECLS
