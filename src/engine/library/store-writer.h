/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/library/store-private.h"

G_BEGIN_DECLS

/* The time between two tries to write when the disk fails, in milliseconds. */
#define REDES_STORE_RETRY_MS 3000

/**
 * RedesStoreWriter:
 *
 * The thread that writes to the store's database: it commits all changes that are queued, in the
 * order in which they were put there; while a transaction runs, the changes of the next one are
 * collected. The functions are called in the engine's thread.
 */
typedef struct _RedesStoreWriter RedesStoreWriter;

/* @database: (transfer full). @trouble is called in @context. */
RedesStoreWriter *redes_store_writer_new (RedesDatabase *database,
                                          const char *path,
                                          GMainContext *context,
                                          RedesStoreTroubleFunc trouble,
                                          gpointer user_data);
/**
 * redes_store_writer_free:
 * @rest: (nullable): gets the changes that could not be written
 *
 * Tries once more to write what is queued, and closes the connection. The function blocks.
 */
void redes_store_writer_free (RedesStoreWriter *self, GQueue *rest);
/* @changes: (element-type RedesStoreChange): moved to the queue together; empty afterwards */
void redes_store_writer_push (RedesStoreWriter *self, GQueue *changes);
/* Waits until all that was pushed before is committed or has failed once. */
void redes_store_writer_flush (RedesStoreWriter *self);
/* See redes_store_when_settled(). */
void redes_store_writer_when_settled (RedesStoreWriter *self,
                                      RedesStoreSettledFunc func,
                                      gpointer user_data);
/* Notes that the database is damaged: nothing is written any more. */
void redes_store_writer_note_damage (RedesStoreWriter *self, int status);
gboolean redes_store_writer_is_damaged (RedesStoreWriter *self);

void redes_store_writer_set_retry_ms (RedesStoreWriter *self, guint retry_ms);
void redes_store_writer_set_max_pages (RedesStoreWriter *self, guint max_pages);
guint redes_store_writer_get_n_queued (RedesStoreWriter *self);

/* Writes @changes in one transaction, from this thread. Returns the status; @changes stay. */
int redes_store_commit (RedesDatabase *database, GQueue *changes);

/* Returns: (transfer full): the path of a file that exists as long as a damaged database waits to
 * be rebuilt */
char *redes_store_dup_mark_path (const char *path);

G_END_DECLS
