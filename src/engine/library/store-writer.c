/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/store-writer.h"

#include "engine/base/timer.h"

#include <string.h>

/* Room asked for beyond the changes themselves: pages that are filled in part, indices, the log. */
#define SPARE_BYTES G_GUINT64_CONSTANT (1048576)

struct _RedesStoreWriter
{
  char *path;
  GMainContext *context;
  RedesStoreTroubleFunc trouble;
  gpointer user_data;
  GThread *thread;

  /* The thread's own. */
  RedesDatabase *database;
  int told_status; /* what @trouble was last told, or SQLITE_OK */

  GMutex lock; /* for all below */
  GCond wake;
  GCond settled;
  GQueue queue;     /* of RedesStoreChange */
  GHashTable *keys; /* key -> the change of the queue that has it */
  guint64 n_bytes;
  guint64 n_pushed;
  guint64 n_settled; /* of those: committed, or failed once */
  gboolean is_failing;
  gboolean is_damaged;
  gboolean is_hurried; /* somebody waits: no waiting for the next try */
  gboolean is_closing;
  gint64 next_try_us;
  guint retry_ms;
  guint max_pages;
  guint pages_set;   /* the thread's own: what the connection was told */
  RedesNotice *told; /* what @trouble has to be told */
  GSource *telling;
  GQueue waits; /* of Wait, in the order of their targets */
  GSource *answering;
};

/* Somebody wants to know when @n_settled has come that far. */
typedef struct
{
  guint64 target;
  RedesStoreSettledFunc func;
  gpointer user_data;
} Wait;

/* ---- Changes ---- */

gpointer
redes_store_change_new (const RedesStoreChangeKind *kind, char *key, gsize n_bytes)
{
  RedesStoreChange *self = g_malloc0 (kind->size);

  self->kind = kind;
  self->key = key;
  self->n_bytes = n_bytes;
  self->link.data = self;
  return self;
}

void
redes_store_change_free (RedesStoreChange *self)
{
  if (self->kind->clear != NULL)
    self->kind->clear (self);
  g_free (self->key);
  g_free (self->ended_key);
  g_free (self);
}

char *
redes_store_key (const char *what, const RedesDigest *digest)
{
  char hex[REDES_DIGEST_HEX_SIZE];

  redes_digest_to_hex (digest, hex);
  return g_strconcat (what, hex, NULL);
}

char *
redes_store_content_key (const char *what, const RedesContentId *content, const RedesPeerId *peer)
{
  char text[REDES_CONTENT_ID_TEXT_SIZE];
  char hex[REDES_DIGEST_HEX_SIZE] = "";

  redes_content_id_to_text (content, text);
  if (peer != NULL)
    redes_digest_to_hex (peer, hex);
  return g_strconcat (what, text, " ", hex, NULL);
}

void
redes_store_path_change_clear (RedesStoreChange *change)
{
  g_free (((RedesStorePathChange *)change)->path);
}

void
redes_store_put_path (RedesStore *self,
                      const RedesStoreChangeKind *kind,
                      char *key,
                      const char *path)
{
  RedesStorePathChange *change = redes_store_change_new (kind, key, strlen (path));

  change->path = g_strdup (path);
  redes_store_put (self, change);
}

static void
clear_queue (GQueue *queue)
{
  GList *link;

  while ((link = g_queue_pop_head_link (queue)) != NULL)
    redes_store_change_free (link->data);
}

/* Puts all of @second behind @first; @second is empty then. */
static void
join_queues (GQueue *first, GQueue *second)
{
  GList *link;

  while ((link = g_queue_pop_head_link (second)) != NULL)
    g_queue_push_tail_link (first, link);
}

/* ---- Telling ---- */

char *
redes_store_dup_mark_path (const char *path)
{
  return g_strconcat (path, ".rebuild", NULL);
}

static gboolean
tell_cb (gpointer user_data)
{
  RedesStoreWriter *self = user_data;
  g_autoptr (RedesNotice) told = NULL;

  g_mutex_lock (&self->lock);
  told = g_steal_pointer (&self->told);
  redes_timer_clear (&self->telling);
  g_mutex_unlock (&self->lock);

  if (self->trouble != NULL)
    self->trouble (told, self->user_data);
  return G_SOURCE_REMOVE;
}

