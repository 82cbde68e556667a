/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/wire/frame.h"
#include "engine/wire/body.h"

#include <string.h>

#define KIB 1024u

/* What one stream of bytes led to. */
typedef struct
{
  GString *frames; /* "PING REQUEST BLOCK:5 " */
  gboolean idle;   /* at the end */
  GError *error;
} Outcome;

static void
outcome_clear (Outcome *self)
{
  g_string_free (self->frames, TRUE);
  g_clear_error (&self->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Outcome, outcome_clear)

static void
note_frame (Outcome *outcome, const RedesMessage *frame)
{
  g_string_append (outcome->frames, redes_message_type_get_name (frame->type));
  if (frame->type == REDES_MESSAGE_BLOCK)
    {
      g_assert_null (frame->body);
      g_string_append_printf (outcome->frames, ":%" G_GSIZE_FORMAT,
                              g_bytes_get_size (frame->block.data));
    }
  else
    {
      g_assert_true (frame->type == REDES_MESSAGE_PING || frame->body != NULL);
    }
  g_string_append_c (outcome->frames, ' ');
}

/* Hands @data over in pieces of at most @first bytes once, then of at most @step. */
static void
feed (RedesFrameReader *reader,
      const guint8 *data,
      gsize len,
      gsize first,
      gsize step,
      Outcome *outcome)
{
  gsize at = 0, piece = first;

  outcome->frames = g_string_new (NULL);
  outcome->error = NULL;
  while (at < len && outcome->error == NULL)
    {
      g_auto (RedesMessage) frame = { 0 };
      gsize room, left = MIN (piece, len - at);

      while (left > 0 && outcome->error == NULL)
        {
          guint8 *space = redes_frame_reader_get_space (reader, &room);
          gsize n = MIN (room, left);

          g_assert_cmpuint (room, >, 0);
          memcpy (space, data + at, n);
          at += n;
          left -= n;
          switch (redes_frame_reader_advance (reader, n, &frame, &outcome->error))
            {
            case REDES_FRAME_READY:
              g_assert_no_error (outcome->error);
              note_frame (outcome, &frame);
              redes_message_clear (&frame);
              break;
            case REDES_FRAME_MORE:
              g_assert_no_error (outcome->error);
              break;
            case REDES_FRAME_VIOLATION:
              g_assert_nonnull (redes_wire_error_get_violation (outcome->error));
              break;
            }
        }
      piece = step;
    }
  outcome->idle = redes_frame_reader_is_idle (reader);
}

static void
read_all (RedesLinkKind link,
          guint32 max_block,
          GBytes *stream,
          gsize first,
          gsize step,
          Outcome *outcome)
{
  g_autoptr (RedesFrameReader) reader = redes_frame_reader_new (link);
  gsize len;
  const guint8 *data = g_bytes_get_data (stream, &len);

  redes_frame_reader_set_max_block (reader, max_block);
  g_assert_true (redes_frame_reader_is_idle (reader));
  feed (reader, data, len, first, step, outcome);
}

static void
append_bytes (GByteArray *stream, GBytes *bytes)
{
  gsize len;
  gconstpointer data = g_bytes_get_data (bytes, &len);

  g_byte_array_append (stream, data, len);
  g_bytes_unref (bytes);
}

static void
append_header (GByteArray *stream, guint32 length, guint8 type)
{
  guint32 big = GUINT32_TO_BE (length);

  g_byte_array_append (stream, (const guint8 *)&big, 4);
  g_byte_array_append (stream, &type, 1);
}

static void
append_unknown (GByteArray *stream, guint8 type, gsize body_len)
{
  g_autofree guint8 *body = g_malloc0 (body_len + 1);

  append_header (stream, body_len + 1, type);
  g_byte_array_append (stream, body, body_len);
}

static RedesBlockHeader
new_block_header (guint32 index, guint8 n_proof)
{
  RedesBlockHeader header = { .index = index, .n_proof = n_proof };

  memset (&header.content.root, 0xc0, sizeof header.content.root);
  header.content.size_bytes = 0x123456789a;
  for (guint i = 0; i < n_proof; i++)
    memset (&header.proof[i], (int)i + 1, sizeof header.proof[i]);
  return header;
}

static void
append_block (GByteArray *stream, guint32 index, guint8 n_proof, gsize len)
{
  RedesBlockHeader header = new_block_header (index, n_proof);
  g_autofree guint8 *data = g_malloc (len);

  memset (data, 0xda, len);
  append_bytes (stream, redes_block_header_encode (&header, len));
  g_byte_array_append (stream, data, len);
}

static void
append_request (GByteArray *stream)
{
  RedesContentId content = { { { 7 } }, 9 };

  append_bytes (stream, redes_body_encode (
                            REDES_MESSAGE_REQUEST,
                            g_variant_new ("(@(ayt)u)", redes_body_new_content (&content), 3)));
}

static void
append_ping (GByteArray *stream)
{
  append_bytes (stream, redes_body_encode (REDES_MESSAGE_PING, g_variant_new ("(t)", (guint64)9)));
}

static GBytes *
new_dialogue (void)
{
  GByteArray *stream = g_byte_array_new ();

  append_ping (stream);
  append_block (stream, 0, 0, 1);
  append_unknown (stream, 0xff, 0);
  append_request (stream);
  append_unknown (stream, 0x80, 9);
  append_block (stream, 5, 3, 40);
  append_request (stream);
  return g_byte_array_free_to_bytes (stream);
}

#define DIALOGUE "PING BLOCK:1 REQUEST BLOCK:40 REQUEST "

static void
test_pieces (void)
{
  g_autoptr (GBytes) stream = new_dialogue ();

  for (gsize step = 1; step <= g_bytes_get_size (stream); step++)
    {
      g_auto (Outcome) outcome = { 0 };

      read_all (REDES_LINK_PEER, 40, stream, step, step, &outcome);
      g_assert_no_error (outcome.error);
      g_assert_cmpstr (outcome.frames->str, ==, DIALOGUE);
      g_assert_true (outcome.idle);
    }
}

static void
test_splits (void)
{
  g_autoptr (GBytes) stream = new_dialogue ();

  for (gsize first = 1; first < g_bytes_get_size (stream); first++)
    {
      g_auto (Outcome) outcome = { 0 };

      read_all (REDES_LINK_PEER, 40, stream, first, G_MAXSIZE, &outcome);
      g_assert_no_error (outcome.error);
      g_assert_cmpstr (outcome.frames->str, ==, DIALOGUE);
      g_assert_true (outcome.idle);
    }
}

/* The stream may end between two frames and nowhere else. */
static void
test_idle (void)
{
  g_autoptr (GBytes) stream = new_dialogue ();
  guint n_idle = 0;

  for (gsize len = 0; len <= g_bytes_get_size (stream); len++)
    {
      g_autoptr (GBytes) part = g_bytes_new_from_bytes (stream, 0, len);
      g_auto (Outcome) outcome = { 0 };

      read_all (REDES_LINK_PEER, 40, part, G_MAXSIZE, G_MAXSIZE, &outcome);
      g_assert_no_error (outcome.error);
      n_idle += outcome.idle;
    }
  g_assert_cmpuint (n_idle, ==, 8); /* before the first, and after each of seven */
}

typedef enum
{
  PING_FRAME,
  REQUEST_FRAME,
  BLOCK_FRAME,   /* one digest, argument = bytes of data */
  INDEX_FRAME,   /* BLOCK with argument as index */
  UNKNOWN_FRAME, /* argument = bytes of body */
  RAW_FRAME,     /* only a header; argument = length field */
} FrameKind;

static const struct
{
  const char *name;
  RedesLinkKind link;
  guint32 max_block;
  FrameKind kind;
  guint8 type;
  guint32 argument;
  int code; /* -1: not an violation */
} gates[] = {
  { "empty", REDES_LINK_PEER, 0, RAW_FRAME, 2, 0, REDES_WIRE_ERROR_SIZE },
  { "4 GiB", REDES_LINK_PEER, 0, RAW_FRAME, 2, G_MAXUINT32, REDES_WIRE_ERROR_SIZE },
  { "4 GiB block", REDES_LINK_PEER, 4096 * KIB, RAW_FRAME, 23, G_MAXUINT32, REDES_WIRE_ERROR_SIZE },
  { "4 GiB unknown", REDES_LINK_PEER, 0, RAW_FRAME, 0x99, G_MAXUINT32, REDES_WIRE_ERROR_SIZE },
  { "control limit", REDES_LINK_PEER, 0, RAW_FRAME, 1, 64 * KIB + 1, -1 },
  { "control limit + 1", REDES_LINK_PEER, 0, RAW_FRAME, 1, 64 * KIB + 2, REDES_WIRE_ERROR_SIZE },
  { "list limit", REDES_LINK_TRACKER, 0, RAW_FRAME, 48, KIB *KIB + 1, -1 },
  { "list limit + 1", REDES_LINK_TRACKER, 0, RAW_FRAME, 48, KIB *KIB + 2, REDES_WIRE_ERROR_SIZE },
  { "bits limit", REDES_LINK_PEER, 0, RAW_FRAME, 20, 8 * KIB *KIB + 65, -1 },
  { "bits limit + 1", REDES_LINK_PEER, 0, RAW_FRAME, 20, 8 * KIB *KIB + 66, REDES_WIRE_ERROR_SIZE },
  { "unknown", REDES_LINK_PEER, 0, UNKNOWN_FRAME, 77, 3, REDES_WIRE_ERROR_TYPE },
  { "type 0", REDES_LINK_PEER, 0, UNKNOWN_FRAME, 0, 3, REDES_WIRE_ERROR_TYPE },
  { "optional", REDES_LINK_PEER, 0, UNKNOWN_FRAME, 0x80, 64 * KIB, -1 },
  { "optional, too long", REDES_LINK_PEER, 0, UNKNOWN_FRAME, 0x80, 64 * KIB + 1,
    REDES_WIRE_ERROR_SIZE },
  { "optional to tracker", REDES_LINK_TRACKER, 0, UNKNOWN_FRAME, 0xc0, 5000, -1 },
  { "ping to client", REDES_LINK_CLIENT, 0, PING_FRAME, 0, 0, -1 },
  { "request to tracker", REDES_LINK_TRACKER, 0, REQUEST_FRAME, 0, 0, REDES_WIRE_ERROR_STATE },
  { "request to client", REDES_LINK_CLIENT, 0, REQUEST_FRAME, 0, 0, REDES_WIRE_ERROR_STATE },
  { "register to peer", REDES_LINK_PEER, 0, RAW_FRAME, 48, 9, REDES_WIRE_ERROR_STATE },
  { "results to tracker", REDES_LINK_TRACKER, 0, RAW_FRAME, 53, 9, REDES_WIRE_ERROR_STATE },
  { "block, not asked", REDES_LINK_PEER, 0, BLOCK_FRAME, 0, 10, REDES_WIRE_ERROR_STATE },
  { "block to tracker", REDES_LINK_TRACKER, 10, BLOCK_FRAME, 0, 10, REDES_WIRE_ERROR_STATE },
  { "block, as long as asked", REDES_LINK_PEER, 10, BLOCK_FRAME, 0, 10, -1 },
  { "block, longer", REDES_LINK_PEER, 10, BLOCK_FRAME, 0, 11, REDES_WIRE_ERROR_SIZE },
  { "block, far longer", REDES_LINK_PEER, 10, BLOCK_FRAME, 0, 5000, REDES_WIRE_ERROR_SIZE },
  { "block, greatest", REDES_LINK_PEER, G_MAXUINT32, BLOCK_FRAME, 0, 4096 * KIB, -1 },
  { "block index", REDES_LINK_PEER, 10, INDEX_FRAME, 0, (1u << 26) - 1, -1 },
  { "block index + 1", REDES_LINK_PEER, 10, INDEX_FRAME, 0, 1u << 26, REDES_WIRE_ERROR_VALUE },
};

static GBytes *
new_gate_stream (FrameKind kind, guint8 type, guint32 argument)
{
  GByteArray *stream = g_byte_array_new ();

  switch (kind)
    {
    case PING_FRAME:
      append_ping (stream);
      break;
    case REQUEST_FRAME:
      append_request (stream);
      break;
    case BLOCK_FRAME:
      append_block (stream, 0, 1, argument);
      break;
    case INDEX_FRAME:
      append_block (stream, argument, 0, 10);
      break;
    case UNKNOWN_FRAME:
      append_unknown (stream, type, argument);
      break;
    case RAW_FRAME:
      append_header (stream, argument, type);
      break;
    }
  return g_byte_array_free_to_bytes (stream);
}

static void
test_gates (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (gates); i++)
    {
      g_autoptr (GBytes) stream = new_gate_stream (gates[i].kind, gates[i].type, gates[i].argument);
      g_auto (Outcome) outcome = { 0 };

      g_test_message ("%s", gates[i].name);
      read_all (gates[i].link, gates[i].max_block, stream, G_MAXSIZE, G_MAXSIZE, &outcome);
      if (gates[i].code == -1)
        g_assert_no_error (outcome.error);
      else
        g_assert_error (outcome.error, REDES_WIRE_ERROR, gates[i].code);
      if (gates[i].code == -1 && gates[i].kind != RAW_FRAME)
        g_assert_true (outcome.idle);
    }
}

