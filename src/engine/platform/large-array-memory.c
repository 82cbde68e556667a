/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/large-array-private.h"

/* On systems without files that have no name, all arrays are ordinary memory. */
gpointer
redes_large_array_map (gsize n_bytes)
{
  return NULL;
}

void
redes_large_array_unmap (gpointer memory, gsize n_bytes)
{
  g_assert_not_reached ();
}

void
redes_large_array_rest_mapped (gpointer memory, gsize n_bytes)
{
  g_assert_not_reached ();
}
