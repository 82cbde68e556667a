/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/natural-order.h"

#include <string.h>

char *
redes_natural_order_make_key (const char *name)
{
  g_autofree char *folded = NULL;
  g_autofree char *key = NULL;

  if (!g_utf8_validate (name, -1, NULL))
    return g_strconcat ("\x7f", name, NULL);

  /* Without a locale capital letters would all come first. */
  folded = g_utf8_casefold (name, -1);
  key = g_utf8_collate_key_for_filename (folded, -1);
  /* What is equal for people, as 1 and 01, still needs an order of its own. */
  return g_strconcat (key, "\x01", name, NULL);
}

gint
redes_natural_order_compare (const char *a, const char *b)
{
  g_autofree char *key_a = redes_natural_order_make_key (a);
  g_autofree char *key_b = redes_natural_order_make_key (b);

  return strcmp (key_a, key_b);
}
