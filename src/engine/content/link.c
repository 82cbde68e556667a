/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/content/link.h"

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/content/folder.h"

#include <string.h>

#define SCHEME "redes:"
#define MAX_LINK_BYTES 16384
#define MAX_NAME_BYTES 1024
#define MAX_INSIDE_BYTES 4096
#define MAX_INSIDE_NAMES (REDES_FOLDER_MAX_HEIGHT + 1)

static gboolean
fail (GError **error, RedesNoticeCode violation)
{
  redes_set_error (error, REDES_CONTENT_ERROR, REDES_CONTENT_ERROR_LINK, REDES_NOTICE_LINK_UNUSABLE,
                   redes_notice_arg_code (violation));
  return FALSE;
}

/* Undoes percent-encoding. Returns: (nullable): valid UTF-8. */
static char *
unescape (const char *value)
{
  g_autofree char *text = g_uri_unescape_string (value, NULL);

  if (text == NULL || !g_utf8_validate (text, -1, NULL))
    return NULL;

  return g_steal_pointer (&text);
}

static gboolean
parse_name (RedesLink *self, const char *value, GError **error)
{
  if (self->name != NULL)
    return fail (error, REDES_NOTICE_LINK_TWO_NAMES);

  self->name = unescape (value);
  if (self->name == NULL)
    return fail (error, REDES_NOTICE_LINK_NAME_ENCODING);
  if (strlen (self->name) > MAX_NAME_BYTES)
    return fail (error, REDES_NOTICE_LINK_NAME_LENGTH);

  return TRUE;
}

static gboolean
parse_size (RedesLink *self, gboolean *has_size, const char *value, GError **error)
{
  if (*has_size)
    return fail (error, REDES_NOTICE_LINK_TWO_SIZES);

  if (!g_ascii_string_to_unsigned (value, 10, 0, REDES_MAX_FILE_SIZE, &self->content.size_bytes,
                                   NULL))
    return fail (error, REDES_NOTICE_LINK_SIZE);

  *has_size = TRUE;
  return TRUE;
}

static gboolean
parse_publisher (RedesLink *self, const char *value, GError **error)
{
  if (self->has_publisher)
    return fail (error, REDES_NOTICE_LINK_TWO_PUBLISHERS);

  if (!redes_digest_from_text (value, -1, &self->publisher))
    return fail (error, REDES_NOTICE_LINK_PUBLISHER);

  self->has_publisher = TRUE;
  return TRUE;
}

static gboolean
parse_tracker (GPtrArray *trackers, const char *value, GError **error)
{
  g_autofree char *text = unescape (value);
  g_autofree char *host = NULL;
  g_autofree char *address = NULL;
  guint16 port;

  if (text == NULL || !redes_text_parse_address (text, 0, &host, &port, NULL) || *host == '\0'
      || port == 0)
    return fail (error, REDES_NOTICE_LINK_TRACKER);
  address = redes_text_format_address (host, port);
  if (trackers->len < REDES_LINK_MAX_TRACKERS
      && !g_ptr_array_find_with_equal_func (trackers, address, g_str_equal, NULL))
    g_ptr_array_add (trackers, g_steal_pointer (&address));
  return TRUE;
}

static gboolean
parse_kind (RedesLink *self, const char *value, GError **error)
{
  if (self->is_folder)
    return fail (error, REDES_NOTICE_LINK_TWO_KINDS);
  if (!g_str_equal (value, "folder"))
    return fail (error, REDES_NOTICE_LINK_KIND);

  self->is_folder = TRUE;
  return TRUE;
}

/* The names are unescaped one by one, so that an escaped "/" is found out. */
static gboolean
parse_inside (RedesLink *self, const char *value, GError **error)
{
  g_auto (GStrv) escaped = g_strsplit (value, "/", -1);
  g_autoptr (GString) path = g_string_new (NULL);

  if (self->inside != NULL)
    return fail (error, REDES_NOTICE_LINK_TWO_INSIDES);

  for (guint i = 0; escaped[i] != NULL; i++)
    {
      g_autofree char *name = unescape (escaped[i]);

      if (i >= MAX_INSIDE_NAMES || name == NULL
          || !redes_folder_check_name (name, strlen (name), NULL))
        return fail (error, REDES_NOTICE_LINK_INSIDE);
      if (i > 0)
        g_string_append_c (path, '/');
      g_string_append (path, name);
    }
  if (path->len == 0 || path->len > MAX_INSIDE_BYTES)
    return fail (error, REDES_NOTICE_LINK_INSIDE_LENGTH);

  self->inside = g_string_free (g_steal_pointer (&path), FALSE);
  return TRUE;
}

static gboolean
parse_parameter (
    RedesLink *self, GPtrArray *trackers, gboolean *has_size, const char *parameter, GError **error)
{
  if (g_str_has_prefix (parameter, "n="))
    return parse_name (self, parameter + 2, error);
  if (g_str_has_prefix (parameter, "s="))
    return parse_size (self, has_size, parameter + 2, error);
  if (g_str_has_prefix (parameter, "p="))
    return parse_publisher (self, parameter + 2, error);
  if (g_str_has_prefix (parameter, "t="))
    return parse_tracker (trackers, parameter + 2, error);
  if (g_str_has_prefix (parameter, "k="))
    return parse_kind (self, parameter + 2, error);
  if (g_str_has_prefix (parameter, "i="))
    return parse_inside (self, parameter + 2, error);

  return TRUE;
}

