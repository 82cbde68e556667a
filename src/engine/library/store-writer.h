/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/library/store-private.h"

G_BEGIN_DECLS

#define REDES_STORE_RETRY_MS 3000

/**
 * RedesStoreWriter:
 *
 * The thread that writes: takes all that is queued, in the order it was put, and commits it; while
 * one transaction runs the next gathers. Called from the engine's thread.
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
 * @rest: (nullable): gets what could not be written
 *
 * Tries once more; then the connection is closed.
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
/* The database was found to be damaged: nothing is written any more. */
void redes_store_writer_note_damage (RedesStoreWriter *self, int status);
gboolean redes_store_writer_is_damaged (RedesStoreWriter *self);

void redes_store_writer_set_retry_ms (RedesStoreWriter *self, guint retry_ms);
void redes_store_writer_set_max_pages (RedesStoreWriter *self, guint max_pages);
guint redes_store_writer_get_n_queued (RedesStoreWriter *self);

/* Writes @changes in one transaction, from this thread. Returns the status; @changes stay. */
int redes_store_commit (RedesDatabase *database, GQueue *changes);

/* What is there as long as a damaged database waits to be rebuilt. */
char *redes_store_dup_mark_path (const char *path);

G_END_DECLS
