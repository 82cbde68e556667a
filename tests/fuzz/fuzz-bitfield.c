/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include "engine/base/bitfield.h"

#include <string.h>

/* Bit fields. Three bytes: how many bits; then the field. Accepted: one that fits. */

gboolean
fuzz_run (const guint8 *data, gsize size)
{
  FuzzInput input = { data, size };
  guint n_bits = fuzz_input_number (&input, 3);
  g_autofree guint8 *bits = g_memdup2 (input.data, input.left);
  g_autoptr (RedesBitfield) field = redes_bitfield_new_from_bytes (n_bits, bits, input.left);
  g_autoptr (GBytes) again = NULL;
  guint count = 0;
  gsize len;
  gconstpointer written;

  if (field == NULL)
    return FALSE;
  g_assert_cmpuint (redes_bitfield_get_size (field), ==, n_bits);
  for (guint i = 0; i < n_bits; i++)
    count += redes_bitfield_get (field, i);
  g_assert_cmpuint (count, ==, redes_bitfield_get_count (field));
  g_assert_true (redes_bitfield_is_full (field) == (count == n_bits));
  again = redes_bitfield_to_bytes (field);
  written = g_bytes_get_data (again, &len);
  g_assert_cmpmem (written, len, input.data, input.left);
  return TRUE;
}

void
fuzz_seeds (GPtrArray *seeds)
{
  static const guint sizes[] = { 0, 1, 7, 8, 9, 64, 1000, 1024 };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (guint step = 1; step <= 3; step++)
      {
        GByteArray *out = g_byte_array_new ();
        g_autoptr (RedesBitfield) field = redes_bitfield_new (sizes[i]);
        g_autoptr (GBytes) bits = NULL;
        gsize len;
        const guint8 *data;

        for (guint bit = 0; bit < sizes[i]; bit += step)
          redes_bitfield_set (field, bit);
        bits = redes_bitfield_to_bytes (field);
        data = g_bytes_get_data (bits, &len);
        fuzz_output_number (out, sizes[i], 3);
        if (len > 0)
          g_byte_array_append (out, data, len);
        g_ptr_array_add (seeds, g_byte_array_free_to_bytes (out));
      }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  fuzz_run (data, size);
  return 0;
}
