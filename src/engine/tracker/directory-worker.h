/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/tracker/directory.h"
#include "engine/wire/message.h"

G_BEGIN_DECLS

/**
 * RedesDirectoryWorker:
 *
 * A directory in a thread of its own, which also decodes what peers share and verifies manifests.
 * What one peer tells and asks happens in that order; peers take turns, fairly by the time they
 * take, first by address and then by identity (see RedesFairQueue), and long work is done in
 * slices, so that nobody waits for all that somebody else asked. Removals come before all that
 * waits, so an answer never shows what was removed before the query. Belongs to the main context
 * that was the thread's default when it was made; the functions given to it are called there, each
 * once, never before the call has returned.
 */
typedef struct _RedesDirectoryWorker RedesDirectoryWorker;

/**
 * RedesAsker:
 * @address: by which work is shared and files are limited, see redes_address_dup_group()
 * @id: whose work it is
 */
typedef struct
{
  const char *address;
  const RedesPeerId *id;
} RedesAsker;

/**
 * RedesDirectoryAnswer:
 * @error: (nullable): why files were refused: G_IO_ERROR_NO_SPACE above the limit,
 * G_IO_ERROR_CANCELLED while ending or when the peer registered anew or left before,
 * REDES_WIRE_ERROR for a message that is none, else a manifest that is none or whose signature is
 * wrong
 * @results: (nullable): rows of a search; %NULL if there was no word. They are packed in a worker,
 * so that who asks for them pays for it, and the main context's thread does not
 * @sources: (nullable) (element-type GPtrArray): of a query for sources: for each content those who
 *   have it, RedesPeerId
 * @total: rows in all
 * @n_files: files of the peer after a change
 * @n_added: files in the change
 * @n_removed: names of files gone in it
 */
typedef struct
{
  GError *error;
  RedesWireRows *results;
  GPtrArray *sources;
  guint total;
  guint n_files;
  guint n_added;
  guint n_removed;
} RedesDirectoryAnswer;

typedef void (*RedesDirectoryAnswerFunc) (const RedesDirectoryAnswer *answer, gpointer user_data);

/* @limits: copied */
RedesDirectoryWorker *redes_directory_worker_new (const RedesDirectoryLimits *limits);

/* Ends the thread. Jobs that have not begun are skipped, and their functions are called, with an
 * error for a change. The function blocks until the present slice is done. */
void redes_directory_worker_free (RedesDirectoryWorker *self);

/**
 * redes_directory_worker_register:
 * @body: of a REGISTER, as it came
 *
 * All that the peer had goes first, even if what @body has is refused then, and its changes that
 * wait are given up, without a look at them. All of the files are taken or none of them.
 */
void redes_directory_worker_register (RedesDirectoryWorker *self,
                                      const RedesAsker *peer,
                                      GBytes *body,
                                      RedesDirectoryAnswerFunc func,
                                      gpointer user_data);

/**
 * redes_directory_worker_update:
 * @body: of an UPDATE, as it came
 *
 * Takes out the files that are gone, and then adds the others, all of them or none.
 */
void redes_directory_worker_update (RedesDirectoryWorker *self,
                                    const RedesAsker *peer,
                                    GBytes *body,
                                    RedesDirectoryAnswerFunc func,
                                    gpointer user_data);
/* Removes the peer before all work that waits; its own changes that wait are given up. */
void redes_directory_worker_remove_peer (RedesDirectoryWorker *self, const RedesAsker *peer);
/* Searches as redes_directory_search() does. */
void redes_directory_worker_search (RedesDirectoryWorker *self,
                                    const RedesAsker *asker,
                                    const char *words,
                                    guint first,
                                    guint n_rows,
                                    RedesDirectoryAnswerFunc func,
                                    gpointer user_data);
/* Finds who has each of @contents (element-type RedesContentId), to which a reference is taken. */
void redes_directory_worker_sources (RedesDirectoryWorker *self,
                                     const RedesAsker *asker,
                                     GArray *contents,
                                     RedesDirectoryAnswerFunc func,
                                     gpointer user_data);
/* Calls @func when all earlier work of @asker is done. */
void redes_directory_worker_wait (RedesDirectoryWorker *self,
                                  const RedesAsker *asker,
                                  RedesDirectoryAnswerFunc func,
                                  gpointer user_data);

G_END_DECLS
