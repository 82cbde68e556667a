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
 * Assembles frames from a stream. It provides the memory for the next bytes, so that a block is
 * read from the socket directly into the buffer in which it is verified, written and cached. Before
 * it allocates anything, it checks the size, the type and whether the type is allowed on this link.
 * It has no socket.
 */
typedef struct _RedesFrameReader RedesFrameReader;

RedesFrameReader *redes_frame_reader_new (RedesLinkKind link);
void redes_frame_reader_free (RedesFrameReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesFrameReader, redes_frame_reader_free)

/* Sets the longest block that the remote may send, in bytes; 0 (the initial value): no block was
 * requested, so a BLOCK is a protocol violation. */
void redes_frame_reader_set_max_block (RedesFrameReader *self, guint32 max_block);

/**
 * RedesFrameGate:
 * @type: a known type that is allowed on this link
 *
 * Called when the header of a frame has been received, before memory for its body is allocated. It
 * must not call functions of the reader.
 *
 * Returns: the most bytes that the body may have now; 0: the type is not allowed now; G_MAXSIZE:
 * the type's own limit applies
 */
typedef gsize (*RedesFrameGate) (guint8 type, gpointer user_data);

/* @gate: (nullable) */
void redes_frame_reader_set_gate (RedesFrameReader *self, RedesFrameGate gate, gpointer user_data);

/* Whether REGISTER and UPDATE are passed on as they came, after the gates of size, type and state
 * alone: their @undecoded and @serial are set (the latter to what stands in its place, 0 if nothing
 * does), and no other member. To decode one takes tens of milliseconds, which another thread can
 * spare more easily: redes_message_decode(). */
void redes_frame_reader_set_leave_files (RedesFrameReader *self, gboolean leave_files);

/* The size in bytes of the body of the present frame, whose header has been received; 0 between two
 * frames, and for a frame that is skipped. */
gsize redes_frame_reader_get_body_size (RedesFrameReader *self);

/* (transfer none): the memory for the next bytes. @len: (out): its size, 1 or more */
guint8 *redes_frame_reader_get_space (RedesFrameReader *self, gsize *len);

/**
 * RedesFrameStatus:
 * @REDES_FRAME_MORE: the frame is not complete, see redes_frame_reader_get_space()
 * @REDES_FRAME_READY: a message is complete
 * @REDES_FRAME_VIOLATION: the remote has violated the protocol; the reader can only be freed
 */
typedef enum
{
  REDES_FRAME_MORE,
  REDES_FRAME_READY,
  REDES_FRAME_VIOLATION,
} RedesFrameStatus;

/**
 * redes_frame_reader_advance:
 * @n: the number of bytes that were written into the space
 * @message: (out caller-allocates): set if READY is returned, to be cleared with
 *   redes_message_clear(). Unknown optional messages are skipped
 */
RedesFrameStatus
redes_frame_reader_advance (RedesFrameReader *self, gsize n, RedesMessage *message, GError **error);

/* Returns: the number of bytes received of a BLOCK that is not complete yet; 0: there is none.
 * @content, @index: (out): which block it is */
gsize redes_frame_reader_get_block_progress (RedesFrameReader *self,
                                             RedesContentId *content,
                                             guint32 *index);

/* Whether the stream is between two frames, the only place where it may end. */
gboolean redes_frame_reader_is_idle (RedesFrameReader *self);

G_END_DECLS
