/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

guint64
fuzz_input_number (FuzzInput *self, guint n_bytes)
{
  guint64 number = 0;

  for (guint i = 0; i < n_bytes; i++)
    {
      number <<= 8;
      if (self->left == 0)
        continue;
      number |= *self->data++;
      self->left--;
    }
  return number;
}

GBytes *
fuzz_input_bytes (FuzzInput *self)
{
  gsize len = fuzz_input_number (self, 2);
  GBytes *bytes;

  len = MIN (len, self->left);
  /* On the heap and no longer than it says: a sanitizer sees a read past its end. */
  bytes = g_bytes_new (self->data, len);
  self->data += len;
  self->left -= len;
  return bytes;
}

void
fuzz_output_number (GByteArray *out, guint64 number, guint n_bytes)
{
  for (guint i = n_bytes; i > 0; i--)
    {
      guint8 byte = number >> (8 * (i - 1)) & 0xff;

      g_byte_array_append (out, &byte, 1);
    }
}

void
fuzz_output_bytes (GByteArray *out, gconstpointer data, gsize len)
{
  g_assert_cmpuint (len, <=, G_MAXUINT16);
  fuzz_output_number (out, len, 2);
  g_byte_array_append (out, data, len);
}