static gboolean
parse_parameters (RedesLink *self, GPtrArray *trackers, const char *query, GError **error)
{
  g_auto (GStrv) parameters = g_strsplit (query, "&", -1);
  gboolean has_size = FALSE;

  for (guint i = 0; parameters[i] != NULL; i++)
    if (!parse_parameter (self, trackers, &has_size, parameters[i], error))
      return FALSE;

  if (!has_size)
    return fail (error, REDES_NOTICE_LINK_NO_SIZE);
  if (self->inside != NULL && !self->is_folder)
    return fail (error, REDES_NOTICE_LINK_INSIDE_FILE);
  if (self->is_folder
      && (self->content.size_bytes < REDES_FOLDER_MIN_LIST_BYTES
          || self->content.size_bytes > REDES_FOLDER_MAX_LIST_BYTES))
    return fail (error, REDES_NOTICE_LINK_LIST_SIZE);

  return TRUE;
}

/* A space or a line break means that something else was copied along with the link. */
static gboolean
has_blanks (const char *text)
{
  for (; *text != '\0'; text++)
    if ((guchar)*text <= ' ' || *text == 0x7f)
      return TRUE;

  return FALSE;
}

static gboolean
parse_trimmed (RedesLink *self, GPtrArray *trackers, const char *text, GError **error)
{
  const char *id;
  const char *query;

  if (!redes_link_looks_like (text))
    return fail (error, REDES_NOTICE_LINK_SCHEME);
  if (has_blanks (text))
    return fail (error, REDES_NOTICE_LINK_BLANKS);

  id = text + strlen (SCHEME);
  query = id + strcspn (id, "?");
  if (!redes_digest_from_text (id, query - id, &self->content.root))
    return fail (error, REDES_NOTICE_LINK_ROOT);

  return parse_parameters (self, trackers, *query == '\0' ? query : query + 1, error);
}

static GPtrArray *
string_array_new (void)
{
  return g_ptr_array_new_with_free_func (g_free);
}

static char **
steal_strings (GPtrArray *array)
{
  g_ptr_array_add (array, NULL);
  return (char **)g_ptr_array_steal (array, NULL);
}

gboolean
redes_link_looks_like (const char *text)
{
  while (g_ascii_isspace (*text))
    text++;

  return g_ascii_strncasecmp (text, SCHEME, strlen (SCHEME)) == 0;
}

RedesLink *
redes_link_parse (const char *text, GError **error)
{
  g_autoptr (RedesLink) self = g_new0 (RedesLink, 1);
  g_autoptr (GPtrArray) trackers = string_array_new ();
  g_autofree char *trimmed = NULL;

  if (strlen (text) > MAX_LINK_BYTES)
    {
      fail (error, REDES_NOTICE_LINK_TOO_LONG);
      return NULL;
    }

  trimmed = g_strstrip (g_strdup (text));
  if (!parse_trimmed (self, trackers, trimmed, error))
    return NULL;

  self->trackers = steal_strings (trackers);
  return g_steal_pointer (&self);
}

RedesLink *
redes_link_copy (const RedesLink *self)
{
  RedesLink *copy = g_memdup2 (self, sizeof *self);

  copy->inside = g_strdup (self->inside);
  copy->name = g_strdup (self->name);
  copy->trackers = g_strdupv (self->trackers);

  return copy;
}

void
redes_link_free (RedesLink *self)
{
  g_free (self->inside);
  g_free (self->name);
  g_strfreev (self->trackers);
  g_free (self);
}

char *
redes_link_format (const RedesLink *self)
{
  GString *out = g_string_new (SCHEME);
  g_autofree char *id = redes_digest_dup_base32 (&self->content.root);

  g_string_append_printf (out, "%s?s=%" G_GUINT64_FORMAT, id, self->content.size_bytes);

  if (self->is_folder)
    g_string_append (out, "&k=folder");

  if (self->inside != NULL)
    {
      g_string_append (out, "&i=");
      g_string_append_uri_escaped (out, self->inside, "/", FALSE);
    }

  if (self->name != NULL)
    {
      g_string_append (out, "&n=");
      g_string_append_uri_escaped (out, self->name, NULL, FALSE);
    }

  if (self->has_publisher)
    {
      char hex[REDES_DIGEST_HEX_SIZE];

      redes_digest_to_hex (&self->publisher, hex);
      g_string_append_printf (out, "&p=%s", hex);
    }

  for (guint i = 0;
       self->trackers != NULL && self->trackers[i] != NULL && i < REDES_LINK_MAX_TRACKERS; i++)
    {
      g_string_append (out, "&t=");
      g_string_append_uri_escaped (out, self->trackers[i], ":[]", FALSE);
    }

  return g_string_free (out, FALSE);
}
