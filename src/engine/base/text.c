/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/text.h"

#include "engine/base/error.h"
#include "engine/platform/file-names.h"

#include <string.h>

/* What every file system that matters can hold. */
#define MAX_NAME_BYTES 255
/* With its dot. What is longer is part of the name: "Notes of 3.5 and what came after". */
#define MAX_EXTENSION_BYTES 17
#define MAX_HOST_BYTES 253
/* Of a path in a sentence; Linux takes none that is longer. */
#define MAX_PATH_CHARACTERS 4096

/* U+061C, U+200E and U+200F are the marks; the others are embeddings, overrides and isolates. */
static gboolean
is_bidi_control (gunichar c)
{
  return c == 0x061c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e)
         || (c >= 0x2066 && c <= 0x2069);
}

/* What could move the cursor, end a line or turn the reading direction. */
static gboolean
is_treacherous (gunichar c)
{
  return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x2028 || c == 0x2029 || is_bidi_control (c);
}

static gboolean
is_unfit_for_a_name (gunichar c)
{
  return is_treacherous (c) || c == '/' || c == '\\' || c == ':' || redes_file_names_refuse (c);
}

/* Where the extension begins, dot included; the end of @name if it has none. */
static const char *
find_extension (const char *name, gsize max_bytes)
{
  const char *end = name + strlen (name);
  const char *dot = strrchr (name, '.');

  if (dot == NULL || dot == name || dot[1] == '\0' || strchr (dot, ' ') != NULL
      || (gsize)(end - dot) > max_bytes)
    return end;

  return dot;
}

/* The largest length up to @max_bytes that cuts no character of @text in two. */
static gsize
cut_length (const char *text, gsize len, gsize max_bytes)
{
  if (len <= max_bytes)
    return len;
  while (max_bytes > 0 && ((guchar)text[max_bytes] & 0xc0) == 0x80)
    max_bytes--;

  return max_bytes;
}

/* @name with @infix between stem and extension, the stem cut so that all fits in @max_bytes. */
static char *
fit_name (const char *name, const char *infix, gsize max_bytes)
{
  const char *extension = find_extension (name, MIN (MAX_EXTENSION_BYTES, max_bytes / 2));
  gsize taken = strlen (infix) + strlen (extension);
  gsize stem_len = cut_length (name, (gsize)(extension - name), max_bytes - taken);

  return g_strdup_printf ("%.*s%s%s", (int)stem_len, name, infix, extension);
}

static void
strip_end (GString *name)
{
  while (name->len > 0 && strchr (". ", name->str[name->len - 1]) != NULL)
    g_string_truncate (name, name->len - 1);
}

static void
strip_start (GString *name)
{
  g_string_erase (name, 0, (gssize)strspn (name->str, ". "));
}

/* Windows opens a device under these names, in any case, with any extension and in any folder. */
static gboolean
is_device_name (const char *name)
{
  static const char *const devices[] = { "con", "prn", "aux", "nul", "conin$", "conout$" };
  static const char *const digits[]
      = { "1", "2", "3", "4", "5", "6", "7", "8", "9", "\302\271", "\302\262", "\302\263" };
  g_autofree char *stem = g_ascii_strdown (name, (gssize)strcspn (name, "."));

  g_strchomp (stem);
  for (guint i = 0; i < G_N_ELEMENTS (devices); i++)
    if (g_str_equal (stem, devices[i]))
      return TRUE;

  if (!g_str_has_prefix (stem, "com") && !g_str_has_prefix (stem, "lpt"))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (digits); i++)
    if (g_str_equal (stem + 3, digits[i]))
      return TRUE;

  return FALSE;
}

