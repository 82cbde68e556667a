/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/classic/serve.h"

#include "engine/classic/reader.h"

#include <string.h>

/* Longer answers than SMALL_BYTES at a time, and those that wait for that. */
#define MAX_SERVED 32u
#define MAX_WAITING 128u
/* Small answers, which end without the other side's doing: each fits what the system holds. */
#define MAX_SMALL 512u
#define STALL_S 20
/* An answer up to that leaves in one piece, for it is read with one recv(). */
#define SMALL_BYTES (64u * 1024)

struct _RedesClassicServer
{
  RedesBlockCache *cache;
  RedesThrottle *up;
  GHashTable *serves; /* Serve: those that have been begun */
  guint n_large;      /* of them */
  GQueue waiting;     /* Serve: large ones, the oldest first */
};

/**
 * Serve:
 * @server: %NULL once it has been freed: the serve ends with its next answer
 * @is_large: whether it is counted as such
 */
typedef struct
{
  RedesClassicServer *server;
  gboolean is_large;
  GCancellable *cancellable;
  GSocketConnection *connection;
  RedesHolding *holding;
  guint64 offset;
  guint64 end;
  GByteArray *small; /* of a small answer, what there is so far */
  GBytes *slice;     /* being sent */
  gsize n_sent;      /* of it */
  RedesThrottleWaiter waiter;
} Serve;

static void begin (Serve *self);

static void
serve_free (Serve *self)
{
  RedesClassicServer *server = self->server;

  if (server != NULL)
    {
      redes_throttle_leave (server->up, &self->waiter);
      g_hash_table_remove (server->serves, self);
      if (self->is_large)
        server->n_large--;
    }
  g_object_unref (self->cancellable);
  g_io_stream_close (G_IO_STREAM (self->connection), NULL, NULL);
  g_object_unref (self->connection);
  redes_holding_unref (self->holding);
  g_clear_pointer (&self->slice, g_bytes_unref);
  g_clear_pointer (&self->small, g_byte_array_unref);
  g_free (self);
  if (server != NULL && server->n_large < MAX_SERVED && !g_queue_is_empty (&server->waiting))
    begin (g_queue_pop_head (&server->waiting));
}

typedef struct
{
  RedesHolding *holding;
  guint32 index;
} BlockRead;

static GBytes *
read_block (gpointer data, GError **error)
{
  BlockRead *block_read = data;

  return redes_holding_read (block_read->holding, block_read->index, error);
}

static void
block_read_free (gpointer data)
{
  BlockRead *block_read = data;

  redes_holding_unref (block_read->holding);
  g_free (block_read);
}

static void send_more (Serve *self);

static void push (Serve *self);

static void
write_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Serve *self = user_data;
  gsize len = 0;
  gboolean written
      = g_output_stream_write_all_finish (G_OUTPUT_STREAM (object), result, &len, NULL);

  self->offset += len;
  self->n_sent += len;
  if (self->server != NULL)
    redes_throttle_spend (self->server->up, len);
  if (!written || self->server == NULL || self->offset >= self->end)
    {
      serve_free (self);
      return;
    }
  if (self->n_sent < g_bytes_get_size (self->slice))
    {
      push (self);
      return;
    }
  g_clear_pointer (&self->slice, g_bytes_unref);
  send_more (self);
}

/* The next piece of the slice, when the limit lets anything pass. A piece is not cut for that: what
 * was too much is waited for afterwards. */
static void
push (Serve *self)
{
  gsize left = g_bytes_get_size (self->slice) - self->n_sent;

  if (redes_throttle_ask (self->server->up, &self->waiter, 1) == 0)
    return;
  g_output_stream_write_all_async (
      g_io_stream_get_output_stream (G_IO_STREAM (self->connection)),
      (const guint8 *)g_bytes_get_data (self->slice, NULL) + self->n_sent, MIN (left, SMALL_BYTES),
      G_PRIORITY_DEFAULT, self->cancellable, write_cb, self);
}

static void
on_turn (gpointer user_data)
{
  push (user_data);
}

static guint32
get_block_size (Serve *self)
{
  return redes_manifest_get_geometry (redes_holding_get_manifest (self->holding))->block_size;
}

