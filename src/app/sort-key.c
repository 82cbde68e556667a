/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/sort-key.h"

#include "engine/base/natural-order.h"

#include <string.h>

typedef struct _SortKey SortKey;

/**
 * SortKey:
 * @func: whose text it is made of
 * @text_hash: of that text
 * @next: (nullable): the same item's by other texts
 */
struct _SortKey
{
  RedesSortTextFunc func;
  guint text_hash;
  SortKey *next;
  char key[];
};

typedef struct
{
  RedesSortTextFunc text;
  RedesSortNumberFunc number;
} By;

static G_DEFINE_QUARK (redes - sort - key, sort_key) static G_DEFINE_QUARK (redes - sort - by,
                                                                            sort_by)

    static void sort_keys_free (gpointer data)
{
  SortKey *next;

  for (SortKey *key = data; key != NULL; key = next)
    {
      next = key->next;
      g_free (key);
    }
}

static SortKey *
sort_key_new (RedesSortTextFunc func, const char *text, guint text_hash)
{
  g_autofree char *folded = g_utf8_casefold (text, -1);
  g_autofree char *made = redes_natural_order_make_key (folded);
  gsize size = strlen (made) + 1;
  SortKey *key = g_malloc (sizeof *key + size);

  key->func = func;
  key->text_hash = text_hash;
  key->next = NULL;
  memcpy (key->key, made, size);
  return key;
}

static const char *
ensure_key (GObject *item, RedesSortTextFunc func)
{
  const char *text = func (item);
  guint text_hash = g_str_hash (text);
  SortKey *first = g_object_get_qdata (item, sort_key_quark ());
  SortKey **place = &first;
  SortKey *old;

  while (*place != NULL && (*place)->func != func)
    place = &(*place)->next;
  old = *place;
  if (old != NULL && old->text_hash == text_hash)
    return old->key;

  *place = sort_key_new (func, text, text_hash);
  if (old != NULL)
    (*place)->next = old->next;
  g_free (old);
  /* The first of them may be another now; the old ones are not to be freed. */
  g_object_steal_qdata (item, sort_key_quark ());
  g_object_set_qdata_full (item, sort_key_quark (), first, sort_keys_free);
  return (*place)->key;
}

static int
compare_texts (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const By *by = user_data;

  return strcmp (ensure_key ((GObject *)a, by->text), ensure_key ((GObject *)b, by->text));
}

static int
compare_numbers (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const By *by = user_data;
  guint64 one = by->number ((gpointer)a);
  guint64 other = by->number ((gpointer)b);

  return one == other ? 0 : one > other ? -1 : 1;
}

static GtkSorter *
sorter_new (GCompareDataFunc compare, const By *template)
{
  By *by = g_memdup2 (template, sizeof *template);
  GtkCustomSorter *sorter = gtk_custom_sorter_new (compare, by, g_free);

  g_object_set_qdata (G_OBJECT (sorter), sort_by_quark (), by);
  return GTK_SORTER (sorter);
}

GtkSorter *
redes_sorter_new_by_text (RedesSortTextFunc func)
{
  By by = { .text = func };

  return sorter_new (compare_texts, &by);
}

GtkSorter *
redes_sorter_new_by_number (RedesSortNumberFunc func)
{
  By by = { .number = func };

  return sorter_new (compare_numbers, &by);
}

void
redes_sorter_prepare (GtkSorter *sorter, GObject *item)
{
  const By *by = g_object_get_qdata (G_OBJECT (sorter), sort_by_quark ());

  if (by->text != NULL)
    ensure_key (item, by->text);
}
