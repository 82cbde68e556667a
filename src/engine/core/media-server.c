/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/core/media-server.h"

#include "engine/base/text.h"

#include <gnutls/crypto.h>
#include <libsoup/soup.h>

#define MAX_CONNECTIONS 32u
#define MAX_FILES 64u
#define TOKEN_BYTES 16u

/**
 * File:
 * @path: of its address: a random part and its name
 */
typedef struct
{
  char *path;
  char *type;
  RedesDownload *download;
  guint64 size;
} File;

/**
 * Connection:
 * @offset, @end: what is still to be sent, in bytes of the file
 * @reader: (nullable): %NULL once the file was withdrawn
 * @watch: (nullable): tells that the other side has gone while it waits for a block
 *
 * One answer that is being given.
 */
typedef struct
{
  RedesMediaServer *server;
  SoupServerMessage *message;
  RedesDownload *download;
  RedesDownloadReader *reader;
  guint64 offset;
  guint64 end;
  GSource *watch;
} Connection;

/**
 * RedesMediaServer:
 * @host: what the Host field of a request has to say
 * @files: the oldest first
 */
struct _RedesMediaServer
{
  SoupServer *http;
  char *host;
  GQueue files;
  GQueue connections;
};

RedesMediaServer *
redes_media_server_new (void)
{
  RedesMediaServer *self = g_new0 (RedesMediaServer, 1);

  g_queue_init (&self->files);
  g_queue_init (&self->connections);
  return self;
}

static void
file_free (gpointer data)
{
  File *file = data;

  g_free (file->path);
  g_free (file->type);
  redes_download_unref (file->download);
  g_free (file);
}

static void
clear_watch (Connection *self)
{
  if (self->watch == NULL)
    return;
  g_source_destroy (self->watch);
  g_clear_pointer (&self->watch, g_source_unref);
}

static void
stop_reading (Connection *self)
{
  clear_watch (self);
  if (self->reader != NULL)
    redes_download_remove_reader (self->download, self->reader);
  self->reader = NULL;
}

static void
on_finished (SoupServerMessage *message, gpointer user_data)
{
  Connection *self = user_data;

  stop_reading (self);
  g_queue_remove (&self->server->connections, self);
  g_signal_handlers_disconnect_by_data (message, self);
  redes_download_unref (self->download);
  g_object_unref (message);
  g_free (self);
}

/* What was promised cannot be sent: the other side sees that by a connection that ends too early.
 * The server notices it when it goes on with its answer. */
static void
break_off (Connection *self)
{
  g_autoptr (SoupServerMessage) message = g_object_ref (self->message);
  GSocket *socket = soup_server_message_get_socket (message);

  on_finished (self->message, self);
  if (socket == NULL)
    return;
  g_socket_shutdown (socket, TRUE, TRUE, NULL);
  soup_message_body_append (soup_server_message_get_response_body (message), SOUP_MEMORY_STATIC, "",
                            1);
  soup_server_message_unpause (message);
}

static guint32
get_block_size (Connection *self)
{
  return redes_block_size_for (redes_download_get_content (self->download)->size_bytes);
}

/* A program that has stopped to wait for a block has closed its end, and nothing else would tell.
 */
static gboolean
on_readable (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  Connection *self = user_data;
  GInputVector vector;
  char byte;
  gint flags = 0;
  gssize n;

  vector.buffer = &byte;
  vector.size = 1;
  flags = G_SOCKET_MSG_PEEK;
  n = g_socket_receive_message (socket, NULL, &vector, 1, NULL, NULL, &flags, NULL, NULL);
  clear_watch (self);
  if (n == 0 || (condition & (G_IO_HUP | G_IO_ERR)) != 0)
    break_off (self);
  return G_SOURCE_REMOVE;
}

static void
watch (Connection *self)
{
  GSocket *socket = soup_server_message_get_socket (self->message);

  if (socket == NULL || self->watch != NULL)
    return;
  self->watch = g_socket_create_source (socket, G_IO_IN | G_IO_HUP | G_IO_ERR, NULL);
  g_source_set_callback (self->watch, G_SOURCE_FUNC (on_readable), self, NULL);
  g_source_attach (self->watch, g_main_context_get_thread_default ());
}

static void
on_block (GBytes *data, const GError *error, gpointer user_data)
{
  Connection *self = user_data;
  SoupMessageBody *body = soup_server_message_get_response_body (self->message);
  gsize skip = self->offset % get_block_size (self);
  g_autoptr (GBytes) part = NULL;

  clear_watch (self);
  if (data == NULL || g_bytes_get_size (data) <= skip)
    {
      break_off (self);
      return;
    }
  part = g_bytes_new_from_bytes (
      data, skip, (gsize)MIN (g_bytes_get_size (data) - skip, self->end - self->offset));
  self->offset += g_bytes_get_size (part);
  soup_message_body_append_bytes (body, part);
  if (self->offset == self->end)
    soup_message_body_complete (body);
  soup_server_message_unpause (self->message);
}

