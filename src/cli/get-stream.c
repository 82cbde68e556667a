/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/get-stream.h"

/* Blocks that wait for the reader: one is being written while the next one is fetched. */
#define MAX_WAITING 2u

/**
 * RedesGetStream:
 * @offset: of what is read next, in bytes
 * @n_waiting: blocks that are not written yet
 */
struct _RedesGetStream
{
  RedesSession *session;
  RedesTransfer *transfer;
  void (*finished) (gpointer user_data);
  gpointer user_data;
  guint64 offset;
  guint n_waiting;
  gboolean is_reading;
  gboolean is_over;
};

static void read_on (RedesGetStream *self);

void
redes_get_stream_look (RedesGetStream *self)
{
  if (self->is_over || self->n_waiting > 0
      || redes_transfer_get_state (self->transfer) != REDES_TRANSFER_DONE
      || self->offset < redes_transfer_get_content (self->transfer)->size_bytes)
    return;
  self->is_over = TRUE;
  self->finished (self->user_data);
}

static void
on_written (gpointer user_data)
{
  RedesGetStream *self = user_data;

  self->n_waiting--;
  read_on (self);
  redes_get_stream_look (self);
}

/* Why nothing comes any more is told by the transfer. */
static void
node_read_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  RedesGetStream *self = user_data;
  g_autoptr (GBytes) bytes = redes_node_read_finish (REDES_NODE (object), result, NULL);

  self->is_reading = FALSE;
  if (bytes == NULL)
    return;
  self->offset += g_bytes_get_size (bytes);
  self->n_waiting++;
  redes_output_write_bytes (redes_session_get_output (self->session), bytes, on_written, self);
  read_on (self);
}

static void
read_on (RedesGetStream *self)
{
  if (self->is_reading || self->n_waiting >= MAX_WAITING
      || self->offset >= redes_transfer_get_content (self->transfer)->size_bytes)
    return;
  self->is_reading = TRUE;
  redes_node_read_async (redes_session_get_node (self->session), self->transfer, self->offset,
                         node_read_cb, self);
}

RedesGetStream *
redes_get_stream_new (RedesSession *session,
                      const RedesLink *link,
                      void (*finished) (gpointer user_data),
                      gpointer user_data)
{
  RedesGetStream *self = g_new0 (RedesGetStream, 1);

  self->session = session;
  self->finished = finished;
  self->user_data = user_data;
  self->transfer = redes_node_stream (redes_session_get_node (session), link);
  read_on (self);
  return self;
}

void
redes_get_stream_free (RedesGetStream *self)
{
  if (self == NULL)
    return;
  g_object_unref (self->transfer);
  g_free (self);
}

RedesTransfer *
redes_get_stream_get_transfer (RedesGetStream *self)
{
  return self->transfer;
}
