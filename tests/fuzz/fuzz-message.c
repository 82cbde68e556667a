/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"
#include "samples.h"

#include <string.h>

/* The bodies of messages. First byte: the type. Accepted: a body that is decoded. */

/* What this program does not understand in a HELLO it does not write again. */
static void
check_again (GBytes *frame, const RedesMessage *message)
{
  gsize size = g_bytes_get_size (frame) - REDES_FRAME_HEADER_SIZE;
  g_autoptr (GBytes) bytes = g_bytes_new_from_bytes (frame, REDES_FRAME_HEADER_SIZE, size);
  g_auto (RedesMessage) again = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (redes_message_decode (message->type, bytes, &again, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (again.hello.version, ==, message->hello.version);
  g_assert_cmpstr (again.hello.nickname, ==, message->hello.nickname);
  g_assert_cmpstr (again.hello.client, ==, message->hello.client);
  g_assert_cmpuint (again.hello.timeout_s, ==, message->hello.timeout_s);
  g_assert_true (g_utf8_validate (again.hello.nickname, -1, NULL));
}

gboolean
fuzz_run (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) again = NULL;
  g_auto (RedesMessage) message = { 0 };
  g_autoptr (GError) error = NULL;
  gsize len;
  const guint8 *frame;

  if (size < 1 || !redes_message_type_is_known (data[0]) || data[0] == REDES_MESSAGE_BLOCK)
    return FALSE;
  bytes = g_bytes_new (data + 1, size - 1);
  if (!redes_message_decode (data[0], bytes, &message, &error))
    {
      g_assert_nonnull (redes_wire_error_get_violation (error));
      return FALSE;
    }
  again = redes_message_encode (&message);
  g_assert_nonnull (again);
  if (message.type == REDES_MESSAGE_HELLO)
    {
      check_again (again, &message);
      return TRUE;
    }
  /* Normal form: one meaning has one form, so what was read is written the same. */
  frame = g_bytes_get_data (again, &len);
  g_assert_cmpuint (len, ==, size - 1 + REDES_FRAME_HEADER_SIZE);
  g_assert_true (size == 1 || memcmp (frame + REDES_FRAME_HEADER_SIZE, data + 1, size - 1) == 0);
  return TRUE;
}

void
fuzz_seeds (GPtrArray *seeds)
{
  for (guint i = 0; i < n_samples; i++)
    {
      g_autoptr (GBytes) frame = sample_dup_frame (i);

      /* type and body are what stands behind the length */
      g_ptr_array_add (seeds, g_bytes_new_from_bytes (frame, 4, g_bytes_get_size (frame) - 4));
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  fuzz_run (data, size);
  return 0;
}
