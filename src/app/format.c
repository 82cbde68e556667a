/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/format.h"

#include "engine/base/peer-id.h"

#include <glib/gi18n.h>

#define SHORT_ID_GROUPS 2
#define MINUTE_S 60u
#define HOUR_S (60u * MINUTE_S)
#define DAY_S (24u * HOUR_S)

char *
redes_format_size (guint64 size_bytes)
{
  return g_format_size (size_bytes);
}

char *
redes_format_rate (gdouble rate_bytes_per_s)
{
  g_autofree char *size = NULL;

  if (rate_bytes_per_s < 1)
    return g_strdup ("");
  size = g_format_size ((guint64)rate_bytes_per_s);
  /* Translators: a speed: %s is a size such as “1.2 MB”. */
  return g_strdup_printf (_ ("%s/s"), size);
}

char *
redes_format_duration (gdouble seconds)
{
  guint64 s = seconds < 0 ? 0 : (guint64)(seconds + 0.5);
  guint days = s / DAY_S;
  guint hours = s % DAY_S / HOUR_S;
  guint minutes = s % HOUR_S / MINUTE_S;

  if (days > 0)
    /* Translators: a duration in days and hours. */
    return g_strdup_printf (_ ("%u d %u h"), days, hours);
  if (hours > 0)
    /* Translators: a duration in hours and minutes. */
    return g_strdup_printf (_ ("%u h %u min"), hours, minutes);
  if (minutes > 0)
    /* Translators: a duration in minutes and seconds. */
    return g_strdup_printf (_ ("%u min %u s"), minutes, (guint)(s % MINUTE_S));
  /* Translators: a duration in seconds. */
  return g_strdup_printf (_ ("%u s"), (guint)s);
}

char *
redes_format_when (gint64 unix_s)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) when = g_date_time_new_from_unix_local (unix_s);
  g_autoptr (GDateTime) yesterday = g_date_time_add_days (now, -1);
  g_autofree char *day = NULL;
  g_autofree char *today = NULL;
  g_autofree char *day_before = NULL;

  if (when == NULL)
    return g_strdup ("");
  day = g_date_time_format (when, "%F");
  today = g_date_time_format (now, "%F");
  day_before = g_date_time_format (yesterday, "%F");
  if (g_str_equal (day, today))
    /* Translators: a time of today; see g_date_time_format(). */
    return g_date_time_format (when, _ ("%H:%M"));
  if (g_str_equal (day, day_before))
    /* Translators: a time of yesterday; see g_date_time_format(). */
    return g_date_time_format (when, _ ("Yesterday %H:%M"));
  return g_date_time_format (when, "%x");
}

char *
redes_format_ago (gdouble seconds)
{
  g_autofree char *duration = NULL;

  if (seconds < 2)
    return g_strdup (_ ("just now"));
  duration = redes_format_duration (seconds);
  /* Translators: %s is a duration such as “12 s”. */
  return g_strdup_printf (_ ("%s ago"), duration);
}

char *
redes_format_short_id (const RedesPeerId *id)
{
  return redes_peer_id_dup_short (id, SHORT_ID_GROUPS);
}

char *
redes_format_notice (const RedesNotice *notice)
{
  return redes_notice_dup_words (notice, GETTEXT_PACKAGE);
}

char *
redes_format_error (const GError *error)
{
  return redes_error_dup_words (error, GETTEXT_PACKAGE);
}
