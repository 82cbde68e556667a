/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tracker/top-k.h"

#include <string.h>

#define MAX_ELEMENT_BYTES 64u

/**
 * Heap:
 * @elements: @size bytes each
 * @n: how many of the first ones are in the heap
 */
typedef struct
{
  char *elements;
  gsize size;
  guint n;
  GCompareFunc compare;
} Heap;

static char *
get_element (const Heap *heap, guint i)
{
  return heap->elements + i * heap->size;
}

static void
swap (const Heap *heap, guint i, guint j)
{
  char kept[MAX_ELEMENT_BYTES];

  memcpy (kept, get_element (heap, i), heap->size);
  memcpy (get_element (heap, i), get_element (heap, j), heap->size);
  memcpy (get_element (heap, j), kept, heap->size);
}

/* Restores the heap below @at: each of its elements comes after its children, which stand at 2i + 1
 * and 2i + 2. */
static void
sift_down (const Heap *heap, guint at)
{
  for (guint child = 2 * at + 1; child < heap->n; child = 2 * at + 1)
    {
      if (child + 1 < heap->n
          && heap->compare (get_element (heap, child), get_element (heap, child + 1)) < 0)
        child++;
      if (heap->compare (get_element (heap, at), get_element (heap, child)) >= 0)
        return;
      swap (heap, at, child);
      at = child;
    }
}

/* Moves those of all @len elements that come first to the heap's places. */
static void
gather_first (const Heap *heap, guint len)
{
  for (guint i = heap->n / 2; i > 0; i--)
    sift_down (heap, i - 1);
  /* The one at the top is the last of the first: whoever comes before it takes its place. */
  for (guint i = heap->n; heap->n > 0 && i < len; i++)
    {
      if (heap->compare (get_element (heap, i), get_element (heap, 0)) >= 0)
        continue;
      swap (heap, i, 0);
      sift_down (heap, 0);
    }
}

void
redes_top_k (GPtrArray *array, guint n, GCompareFunc compare)
{
  const Heap heap = { (char *)array->pdata, sizeof (gpointer), n, compare };

  if (n < array->len)
    {
      gather_first (&heap, array->len);
      g_ptr_array_set_size (array, n);
    }
  g_ptr_array_sort (array, compare);
}

void
redes_top_k_values (GArray *array, guint n, GCompareFunc compare)
{
  const Heap heap = { array->data, g_array_get_element_size (array), n, compare };

  g_return_if_fail (heap.size <= MAX_ELEMENT_BYTES);
  if (n < array->len)
    {
      gather_first (&heap, array->len);
      g_array_set_size (array, n);
    }
  g_array_sort (array, compare);
}
