/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"
#include "samples.h"

#include <string.h>

/* The bodies of messages. First byte: the type. Accepted: a body that is decoded. */

static void
check_hello (GVariant *body)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RedesHello) hello = redes_hello_new_from_body (body, &error);

  if (hello == NULL)
    g_assert_error (error, REDES_WIRE_ERROR, REDES_WIRE_ERROR_VERSION);
  else
    g_assert_true (g_utf8_validate (hello->nickname, -1, NULL));
}

gboolean
fuzz_run (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) again = NULL;
  g_autoptr (GVariant) body = NULL;
  g_autoptr (GError) error = NULL;
  gsize len;
  const guint8 *frame;

  if (size < 1 || !redes_message_type_is_known (data[0]) || data[0] == REDES_MESSAGE_BLOCK)
    return FALSE;
  bytes = g_bytes_new (data + 1, size - 1);
  body = redes_message_decode (data[0], bytes, &error);
  if (body == NULL)
    {
      g_assert_nonnull (redes_wire_error_get_violation (error));
      return FALSE;
    }
  /* Normal form: one meaning has one form, so what was read is written the same. */
  again = redes_message_encode (data[0], body);
  frame = g_bytes_get_data (again, &len);
  g_assert_cmpuint (len, ==, size - 1 + REDES_FRAME_HEADER_SIZE);
  g_assert_true (size == 1 || memcmp (frame + REDES_FRAME_HEADER_SIZE, data + 1, size - 1) == 0);
  if (data[0] == REDES_MESSAGE_HELLO)
    check_hello (body);
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
