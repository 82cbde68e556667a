/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/content/folder-names.h"

#include <string.h>

/* Unicode's canonical caseless match (D145). */
char *
redes_folder_dup_name_key (const char *name)
{
  g_autofree char *decomposed = NULL;
  g_autofree char *folded = NULL;

  if (g_str_is_ascii (name))
    return g_ascii_strdown (name, -1);

  decomposed = g_utf8_normalize (name, -1, G_NORMALIZE_NFD);
  folded = g_utf8_casefold (decomposed, -1);
  return g_utf8_normalize (folded, -1, G_NORMALIZE_NFD);
}

/**
 * FoldedName:
 * @key: of a name that is not its own key
 */
typedef struct
{
  char *key;
  guint32 index;
} FoldedName;

static void
folded_name_clear (gpointer data)
{
  g_free (((FoldedName *)data)->key);
}

static gint
compare_folded (gconstpointer a, gconstpointer b)
{
  const FoldedName *name_a = a;
  const FoldedName *name_b = b;
  gint order = strcmp (name_a->key, name_b->key);

  if (order != 0)
    return order;
  return name_a->index < name_b->index ? -1 : name_a->index > name_b->index;
}

static GArray *
fold_names (RedesFolderNameFunc name_func, gconstpointer names, guint n)
{
  GArray *folded = g_array_new (FALSE, FALSE, sizeof (FoldedName));

  g_array_set_clear_func (folded, folded_name_clear);
  for (guint i = 0; i < n; i++)
    {
      const char *name = name_func (names, i);
      FoldedName entry = { redes_folder_dup_name_key (name), i };

      if (strcmp (entry.key, name) == 0)
        g_free (entry.key);
      else
        g_array_append_val (folded, entry);
    }
  g_array_sort (folded, compare_folded);
  return folded;
}

/* Looks for a name that is its own key, and equal to @key. */
static gboolean
find_own_key (
    RedesFolderNameFunc name_func, gconstpointer names, guint n, const char *key, guint32 *index)
{
  guint first = 0;
  guint end = n;

  while (first < end)
    {
      guint middle = first + (end - first) / 2;
      gint order = strcmp (name_func (names, middle), key);

      if (order == 0)
        {
          g_autofree char *its_key = redes_folder_dup_name_key (key);

          *index = middle;
          return strcmp (its_key, key) == 0;
        }
      if (order < 0)
        first = middle + 1;
      else
        end = middle;
    }
  return FALSE;
}

static gint
compare_alike (gconstpointer a, gconstpointer b)
{
  const RedesFolderAlike *alike_a = a;
  const RedesFolderAlike *alike_b = b;

  return alike_a->index < alike_b->index ? -1 : alike_a->index > alike_b->index;
}

/* Of names that are alike one at most is its own key: it is found by a binary search, so that only
 * the keys of the others are kept and sorted. */
GArray *
redes_folder_find_alike (RedesFolderNameFunc name_func, gconstpointer names, guint n)
{
  GArray *alike = g_array_new (FALSE, FALSE, sizeof (RedesFolderAlike));
  g_autoptr (GArray) folded = fold_names (name_func, names, n);
  guint end;

  for (guint begin = 0; begin < folded->len; begin = end)
    {
      const FoldedName *first = &g_array_index (folded, FoldedName, begin);
      guint32 kept = first->index;
      guint32 own = 0;
      gboolean has_own = find_own_key (name_func, names, n, first->key, &own);

      if (has_own && own < kept)
        kept = own;
      for (end = begin; end < folded->len; end++)
        {
          const FoldedName *other = &g_array_index (folded, FoldedName, end);
          RedesFolderAlike found = { other->index, kept };

          if (strcmp (other->key, first->key) != 0)
            break;
          if (found.index != kept)
            g_array_append_val (alike, found);
        }
      if (has_own && own != kept)
        {
          RedesFolderAlike found = { own, kept };

          g_array_append_val (alike, found);
        }
    }

  g_array_sort (alike, compare_alike);
  return alike;
}
