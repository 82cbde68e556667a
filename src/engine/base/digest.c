/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/digest.h"

#include <nettle/sha2.h>
#include <string.h>

#define HEX_CHARS (2 * REDES_DIGEST_SIZE)
/* 256 bits in groups of five, rounded up: the last character carries one bit and four zeroes. */
#define BASE32_CHARS 52

guint
redes_digest_hash (gconstpointer key)
{
  const RedesDigest *digest = key;
  guint hash;

  /* A digest is as evenly spread as a hash can be. */
  memcpy (&hash, digest->bytes, sizeof hash);
  return hash;
}

gboolean
redes_digest_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, REDES_DIGEST_SIZE) == 0;
}

gint
redes_digest_compare (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, REDES_DIGEST_SIZE);
}

RedesDigest *
redes_digest_copy (const RedesDigest *digest)
{
  return g_memdup2 (digest, sizeof *digest);
}

void
redes_digest_of (const void *data, gsize len, RedesDigest *out)
{
  struct sha256_ctx ctx;

  sha256_init (&ctx);
  sha256_update (&ctx, len, data);
  sha256_digest (&ctx, REDES_DIGEST_SIZE, out->bytes);
}

void
redes_digest_to_hex (const RedesDigest *digest, char out[REDES_DIGEST_HEX_SIZE])
{
  static const char digits[] = "0123456789abcdef";

  for (guint i = 0; i < REDES_DIGEST_SIZE; i++)
    {
      out[2 * i] = digits[digest->bytes[i] >> 4];
      out[2 * i + 1] = digits[digest->bytes[i] & 0x0f];
    }
  out[HEX_CHARS] = '\0';
}

char *
redes_digest_dup_hex (const RedesDigest *digest)
{
  char *hex = g_malloc (REDES_DIGEST_HEX_SIZE);

  redes_digest_to_hex (digest, hex);
  return hex;
}

char *
redes_digest_dup_base32 (const RedesDigest *digest)
{
  static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
  char *text = g_malloc (BASE32_CHARS + 1);
  guint bits = 0;
  guint n_bits = 0;
  guint written = 0;

  for (guint i = 0; i < REDES_DIGEST_SIZE; i++)
    {
      bits = (bits << 8) | digest->bytes[i];
      n_bits += 8;
      while (n_bits >= 5)
        {
          n_bits -= 5;
          text[written++] = letters[(bits >> n_bits) & 0x1f];
        }
    }
  text[written++] = letters[(bits << (5 - n_bits)) & 0x1f];
  text[written] = '\0';

  return text;
}

static int
base32_value (char c)
{
  if (c >= 'a' && c <= 'z')
    return c - 'a';
  if (c >= 'A' && c <= 'Z')
    return c - 'A';
  if (c >= '2' && c <= '7')
    return c - '2' + 26;

  return -1;
}

static gboolean
parse_hex (const char *text, RedesDigest *out)
{
  for (guint i = 0; i < REDES_DIGEST_SIZE; i++)
    {
      int high = g_ascii_xdigit_value (text[2 * i]);
      int low = g_ascii_xdigit_value (text[2 * i + 1]);

      if (high < 0 || low < 0)
        return FALSE;
      out->bytes[i] = (guint8)(high << 4 | low);
    }

  return TRUE;
}

static gboolean
parse_base32 (const char *text, RedesDigest *out)
{
  guint bits = 0;
  guint n_bits = 0;
  guint written = 0;

  for (guint i = 0; i < BASE32_CHARS; i++)
    {
      int value = base32_value (text[i]);

      if (value < 0)
        return FALSE;
      bits = (bits << 5) | (guint)value;
      n_bits += 5;
      if (n_bits >= 8)
        {
          n_bits -= 8;
          out->bytes[written++] = (guint8)(bits >> n_bits);
        }
    }

  /* One digest, one text: what is left over must be zero. */
  return (bits & ((1u << n_bits) - 1)) == 0;
}

gboolean
redes_digest_from_text (const char *text, gssize len, RedesDigest *out)
{
  RedesDigest digest;
  gsize n_chars = len < 0 ? strlen (text) : (gsize)len;
  gboolean valid = FALSE;

  if (n_chars == HEX_CHARS)
    valid = parse_hex (text, &digest);
  else if (n_chars == BASE32_CHARS)
    valid = parse_base32 (text, &digest);

  if (valid)
    *out = digest;
  return valid;
}
