/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/classic/ask.h"

#include "engine/base/error.h"
#include "engine/base/timer.h"
#include "engine/net/endpoint.h"

#include <string.h>

#define CONNECT_S 5
#define GAP_MS 250
#define SILENCE_MS 1000
#define READ_BYTES (64u * 1024)

typedef struct
{
  RedesClassicCommand command;
  gsize max_bytes;
  gboolean whole;
  guint timeout_ms;
  GCancellable *cancellable; /* ended by the timer, the gap and the caller's */
  GCancellable *outer;
  gulong outer_id;
  GSocketConnection *connection;
  char *text;
  GByteArray *answer;
  GSource *timer;
  GSource *gap;
  gboolean over; /* the gap has come: what is there is the answer */
} Ask;

static void
ask_free (gpointer data)
{
  Ask *self = data;

  redes_timer_clear (&self->timer);
  redes_timer_clear (&self->gap);
  if (self->outer != NULL)
    g_cancellable_disconnect (self->outer, self->outer_id);
  g_clear_object (&self->outer);
  if (self->connection != NULL)
    g_io_stream_close (G_IO_STREAM (self->connection), NULL, NULL);
  g_clear_object (&self->connection);
  g_object_unref (self->cancellable);
  redes_classic_command_clear (&self->command);
  g_byte_array_unref (self->answer);
  g_free (self->text);
  g_free (self);
}

static gboolean
on_timer (gpointer user_data)
{
  g_cancellable_cancel (((Ask *)user_data)->cancellable);
  return G_SOURCE_REMOVE;
}

static gboolean
on_gap (gpointer user_data)
{
  Ask *self = user_data;

  self->over = TRUE;
  g_cancellable_cancel (self->cancellable);
  return G_SOURCE_REMOVE;
}

static void
on_outer_cancelled (GCancellable *outer, gpointer user_data)
{
  g_cancellable_cancel (user_data);
}

static void
give (GTask *task)
{
  Ask *self = g_task_get_task_data (task);

  g_task_return_pointer (task, g_bytes_new (self->answer->data, self->answer->len),
                         (GDestroyNotify)g_bytes_unref);
  g_object_unref (task);
}

static void
fail (GTask *task, GError *error)
{
  Ask *self = g_task_get_task_data (task);

  /* Our own timer, and not the caller. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
      && (self->outer == NULL || !g_cancellable_is_cancelled (self->outer)))
    {
      g_error_free (error);
      error
          = redes_error_new (REDES_IO_ERROR, G_IO_ERROR_TIMED_OUT, REDES_NOTICE_NO_ANSWER_IN_TIME);
    }
  g_task_return_error (task, error);
  g_object_unref (task);
}

static void read_more (GTask *task);

static void
read_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Ask *self = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GBytes) bytes
      = g_input_stream_read_bytes_finish (G_INPUT_STREAM (object), result, &error);
  gsize len;
  gconstpointer data;

  if (bytes == NULL && self->over)
    {
      g_error_free (error);
      give (task);
      return;
    }
  if (bytes == NULL)
    {
      fail (task, error);
      return;
    }
  data = g_bytes_get_data (bytes, &len);
  g_byte_array_append (self->answer, data, (guint)len);
  if (len == 0 || self->answer->len >= self->max_bytes)
    {
      give (task);
      return;
    }
  if (!self->whole)
    redes_timer_set (&self->gap, NULL, GAP_MS, on_gap, self);
  read_more (task);
}

static void
read_more (GTask *task)
{
  Ask *self = g_task_get_task_data (task);

  g_input_stream_read_bytes_async (g_io_stream_get_input_stream (G_IO_STREAM (self->connection)),
                                   MIN (self->max_bytes - self->answer->len, READ_BYTES),
                                   G_PRIORITY_DEFAULT, self->cancellable, read_cb, task);
}

static void
write_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Ask *self = g_task_get_task_data (task);
  GError *error = NULL;

  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (object), result, NULL, &error))
    {
      fail (task, error);
      return;
    }
  /* What is mostly not answered need not be closed by the other side either. */
  if (self->command.verb <= REDES_CLASSIC_UNREGISTER)
    redes_timer_set (&self->gap, NULL, SILENCE_MS, on_gap, self);
  read_more (task);
}

static char *
dup_own_host (GSocketConnection *connection)
{
  g_autoptr (GSocketAddress) own = g_socket_connection_get_local_address (connection, NULL);

  if (own == NULL || !G_IS_INET_SOCKET_ADDRESS (own))
    return g_strdup ("127.0.0.1");
  return g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (own)));
}

static void
dial_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Ask *self = g_task_get_task_data (task);
  GError *error = NULL;

  self->connection = redes_dial_finish (result, &error);
  if (self->connection == NULL)
    {
      fail (task, error);
      return;
    }
  if (self->command.host == NULL)
    self->command.host = dup_own_host (self->connection);
  self->text = redes_classic_command_format (&self->command);
  g_output_stream_write_all_async (g_io_stream_get_output_stream (G_IO_STREAM (self->connection)),
                                   self->text, strlen (self->text), G_PRIORITY_DEFAULT,
                                   self->cancellable, write_cb, task);
}

void
redes_classic_ask_async (const char *host,
                         guint16 port,
                         const RedesClassicCommand *command,
                         gsize max_bytes,
                         gboolean whole,
                         guint timeout_ms,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  /* With the caller's, so that nothing but CANCELLED comes once it is cancelled. */
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Ask *self = g_new0 (Ask, 1);

  self->command = *command;
  self->command.host = g_strdup (command->host);
  self->command.name = g_strdup (command->name);
  self->command.names = g_strdupv (command->names);
  self->max_bytes = max_bytes;
  self->whole = whole;
  self->cancellable = g_cancellable_new ();
  self->answer = g_byte_array_new ();
  g_task_set_source_tag (task, redes_classic_ask_async);
  g_task_set_task_data (task, self, ask_free);
  redes_timer_set (&self->timer, NULL, timeout_ms, on_timer, self);
  if (cancellable != NULL)
    {
      self->outer = g_object_ref (cancellable);
      self->outer_id = g_cancellable_connect (cancellable, G_CALLBACK (on_outer_cancelled),
                                              g_object_ref (self->cancellable), g_object_unref);
    }
  redes_dial_async (host, port, CONNECT_S, self->cancellable, dial_cb, task);
}

GBytes *
redes_classic_ask_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
