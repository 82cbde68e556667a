/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/wire/frame.h"

G_BEGIN_DECLS

/**
 * RedesSendQueue:
 *
 * Frames on their way out: control messages, which go first, and blocks. A frame that has been
 * begun is sent to its end. A plain value for its owner; all zeroes is an empty queue.
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
  guint64 n_blocks_sent; /* to their ends */
} RedesSendQueue;

void redes_send_queue_clear (RedesSendQueue *self);
/* Drops the blocks that have not been begun. */
void redes_send_queue_clear_bulk (RedesSendQueue *self);
gboolean redes_send_queue_is_empty (RedesSendQueue *self);

/* @frame: (transfer full) */
void redes_send_queue_add_control (RedesSendQueue *self, GBytes *frame);
void
redes_send_queue_add_block (RedesSendQueue *self, const RedesBlockHeader *header, GBytes *data);
/* Returns: %FALSE if it is not there: sent, or begun. */
gboolean
redes_send_queue_remove_block (RedesSendQueue *self, const RedesContentId *content, guint32 index);

/**
 * redes_send_queue_peek:
 * @len: (out): how many bytes there are in one piece, never 0
 * @is_bulk: (out): whether they belong to a block
 *
 * Returns: (nullable): the bytes that come next; %NULL when nothing waits
 */
const guint8 *redes_send_queue_peek (RedesSendQueue *self, gsize *len, gboolean *is_bulk);

/* What the blocks in it take in memory, in bytes: one that has been begun counts whole. */
gsize redes_send_queue_get_held_bytes (const RedesSendQueue *self);

/* @n of them were sent. */
void redes_send_queue_advance (RedesSendQueue *self, gsize n);

G_END_DECLS