/* BLOCKs that redes_block_header_encode() would not make. */
static void
test_bad_blocks (void)
{
  static const struct
  {
    gsize body_len;
    guint8 n_proof;
    int code;
  } bad[] = {
    { 0, 0, REDES_WIRE_ERROR_SHAPE },
    { 44, 0, REDES_WIRE_ERROR_SHAPE },
    { 45, 0, REDES_WIRE_ERROR_SHAPE },      /* no data */
    { 46, 1, REDES_WIRE_ERROR_SHAPE },      /* a proof that does not fit */
    { 45 + 32, 1, REDES_WIRE_ERROR_SHAPE }, /* a proof and no data */
    { 45 + 26 * 32, 26, REDES_WIRE_ERROR_SHAPE },
    { 45 + 27 * 32 + 1, 27, REDES_WIRE_ERROR_VALUE },
    { 100, 255, REDES_WIRE_ERROR_VALUE },
    { 45 + 26 * 32 + 100, 25, REDES_WIRE_ERROR_SIZE }, /* more data than asked for */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      GByteArray *array = g_byte_array_new ();
      g_autofree guint8 *body = g_malloc0 (bad[i].body_len + 1);
      g_autoptr (GBytes) stream = NULL;

      append_header (array, bad[i].body_len + 1, REDES_MESSAGE_BLOCK);
      if (bad[i].body_len > 44)
        body[44] = bad[i].n_proof;
      g_byte_array_append (array, body, bad[i].body_len);
      stream = g_byte_array_free_to_bytes (array);
      for (gsize step = 1; step < 50; step += 16)
        {
          g_auto (Outcome) outcome = { 0 };

          read_all (REDES_LINK_PEER, 100, stream, step, step, &outcome);
          g_assert_error (outcome.error, REDES_WIRE_ERROR, bad[i].code);
          g_assert_cmpstr (outcome.frames->str, ==, "");
        }
    }
}

