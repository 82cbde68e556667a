/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/wire/message.h"

G_BEGIN_DECLS

/*
 * Frames: length (u32, big endian; type and body) | type (u8) | body.
 */

#define REDES_FRAME_HEADER_SIZE 5
#define REDES_MAX_CONTROL_BODY (64u * 1024)
#define REDES_MAX_LIST_BODY (1024u * 1024)
#define REDES_WIRE_MAX_BLOCK (4096u * 1024)
/* 2^48 bytes in blocks of 4 MiB: proofs of 26 digests */
#define REDES_WIRE_MAX_BLOCKS (1u << 26)
#define REDES_WIRE_MAX_PROOF 26
#define REDES_WIRE_MAX_FILE_SIZE (G_GUINT64_CONSTANT (1) << 48)
/* Contents that one FIND or SOURCES asks for, and peers that HOLDERS names for each. */
#define REDES_WIRE_MAX_FIND 1000u
#define REDES_WIRE_MAX_HOLDERS 200u
/* content (root, size), index, number of digests in the proof; integers are big endian */
#define REDES_BLOCK_HEADER_SIZE (REDES_DIGEST_SIZE + 8 + 4 + 1)

/**
 * RedesBlockHeader:
 *
 * What stands before a block's bytes.
 */
typedef struct
{
  RedesContentId content;
  guint32 index;
  guint8 n_proof;
  RedesDigest proof[REDES_WIRE_MAX_PROOF];
} RedesBlockHeader;

/* The frame up to the block's bytes, which follow it: frame header, block header, proof. */
GBytes *redes_block_header_encode (const RedesBlockHeader *header, guint32 data_len);

/**
 * RedesFrame:
 * @type: one that may come on this link (unknown optional ones are skipped, not shown)
 * @body: (nullable): the checked body in the machine's byte order; %NULL for BLOCK
 * @block: for BLOCK
 * @data: (nullable): BLOCK's bytes
 */
typedef struct
{
  guint8 type;
  GVariant *body;
  RedesBlockHeader block;
  GBytes *data;
} RedesFrame;

void redes_frame_clear (RedesFrame *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RedesFrame, redes_frame_clear)

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
 * @REDES_FRAME_READY: a frame was handed out
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
 * @frame: (out caller-allocates): set when READY; for redes_frame_clear()
 */
RedesFrameStatus
redes_frame_reader_advance (RedesFrameReader *self, gsize n, RedesFrame *frame, GError **error);

/* How many bytes have come of the BLOCK that is on its way, and which it is; 0: none is. */
gsize redes_frame_reader_get_block_progress (RedesFrameReader *self,
                                             RedesContentId *content,
                                             guint32 *index);

/* Whether the stream stands between two frames: the only place where it may end. */
gboolean redes_frame_reader_is_idle (RedesFrameReader *self);

G_END_DECLS
