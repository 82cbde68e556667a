/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/engine-words.h"

#include <glib.h>
#include <glib/gi18n.h>

/* Translators: each of these comes behind “Waiting: ” or “Failed: ”. */
static const char *const sentences[] = {
  N_ ("no source is there now"),
  N_ ("nobody who is there now shares it"),
  N_ ("no tracker is set, so nobody can be asked who has it"),
  N_ ("its publisher is blocked"),
  N_ ("the connection was made anew"),
  N_ ("the sources that are there do not have the blocks that are missing"),
  N_ ("what its sources call that content id is of another size, or too large"),
  N_ ("what its sources sent does not match the publisher's signature; nothing was saved"),
  N_ ("classic peers were switched off"),
  N_ ("What this peer remembers is written again"),
};

const char *
redes_engine_words_translate (const char *words)
{
  for (guint i = 0; i < G_N_ELEMENTS (sentences); i++)
    if (g_str_equal (words, sentences[i]))
      return _ (sentences[i]);
  return words;
}