static void
test_block_contents (void)
{
  GByteArray *array = g_byte_array_new ();
  RedesBlockHeader expected = new_block_header (0x01020304 & 0x3ffffff, 26);
  g_autoptr (RedesFrameReader) reader = redes_frame_reader_new (REDES_LINK_PEER);
  g_autoptr (GBytes) stream = NULL;
  g_auto (RedesMessage) frame = { 0 };
  g_autoptr (GError) error = NULL;
  RedesFrameStatus status = REDES_FRAME_MORE;
  gsize at = 0, room, len;
  const guint8 *data;

  append_block (array, expected.index, 26, 300);
  stream = g_byte_array_free_to_bytes (array);
  data = g_bytes_get_data (stream, &len);
  redes_frame_reader_set_max_block (reader, 300);
  while (status == REDES_FRAME_MORE)
    {
      guint8 *space = redes_frame_reader_get_space (reader, &room);

      g_assert_cmpuint (room, <=, len - at); /* never asks for more than the frame holds */
      memcpy (space, data + at, room);
      at += room;
      status = redes_frame_reader_advance (reader, room, &frame, &error);
      /* What was asked for when the frame began is what counts. */
      redes_frame_reader_set_max_block (reader, 0);
    }
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, REDES_FRAME_READY);
  g_assert_cmpuint (at, ==, len);
  g_assert_cmpuint (frame.block.header.index, ==, expected.index);
  g_assert_cmpuint (frame.block.header.n_proof, ==, 26);
  g_assert_true (redes_content_id_equal (&frame.block.header.content, &expected.content));
  g_assert_cmpmem (frame.block.header.proof, sizeof expected.proof, expected.proof,
                   sizeof expected.proof);
  g_assert_cmpuint (g_bytes_get_size (frame.block.data), ==, 300);
  g_assert_cmpint (((const guint8 *)g_bytes_get_data (frame.block.data, NULL))[299], ==, 0xda);
}

