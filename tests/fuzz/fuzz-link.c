/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include "engine/content/link.h"

#include <string.h>

/* `redes:` links. The input, up to a NUL, is the text. Accepted: a link. */

gboolean
fuzz_run (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *)data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (RedesLink) link = redes_link_parse (text, &error);
  g_autoptr (RedesLink) again = NULL;
  g_autofree char *written = NULL;
  g_autofree char *written_again = NULL;

  if (link == NULL)
    {
      g_assert_error (error, REDES_CONTENT_ERROR, REDES_CONTENT_ERROR_LINK);
      return FALSE;
    }
  g_assert_no_error (error);
  g_assert_true (redes_link_looks_like (text));
  g_assert_true (link->name == NULL || g_utf8_validate (link->name, -1, NULL));
  g_assert_nonnull (link->trackers);

  written = redes_link_format (link);
  again = redes_link_parse (written, &error);
  g_assert_no_error (error);
  g_assert_true (redes_content_id_equal (&link->content, &again->content));
  g_assert_cmpstr (link->name, ==, again->name);
  g_assert_cmpint (link->is_folder, ==, again->is_folder);
  g_assert_cmpstr (link->inside, ==, again->inside);
  g_assert_cmpstrv (link->trackers, again->trackers);
  written_again = redes_link_format (again);
  g_assert_cmpstr (written, ==, written_again);
  return TRUE;
}

void
fuzz_seeds (GPtrArray *seeds)
{
  static const char *const ids[] = {
    "ny2axhh7wn5jrhffitt3w6akfr4jahj7wm3tq5ufcgrqmf5puaoq",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
  };
  static const char *const tails[] = {
    "?s=1",
    "?n=a%20b.txt&s=1048577",
    "?n=%C3%A1gua&s=0&t=127.0.0.1:5000&t=[::1]:5001",
    "?s=281474976710656&p=6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "?s=20&k=folder",
    "?k=folder&s=777&n=Album&i=Day%201/IMG_2.jpg",
    "?t=tracker.example.org:5000&x=unknown&n=z&s=1",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (tails); j++)
      {
        char *text = g_strconcat ("redes:", ids[i], tails[j], NULL);

        g_ptr_array_add (seeds, g_bytes_new_take (text, strlen (text)));
      }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  fuzz_run (data, size);
  return 0;
}
