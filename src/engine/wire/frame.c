/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/wire/frame.h"

#include "engine/base/buffer.h"
#include "engine/base/error.h"

#include <string.h>

#define FIRST_CAPACITY 4096
#define SKIP_SIZE 4096

/*
 * HEADER -> BODY -> HEADER                                a control message
 *        -> SKIP -> HEADER                                unknown, flagged optional
 *        -> BLOCK_HEADER -> PROOF -> DATA -> HEADER       a block
 *
 * and from anywhere to BROKEN, which has no way out.
 */
typedef enum
{
  PART_HEADER,
  PART_BODY,
  PART_SKIP,
  PART_BLOCK_HEADER,
  PART_PROOF,
  PART_DATA,
  PART_BROKEN,
} Part;

struct _RedesFrameReader
{
  RedesLinkKind link;
  guint32 max_block;
  gboolean leave_files;
  RedesFrameGate gate; /* nullable */
  gpointer gate_data;

  Part part;
  gsize need; /* bytes of this part */
  gsize got;

  guint8 type;
  gsize body_len;
  guint32 block_limit; /* max_block as it was when the frame began */

  guint8 header[REDES_FRAME_HEADER_SIZE];
  guint8 block_header[REDES_BLOCK_HEADER_SIZE];
  RedesBlockHeader block;
  guint8 *body;
  gsize body_capacity;
  guint8 *data;
  guint8 skip[SKIP_SIZE];
};

static void
begin_part (RedesFrameReader *self, Part part, gsize need)
{
  self->part = part;
  self->need = need;
  self->got = 0;
}