/* The header's bytes, so that a change of the format does not go unseen. */
static void
test_block_vector (void)
{
  RedesBlockHeader header = new_block_header (0x010203, 2);
  g_autoptr (GBytes) bytes = redes_block_header_encode (&header, 0x1000);
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);
  /* 1 + 45 + 64 + 4096 = 0x106e */
  static const guint8 start[] = { 0, 0, 0x10, 0x6e, 23, 0xc0 };
  static const guint8 middle[] = { 0xc0, 0, 0, 0, 0x12, 0x34, 0x56, 0x78, 0x9a, 0, 1, 2, 3, 2, 1 };

  g_assert_cmpuint (len, ==, 5 + 45 + 64);
  g_assert_cmpmem (data, 6, start, 6);
  g_assert_cmpmem (data + 36, sizeof middle, middle, sizeof middle);
  g_assert_cmpint (data[len - 1], ==, 2);
}

/* Who announces much and sends little makes us set aside little. */
static void
test_growth (void)
{
  g_autoptr (RedesFrameReader) reader = redes_frame_reader_new (REDES_LINK_TRACKER);
  g_auto (RedesMessage) frame = { 0 };
  g_autoptr (GError) error = NULL;
  static const guint8 header[] = { 0, 0x10, 0, 1, REDES_MESSAGE_REGISTER };
  gsize room, got = 0;

  memcpy (redes_frame_reader_get_space (reader, &room), header, 5);
  g_assert_cmpint (redes_frame_reader_advance (reader, 5, &frame, &error), ==, REDES_FRAME_MORE);
  while (got < KIB * KIB)
    {
      guint8 *space = redes_frame_reader_get_space (reader, &room);
      RedesFrameStatus status;

      g_assert_cmpuint (room, <=, MAX (got, 4096));
      memset (space, 0xff, room);
      got += room;
      status = redes_frame_reader_advance (reader, room, &frame, &error);
      g_assert_cmpint (status, ==, got < KIB * KIB ? REDES_FRAME_MORE : REDES_FRAME_VIOLATION);
    }
  g_assert_error (error, REDES_WIRE_ERROR, REDES_WIRE_ERROR_SHAPE);
}

