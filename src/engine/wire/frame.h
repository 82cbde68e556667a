/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/wire/message.h"

G_BEGIN_DECLS

/*
 * Frames: length (u32, big endian; type and body) | type (u8) | body.
 */

/* The frame up to the block's bytes, which follow it: frame header, block header, proof. */
GBytes *redes_block_header_encode (const RedesBlockHeader *header, guint32 data_len);

/**
 * RedesFrameReader:
 *
 * Puts frames together from a stream. It says where the next bytes belong, so that a block goes
 * from the socket into the buffer in which it is verified, written and cached, without a copy. It
 * checks size, type and whether the type may come on this link before it allocates anything. No
 * sockets.
 */
typedef struct _RedesFrameReader RedesFrameReader;

RedesFrameReader *redes_frame_reader_new (RedesLinkKind link);
void redes_frame_reader_free (RedesFrameReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesFrameReader, redes_frame_reader_free)

/* The longest block that may come, in bytes; 0 (at first): nothing was asked for, so a BLOCK is an
 * violation. */
void redes_frame_reader_set_max_block (RedesFrameReader *self, guint32 max_block);

/**
 * RedesFrameGate:
 * @type: a known one that may come on this link
 *
 * Asked when a frame's header has come and before memory is set aside for its body. Must not touch
 * the reader.
 *
 * Returns: the most bytes that its body may have now; 0: it may not come now; G_MAXSIZE: the type's
 *   own limit is enough
 */
typedef gsize (*RedesFrameGate) (guint8 type, gpointer user_data);

/* @gate: (nullable) */
void redes_frame_reader_set_gate (RedesFrameReader *self, RedesFrameGate gate, gpointer user_data);

/* How long the body is that has begun, or begins with the next byte; 0 between two frames, and for
 * a frame that is skipped. */
gsize redes_frame_reader_get_body_size (RedesFrameReader *self);

/* Where to put the next bytes and how many at most (never 0). */
guint8 *redes_frame_reader_get_space (RedesFrameReader *self, gsize *len);

/**
 * RedesFrameStatus:
 * @REDES_FRAME_MORE: get_space() again
 * @REDES_FRAME_READY: a message was handed out
 * @REDES_FRAME_VIOLATION: the remote broke the protocol; the reader is of no more use
 */
typedef enum
{
  REDES_FRAME_MORE,
  REDES_FRAME_READY,
  REDES_FRAME_VIOLATION,
} RedesFrameStatus;

/**
 * redes_frame_reader_advance:
 * @n: how many bytes were put there
 * @message: (out caller-allocates): set when READY; for redes_message_clear(). Unknown optional
 *   ones are skipped, not shown
 */
RedesFrameStatus
redes_frame_reader_advance (RedesFrameReader *self, gsize n, RedesMessage *message, GError **error);

/* How many bytes have come of the BLOCK that is on its way, and which it is; 0: none is. */
gsize redes_frame_reader_get_block_progress (RedesFrameReader *self,
                                             RedesContentId *content,
                                             guint32 *index);

/* Whether the stream stands between two frames: the only place where it may end. */
gboolean redes_frame_reader_is_idle (RedesFrameReader *self);

G_END_DECLS