static void
block_cb (GBytes *bytes, const GError *error, gpointer user_data)
{
  Serve *self = user_data;
  gsize from = (gsize)(self->offset % get_block_size (self));
  gsize len;

  /* The connection that closes short is all that can be said. */
  if (bytes == NULL || self->server == NULL || from >= g_bytes_get_size (bytes))
    {
      serve_free (self);
      return;
    }
  len = (gsize)MIN (g_bytes_get_size (bytes) - from, self->end - self->offset);
  if (self->small != NULL)
    {
      g_byte_array_append (self->small, (const guint8 *)g_bytes_get_data (bytes, NULL) + from,
                           (guint)len);
      self->offset += len;
      if (self->offset < self->end)
        {
          send_more (self);
          return;
        }
      self->offset -= self->small->len;
      self->slice = g_byte_array_free_to_bytes (g_steal_pointer (&self->small));
    }
  else
    self->slice = g_bytes_new_from_bytes (bytes, from, len);
  self->n_sent = 0;
  push (self);
}

static void
send_more (Serve *self)
{
  BlockRead *block_read = g_new0 (BlockRead, 1);

  block_read->holding = redes_holding_ref (self->holding);
  block_read->index = (guint32)(self->offset / get_block_size (self));
  redes_block_cache_get (
      self->server->cache, redes_manifest_get_content (redes_holding_get_manifest (self->holding)),
      block_read->index, read_block, block_read, block_read_free, block_cb, self);
}

static void
begin (Serve *self)
{
  g_hash_table_add (self->server->serves, self);
  if (self->is_large)
    self->server->n_large++;
  send_more (self);
}

RedesClassicServer *
redes_classic_server_new (RedesBlockCache *cache, RedesThrottle *up)
{
  RedesClassicServer *self = g_new0 (RedesClassicServer, 1);

  self->cache = cache;
  self->up = redes_throttle_ref (up);
  self->serves = g_hash_table_new (NULL, NULL);
  return self;
}

void
redes_classic_server_free (RedesClassicServer *self)
{
  g_autoptr (GPtrArray) waiting = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;
  Serve *unbegun;

  while ((unbegun = g_queue_pop_head (&self->waiting)) != NULL)
    {
      unbegun->server = NULL;
      serve_free (unbegun);
    }
  g_hash_table_iter_init (&iter, self->serves);
  while (g_hash_table_iter_next (&iter, &value, NULL))
    {
      Serve *serve = value;

      /* One that waits for its turn is under way nowhere else. */
      if (serve->waiter.waiting)
        g_ptr_array_add (waiting, serve);
      redes_throttle_leave (self->up, &serve->waiter);
      serve->server = NULL;
      g_cancellable_cancel (serve->cancellable);
    }
  for (guint i = 0; i < waiting->len; i++)
    serve_free (g_ptr_array_index (waiting, i));
  redes_throttle_unref (self->up);
  g_hash_table_unref (self->serves);
  g_free (self);
}

void
redes_classic_server_send (RedesClassicServer *self,
                           GSocketConnection *connection,
                           RedesHolding *holding,
                           guint64 offset,
                           guint64 size)
{
  guint64 file_size = redes_manifest_get_geometry (redes_holding_get_manifest (holding))->file_size;
  gboolean is_large;
  Serve *serve;

  if (size == 0)
    {
      char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, file_size);

      redes_classic_reply (connection, g_bytes_new_take (text, strlen (text)));
      return;
    }
  is_large = offset < file_size && MIN (size, file_size - offset) > SMALL_BYTES;
  if (offset >= file_size
      || (is_large ? self->waiting.length >= MAX_WAITING
                   : g_hash_table_size (self->serves) - self->n_large >= MAX_SMALL))
    {
      redes_classic_reply (connection, g_bytes_new_static ("", 0));
      return;
    }
  g_socket_set_timeout (g_socket_connection_get_socket (connection), STALL_S);
  serve = g_new0 (Serve, 1);
  serve->server = self;
  serve->cancellable = g_cancellable_new ();
  serve->connection = g_object_ref (connection);
  serve->holding = redes_holding_ref (holding);
  serve->offset = offset;
  serve->end = offset + MIN (size, file_size - offset);
  redes_throttle_waiter_init (&serve->waiter, on_turn, serve);
  serve->is_large = is_large;
  if (!is_large)
    serve->small = g_byte_array_new ();
  if (is_large && self->n_large >= MAX_SERVED)
    g_queue_push_tail (&self->waiting, serve);
  else
    begin (serve);
}
