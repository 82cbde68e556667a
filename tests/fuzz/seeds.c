/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

GPtrArray *
fuzz_dup_seeds (void)
{
  GPtrArray *seeds = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);

  fuzz_seeds (seeds);
  g_assert_cmpuint (seeds->len, >, 0);
  for (guint i = 0; i < seeds->len; i++)
    {
      gsize size;
      const guint8 *data = g_bytes_get_data (g_ptr_array_index (seeds, i), &size);

      if (!fuzz_run (data, size))
        g_error ("valid input %u is not accepted: the target no longer reaches its decoder", i);
    }
  return seeds;
}
