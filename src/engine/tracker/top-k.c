/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tracker/top-k.h"

/* Restores the heap below @at: each of the first @n elements comes after its children, which stand
 * at 2i + 1 and 2i + 2. */
static void
sift_down (gpointer *rows, guint at, guint n, GCompareFunc compare)
{
  for (guint child = 2 * at + 1; child < n; child = 2 * at + 1)
    {
      gpointer row = rows[at];

      if (child + 1 < n && compare (&rows[child], &rows[child + 1]) < 0)
        child++;
      if (compare (&row, &rows[child]) >= 0)
        return;
      rows[at] = rows[child];
      rows[child] = row;
      at = child;
    }
}

void
redes_top_k (GPtrArray *array, guint n, GCompareFunc compare)
{
  gpointer *rows = array->pdata;

  if (n < array->len)
    {
      for (guint i = n / 2; i > 0; i--)
        sift_down (rows, i - 1, n, compare);
      /* The one at the top is the last of the first @n: whoever comes before it takes its place. */
      for (guint i = n; n > 0 && i < array->len; i++)
        {
          if (compare (&rows[i], &rows[0]) >= 0)
            continue;
          rows[0] = rows[i];
          sift_down (rows, 0, n, compare);
        }
      g_ptr_array_set_size (array, n);
    }
  g_ptr_array_sort (array, compare);
}
