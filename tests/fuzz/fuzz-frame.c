/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"
#include "samples.h"

#include <string.h>

/*
 * The frame reader. First byte: which end of a link, and whether a block was asked for. Second:
 * how the rest, a stream, is cut in pieces. Accepted: whole frames without an violation.
 */

#define MAX_BLOCK 4096u

static void
check_frame (RedesMessage *frame, RedesLinkKind link, guint32 max_block)
{
  g_assert_true (redes_message_type_may_come (frame->type, link));
  if (frame->type != REDES_MESSAGE_BLOCK)
    {
      g_assert_true (frame->type == REDES_MESSAGE_PING || frame->body != NULL);
      return;
    }
  g_assert_null (frame->body);
  g_assert_cmpuint (frame->block.header.n_proof, <=, REDES_WIRE_MAX_PROOF);
  g_assert_cmpuint (g_bytes_get_size (frame->block.data), >, 0);
  g_assert_cmpuint (g_bytes_get_size (frame->block.data), <=, max_block);
}

gboolean
fuzz_run (const guint8 *data, gsize size)
{
  RedesLinkKind link;
  guint32 max_block, pieces;
  g_autoptr (RedesFrameReader) reader = NULL;
  guint n_frames = 0;

  if (size < 2)
    return FALSE;
  link = (RedesLinkKind)(data[0] % 3);
  max_block = (data[0] & 0x80) != 0 ? MAX_BLOCK : 0;
  pieces = data[1];
  data += 2;
  size -= 2;

  reader = redes_frame_reader_new (link);
  redes_frame_reader_set_max_block (reader, max_block);
  while (size > 0)
    {
      g_auto (RedesMessage) frame = { 0 };
      g_autoptr (GError) error = NULL;
      gsize room, n;
      guint8 *space = redes_frame_reader_get_space (reader, &room);

      g_assert_cmpuint (room, >, 0);
      pieces = pieces * 1103515245u + 12345u;
      n = MIN (MIN (room, size), 1 + (pieces >> 16) % 97);
      memcpy (space, data, n);
      data += n;
      size -= n;
      switch (redes_frame_reader_advance (reader, n, &frame, &error))
        {
        case REDES_FRAME_READY:
          check_frame (&frame, link, max_block);
          n_frames++;
          break;
        case REDES_FRAME_MORE:
          g_assert_no_error (error);
          break;
        case REDES_FRAME_VIOLATION:
          g_assert_nonnull (redes_wire_error_get_violation (error));
          return FALSE;
        }
    }
  return n_frames > 0 && redes_frame_reader_is_idle (reader);
}

static void
append_frame (GByteArray *stream, GBytes *frame)
{
  gsize len;
  gconstpointer data = g_bytes_get_data (frame, &len);

  g_byte_array_append (stream, data, len);
  g_bytes_unref (frame);
}

/* For each kind of link a stream of all that may come, and each message alone. */
void
fuzz_seeds (GPtrArray *seeds)
{
  static const struct
  {
    guint8 n_proof;
    gsize len;
  } blocks[] = { { 0, 1 }, { 3, 300 }, { 26, 40 }, { 3, 2000 }, { 16, MAX_BLOCK } };

  for (guint link = 0; link < 3; link++)
    {
      GByteArray *all = g_byte_array_new ();
      /* 0x81 is a multiple of 3 with the high bit set */
      const guint8 head[] = { 0x81 + link, 1 };
      static const guint8 unknown[] = { 0, 0, 0, 4, 0xfe, 1, 2, 3 };

      g_byte_array_append (all, head, sizeof head);
      for (guint i = 0; i < n_samples; i++)
        {
          GByteArray *one;

          if (!redes_message_type_may_come (sample_types[i], link))
            continue;
          one = g_byte_array_new ();
          g_byte_array_append (one, head, sizeof head);
          append_frame (one, sample_dup_frame (i));
          append_frame (all, sample_dup_frame (i));
          g_ptr_array_add (seeds, g_byte_array_free_to_bytes (one));
        }
      g_byte_array_append (all, unknown, sizeof unknown);
      for (gsize i = 0; link == REDES_LINK_PEER && i < G_N_ELEMENTS (blocks); i++)
        {
          GByteArray *one = g_byte_array_new ();

          g_byte_array_append (one, head, sizeof head);
          append_frame (one, sample_dup_block (i, blocks[i].n_proof, blocks[i].len));
          append_frame (all, sample_dup_block (i, blocks[i].n_proof, blocks[i].len));
          g_ptr_array_add (seeds, g_byte_array_free_to_bytes (one));
        }
      g_ptr_array_add (seeds, g_byte_array_free_to_bytes (all));
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  fuzz_run (data, size);
  return 0;
}