char *
redes_text_make_safe_file_name (const char *name, gsize max_bytes)
{
  g_autofree char *valid = g_utf8_make_valid (name != NULL ? name : "", -1);
  g_autoptr (GString) safe = g_string_new (NULL);
  g_autofree char *fitted = NULL;

  g_return_val_if_fail (max_bytes >= 16, NULL);

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      g_string_append_unichar (safe, is_unfit_for_a_name (c) ? '_' : c);
    }
  strip_start (safe);
  strip_end (safe);

  fitted = fit_name (safe->str, "", max_bytes);
  if (is_device_name (fitted))
    {
      g_autofree char *shorter = fit_name (safe->str, "", max_bytes - 1);

      g_string_printf (safe, "_%s", shorter);
    }
  else
    g_string_assign (safe, fitted);

  /* The cut may have come after a dot or a space. */
  strip_end (safe);
  if (safe->len == 0)
    g_string_assign (safe, "unnamed");

  return g_string_free (g_steal_pointer (&safe), FALSE);
}

char *
redes_text_numbered_file_name (const char *name, guint number)
{
  g_autofree char *infix = g_strdup_printf (" (%u)", number);

  return fit_name (name, infix, MAX_NAME_BYTES);
}

char *
redes_text_make_printable (const char *text, gsize max_chars)
{
  gsize len = text != NULL ? strlen (text) : 0;
  gsize enough = max_chars < G_MAXINT ? 4 * (max_chars + 1) : G_MAXSIZE;
  g_autofree char *valid = g_utf8_make_valid (text != NULL ? text : "", (gssize)MIN (len, enough));
  g_autoptr (GString) printable = g_string_new (NULL);
  gsize n_chars = 0;
  gsize last_char_at = 0;

  if (max_chars == 0)
    return g_strdup ("");

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (n_chars == max_chars)
        {
          g_string_truncate (printable, last_char_at);
          g_string_append (printable, "…");
          break;
        }
      last_char_at = printable->len;
      g_string_append_unichar (printable, is_treacherous (c) ? 0xfffd : c);
      n_chars++;
    }

  return g_string_free (g_steal_pointer (&printable), FALSE);
}

/* Blank, or of no width, in every font; beside those that Unicode calls so. */
static gboolean
is_invisible (gunichar c)
{
  static const gunichar blanks[]
      = { 0x00ad, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x2800, 0x3164, 0xffa0 };

  for (guint i = 0; i < G_N_ELEMENTS (blanks); i++)
    if (c == blanks[i])
      return TRUE;
  return g_unichar_isspace (c) || g_unichar_iszerowidth (c) || (c >= 0xfe00 && c <= 0xfe0f)
         || (c >= 0xe0000 && c <= 0xe0fff);
}

static gboolean
is_all_invisible (const char *valid)
{
  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    if (!is_invisible (g_utf8_get_char (p)))
      return FALSE;
  return *valid != '\0';
}

char *
redes_text_display_name (const char *name)
{
  g_autofree char *printable = redes_text_make_printable (name, MAX_NAME_BYTES);
  g_autoptr (GString) codes = NULL;

  if (!is_all_invisible (printable))
    return g_steal_pointer (&printable);
  codes = g_string_new (NULL);
  for (const char *p = printable; *p != '\0'; p = g_utf8_next_char (p))
    g_string_append_printf (codes, "<U+%04X>", g_utf8_get_char (p));
  return g_string_free (g_steal_pointer (&codes), FALSE);
}

char *
redes_text_display_path (const char *path)
{
  g_autofree char *text = g_filename_display_name (path);
  g_autofree char *printable = redes_text_make_printable (text, MAX_PATH_CHARACTERS);
  const char *slash = strrchr (printable, G_DIR_SEPARATOR);
  const char *base = slash != NULL ? slash + 1 : printable;
  g_autofree char *folder = NULL;
  g_autofree char *shown = NULL;

  if (!is_all_invisible (base))
    return g_steal_pointer (&printable);
  folder = g_strndup (printable, (gsize)(base - printable));
  shown = redes_text_display_name (base);
  return g_strconcat (folder, shown, NULL);
}

char *
redes_text_make_terminal_safe (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autoptr (GString) safe = g_string_sized_new (strlen (valid));

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      g_string_append_unichar (safe, c != '\n' && is_treacherous (c) ? 0xfffd : c);
    }
  return g_string_free (g_steal_pointer (&safe), FALSE);
}