static gboolean
check_size (RedesFrameReader *self, guint32 length, GError **error)
{
  gsize max_body = redes_message_type_get_max_body (self->type);

  if (length == 0)
    {
      redes_set_error (error, REDES_WIRE_ERROR, REDES_WIRE_ERROR_SIZE, REDES_NOTICE_FRAME_NO_TYPE);
      return FALSE;
    }
  if (length - 1 > max_body)
    {
      redes_set_error (error, REDES_WIRE_ERROR, REDES_WIRE_ERROR_SIZE, REDES_NOTICE_FRAME_TOO_LARGE,
                       redes_message_type_get_name (self->type), length - 1, max_body);
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_state (RedesFrameReader *self, GError **error)
{
  if (!redes_message_type_may_come (self->type, self->link))
    {
      redes_set_error (error, REDES_WIRE_ERROR, REDES_WIRE_ERROR_STATE, REDES_NOTICE_FRAME_NOT_HERE,
                       redes_message_type_get_name (self->type));
      return FALSE;
    }
  if (self->type == REDES_MESSAGE_BLOCK && self->max_block == 0)
    {
      redes_set_error (error, REDES_WIRE_ERROR, REDES_WIRE_ERROR_STATE,
                       REDES_NOTICE_BLOCK_NOT_ASKED);
      return FALSE;
    }
  return TRUE;
}

/* What the owner expects now: an answer that nobody asked for must not cost memory. */
static gboolean
check_gate (RedesFrameReader *self, GError **error)
{
  gsize max_body = self->gate != NULL ? self->gate (self->type, self->gate_data) : G_MAXSIZE;

  if (max_body == 0)
    {
      redes_set_error (error, REDES_WIRE_ERROR, REDES_WIRE_ERROR_STATE,
                       REDES_NOTICE_FRAME_NOT_ASKED, redes_message_type_get_name (self->type));
      return FALSE;
    }
  if (self->body_len > max_body)
    {
      redes_set_error (error, REDES_WIRE_ERROR, REDES_WIRE_ERROR_SIZE,
                       REDES_NOTICE_FRAME_LARGER_THAN_ASKED,
                       redes_message_type_get_name (self->type), self->body_len, max_body);
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_data_size (RedesFrameReader *self, gsize data_len, GError **error)
{
  if (data_len <= self->block_limit)
    return TRUE;
  redes_set_error (error, REDES_WIRE_ERROR, REDES_WIRE_ERROR_SIZE, REDES_NOTICE_BLOCK_TOO_LARGE,
                   data_len, self->block_limit);
  return FALSE;
}

static gboolean
begin_block (RedesFrameReader *self, GError **error)
{
  const gsize max_head = REDES_BLOCK_HEADER_SIZE + REDES_WIRE_MAX_PROOF * REDES_DIGEST_SIZE;

  self->block_limit = self->max_block;
  if (self->body_len <= REDES_BLOCK_HEADER_SIZE)
    {
      redes_set_error (error, REDES_WIRE_ERROR, REDES_WIRE_ERROR_SHAPE, REDES_NOTICE_BLOCK_EMPTY);
      return FALSE;
    }
  /* How long the proof is comes later; what no proof can explain is refused now. */
  if (self->body_len > max_head && !check_data_size (self, self->body_len - max_head, error))
    return FALSE;
  begin_part (self, PART_BLOCK_HEADER, REDES_BLOCK_HEADER_SIZE);
  return TRUE;
}

/* The gates, in PROTOCOL.md's order; nothing is allocated before all are passed. */
static gboolean
finish_header (RedesFrameReader *self, GError **error)
{
  guint32 length;

  memcpy (&length, self->header, sizeof length);
  length = GUINT32_FROM_BE (length);
  self->type = self->header[4];

  if (!check_size (self, length, error))
    return FALSE;
  self->body_len = length - 1;

  if (!redes_message_type_is_known (self->type))
    {
      if ((self->type & REDES_MESSAGE_OPTIONAL) != 0)
        {
          begin_part (self, PART_SKIP, self->body_len);
          return TRUE;
        }
      redes_set_error (error, REDES_WIRE_ERROR, REDES_WIRE_ERROR_TYPE,
                       REDES_NOTICE_FRAME_UNKNOWN_TYPE, self->type);
      return FALSE;
    }
  if (!check_state (self, error) || !check_gate (self, error))
    return FALSE;
  if (self->type == REDES_MESSAGE_BLOCK)
    return begin_block (self, error);

  begin_part (self, PART_BODY, self->body_len);
  return TRUE;
}

static gboolean
finish_block_header (RedesFrameReader *self, GError **error)
{
  const guint8 *at = self->block_header;
  gsize proof_len, rest;
  guint64 size;
  guint32 index;

  memcpy (self->block.content.root.bytes, at, REDES_DIGEST_SIZE);
  at += REDES_DIGEST_SIZE;
  memcpy (&size, at, sizeof size);
  self->block.content.size_bytes = GUINT64_FROM_BE (size);
  at += sizeof size;
  memcpy (&index, at, sizeof index);
  self->block.index = GUINT32_FROM_BE (index);
  at += sizeof index;
  self->block.n_proof = *at;

  if (self->block.n_proof > REDES_WIRE_MAX_PROOF)
    {
      redes_set_error (error, REDES_WIRE_ERROR, REDES_WIRE_ERROR_VALUE, REDES_NOTICE_BLOCK_PROOF,
                       self->block.n_proof, REDES_WIRE_MAX_PROOF);
      return FALSE;
    }
  if (self->block.content.size_bytes > REDES_WIRE_MAX_FILE_SIZE)
    {
      redes_set_error (error, REDES_WIRE_ERROR, REDES_WIRE_ERROR_VALUE,
                       REDES_NOTICE_BLOCK_FILE_SIZE, self->block.content.size_bytes);
      return FALSE;
    }
  if (self->block.index >= REDES_WIRE_MAX_BLOCKS)
    {
      redes_set_error (error, REDES_WIRE_ERROR, REDES_WIRE_ERROR_VALUE, REDES_NOTICE_BLOCK_INDEX,
                       self->block.index);
      return FALSE;
    }
  proof_len = (gsize)self->block.n_proof * REDES_DIGEST_SIZE;
  rest = self->body_len - REDES_BLOCK_HEADER_SIZE;
  if (rest <= proof_len)
    {
      redes_set_error (error, REDES_WIRE_ERROR, REDES_WIRE_ERROR_SHAPE, REDES_NOTICE_BLOCK_EMPTY);
      return FALSE;
    }
  if (!check_data_size (self, rest - proof_len, error))
    return FALSE;

  begin_part (self, PART_PROOF, proof_len);
  return TRUE;
}

static void
finish_proof (RedesFrameReader *self)
{
  gsize data_len = self->body_len - REDES_BLOCK_HEADER_SIZE - self->need;

  self->data = redes_buffer_alloc (data_len);
  begin_part (self, PART_DATA, data_len);
}

static gboolean
is_left_undecoded (RedesFrameReader *self)
{
  return self->leave_files
         && (self->type == REDES_MESSAGE_REGISTER || self->type == REDES_MESSAGE_UPDATE);
}

/* The serial is a body's first member, so it stands at its beginning. */
static void
hand_out_undecoded (RedesFrameReader *self, GBytes *bytes, RedesMessage *message)
{
  gsize size;
  const void *data = g_bytes_get_data (bytes, &size);
  guint32 serial = 0;

  if (size >= sizeof serial)
    memcpy (&serial, data, sizeof serial);
  message->type = self->type;
  message->undecoded = g_bytes_ref (bytes);
  message->serial = GUINT32_FROM_LE (serial);
}

static gboolean
finish_body (RedesFrameReader *self, RedesMessage *message, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_steal_pointer (&self->body), self->got);

  self->body_capacity = 0;
  if (is_left_undecoded (self))
    hand_out_undecoded (self, bytes, message);
  else if (!redes_message_decode (self->type, bytes, message, error))
    return FALSE;
  begin_part (self, PART_HEADER, REDES_FRAME_HEADER_SIZE);
  return TRUE;
}

static void
finish_data (RedesFrameReader *self, RedesMessage *message)
{
  message->type = self->type;
  message->block.header = self->block;
  message->block.data
      = redes_buffer_to_bytes (g_steal_pointer (&self->data), self->need, self->got);
  begin_part (self, PART_HEADER, REDES_FRAME_HEADER_SIZE);
}

/* What follows from a part that is complete. */
static RedesFrameStatus
finish_part (RedesFrameReader *self, RedesMessage *message, GError **error)
{
  switch (self->part)
    {
    case PART_HEADER:
      return finish_header (self, error) ? REDES_FRAME_MORE : REDES_FRAME_VIOLATION;
    case PART_BODY:
      return finish_body (self, message, error) ? REDES_FRAME_READY : REDES_FRAME_VIOLATION;
    case PART_SKIP:
      begin_part (self, PART_HEADER, REDES_FRAME_HEADER_SIZE);
      return REDES_FRAME_MORE;
    case PART_BLOCK_HEADER:
      return finish_block_header (self, error) ? REDES_FRAME_MORE : REDES_FRAME_VIOLATION;
    case PART_PROOF:
      finish_proof (self);
      return REDES_FRAME_MORE;
    case PART_DATA:
      finish_data (self, message);
      return REDES_FRAME_READY;
    case PART_BROKEN:
      break;
    }
  g_return_val_if_reached (REDES_FRAME_VIOLATION);
}

/*
 * A body's memory grows as its bytes come: who announces a long one and sends nothing must not make
 * us pay for it.
 */
static guint8 *
get_body_space (RedesFrameReader *self, gsize *len)
{
  if (self->got == self->body_capacity)
    {
      gsize wanted = self->got == 0 ? FIRST_CAPACITY : 2 * self->got;

      self->body_capacity = MIN (wanted, self->need);
      self->body = g_realloc (self->body, self->body_capacity);
    }
  *len = self->body_capacity - self->got;
  return self->body + self->got;
}

static guint8 *
get_start (RedesFrameReader *self)
{
  switch (self->part)
    {
    case PART_HEADER:
      return self->header;
    case PART_BLOCK_HEADER:
      return self->block_header;
    case PART_PROOF:
      return self->block.proof[0].bytes;
    default:
      return self->data;
    }
}

RedesFrameReader *
redes_frame_reader_new (RedesLinkKind link)
{
  RedesFrameReader *self = g_new0 (RedesFrameReader, 1);

  self->link = link;
  begin_part (self, PART_HEADER, REDES_FRAME_HEADER_SIZE);
  return self;
}

void
redes_frame_reader_free (RedesFrameReader *self)
{
  g_free (self->body);
  if (self->data != NULL)
    redes_buffer_free (self->data, self->need);
  g_free (self);
}

void
redes_frame_reader_set_max_block (RedesFrameReader *self, guint32 max_block)
{
  self->max_block = MIN (max_block, REDES_WIRE_MAX_BLOCK);
}

void
redes_frame_reader_set_gate (RedesFrameReader *self, RedesFrameGate gate, gpointer user_data)
{
  self->gate = gate;
  self->gate_data = user_data;
}

void
redes_frame_reader_set_leave_files (RedesFrameReader *self, gboolean leave_files)
{
  self->leave_files = leave_files;
}

gsize
redes_frame_reader_get_body_size (RedesFrameReader *self)
{
  switch (self->part)
    {
    case PART_HEADER:
    case PART_SKIP:
    case PART_BROKEN:
      return 0;
    default:
      return self->body_len;
    }
}

guint8 *
redes_frame_reader_get_space (RedesFrameReader *self, gsize *len)
{
  switch (self->part)
    {
    case PART_BODY:
      return get_body_space (self, len);
    case PART_SKIP:
    case PART_BROKEN:
      *len = MIN (self->need - self->got, SKIP_SIZE);
      return self->skip;
    default:
      *len = self->need - self->got;
      return get_start (self) + self->got;
    }
}

RedesFrameStatus
redes_frame_reader_advance (RedesFrameReader *self, gsize n, RedesMessage *message, GError **error)
{
  g_return_val_if_fail (n <= self->need - self->got, REDES_FRAME_VIOLATION);

  memset (message, 0, sizeof *message);
  if (self->part == PART_BROKEN)
    {
      redes_set_error (error, REDES_WIRE_ERROR, REDES_WIRE_ERROR_STATE,
                       REDES_NOTICE_FRAME_AFTER_VIOLATION);
      return REDES_FRAME_VIOLATION;
    }
  self->got += n;
  /* A part may be empty (a file of one block has no proof), so one may end as it begins. */
  while (self->got == self->need)
    {
      RedesFrameStatus status = finish_part (self, message, error);

      if (status == REDES_FRAME_VIOLATION)
        begin_part (self, PART_BROKEN, SKIP_SIZE);
      if (status != REDES_FRAME_MORE)
        return status;
    }
  return REDES_FRAME_MORE;
}

gboolean
redes_frame_reader_is_idle (RedesFrameReader *self)
{
  return self->part == PART_HEADER && self->got == 0;
}

gsize
redes_frame_reader_get_block_progress (RedesFrameReader *self,
                                       RedesContentId *content,
                                       guint32 *index)
{
  if (self->part != PART_DATA)
    return 0;
  *content = self->block.content;
  *index = self->block.index;
  return self->got;
}

GBytes *
redes_block_header_encode (const RedesBlockHeader *header, guint32 data_len)
{
  gsize proof_len = (gsize)header->n_proof * REDES_DIGEST_SIZE;
  gsize size = REDES_FRAME_HEADER_SIZE + REDES_BLOCK_HEADER_SIZE + proof_len;
  guint8 *frame, *at;
  guint64 file_size = GUINT64_TO_BE (header->content.size_bytes);
  guint32 length, index = GUINT32_TO_BE (header->index);

  g_assert (header->n_proof <= REDES_WIRE_MAX_PROOF);
  g_assert (data_len >= 1 && data_len <= REDES_WIRE_MAX_BLOCK);

  frame = at = g_malloc (size);
  length = GUINT32_TO_BE ((guint32)(size - sizeof length + data_len));
  memcpy (at, &length, sizeof length);
  at += sizeof length;
  *at++ = REDES_MESSAGE_BLOCK;
  memcpy (at, header->content.root.bytes, REDES_DIGEST_SIZE);
  at += REDES_DIGEST_SIZE;
  memcpy (at, &file_size, sizeof file_size);
  at += sizeof file_size;
  memcpy (at, &index, sizeof index);
  at += sizeof index;
  *at++ = header->n_proof;
  memcpy (at, header->proof, proof_len);
  return g_bytes_new_take (frame, size);
}