/* The next block is asked for when the one before was written: who reads slowly takes one at a
 * time. */
static void
on_wrote_chunk (SoupServerMessage *message, gpointer user_data)
{
  Connection *self = user_data;

  if (self->offset == self->end || self->reader == NULL)
    return;
  watch (self);
  redes_download_read (self->download, self->reader,
                       (guint32)(self->offset / get_block_size (self)), on_block, self);
}

static File *
find_file (RedesMediaServer *self, const char *path)
{
  for (GList *l = self->files.head; l != NULL; l = l->next)
    {
      File *file = l->data;

      if (g_str_equal (file->path, path))
        return file;
    }
  return NULL;
}

/* @first, @end: (out): what of the file is asked for. Returns: the status to answer with */
static guint
choose_part (SoupServerMessage *message, guint64 size, guint64 *first, guint64 *end)
{
  SoupMessageHeaders *asked = soup_server_message_get_request_headers (message);
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  SoupRange *ranges = NULL;
  int n_ranges = 0;
  guint status = SOUP_STATUS_OK;

  *first = 0;
  *end = size;
  if (size == 0 || soup_message_headers_get_one (asked, "Range") == NULL)
    return status;
  if (!soup_message_headers_get_ranges (asked, (goffset)size, &ranges, &n_ranges)
      || ranges[0].start > ranges[0].end || ranges[0].start >= (goffset)size)
    {
      g_autofree char *none = g_strdup_printf ("bytes */%" G_GUINT64_FORMAT, size);

      if (ranges != NULL)
        soup_message_headers_free_ranges (asked, ranges);
      soup_message_headers_replace (headers, "Content-Range", none);
      return SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE;
    }
  /* Several at once are for nobody who plays a file: the whole is a right answer, too. */
  if (n_ranges == 1)
    {
      *first = (guint64)ranges[0].start;
      *end = (guint64)ranges[0].end + 1;
      soup_message_headers_set_content_range (headers, ranges[0].start, ranges[0].end,
                                              (goffset)size);
      status = SOUP_STATUS_PARTIAL_CONTENT;
    }
  else
    soup_message_headers_remove (asked, "Range");
  soup_message_headers_free_ranges (asked, ranges);
  return status;
}

static void
set_headers (SoupServerMessage *message, const File *file, guint64 n_bytes)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  soup_message_headers_set_content_type (headers, file->type, NULL);
  soup_message_headers_replace (headers, "Accept-Ranges", "bytes");
  soup_message_headers_replace (headers, "Cache-Control", "no-store");
  /* What strangers publish must not act as a page of this machine, should a browser open it. */
  soup_message_headers_replace (headers, "X-Content-Type-Options", "nosniff");
  soup_message_headers_replace (headers, "Content-Security-Policy", "default-src 'none'; sandbox");
  soup_message_headers_replace (headers, "Cross-Origin-Resource-Policy", "same-origin");
  soup_message_headers_set_content_length (headers, (goffset)n_bytes);
}

static void
answer_with (RedesMediaServer *self, SoupServerMessage *message, File *file)
{
  const char *method = soup_server_message_get_method (message);
  guint64 first, end;
  guint status = choose_part (message, file->size, &first, &end);
  Connection *connection;

  soup_server_message_set_status (message, status, NULL);
  if (status == SOUP_STATUS_REQUESTED_RANGE_NOT_SATISFIABLE)
    return;
  set_headers (message, file, end - first);
  if (g_str_equal (method, SOUP_METHOD_HEAD) || first == end)
    return;
  connection = g_new0 (Connection, 1);
  connection->server = self;
  connection->message = g_object_ref (message);
  connection->download = redes_download_ref (file->download);
  connection->reader = redes_download_add_reader (file->download);
  connection->offset = first;
  connection->end = end;
  g_queue_push_tail (&self->connections, connection);
  soup_message_body_set_accumulate (soup_server_message_get_response_body (message), FALSE);
  g_signal_connect (message, "wrote-chunk", G_CALLBACK (on_wrote_chunk), connection);
  g_signal_connect (message, "finished", G_CALLBACK (on_finished), connection);
  on_wrote_chunk (message, connection);
}

static void
on_request (SoupServer *http,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer user_data)
{
  RedesMediaServer *self = user_data;
  SoupMessageHeaders *asked = soup_server_message_get_request_headers (message);
  const char *method = soup_server_message_get_method (message);
  const char *host = soup_message_headers_get_one (asked, "Host");
  File *file = find_file (self, path);

  /* A name that somebody has made to lead here is not ours. */
  if (file == NULL || g_strcmp0 (host, self->host) != 0)
    soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
  else if (!g_str_equal (method, SOUP_METHOD_GET) && !g_str_equal (method, SOUP_METHOD_HEAD))
    soup_server_message_set_status (message, SOUP_STATUS_METHOD_NOT_ALLOWED, NULL);
  else if (self->connections.length >= MAX_CONNECTIONS)
    soup_server_message_set_status (message, SOUP_STATUS_SERVICE_UNAVAILABLE, NULL);
  else
    answer_with (self, message, file);
}

