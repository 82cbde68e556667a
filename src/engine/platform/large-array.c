/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/large-array-private.h"

/* Before the array. It is as long as the alignment of any type. */
typedef union
{
  gsize mapped_bytes; /* with this header; 0: ordinary memory */
  guint8 room[16];
} Header;

G_STATIC_ASSERT (sizeof (Header) == 16);

static Header *
get_header (gconstpointer array)
{
  return (Header *)(guintptr)array - 1;
}

gpointer
redes_large_array_new (gsize n_bytes)
{
  Header *header = NULL;

  g_assert (n_bytes > 0 && n_bytes <= G_MAXSSIZE - sizeof *header);
  if (n_bytes >= REDES_LARGE_ARRAY_MIN)
    header = redes_large_array_map (sizeof *header + n_bytes);
  if (header != NULL)
    header->mapped_bytes = sizeof *header + n_bytes;
  else
    header = g_malloc0 (sizeof *header + n_bytes);
  return header + 1;
}

void
redes_large_array_free (gpointer array)
{
  Header *header;

  if (array == NULL)
    return;
  header = get_header (array);
  if (header->mapped_bytes > 0)
    redes_large_array_unmap (header, header->mapped_bytes);
  else
    g_free (header);
}

void
redes_large_array_rest (gpointer array)
{
  Header *header = get_header (array);

  if (header->mapped_bytes > 0)
    redes_large_array_rest_mapped (header, header->mapped_bytes);
}

gboolean
redes_large_array_is_on_disk (gconstpointer array)
{
  return get_header (array)->mapped_bytes > 0;
}
