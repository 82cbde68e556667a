/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/format.h"

#include "engine/base/text.h"

#include <string.h>

char *
redes_format_size (gdouble bytes)
{
  static const char *const units[] = { "bytes", "KiB", "MiB", "GiB", "TiB" };
  guint unit = 0;

  while (bytes >= 1023.95 && unit + 1 < G_N_ELEMENTS (units))
    {
      bytes /= 1024.0;
      unit++;
    }
  if (unit == 0)
    return g_strdup_printf ("%.0f %s", bytes, bytes == 1.0 ? "byte" : "bytes");
  return g_strdup_printf ("%.1f %s", bytes, units[unit]);
}

char *
redes_format_count (guint64 n, const char *one, const char *many)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT " %s", n, n == 1 ? one : many);
}

char *
redes_format_duration (gdouble seconds)
{
  guint64 whole = seconds < 0 ? 0 : (guint64)(seconds + 0.5);
  guint hours = (guint)(whole / 3600);
  guint minutes = (guint)(whole / 60 % 60);
  guint rest = (guint)(whole % 60);

  if (hours > 0)
    return g_strdup_printf ("%u:%02u:%02u", hours, minutes, rest);
  return g_strdup_printf ("%u:%02u", minutes, rest);
}

/* In quotes if a blank at its beginning or end could not be seen: as the console takes it. */
char *
redes_format_name (const char *name)
{
  g_autofree char *shown = redes_text_display_name (name);
  gsize len = strlen (shown);

  if (len > 0 && (shown[0] == ' ' || shown[len - 1] == ' '))
    return g_strdup_printf ("\"%s\"", shown);
  return g_steal_pointer (&shown);
}

static guint
character_width (gunichar c)
{
  if (g_unichar_iszerowidth (c))
    return 0;
  return g_unichar_iswide (c) ? 2 : 1;
}

static guint
get_width (const char *text)
{
  guint width = 0;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    width += character_width (g_utf8_get_char (p));
  return width;
}

char *
redes_format_column (const char *text, guint width)
{
  g_autofree char *printable = redes_text_make_printable (text, 4 * (gsize)width);
  GString *fitted = g_string_new (NULL);
  gboolean cut = get_width (printable) > width;
  guint room = cut ? width - 1 : width;
  guint used = 0;

  for (const char *p = printable; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (used + character_width (c) > room)
        break;
      used += character_width (c);
      g_string_append_unichar (fitted, c);
    }
  if (cut)
    {
      g_string_append (fitted, "…");
      used++;
    }
  while (used++ < width)
    g_string_append_c (fitted, ' ');
  return g_string_free (fitted, FALSE);
}

char *
redes_format_name_column (const char *name, guint width)
{
  g_autofree char *shown = redes_format_name (name);

  return redes_format_column (shown, width);
}
