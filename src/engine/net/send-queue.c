/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/net/send-queue.h"

/* A frame: @head, then for a block its bytes. */
typedef struct _RedesOutgoing
{
  GBytes *head;
  GBytes *data;
  RedesContentId content;
  guint32 index;
} Outgoing;

static void
outgoing_free (Outgoing *item)
{
  g_bytes_unref (item->head);
  g_clear_pointer (&item->data, g_bytes_unref);
  g_free (item);
}

static gsize
outgoing_get_size (const Outgoing *item)
{
  return g_bytes_get_size (item->head) + (item->data != NULL ? g_bytes_get_size (item->data) : 0);
}

void
redes_send_queue_clear (RedesSendQueue *self)
{
  g_clear_pointer (&self->current, outgoing_free);
  g_queue_clear_full (&self->control, (GDestroyNotify)outgoing_free);
  self->control_bytes = 0;
  redes_send_queue_clear_bulk (self);
  self->bulk_bytes = 0;
}

void
redes_send_queue_clear_bulk (RedesSendQueue *self)
{
  Outgoing *item;

  while ((item = g_queue_pop_head (&self->bulk)) != NULL)
    {
      self->bulk_bytes -= outgoing_get_size (item);
      outgoing_free (item);
    }
}

gboolean
redes_send_queue_is_empty (RedesSendQueue *self)
{
  return self->current == NULL && g_queue_is_empty (&self->control)
         && g_queue_is_empty (&self->bulk);
}

void
redes_send_queue_add_control (RedesSendQueue *self, GBytes *frame)
{
  Outgoing *item = g_new0 (Outgoing, 1);

  item->head = frame;
  self->control_bytes += g_bytes_get_size (frame);
  g_queue_push_tail (&self->control, item);
}

void
redes_send_queue_add_block (RedesSendQueue *self, const RedesBlockHeader *header, GBytes *data)
{
  Outgoing *item = g_new0 (Outgoing, 1);

  item->head = redes_block_header_encode (header, g_bytes_get_size (data));
  item->data = g_bytes_ref (data);
  item->content = header->content;
  item->index = header->index;
  self->bulk_bytes += outgoing_get_size (item);
  g_queue_push_tail (&self->bulk, item);
}

gboolean
redes_send_queue_remove_block (RedesSendQueue *self, const RedesContentId *content, guint32 index)
{
  for (GList *l = self->bulk.head; l != NULL; l = l->next)
    {
      Outgoing *item = l->data;

      if (item->index != index || !redes_content_id_equal (&item->content, content))
        continue;
      self->bulk_bytes -= outgoing_get_size (item);
      g_queue_delete_link (&self->bulk, l);
      outgoing_free (item);
      return TRUE;
    }
  return FALSE;
}

const guint8 *
redes_send_queue_peek (RedesSendQueue *self, gsize *len, gboolean *is_bulk)
{
  gsize head_len;
  const guint8 *head;

  if (self->current == NULL)
    {
      self->current = g_queue_pop_head (&self->control);
      self->current_is_bulk = self->current == NULL;
      if (self->current == NULL)
        self->current = g_queue_pop_head (&self->bulk);
      self->current_offset = 0;
    }
  if (self->current == NULL)
    return NULL;

  *is_bulk = self->current_is_bulk;
  head = g_bytes_get_data (self->current->head, &head_len);
  if (self->current_offset < head_len)
    {
      *len = head_len - self->current_offset;
      return head + self->current_offset;
    }
  *len = outgoing_get_size (self->current) - self->current_offset;
  return (const guint8 *)g_bytes_get_data (self->current->data, NULL)
         + (self->current_offset - head_len);
}

gsize
redes_send_queue_get_held_bytes (const RedesSendQueue *self)
{
  gboolean is_begun = self->current != NULL && self->current_is_bulk;

  return self->bulk_bytes + (is_begun ? self->current_offset : 0);
}

void
redes_send_queue_advance (RedesSendQueue *self, gsize n)
{
  self->current_offset += n;
  if (self->current_is_bulk)
    self->bulk_bytes -= n;
  else
    self->control_bytes -= n;
  if (self->current_offset < outgoing_get_size (self->current))
    return;
  if (self->current_is_bulk)
    self->n_blocks_sent++;
  g_clear_pointer (&self->current, outgoing_free);
}
