/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/classic/reader.h"

#include "engine/base/timer.h"
#include "engine/base/token-bucket.h"

#include <string.h>

#define MAX_CONNECTIONS 256u
#define COMMAND_MS 5000
/* Nothing more for so long: that was all. */
#define GAP_MS 50
#define REPLY_S 10
#define MAX_HOSTS 512u
#define MAX_HELD 512u
#define MAX_HELD_OF_HOST 256u
#define HELD_MS 20

struct _RedesClassicReader
{
  const RedesClock *clock;
  GMainContext *context;
  RedesClassicReaderFunc func;
  gpointer user_data;
  GQueue conversations; /* Conversation: the oldest first */
  GHashTable *hosts;    /* numeric -> Host */
  gdouble per_s;
  GQueue held; /* Held: the oldest first */
  GSource *held_timer;
};

/* A connection whose host has sent too many commands lately: it is not read from yet. */
typedef struct
{
  GSocketConnection *connection;
  char *from;
} Held;

typedef struct
{
  RedesClassicReader *reader;
  GSocketConnection *connection;
  char *from;
  GString *text;
  GSource *readable;
  GSource *deadline;
  GSource *gap;
  GList link;
} Conversation;

typedef struct
{
  RedesTokenBucket commands;
  guint n_held;
} Host;

static void
end (Conversation *self)
{
  g_queue_unlink (&self->reader->conversations, &self->link);
  redes_timer_clear (&self->readable);
  redes_timer_clear (&self->deadline);
  redes_timer_clear (&self->gap);
  g_string_free (self->text, TRUE);
  g_free (self->from);
  g_object_unref (self->connection);
  g_free (self);
}

static gboolean
is_forgettable (gpointer key, gpointer value, gpointer user_data)
{
  Host *host = value;

  return host->n_held == 0
         && redes_token_bucket_is_full (&host->commands, *(const gint64 *)user_data);
}

/* (nullable): %NULL if there are too many */
static Host *
ensure_host (RedesClassicReader *self, const char *from, gint64 now_us)
{
  Host *host = g_hash_table_lookup (self->hosts, from);

  if (host == NULL)
    {
      if (g_hash_table_size (self->hosts) >= MAX_HOSTS)
        g_hash_table_foreach_remove (self->hosts, is_forgettable, &now_us);
      if (g_hash_table_size (self->hosts) >= MAX_HOSTS)
        return NULL;
      host = g_new0 (Host, 1);
      redes_token_bucket_init (&host->commands, self->per_s, 2 * self->per_s, now_us);
      g_hash_table_insert (self->hosts, g_strdup (from), host);
    }
  return host;
}

/* Hands the command on, if it is one, and ends; else says so. */
static gboolean
try_command (Conversation *self)
{
  RedesClassicReader *reader = self->reader;
  g_auto (RedesClassicCommand) command = { 0 };
  g_autoptr (GSocketConnection) connection = NULL;
  g_autofree char *from = NULL;

  if (!redes_classic_command_parse (self->text->str, self->text->len, &command, NULL))
    return FALSE;
  connection = g_object_ref (self->connection);
  from = g_strdup (self->from);
  end (self);
  reader->func (&command, connection, from, reader->user_data);
  return TRUE;
}

static gboolean
on_gap (gpointer user_data)
{
  Conversation *self = user_data;

  if (!try_command (self))
    end (self);
  return G_SOURCE_REMOVE;
}

static void
set_timer (Conversation *self, GSource **timer, guint ms, GSourceFunc func)
{
  redes_timer_set (timer, self->reader->context, ms, func, self);
}

