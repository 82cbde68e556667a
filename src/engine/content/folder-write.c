/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/content/folder-write.h"

#include "engine/content/folder-names.h"

#include <string.h>

/* ---- The order ---- */

static gint
compare_children (gconstpointer a, gconstpointer b)
{
  /* strcmp() compares as unsigned characters. */
  return strcmp (((const RedesFolderChild *)a)->name, ((const RedesFolderChild *)b)->name);
}

static const char *
get_name (gconstpointer names, guint index)
{
  return g_array_index ((const GArray *)names, RedesFolderChild, index).name;
}

static void
take_out_equal (GArray *children, RedesFolderAlikeFunc alike_func, gpointer user_data)
{
  guint n = 0;

  for (guint i = 0; i < children->len; i++)
    {
      RedesFolderChild child = g_array_index (children, RedesFolderChild, i);
      const RedesFolderChild *last
          = n > 0 ? &g_array_index (children, RedesFolderChild, n - 1) : NULL;

      if (last != NULL && strcmp (last->name, child.name) == 0)
        {
          if (alike_func != NULL)
            alike_func (&child, last, user_data);
          continue;
        }
      g_array_index (children, RedesFolderChild, n++) = child;
    }
  g_array_set_size (children, n);
}

static void
take_out_alike (GArray *children, RedesFolderAlikeFunc alike_func, gpointer user_data)
{
  g_autoptr (GArray) alike = redes_folder_find_alike (get_name, children, children->len);
  guint n = 0;
  guint next = 0;

  if (alike->len == 0)
    return;

  if (alike_func != NULL)
    for (guint i = 0; i < alike->len; i++)
      {
        const RedesFolderAlike *pair = &g_array_index (alike, RedesFolderAlike, i);

        alike_func (&g_array_index (children, RedesFolderChild, pair->index),
                    &g_array_index (children, RedesFolderChild, pair->kept), user_data);
      }

  for (guint i = 0; i < children->len; i++)
    {
      if (next < alike->len && g_array_index (alike, RedesFolderAlike, next).index == i)
        next++;
      else
        g_array_index (children, RedesFolderChild, n++)
            = g_array_index (children, RedesFolderChild, i);
    }
  g_array_set_size (children, n);
}

void
redes_folder_put_in_order (GArray *children, RedesFolderAlikeFunc alike_func, gpointer user_data)
{
  g_array_sort (children, compare_children);
  take_out_equal (children, alike_func, user_data);
  take_out_alike (children, alike_func, user_data);
}

/* ---- The bytes ---- */

static guint8 *
write_number (guint8 *place, guint64 number, guint n_bytes)
{
  for (guint i = n_bytes; i > 0; i--)
    *place++ = (guint8)(number >> (8 * (i - 1)));
  return place;
}

void
redes_folder_write_header (guint32 n_children, guint8 *out)
{
  memcpy (out, REDES_FOLDER_MAGIC, REDES_FOLDER_MAGIC_BYTES);
  write_number (out + REDES_FOLDER_MAGIC_BYTES, n_children, 4);
}

gsize
redes_folder_write_child (const RedesFolderChild *child, guint8 *out)
{
  gsize name_len = strlen (child->name);
  guint8 *place = out;

  place = write_number (place, (guint64)child->kind, 1);
  place = write_number (place, name_len, 1);
  memcpy (place, child->name, name_len);
  place = write_number (place + name_len, child->content.size_bytes, 8);
  memcpy (place, child->content.root.bytes, REDES_DIGEST_SIZE);
  place += REDES_DIGEST_SIZE;
  if (child->kind == REDES_FOLDER_KIND_FOLDER)
    {
      place = write_number (place, child->totals.bytes, 8);
      place = write_number (place, child->totals.n_files, 4);
      place = write_number (place, child->totals.n_folders, 4);
      place = write_number (place, child->totals.height, 1);
    }
  else
    place = write_number (place, (guint64)child->time_s, 8);

  return (gsize)(place - out);
}