static RedesFrameStatus
read_left (
    RedesFrameReader *reader, guint8 type, const char *body, gsize len, RedesMessage *message)
{
  guint8 header[] = { 0, 0, 0, (guint8)(len + 1), type };
  RedesFrameStatus status;
  gsize room;

  memcpy (redes_frame_reader_get_space (reader, &room), header, sizeof header);
  status = redes_frame_reader_advance (reader, sizeof header, message, NULL);
  if (len == 0)
    return status;
  memcpy (redes_frame_reader_get_space (reader, &room), body, len);
  return redes_frame_reader_advance (reader, len, message, NULL);
}

/* Who decodes elsewhere gets the bytes as they came, whatever they are, and what is in the serial's
 * place; everything else is decoded. */
static void
test_leave_files (void)
{
  static const guint8 types[] = { REDES_MESSAGE_REGISTER, REDES_MESSAGE_UPDATE };
  g_autoptr (RedesFrameReader) reader = redes_frame_reader_new (REDES_LINK_TRACKER);

  redes_frame_reader_set_leave_files (reader, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_auto (RedesMessage) whole = { 0 };
      g_auto (RedesMessage) tooshort = { 0 };
      g_auto (RedesMessage) empty = { 0 };
      g_auto (RedesMessage) heartbeat = { 0 };
      g_auto (RedesMessage) decoded = { 0 };
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (read_left (reader, types[i], "\4\3\2\1nonsense", 12, &whole), ==,
                       REDES_FRAME_READY);
      g_assert_cmpint (whole.type, ==, types[i]);
      g_assert_cmphex (whole.serial, ==, 0x01020304);
      g_assert_cmpmem (g_bytes_get_data (whole.undecoded, NULL), g_bytes_get_size (whole.undecoded),
                       "\4\3\2\1nonsense", 12);
      g_assert_false (redes_message_decode (types[i], whole.undecoded, &decoded, &error));
      g_assert_error (error, REDES_WIRE_ERROR, REDES_WIRE_ERROR_SHAPE);

      g_assert_cmpint (read_left (reader, types[i], "\1\2\3", 3, &tooshort), ==, REDES_FRAME_READY);
      g_assert_cmpuint (tooshort.serial, ==, 0);
      g_assert_cmpint (read_left (reader, types[i], NULL, 0, &empty), ==, REDES_FRAME_READY);
      g_assert_cmpuint (g_bytes_get_size (empty.undecoded), ==, 0);
      g_assert_cmpint (
          read_left (reader, REDES_MESSAGE_HEARTBEAT, "\1\0\0\0\0\0\0\0", 8, &heartbeat), ==,
          REDES_FRAME_READY);
      g_assert_null (heartbeat.undecoded);
      g_assert_cmpuint (heartbeat.number, ==, 1);
    }
}