char *
redes_text_escape_controls (const char *text)
{
  g_autoptr (GString) escaped = g_string_sized_new (strlen (text));

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      /* All of them are in the first plane. */
      if (is_treacherous (c))
        g_string_append_printf (escaped, "\\u%04x", c);
      else
        g_string_append_unichar (escaped, c);
    }
  return g_string_free (g_steal_pointer (&escaped), FALSE);
}

static gboolean
is_ipv6 (const char *host)
{
  /* A link-local address may name its interface: fe80::1%eth0. */
  g_autofree char *number = g_strndup (host, strcspn (host, "%"));
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (number);

  return address != NULL && g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6;
}

static gboolean
is_host_name (const char *host)
{
  gsize len = strlen (host);

  if (len == 0 || len > MAX_HOST_BYTES || host[0] == '.' || host[0] == '-'
      || !g_utf8_validate (host, -1, NULL))
    return FALSE;

  /* Numbers and dots only can be nothing but an IPv4 address. */
  if (strspn (host, "0123456789.") == len)
    return g_hostname_is_ip_address (host);

  for (const char *p = host; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (!g_unichar_isalnum (c) && !g_unichar_ismark (c) && c != '-' && c != '.' && c != '_')
        return FALSE;
    }

  return strstr (host, "..") == NULL;
}

static gboolean
parse_port (const char *text, guint16 *port)
{
  guint64 value;

  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT16, &value, NULL))
    return FALSE;

  *port = (guint16)value;
  return TRUE;
}

/* Splits @text in @host and what follows it: "" or ":…". */
static const char *
split_host (const char *text, char **host)
{
  const char *end;

  if (text[0] == '[')
    {
      end = strchr (text, ']');
      if (end == NULL)
        return NULL;
      *host = g_strndup (text + 1, (gsize)(end - text - 1));
      return end + 1;
    }

  end = is_ipv6 (text) ? text + strlen (text) : text + strcspn (text, ":");
  *host = g_strndup (text, (gsize)(end - text));
  return end;
}

static gboolean
set_address_error (GError **error, const char *text, RedesNoticeCode expected)
{
  g_autofree char *printable = redes_text_make_printable (text, 80);

  redes_set_error (error, REDES_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, REDES_NOTICE_ADDRESS_INVALID,
                   printable, redes_notice_arg_code (expected));
  return FALSE;
}

gboolean
redes_text_parse_address (
    const char *text, guint16 default_port, char **host, guint16 *port, GError **error)
{
  g_autofree char *found_host = NULL;
  const char *rest = split_host (text, &found_host);
  guint16 found_port = default_port;
  gboolean in_brackets = text[0] == '[';

  if (rest == NULL)
    return set_address_error (error, text, REDES_NOTICE_ADDRESS_BRACKET_OPEN);
  if (in_brackets && !is_ipv6 (found_host))
    return set_address_error (error, text, REDES_NOTICE_ADDRESS_BRACKET_NOT_IPV6);

  if (rest[0] == ':')
    {
      if (!parse_port (rest + 1, &found_port))
        return set_address_error (error, text,
                                  strchr (rest + 1, ':') != NULL
                                      ? REDES_NOTICE_ADDRESS_NEEDS_BRACKETS
                                      : REDES_NOTICE_ADDRESS_NO_PORT_NUMBER);
    }
  else if (rest[0] != '\0')
    return set_address_error (error, text, REDES_NOTICE_ADDRESS_AFTER_BRACKET);
  else if (text[0] == '\0')
    return set_address_error (error, text, REDES_NOTICE_ADDRESS_EMPTY);
  else if (default_port == 0)
    return set_address_error (error, text,
                              is_ipv6 (found_host) ? REDES_NOTICE_ADDRESS_PORT_MISSING_IPV6
                                                   : REDES_NOTICE_ADDRESS_PORT_MISSING);

  if (found_host[0] != '\0' && !is_ipv6 (found_host) && !is_host_name (found_host))
    return set_address_error (error, text, REDES_NOTICE_ADDRESS_NO_HOST);

  *host = g_steal_pointer (&found_host);
  *port = found_port;
  return TRUE;
}

char *
redes_text_format_address (const char *host, guint16 port)
{
  return g_strdup_printf (strchr (host, ':') != NULL ? "[%s]:%u" : "%s:%u", host, port);
}