static gboolean
listen_locally (RedesMediaServer *self, GError **error)
{
  g_autoptr (SoupServer) http = NULL;
  g_autoslist (GUri) addresses = NULL;

  if (self->http != NULL)
    return TRUE;
  http = soup_server_new ("server-header", NULL, NULL);
  if (!soup_server_listen_local (http, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, error))
    return FALSE;
  addresses = soup_server_get_uris (http);
  self->host = g_strdup_printf ("127.0.0.1:%d", g_uri_get_port (addresses->data));
  soup_server_add_handler (http, NULL, on_request, self, NULL);
  self->http = g_steal_pointer (&http);
  return TRUE;
}

/* What may be played or shown, and nothing that a browser would run. */
static char *
guess_type (const char *name)
{
  g_autofree char *type = g_content_type_guess (name, NULL, 0, NULL);
  g_autofree char *mime = g_content_type_get_mime_type (type);

  if (mime != NULL
      && (g_str_has_prefix (mime, "video/") || g_str_has_prefix (mime, "audio/")
          || (g_str_has_prefix (mime, "image/") && g_strrstr (mime, "svg") == NULL)))
    return g_steal_pointer (&mime);
  return g_strdup ("application/octet-stream");
}

static gboolean
is_being_read (RedesMediaServer *self, RedesDownload *download)
{
  for (GList *l = self->connections.head; l != NULL; l = l->next)
    if (((Connection *)l->data)->download == download)
      return TRUE;
  return FALSE;
}

/* Those that were opened long ago make room. */
static void
make_room (RedesMediaServer *self)
{
  GList *next;

  for (GList *l = self->files.head; l != NULL && self->files.length >= MAX_FILES; l = next)
    {
      next = l->next;
      if (is_being_read (self, ((File *)l->data)->download))
        continue;
      file_free (l->data);
      g_queue_delete_link (&self->files, l);
    }
}

static char *
format_address (RedesMediaServer *self, const File *file)
{
  g_autofree char *escaped = g_uri_escape_string (file->path, "/", FALSE);

  return g_strdup_printf ("http://%s%s", self->host, escaped);
}

static char *
make_token (void)
{
  guint8 bytes[TOKEN_BYTES];
  GString *token = g_string_new (NULL);

  if (gnutls_rnd (GNUTLS_RND_KEY, bytes, sizeof bytes) != 0)
    g_error ("the system has no random numbers");
  for (guint i = 0; i < sizeof bytes; i++)
    g_string_append_printf (token, "%02x", bytes[i]);
  return g_string_free (token, FALSE);
}

char *
redes_media_server_serve (RedesMediaServer *self,
                          RedesDownload *download,
                          const char *name,
                          GError **error)
{
  File *file;
  g_autofree char *safe = NULL;
  g_autofree char *token = NULL;

  if (!listen_locally (self, error))
    return NULL;
  for (GList *l = self->files.head; l != NULL; l = l->next)
    if (((File *)l->data)->download == download)
      return format_address (self, l->data);
  make_room (self);
  safe = redes_text_make_safe_file_name (name, 255);
  file = g_new0 (File, 1);
  token = make_token ();
  file->path = g_strdup_printf ("/%s/%s", token, safe);
  file->type = guess_type (safe);
  file->download = redes_download_ref (download);
  file->size = redes_download_get_content (download)->size_bytes;
  g_queue_push_tail (&self->files, file);
  return format_address (self, file);
}

static void
end_connections (RedesMediaServer *self, RedesDownload *download)
{
  GList *next;

  for (GList *l = self->connections.head; l != NULL; l = next)
    {
      Connection *connection = l->data;

      next = l->next;
      if (download == NULL || connection->download == download)
        break_off (connection);
    }
}

void
redes_media_server_withdraw (RedesMediaServer *self, RedesDownload *download)
{
  for (GList *l = self->files.head; l != NULL; l = l->next)
    {
      File *file = l->data;

      if (file->download != download)
        continue;
      end_connections (self, download);
      g_queue_delete_link (&self->files, l);
      file_free (file);
      return;
    }
}

void
redes_media_server_free (RedesMediaServer *self)
{
  if (self == NULL)
    return;
  end_connections (self, NULL);
  if (self->http != NULL)
    soup_server_disconnect (self->http);
  g_clear_object (&self->http);
  g_queue_clear_full (&self->files, file_free);
  g_free (self->host);
  g_free (self);
}