/* Locked. While nothing can be written nobody is kept waiting. */
static gboolean
is_answerable (RedesStoreWriter *self, const Wait *wait)
{
  return wait != NULL && (wait->target <= self->n_settled || self->is_failing || self->is_damaged);
}

static gboolean
answer_cb (gpointer user_data)
{
  RedesStoreWriter *self = user_data;
  GQueue ready = G_QUEUE_INIT;
  Wait *wait;

  g_mutex_lock (&self->lock);
  while (is_answerable (self, g_queue_peek_head (&self->waits)))
    g_queue_push_tail (&ready, g_queue_pop_head (&self->waits));
  redes_timer_clear (&self->answering);
  g_mutex_unlock (&self->lock);

  while ((wait = g_queue_pop_head (&ready)) != NULL)
    {
      wait->func (wait->user_data);
      g_free (wait);
    }
  return G_SOURCE_REMOVE;
}

/* Locked. */
static void
answer_waits (RedesStoreWriter *self)
{
  if (self->answering != NULL || !is_answerable (self, g_queue_peek_head (&self->waits)))
    return;

  redes_timer_set_soon (&self->answering, self->context, answer_cb, self);
}

/* @notice: (transfer full) (nullable). Locked. */
static void
tell (RedesStoreWriter *self, RedesNotice *notice)
{
  redes_notice_unref (self->told);
  self->told = notice;
  if (self->telling != NULL)
    return;

  redes_timer_set_soon (&self->telling, self->context, tell_cb, self);
}

/* Reports a status once for each change. The lock is held. */
static void
tell_status (RedesStoreWriter *self, int status, int system_errno)
{
  if ((status & 0xff) == (self->told_status & 0xff))
    return;

  self->told_status = status;
  tell (self, status == SQLITE_OK ? NULL
                                  : redes_database_describe (status, system_errno, self->path,
                                                             2 * self->n_bytes + SPARE_BYTES));
}

/* Locked. */
static void
set_damaged (RedesStoreWriter *self, int status)
{
  g_autofree char *mark = redes_store_dup_mark_path (self->path);
  g_autoptr (GError) error = NULL;

  if (self->is_damaged)
    return;

  self->is_damaged = TRUE;
  /* The damage may hide the next time the file is opened. */
  if (!g_file_set_contents (mark, "", 0, &error))
    g_message ("%s", error->message);
  tell_status (self, status, 0);
}

/* ---- Writing ---- */

int
redes_store_commit (RedesDatabase *database, GQueue *changes)
{
  sqlite3 *handle = redes_database_get_handle (database);
  int status = redes_database_run (database, "BEGIN IMMEDIATE", "");

  if (status != SQLITE_OK)
    return status;

  for (GList *link = changes->head; link != NULL && status == SQLITE_OK; link = link->next)
    {
      RedesStoreChange *change = link->data;

      status = change->kind->apply (change, database);
      /* It would be refused each time, and all the others with it. */
      if (redes_database_is_refusal (status) && !sqlite3_get_autocommit (handle))
        {
          g_warning ("The library's database takes no such row: %s", sqlite3_errmsg (handle));
          status = SQLITE_OK;
        }
    }
  if (status == SQLITE_OK)
    status = redes_database_run (database, "COMMIT", "");
  /* Some errors have rolled back by themselves. */
  if (status != SQLITE_OK && !sqlite3_get_autocommit (handle))
    redes_database_run (database, "ROLLBACK", "");
  return status;
}

static void
limit_pages (RedesStoreWriter *self, guint max_pages)
{
  g_autofree char *sql = NULL;

  if (self->pages_set == max_pages)
    return;
  self->pages_set = max_pages;
  sql = g_strdup_printf ("PRAGMA max_page_count = %u", max_pages > 0 ? max_pages : G_MAXINT32);
  sqlite3_exec (redes_database_get_handle (self->database), sql, NULL, NULL, NULL);
}

/* After an error of the disk the descriptors may be good for nothing any more. */
static int
open_again (RedesStoreWriter *self)
{
  int status = SQLITE_OK;

  if (self->database == NULL)
    {
      self->database = redes_database_open (self->path, &status);
      self->pages_set = 0;
    }
  return status;
}

