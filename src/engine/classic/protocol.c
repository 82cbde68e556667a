/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/classic/protocol.h"

#include "engine/base/error.h"
#include "engine/base/text.h"

#include <string.h>

#define MAX_NAMES 1000u
/* GET's numbers; the longest file of this program's. */
#define MAX_OFFSET (G_GUINT64_CONSTANT (1) << 48)

static const char *const verbs[] = {
  [REDES_CLASSIC_REGISTER] = "REGISTER",
  [REDES_CLASSIC_UPDATE] = "UPDATE",
  [REDES_CLASSIC_HEARTBEAT] = "HEARTBEAT",
  [REDES_CLASSIC_UNREGISTER] = "UNREGISTER",
  [REDES_CLASSIC_SEARCH] = "SEARCH",
  [REDES_CLASSIC_LIST] = "LIST",
  [REDES_CLASSIC_GET] = "GET",
};

void
redes_classic_command_clear (RedesClassicCommand *self)
{
  g_clear_pointer (&self->host, g_free);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->names, g_strfreev);
}

gboolean
redes_classic_is_name (const char *name)
{
  gsize len = strlen (name);

  if (len == 0 || len > REDES_CLASSIC_MAX_NAME || !g_utf8_validate (name, (gssize)len, NULL))
    return FALSE;
  for (const char *p = name; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c == ' ' || c == ',' || g_unichar_iscntrl (c))
        return FALSE;
    }
  return TRUE;
}

/* As numbers are usually written, and no other way. */
static char *
normalize_host (const char *text)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);

  return address != NULL ? g_inet_address_to_string (address) : NULL;
}

static gboolean
parse_place (char **words, RedesClassicCommand *out)
{
  guint64 port;

  if (words[0] == NULL || words[1] == NULL
      || !g_ascii_string_to_unsigned (words[1], 10, 1, G_MAXUINT16, &port, NULL))
    return FALSE;
  out->host = normalize_host (words[0]);
  out->port = (guint16)port;
  return out->host != NULL;
}

static char **
parse_names (const char *text)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) names = g_strsplit (text != NULL ? text : "", ",", MAX_NAMES + 1);

  for (guint i = 0; i < MAX_NAMES && names[i] != NULL; i++)
    {
      g_strstrip (names[i]);
      if (redes_classic_is_name (names[i]))
        g_strv_builder_add (builder, names[i]);
    }
  return g_strv_builder_end (builder);
}

static gboolean
parse_name (const char *text, RedesClassicCommand *out)
{
  if (text == NULL || !redes_classic_is_name (text))
    return FALSE;
  out->name = g_strdup (text);
  return TRUE;
}

static gboolean
parse_get (char **words, RedesClassicCommand *out)
{
  return words[0] != NULL && words[1] != NULL && words[2] != NULL
         && g_ascii_string_to_unsigned (words[1], 10, 0, MAX_OFFSET, &out->offset, NULL)
         && g_ascii_string_to_unsigned (words[2], 10, 0, MAX_OFFSET, &out->size, NULL)
         && parse_name (words[0], out);
}

static gboolean
parse_operands (char **words, RedesClassicCommand *out)
{
  switch (out->verb)
    {
    case REDES_CLASSIC_REGISTER:
      if (!parse_place (words, out))
        return FALSE;
      out->names = parse_names (words[2]);
      return TRUE;
    case REDES_CLASSIC_UPDATE:
      return parse_place (words, out) && parse_name (words[2], out);
    case REDES_CLASSIC_HEARTBEAT:
    case REDES_CLASSIC_UNREGISTER:
      return parse_place (words, out);
    case REDES_CLASSIC_SEARCH:
      return words[0] == NULL || parse_name (words[0], out);
    case REDES_CLASSIC_LIST:
      return TRUE;
    case REDES_CLASSIC_GET:
      return parse_get (words, out);
    default:
      g_return_val_if_reached (FALSE);
    }
}

/* The words of a command, as many as there are between spaces. */
static char **
split (const char *text)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) words = g_strsplit_set (text, " \t\r\n", -1);

  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0')
      g_strv_builder_add (builder, words[i]);
  return g_strv_builder_end (builder);
}

gboolean
redes_classic_command_parse (const char *data, gsize len, RedesClassicCommand *out, GError **error)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) words = NULL;

  *out = (RedesClassicCommand){ 0 };
  if (len <= REDES_CLASSIC_MAX_COMMAND && g_utf8_validate (data, (gssize)len, NULL))
    {
      text = g_strndup (data, len);
      words = split (text);
    }
  for (guint i = 0; words != NULL && words[0] != NULL && i < G_N_ELEMENTS (verbs); i++)
    {
      if (!g_str_equal (words[0], verbs[i]))
        continue;
      out->verb = (RedesClassicVerb)i;
      if (parse_operands (words + 1, out))
        return TRUE;
    }
  redes_classic_command_clear (out);
  redes_set_error (error, REDES_IO_ERROR, G_IO_ERROR_INVALID_DATA, REDES_NOTICE_CLASSIC_NO_COMMAND);
  return FALSE;
}

char *
redes_classic_command_format (const RedesClassicCommand *self)
{
  const char *verb = verbs[self->verb];
  g_autofree char *names = NULL;

  switch (self->verb)
    {
    case REDES_CLASSIC_REGISTER:
      names = g_strjoinv (",", self->names);
      return g_strdup_printf ("%s %s %u %s", verb, self->host, self->port, names);
    case REDES_CLASSIC_UPDATE:
      return g_strdup_printf ("%s %s %u %s", verb, self->host, self->port, self->name);
    case REDES_CLASSIC_HEARTBEAT:
    case REDES_CLASSIC_UNREGISTER:
      return g_strdup_printf ("%s %s %u", verb, self->host, self->port);
    case REDES_CLASSIC_SEARCH:
      return g_strdup_printf ("%s %s", verb, self->name);
    case REDES_CLASSIC_LIST:
      return g_strdup (verb);
    case REDES_CLASSIC_GET:
      return g_strdup_printf ("%s %s %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT, verb, self->name,
                              self->offset, self->size);
    default:
      g_return_val_if_reached (NULL);
    }
}

char **
redes_classic_parse_addresses (const char *data, gsize len, guint max)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *text = g_strndup (data, len);
  g_auto (GStrv) parts = g_strsplit (text, ",", (gint)max + 1);

  for (guint i = 0; i < max && parts[i] != NULL; i++)
    {
      g_autofree char *host = NULL;
      g_autofree char *plain = NULL;
      guint16 port;

      if (!redes_text_parse_address (g_strstrip (parts[i]), 0, &host, &port, NULL) || port == 0)
        continue;
      plain = normalize_host (host);
      if (plain != NULL)
        {
          g_autofree char *address = redes_text_format_address (plain, port);

          g_strv_builder_add (builder, address);
        }
    }
  return g_strv_builder_end (builder);
}

gboolean
redes_classic_parse_tracker_here (const char *data, gsize len, char **host, guint16 *port)
{
  g_autofree char *text = g_strndup (data, len);
  g_auto (GStrv) words = split (text);
  RedesClassicCommand place = { 0 };

  if (g_strv_length (words) < 3 || !g_str_equal (words[0], "TRACKER_HERE")
      || !parse_place (words + 1, &place))
    {
      redes_classic_command_clear (&place);
      return FALSE;
    }
  *host = place.host;
  *port = place.port;
  return TRUE;
}

char *
redes_classic_format_tracker_here (const char *host, guint16 port)
{
  return g_strdup_printf ("TRACKER_HERE %s %u", host, port);
}
