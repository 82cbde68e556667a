/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/wire/frame.h"

G_BEGIN_DECLS

/**
 * RedesSendQueue:
 *
 * A queue of outgoing frames: control messages, which are sent first, and blocks. A frame whose
 * sending has begun is sent completely before another. It is a plain value inside its owner; all
 * zeroes is an empty queue.
 */
typedef struct
{
  GQueue control;
  GQueue bulk;
  gsize control_bytes;
  gsize bulk_bytes;
  struct _RedesOutgoing *current;
  gsize current_offset;
  gboolean current_is_bulk;
  guint64 n_blocks_sent; /* the blocks that were sent completely */
} RedesSendQueue;

void redes_send_queue_clear (RedesSendQueue *self);
/* Drops the blocks whose sending has not begun. */
void redes_send_queue_clear_bulk (RedesSendQueue *self);
gboolean redes_send_queue_is_empty (RedesSendQueue *self);

/* @frame: (transfer full) */
void redes_send_queue_add_control (RedesSendQueue *self, GBytes *frame);
void
redes_send_queue_add_block (RedesSendQueue *self, const RedesBlockHeader *header, GBytes *data);
/* Returns: %FALSE if the block is not there, because it was sent or its sending has begun */
gboolean
redes_send_queue_remove_block (RedesSendQueue *self, const RedesContentId *content, guint32 index);

/**
 * redes_send_queue_peek:
 * @len: (out): the number of contiguous bytes, 1 or more
 * @is_bulk: (out): whether they belong to a block
 *
 * Returns: (nullable) (transfer none): the bytes to be sent next; %NULL if the queue is empty
 */
const guint8 *redes_send_queue_peek (RedesSendQueue *self, gsize *len, gboolean *is_bulk);

/* The memory in bytes that the blocks take; a block whose sending has begun counts completely. */
gsize redes_send_queue_get_held_bytes (const RedesSendQueue *self);

/* Removes @n bytes of those that redes_send_queue_peek() has returned. */
void redes_send_queue_advance (RedesSendQueue *self, gsize n);

G_END_DECLS