static int
write_changes (RedesStoreWriter *self, GQueue *changes, guint max_pages, int *system_errno)
{
  int status = open_again (self);

  *system_errno = 0;
  if (status != SQLITE_OK)
    return status;

  limit_pages (self, max_pages);
  status = redes_store_commit (self->database, changes);
  if (status != SQLITE_OK)
    *system_errno = sqlite3_system_errno (redes_database_get_handle (self->database));
  switch (status & 0xff)
    {
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
      g_clear_pointer (&self->database, redes_database_free);
      break;
    default:
      break;
    }
  return status;
}

/* Locked. */
static void
take_queue (RedesStoreWriter *self, GQueue *batch)
{
  join_queues (batch, &self->queue);
  g_hash_table_remove_all (self->keys);
}

/* Locked. */
static void
note_keys (RedesStoreWriter *self, RedesStoreChange *change)
{
  if (change->ends_all_keys)
    g_hash_table_remove_all (self->keys);
  if (change->ended_key != NULL)
    g_hash_table_remove (self->keys, change->ended_key);
  if (change->key != NULL)
    g_hash_table_replace (self->keys, change->key, change);
}

/* Locked. */
static void
push_one (RedesStoreWriter *self, RedesStoreChange *change)
{
  RedesStoreChange *old
      = change->key != NULL ? g_hash_table_lookup (self->keys, change->key) : NULL;

  if (old != NULL && change->keeps_place)
    g_queue_insert_before_link (&self->queue, &old->link, &change->link);
  else
    g_queue_push_tail_link (&self->queue, &change->link);
  note_keys (self, change);
  self->n_bytes += change->n_bytes;
  if (old == NULL)
    return;

  self->n_bytes -= old->n_bytes;
  g_queue_unlink (&self->queue, &old->link);
  redes_store_change_free (old);
}

/* What was put meanwhile comes behind, or in place of what it replaces. Locked. */
static void
give_back (RedesStoreWriter *self, GQueue *batch)
{
  GQueue newer = self->queue;
  GList *link;

  self->queue = *batch;
  g_queue_init (batch);
  g_hash_table_remove_all (self->keys);
  for (link = self->queue.head; link != NULL; link = link->next)
    note_keys (self, link->data);

  while ((link = g_queue_pop_head_link (&newer)) != NULL)
    {
      RedesStoreChange *change = link->data;

      self->n_bytes -= change->n_bytes;
      push_one (self, change);
    }
}

/* Takes what is queued and writes it. Locked, but not while it writes. */
static void
write_queue (RedesStoreWriter *self)
{
  GQueue batch = G_QUEUE_INIT;
  guint64 n_pushed = self->n_pushed;
  guint64 n_bytes = self->n_bytes;
  guint max_pages = self->max_pages;
  int system_errno;
  int status;

  take_queue (self, &batch);
  self->is_hurried = FALSE;
  g_mutex_unlock (&self->lock);
  status = write_changes (self, &batch, max_pages, &system_errno);
  if (status == SQLITE_OK)
    clear_queue (&batch);
  g_mutex_lock (&self->lock);

  self->is_failing = status != SQLITE_OK;
  if (status == SQLITE_OK)
    self->n_bytes -= n_bytes;
  else
    {
      give_back (self, &batch);
      self->next_try_us
          = g_get_monotonic_time () + (gint64)self->retry_ms * (G_USEC_PER_SEC / 1000);
    }
  if (redes_database_is_damage (status))
    set_damaged (self, status);
  else
    tell_status (self, status, system_errno);
  self->n_settled = n_pushed;
  answer_waits (self);
  g_cond_broadcast (&self->settled);
}

static gpointer
writer_thread (gpointer user_data)
{
  RedesStoreWriter *self = user_data;

  g_mutex_lock (&self->lock);
  while (!self->is_closing)
    {
      if (self->is_damaged || self->queue.length == 0)
        g_cond_wait (&self->wake, &self->lock);
      else if (self->is_failing && !self->is_hurried && g_get_monotonic_time () < self->next_try_us)
        g_cond_wait_until (&self->wake, &self->lock, self->next_try_us);
      else
        write_queue (self);
    }
  if (!self->is_damaged && self->queue.length > 0)
    write_queue (self);
  g_mutex_unlock (&self->lock);
  return NULL;
}

/* ---- For the engine's thread ---- */

