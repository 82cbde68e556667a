/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include "engine/base/digest.h"
#include "engine/base/error.h"
#include "engine/base/text.h"

#include <string.h>

/*
 * Text from people and from remotes. First byte: 0 to 3, which function; the rest, up to a NUL, is
 * the text. Accepted: what has a meaning (for a name or words to print: any text).
 */

static void
check_clean (const char *text)
{
  g_assert_true (g_utf8_validate (text, -1, NULL));
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      g_assert_false (g_unichar_iscntrl (c));
      g_assert_false (c >= 0x202a && c <= 0x202e);
      g_assert_false (c >= 0x2066 && c <= 0x2069);
    }
}

static gboolean
run_address (const char *text)
{
  g_autofree char *host = NULL;
  g_autofree char *again = NULL;
  g_autofree char *host_again = NULL;
  g_autoptr (GError) error = NULL;
  guint16 port, port_again;

  if (!redes_text_parse_address (text, 0, &host, &port, &error))
    {
      g_assert_error (error, REDES_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
      return FALSE;
    }
  g_assert_nonnull (host);
  if (*host == '\0')
    return TRUE;
  again = redes_text_format_address (host, port);
  g_assert_true (redes_text_parse_address (again, 0, &host_again, &port_again, NULL));
  g_assert_cmpstr (host_again, ==, host);
  g_assert_cmpuint (port_again, ==, port);
  return TRUE;
}

static gboolean
run_name (const char *text, gsize max_bytes)
{
  g_autofree char *name = redes_text_make_safe_file_name (text, max_bytes);
  g_autofree char *again = redes_text_make_safe_file_name (name, max_bytes);
  g_autofree char *numbered = redes_text_numbered_file_name (name, 2);

  g_assert_cmpuint (strlen (name), >, 0);
  g_assert_cmpuint (strlen (name), <=, max_bytes);
  g_assert_cmpuint (strlen (numbered), <=, 255);
  g_assert_cmpstr (again, ==, name);
  g_assert_null (strpbrk (name, "/\\:"));
  g_assert_cmpint (name[0], !=, '.');
  check_clean (name);
  check_clean (numbered);
  return TRUE;
}

static gboolean
run_printable (const char *text)
{
  g_autofree char *words = redes_text_make_printable (text, 40);

  check_clean (words);
  g_assert_cmpint (g_utf8_strlen (words, -1), <=, 40);
  return TRUE;
}

static gboolean
run_digest (const char *text)
{
  RedesDigest digest, again;
  g_autofree char *hex = NULL;
  g_autofree char *base32 = NULL;

  if (!redes_digest_from_text (text, -1, &digest))
    return FALSE;
  hex = redes_digest_dup_hex (&digest);
  base32 = redes_digest_dup_base32 (&digest);
  g_assert_true (g_ascii_strcasecmp (text, hex) == 0 || g_ascii_strcasecmp (text, base32) == 0);
  g_assert_true (redes_digest_from_text (base32, -1, &again));
  g_assert_true (redes_digest_equal (&digest, &again));
  return TRUE;
}

gboolean
fuzz_run (const guint8 *data, gsize size)
{
  g_autofree char *text = NULL;

  if (size < 1)
    return FALSE;
  text = g_strndup ((const char *)data + 1, size - 1);
  switch (data[0] % 4)
    {
    case 0:
      return run_address (text);
    case 1:
      return run_name (text, (data[0] & 0x80) != 0 ? 16 : 255);
    case 2:
      return run_printable (text);
    default:
      return run_digest (text);
    }
}

void
fuzz_seeds (GPtrArray *seeds)
{
  static const struct
  {
    guint8 which;
    const char *text;
  } texts[] = {
    { 0, "127.0.0.1:6001" },
    { 0, "[::1]:80" },
    { 0, "[fe80::1]:65535" },
    { 0, ":5000" },
    { 0, "tracker.example.org:1" },
    { 1, "a b.txt" },
    { 1, "../../etc/passwd" },
    { 1, "C:\\x\\CON.txt" },
    { 1, ".hidden" },
    { 1, "A\xc3\xa7\xc3\xa3o \xf0\x9f\x99\x82.tar.gz" },
    { 1, "\xe2\x80\xaegpj.exe" },
    { 0x81, "a rather long name, with accents \xc3\xa9\xc3\xa9\xc3\xa9.extension" },
    { 2, "plain \x1b[31mred\x07 \xe2\x80\xae text \xff\xfe" },
    { 3, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d" },
    { 3, "ny2axhh7wn5jrhffitt3w6akfr4jahj7wm3tq5ufcgrqmf5puaoq" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      GByteArray *out = g_byte_array_new ();

      fuzz_output_number (out, texts[i].which, 1);
      g_byte_array_append (out, (const guint8 *)texts[i].text, strlen (texts[i].text));
      g_ptr_array_add (seeds, g_byte_array_free_to_bytes (out));
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  fuzz_run (data, size);
  return 0;
}
