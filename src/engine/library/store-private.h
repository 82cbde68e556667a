/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/content/batch.h"
#include "engine/library/database.h"
#include "engine/library/store.h"

G_BEGIN_DECLS

/* ---- Changes: what is put, on its way to the writer ---- */

typedef struct _RedesStoreChange RedesStoreChange;

/* What a kind of change is; the structs that carry their values begin with a RedesStoreChange. */
typedef struct
{
  gsize size; /* of that struct */
  /* Called in the writer's thread. Returns the status. */
  int (*apply) (RedesStoreChange *change, RedesDatabase *database);
  /* (nullable): frees the values */
  void (*clear) (RedesStoreChange *change);
} RedesStoreChangeKind;

/**
 * RedesStoreChange:
 * @key: (nullable): of two with the same key that both wait, only the later one counts
 * @keeps_place: it takes the earlier one's place, for what was put in between needs it; else its
 * own
 * @ended_key: (nullable): what is put after it under this key has no earlier one
 * @ends_all_keys: the same for every key
 * @n_bytes: about what it takes on disk
 */
struct _RedesStoreChange
{
  const RedesStoreChangeKind *kind;
  GList link;
  char *key;
  gboolean keeps_place;
  char *ended_key;
  gboolean ends_all_keys;
  gsize n_bytes;
};

/* @key: (nullable) (transfer full) */
gpointer redes_store_change_new (const RedesStoreChangeKind *kind, char *key, gsize n_bytes);
void redes_store_change_free (RedesStoreChange *self);
/* (transfer full): a key for redes_store_change_new(): what kind of thing, and which. */
char *redes_store_key (const char *what, const RedesDigest *digest);
/* @peer: (nullable) */
char *
redes_store_content_key (const char *what, const RedesContentId *content, const RedesPeerId *peer);

/**
 * RedesStorePathChange:
 *
 * A change that needs a path alone; its kind has %sizeof this as its size, and
 * redes_store_path_change_clear().
 */
typedef struct
{
  RedesStoreChange base;
  char *path;
} RedesStorePathChange;

void redes_store_path_change_clear (RedesStoreChange *change);
/* @key: (nullable) (transfer full) */
void redes_store_put_path (RedesStore *self,
                           const RedesStoreChangeKind *kind,
                           char *key,
                           const char *path);

/* (nullable) (transfer full): patterns as one text, and as they were; %NULL for none. @patterns:
 * (nullable) (array zero-terminated=1) */
char *redes_store_join_patterns (char *const *patterns);
char **redes_store_split_patterns (const char *text);

/* ---- For the files that know the tables ---- */

/* @change: (transfer full) */
void redes_store_put (RedesStore *self, gpointer change);
/* Removes a row that makes no sense. @sql: (transfer none): a string constant, with ?1 for @id. The
 * row is removed later, in the store's thread. */
void redes_store_remove_row (RedesStore *self, const char *sql, gint64 id);
/* The connection for reading, after what was put before has been written. */
RedesDatabase *redes_store_begin_read (RedesStore *self);
/* Ends with @status; sets @error if that is not SQLITE_OK. Damage is noted. */
gboolean redes_store_end_read (RedesStore *self, int status, GError **error);

/* ---- Manifests in tables ---- */

/**
 * RedesStoredBatches:
 *
 * The batches that rows point to. Each is read when the first row points to it.
 */
typedef struct _RedesStoredBatches RedesStoredBatches;

RedesStoredBatches *redes_stored_batches_new (RedesDatabase *database);
void redes_stored_batches_free (RedesStoredBatches *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesStoredBatches, redes_stored_batches_free)

/**
 * redes_stored_batches_read:
 * @column: the first of batch, batch_index, name, size, time_s, batch_path
 * @name: used if the row has none
 * @totals: (nullable): of a folder; %NULL for a file
 * @status: (inout): what went wrong in the database, if that is why
 *
 * Returns: (nullable): the row's manifest, or %NULL if what it says makes no sense
 */
RedesManifest *redes_stored_batches_read (RedesStoredBatches *self,
                                          sqlite3_stmt *row,
                                          int column,
                                          const RedesContentId *content,
                                          const char *name,
                                          const RedesFolderTotals *totals,
                                          int *status);

/* Adds the manifest's batch to its table, unless it is there. @id: (out): the batch's. Returns: the
 * status */
int redes_stored_batches_put (RedesDatabase *database, RedesManifest *manifest, gint64 *id);
/* (transfer full) (nullable): what batch_path has to hold */
GBytes *redes_stored_batches_dup_path (RedesManifest *manifest);

/* ---- For tests ---- */

/* Sets the time between two tries to write; REDES_STORE_RETRY_MS unless it is set. */
void redes_store_set_retry_ms (RedesStore *self, guint retry_ms);
/* The database may not grow beyond that many pages of 4 KiB; 0: as large as it likes. */
void redes_store_set_max_pages (RedesStore *self, guint max_pages);
/* How many changes wait to be written (those that are being written do not). */
guint redes_store_get_n_queued (RedesStore *self);

G_END_DECLS
