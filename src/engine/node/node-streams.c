/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/node-private.h"
#include "engine/node/node-transfers-private.h"

/* Files that are read while they are being downloaded. */

typedef struct
{
  RedesNodeMessage base;
  guint transfer_id;
  RedesLink *link;
} StreamCall;

static void
stream_call_clear (gpointer data)
{
  StreamCall *call = data;

  redes_link_free (call->link);
}

static void
run_stream (gpointer data)
{
  StreamCall *call = data;

  redes_core_stream (call->base.node->core, call->transfer_id, call->link);
  redes_node_message_free (call);
}

RedesTransfer *
redes_node_stream (RedesNode *self, const RedesLink *link)
{
  RedesTransfer *transfer;
  StreamCall *call;

  g_return_val_if_fail (self->running && !link->is_folder, NULL);

  transfer = redes_node_add_transfer (self, link);
  call = redes_node_message_new (StreamCall, self, NULL, stream_call_clear);
  call->transfer_id = redes_transfer_get_id (transfer);
  call->link = redes_link_copy (link);
  redes_node_message_send_down (call, run_stream);
  return transfer;
}

typedef struct
{
  RedesNodeMessage base;
  guint transfer_id;
  guint64 offset;
  GBytes *data;
} ReadCall;

static void
read_call_clear (gpointer data)
{
  ReadCall *call = data;

  g_clear_pointer (&call->data, g_bytes_unref);
}

static void
read_read (gpointer data)
{
  ReadCall *call = data;

  if (call->base.error != NULL)
    g_task_return_error (call->base.task, g_steal_pointer (&call->base.error));
  else
    g_task_return_pointer (call->base.task, g_steal_pointer (&call->data),
                           (GDestroyNotify)g_bytes_unref);
}

static void
on_block (GBytes *data, const GError *error, gpointer user_data)
{
  ReadCall *call = user_data;

  if (data != NULL)
    call->data = g_bytes_ref (data);
  else
    call->base.error = g_error_copy (error);
  redes_node_message_send_up (call, read_read);
}

static void
run_read (gpointer data)
{
  ReadCall *call = data;

  redes_core_read (call->base.node->core, call->transfer_id, call->offset, on_block, call);
}

void
redes_node_read_async (RedesNode *self,
                       RedesTransfer *transfer,
                       guint64 offset,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task = redes_node_begin_task (self, NULL, callback, user_data, redes_node_read_async);
  ReadCall *call;

  if (task == NULL)
    return;
  call = redes_node_message_new (ReadCall, self, task, read_call_clear);
  call->transfer_id = redes_transfer_get_id (transfer);
  call->offset = offset;
  redes_node_message_send_down (call, run_read);
}

GBytes *
redes_node_read_finish (RedesNode *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

typedef struct
{
  RedesNodeMessage base;
  guint transfer_id;
  char *address;
} OpenStreamCall;

static void
open_stream_call_clear (gpointer data)
{
  OpenStreamCall *call = data;

  g_free (call->address);
}

static void
read_open_stream (gpointer data)
{
  OpenStreamCall *call = data;

  if (call->base.error != NULL)
    g_task_return_error (call->base.task, g_steal_pointer (&call->base.error));
  else
    g_task_return_pointer (call->base.task, g_steal_pointer (&call->address), g_free);
}

static void
run_open_stream (gpointer data)
{
  OpenStreamCall *call = data;

  call->address
      = redes_core_serve_stream (call->base.node->core, call->transfer_id, &call->base.error);
  redes_node_message_send_up (call, read_open_stream);
}

void
redes_node_open_stream_async (RedesNode *self,
                              RedesTransfer *transfer,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  GTask *task = redes_node_begin_task (self, cancellable, callback, user_data,
                                       redes_node_open_stream_async);
  OpenStreamCall *call;

  if (task == NULL)
    return;
  call = redes_node_message_new (OpenStreamCall, self, task, open_stream_call_clear);
  call->transfer_id = redes_transfer_get_id (transfer);
  redes_node_message_send_down (call, run_open_stream);
}

char *
redes_node_open_stream_finish (RedesNode *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
