/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/engine-words.h"

#include <glib/gi18n.h>
#include <stdlib.h>

/* Translators: those that begin with a small message come behind “Waiting: ” or “Failed: ”. */
static const char *const sentences[] = {
  N_ ("no source is there now"),
  N_ ("nobody who is there now shares it"),
  N_ ("no tracker is set, so nobody can be asked who has it"),
  N_ ("its publisher is blocked"),
  N_ ("the connection was made anew"),
  N_ ("the sources that are there do not have the blocks that are missing"),
  N_ ("it is too large: a file of more than 16 TiB cannot be fetched"),
  N_ ("it is signed by another publisher than the one chosen"),
  N_ ("the same file is being downloaded under another name"),
  N_ ("what its sources sent does not match the publisher's signature; nothing was saved"),
  N_ ("classic peers were switched off"),
  N_ ("What this peer remembers is written again"),
  N_ ("What is there is no tracker of the original system"),
  N_ ("It did not answer in time"),
};

const char *
redes_engine_words_translate (const char *words)
{
  for (guint i = 0; i < G_N_ELEMENTS (sentences); i++)
    if (g_str_equal (words, sentences[i]))
      return _ (sentences[i]);
  return words;
}

/* The tracker's log. Where a line fits several patterns the first counts: so the longer go before.
 * What differs by number is worded by get_plural(). */

#define LEFT_OUT "%s"

typedef struct
{
  const char *pattern;
  const char *plural; /* nullable */
} LogPattern;

static const LogPattern log_patterns[] = {
  { N_ ("started at %s"), NULL },
  { "stopped with %s peer registered", "stopped with %s peers registered" },
  { N_ ("%s cannot be connected to"), NULL },
  { N_ ("… and %s more refused within the same second"), NULL },
  { N_ ("… and %s more events within the same second"), NULL },
  { N_ ("a connection refused: there are too many (%s)"), NULL },
  { N_ ("classic guests cannot look for this tracker: UDP port %s: %s"), NULL },
  { N_ ("classic guest at %s timed out"), NULL },
  { N_ ("classic guest at %s left"), NULL },
  { N_ ("classic guest at %s refused: there are too many"), NULL },
  { "classic guest at %s registered with %s file", "classic guest at %s registered with %s files" },
  { "%s registered with %s file", "%s registered with %s files" },
  { N_ ("%s registers anew; its earlier connection is closed"), NULL },
  { N_ ("%s updated (+%s/-%s files, %s in all)"), NULL },
  { "%s searched “%s” (%s result)", "%s searched “%s” (%s results)" },
  { N_ ("%s asked for sources of %s files (%s)"), NULL },
  { N_ ("%s asked for sources of %s (%s)"), NULL },
  { N_ ("%s timed out (silent for %s s)"), NULL },
  { N_ ("%s: connection lost (%s)"), NULL },
  { N_ ("%s: %s refused: %s"), NULL },
  { N_ ("%s refused: %s (%s)"), NULL },
  { N_ ("%s left"), NULL },
};

static const char *
get_plural (const char *pattern, gulong n)
{
  if (g_str_has_prefix (pattern, "stopped"))
    return ngettext ("stopped with %s peer registered", "stopped with %s peers registered", n);
  if (g_str_has_prefix (pattern, "classic"))
    return ngettext ("classic guest at %s registered with %s file",
                     "classic guest at %s registered with %s files", n);
  if (g_str_has_suffix (pattern, "file"))
    return ngettext ("%s registered with %s file", "%s registered with %s files", n);
  return ngettext ("%s searched “%s” (%s result)", "%s searched “%s” (%s results)", n);
}

/* What stands in @line for each %s of @pattern: (nullable) if it does not fit. */
static char **
match (const char *line, const char *pattern)
{
  g_auto (GStrv) parts = g_strsplit (pattern, LEFT_OUT, -1);
  g_autoptr (GString) expression = g_string_new ("^");
  g_autoptr (GRegex) regex = NULL;
  g_autoptr (GMatchInfo) info = NULL;

  for (guint i = 0; parts[i] != NULL; i++)
    {
      g_autofree char *part = g_regex_escape_string (parts[i], -1);

      g_string_append_printf (expression, "%s%s", i > 0 ? "(.*)" : "", part);
    }
  g_string_append_c (expression, '$');
  regex = g_regex_new (expression->str, G_REGEX_DOTALL, 0, NULL);
  if (regex == NULL || !g_regex_match (regex, line, 0, &info))
    return NULL;
  return g_match_info_fetch_all (info);
}

/* Who it is about: "ana (k3xw-7aqd) at 127.0.0.1:6001" */
static const char *const who_pattern = N_ ("%s (%s) at %s");

static char *fill_in (const char *pattern, char **found);

static char *
translate_who (const char *who)
{
  g_auto (GStrv) found = match (who, who_pattern);

  return found != NULL ? fill_in (_ (who_pattern), found) : g_strdup (who);
}

/* @found: what a match gave: all of it, then its parts */
static char *
fill_in (const char *pattern, char **found)
{
  g_auto (GStrv) parts = g_strsplit (pattern, LEFT_OUT, -1);
  GString *words = g_string_new (parts[0]);
  guint n_found = g_strv_length (found);

  for (guint i = 1; parts[i] != NULL; i++)
    g_string_append_printf (words, "%s%s", i < n_found ? found[i] : "", parts[i]);
  return g_string_free (words, FALSE);
}

char *
redes_engine_words_translate_log (const char *line)
{
  for (guint i = 0; i < G_N_ELEMENTS (log_patterns); i++)
    {
      const LogPattern *pattern = &log_patterns[i];
      g_auto (GStrv) found = match (line, pattern->pattern);
      char *who;

      if (found == NULL && pattern->plural != NULL)
        found = match (line, pattern->plural);
      if (found == NULL)
        continue;
      who = translate_who (found[1]);
      g_free (found[1]);
      found[1] = who;
      if (pattern->plural == NULL)
        return fill_in (_ (pattern->pattern), found);
      return fill_in (
          get_plural (pattern->pattern, strtoul (found[g_strv_length (found) - 1], NULL, 10)),
          found);
    }
  return g_strdup (line);
}