static gboolean
on_readable (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  Conversation *self = user_data;
  g_autoptr (GError) error = NULL;
  char buffer[4096];
  gssize n = g_socket_receive (socket, buffer, sizeof buffer, NULL, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return G_SOURCE_CONTINUE;
  if (n <= 0 || self->text->len + (gsize)n > REDES_CLASSIC_MAX_COMMAND)
    {
      /* It may have said all, and closed its side. */
      if (n != 0 || !try_command (self))
        end (self);
      return G_SOURCE_REMOVE;
    }
  g_string_append_len (self->text, buffer, n);
  if (self->text->len < REDES_CLASSIC_ONE_READ && try_command (self))
    return G_SOURCE_REMOVE;
  set_timer (self, &self->gap, GAP_MS, on_gap);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_deadline (gpointer user_data)
{
  end (user_data);
  return G_SOURCE_REMOVE;
}

static void
held_free (gpointer data)
{
  Held *held = data;

  g_object_unref (held->connection);
  g_free (held->from);
  g_free (held);
}

RedesClassicReader *
redes_classic_reader_new (const RedesClock *clock,
                          guint commands_per_s,
                          RedesClassicReaderFunc func,
                          gpointer user_data)
{
  RedesClassicReader *self = g_new0 (RedesClassicReader, 1);

  self->context = g_main_context_ref_thread_default ();
  self->clock = clock;
  self->per_s = commands_per_s;
  self->func = func;
  self->user_data = user_data;
  g_queue_init (&self->conversations);
  self->hosts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
redes_classic_reader_free (RedesClassicReader *self)
{
  if (self == NULL)
    return;
  while (!g_queue_is_empty (&self->conversations))
    end (g_queue_peek_head (&self->conversations));
  redes_timer_clear (&self->held_timer);
  g_queue_clear_full (&self->held, held_free);
  g_hash_table_unref (self->hosts);
  g_main_context_unref (self->context);
  g_free (self);
}

/* IPv4 as such, also when it came in by an IPv6 socket. */
static char *
convert_host (GSocketAddress *address)
{
  g_autofree char *host = NULL;

  if (address == NULL || !G_IS_INET_SOCKET_ADDRESS (address))
    return NULL;
  host = g_inet_address_to_string (
      g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
  if (g_str_has_prefix (host, "::ffff:") && strchr (host, '.') != NULL)
    return g_strdup (host + strlen ("::ffff:"));
  return g_steal_pointer (&host);
}

/* This machine is the loopback, by whichever of its addresses it came. */
static char *
dup_host (GSocketConnection *connection)
{
  g_autoptr (GSocketAddress) remote = g_socket_connection_get_remote_address (connection, NULL);
  g_autoptr (GSocketAddress) local = g_socket_connection_get_local_address (connection, NULL);
  g_autofree char *from = convert_host (remote);
  g_autofree char *to = convert_host (local);

  return g_strdup (g_strcmp0 (from, to) == 0 && from != NULL ? "127.0.0.1" : from);
}

/* @from: taken */
static void
start (RedesClassicReader *self, GSocketConnection *connection, char *from)
{
  GSocket *socket = g_socket_connection_get_socket (connection);
  Conversation *conversation;

  if (self->conversations.length >= MAX_CONNECTIONS)
    end (g_queue_peek_head (&self->conversations));
  g_socket_set_blocking (socket, FALSE);
  conversation = g_new0 (Conversation, 1);
  conversation->reader = self;
  conversation->connection = g_object_ref (connection);
  conversation->from = from;
  conversation->text = g_string_new (NULL);
  conversation->readable = g_socket_create_source (socket, G_IO_IN | G_IO_HUP, NULL);
  g_source_set_callback (conversation->readable, G_SOURCE_FUNC (on_readable), conversation, NULL);
  g_source_attach (conversation->readable, self->context);
  conversation->link.data = conversation;
  g_queue_push_tail_link (&self->conversations, &conversation->link);
  set_timer (conversation, &conversation->deadline, COMMAND_MS, on_deadline);
  /* Mostly the command is there already. */
  on_readable (socket, G_IO_IN, conversation);
}

static gboolean
on_held (gpointer user_data)
{
  RedesClassicReader *self = user_data;
  gint64 now_us = redes_clock_now_us (self->clock);
  GList *next;

  for (GList *l = self->held.head; l != NULL; l = next)
    {
      Held *held = l->data;
      Host *host = g_hash_table_lookup (self->hosts, held->from);

      next = l->next;
      if (!redes_token_bucket_try (&host->commands, now_us))
        continue;
      host->n_held--;
      g_queue_delete_link (&self->held, l);
      start (self, held->connection, g_strdup (held->from));
      held_free (held);
    }
  if (!g_queue_is_empty (&self->held))
    return G_SOURCE_CONTINUE;
  redes_timer_clear (&self->held_timer);
  return G_SOURCE_REMOVE;
}

static void
hold (RedesClassicReader *self, Host *host, GSocketConnection *connection, const char *from)
{
  Held *held = g_new0 (Held, 1);

  held->connection = g_object_ref (connection);
  held->from = g_strdup (from);
  host->n_held++;
  g_queue_push_tail (&self->held, held);
  if (self->held_timer != NULL)
    return;
  redes_timer_set (&self->held_timer, self->context, HELD_MS, on_held, self);
}

void
redes_classic_reader_add (RedesClassicReader *self, GSocketConnection *connection)
{
  g_autofree char *from = dup_host (connection);
  gint64 now_us = redes_clock_now_us (self->clock);
  Host *host = from != NULL ? ensure_host (self, from, now_us) : NULL;

  if (host != NULL && host->n_held == 0 && redes_token_bucket_try (&host->commands, now_us))
    start (self, connection, g_steal_pointer (&from));
  else if (host != NULL && host->n_held < MAX_HELD_OF_HOST && self->held.length < MAX_HELD)
    hold (self, host, connection, from);
  else
    g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
}

static void
write_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GSocketConnection) connection = user_data;

  /* Who does not take its answer has none. */
  g_output_stream_write_all_finish (G_OUTPUT_STREAM (object), result, NULL, NULL);
  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
}

static void
free_bytes (gpointer data, GObject *object)
{
  g_bytes_unref (data);
}

void
redes_classic_reply (GSocketConnection *connection, GBytes *answer)
{
  GOutputStream *stream = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  gsize len;
  gconstpointer data = g_bytes_get_data (answer, &len);

  g_socket_set_timeout (g_socket_connection_get_socket (connection), REPLY_S);
  g_object_weak_ref (G_OBJECT (connection), free_bytes, answer);
  g_output_stream_write_all_async (stream, data, len, G_PRIORITY_DEFAULT, NULL, write_cb,
                                   g_object_ref (connection));
}