RedesStoreWriter *
redes_store_writer_new (RedesDatabase *database,
                        const char *path,
                        GMainContext *context,
                        RedesStoreTroubleFunc trouble,
                        gpointer user_data)
{
  RedesStoreWriter *self = g_new0 (RedesStoreWriter, 1);

  self->path = g_strdup (path);
  self->context = context != NULL ? g_main_context_ref (context) : NULL;
  self->trouble = trouble;
  self->user_data = user_data;
  self->database = database;
  self->told_status = SQLITE_OK;
  self->retry_ms = REDES_STORE_RETRY_MS;
  g_mutex_init (&self->lock);
  g_cond_init (&self->wake);
  g_cond_init (&self->settled);
  g_queue_init (&self->queue);
  g_queue_init (&self->waits);
  self->keys = g_hash_table_new (g_str_hash, g_str_equal);
  self->thread = g_thread_new ("redes-store", writer_thread, self);
  return self;
}

void
redes_store_writer_free (RedesStoreWriter *self, GQueue *rest)
{
  Wait *wait;

  g_mutex_lock (&self->lock);
  self->is_closing = TRUE;
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->lock);
  g_thread_join (self->thread);

  redes_timer_clear (&self->telling);
  redes_timer_clear (&self->answering);
  while ((wait = g_queue_pop_head (&self->waits)) != NULL)
    {
      wait->func (wait->user_data);
      g_free (wait);
    }
  redes_database_free (self->database);
  if (rest != NULL)
    join_queues (rest, &self->queue);
  clear_queue (&self->queue);
  g_hash_table_unref (self->keys);
  g_cond_clear (&self->settled);
  g_cond_clear (&self->wake);
  g_mutex_clear (&self->lock);
  g_clear_pointer (&self->context, g_main_context_unref);
  redes_notice_unref (self->told);
  g_free (self->path);
  g_free (self);
}

void
redes_store_writer_push (RedesStoreWriter *self, GQueue *changes)
{
  GList *link;

  g_mutex_lock (&self->lock);
  self->n_pushed += changes->length;
  while ((link = g_queue_pop_head_link (changes)) != NULL)
    push_one (self, link->data);
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->lock);
}

void
redes_store_writer_flush (RedesStoreWriter *self)
{
  guint64 target;

  g_mutex_lock (&self->lock);
  target = self->n_pushed;
  if (self->queue.length > 0)
    self->is_hurried = TRUE;
  g_cond_signal (&self->wake);
  while (!self->is_damaged && (self->n_settled < target || (self->is_failing && self->is_hurried)))
    g_cond_wait (&self->settled, &self->lock);
  g_mutex_unlock (&self->lock);
}

void
redes_store_writer_when_settled (RedesStoreWriter *self,
                                 RedesStoreSettledFunc func,
                                 gpointer user_data)
{
  Wait *wait = g_new (Wait, 1);

  g_mutex_lock (&self->lock);
  *wait = (Wait){ self->n_pushed, func, user_data };
  g_queue_push_tail (&self->waits, wait);
  answer_waits (self);
  g_mutex_unlock (&self->lock);
}

void
redes_store_writer_note_damage (RedesStoreWriter *self, int status)
{
  g_mutex_lock (&self->lock);
  set_damaged (self, status);
  answer_waits (self);
  g_cond_broadcast (&self->settled);
  g_mutex_unlock (&self->lock);
}

gboolean
redes_store_writer_is_damaged (RedesStoreWriter *self)
{
  gboolean is_damaged;

  g_mutex_lock (&self->lock);
  is_damaged = self->is_damaged;
  g_mutex_unlock (&self->lock);
  return is_damaged;
}

void
redes_store_writer_set_retry_ms (RedesStoreWriter *self, guint retry_ms)
{
  g_mutex_lock (&self->lock);
  self->retry_ms = retry_ms;
  self->next_try_us = 0;
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->lock);
}

void
redes_store_writer_set_max_pages (RedesStoreWriter *self, guint max_pages)
{
  g_mutex_lock (&self->lock);
  self->max_pages = max_pages;
  g_mutex_unlock (&self->lock);
}

guint
redes_store_writer_get_n_queued (RedesStoreWriter *self)
{
  guint n;

  g_mutex_lock (&self->lock);
  n = self->queue.length;
  g_mutex_unlock (&self->lock);
  return n;
}