static void
test_after_violation (void)
{
  g_autoptr (RedesFrameReader) reader = redes_frame_reader_new (REDES_LINK_PEER);
  g_auto (RedesMessage) frame = { 0 };
  gsize room;

  memset (redes_frame_reader_get_space (reader, &room), 0, 5);
  for (int i = 0; i < 3; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (redes_frame_reader_advance (reader, i == 0 ? 5 : 1, &frame, &error), ==,
                       REDES_FRAME_VIOLATION);
      g_assert_nonnull (error);
      g_assert_false (redes_frame_reader_is_idle (reader));
      g_assert_nonnull (redes_frame_reader_get_space (reader, &room));
      g_assert_cmpuint (room, >, 0);
    }
}

/* Freed in the middle of each part: a sanitizer sees what is forgotten. */
static void
test_abandon (void)
{
  g_autoptr (GBytes) stream = new_dialogue ();

  for (gsize len = 0; len < g_bytes_get_size (stream); len++)
    {
      g_autoptr (GBytes) part = g_bytes_new_from_bytes (stream, 0, len);
      g_auto (Outcome) outcome = { 0 };

      read_all (REDES_LINK_PEER, 40, part, 1, 1, &outcome);
      g_assert_no_error (outcome.error);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/frame/pieces", test_pieces);
  g_test_add_func ("/wire/frame/splits", test_splits);
  g_test_add_func ("/wire/frame/idle", test_idle);
  g_test_add_func ("/wire/frame/gates", test_gates);
  g_test_add_func ("/wire/frame/bad-blocks", test_bad_blocks);
  g_test_add_func ("/wire/frame/block-contents", test_block_contents);
  g_test_add_func ("/wire/frame/block-vector", test_block_vector);
  g_test_add_func ("/wire/frame/growth", test_growth);
  g_test_add_func ("/wire/frame/leave-files", test_leave_files);
  g_test_add_func ("/wire/frame/after-violation", test_after_violation);
  g_test_add_func ("/wire/frame/abandon", test_abandon);
  return g_test_run ();
}
