/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/large-array.h"

#include <string.h>

#define N_WORDS (8u * 1024 * 1024)

/* Long or short, it is zeroed memory, and keeps what is written when it rests. */
static void
test_holds_what_is_written (void)
{
  const gsize lengths[] = { 1, 100, REDES_LARGE_ARRAY_MIN - 1, REDES_LARGE_ARRAY_MIN,
                            REDES_LARGE_ARRAY_MIN * 3 + 17 };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      guint8 *array = redes_large_array_new (lengths[i]);

      for (gsize j = 0; j < lengths[i]; j++)
        {
          if (array[j] != 0)
            g_error ("byte %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " is not 0", j, lengths[i]);
          array[j] = (guint8)(j * 7 + i);
        }
      g_assert_cmpuint ((guintptr)array % 16, ==, 0);
      g_assert_true (!redes_large_array_is_on_disk (array) || lengths[i] >= REDES_LARGE_ARRAY_MIN);
      redes_large_array_rest (array);
      for (gsize j = 0; j < lengths[i]; j++)
        if (array[j] != (guint8)(j * 7 + i))
          g_error ("byte %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " was lost", j, lengths[i]);
      redes_large_array_free (array);
    }
  redes_large_array_free (NULL);
}

static guint64
read_own_memory_kib (void)
{
  g_autofree char *status = NULL;
  g_autofree char *number = NULL;
  const char *field;

  if (!g_file_get_contents ("/proc/self/status", &status, NULL, NULL))
    return 0;
  field = g_strstr_len (status, -1, "RssAnon:");
  if (field == NULL)
    return 0;
  number = g_strchug (g_strdup (field + strlen ("RssAnon:")));
  return g_ascii_strtoull (number, NULL, 10);
}

/* What is on the disk is nobody's memory but the system's. */
static void
test_takes_no_memory_of_its_own (void)
{
  guint64 before_kib = read_own_memory_kib ();
  guint64 *array = redes_large_array_new (N_WORDS * sizeof *array);

  if (!redes_large_array_is_on_disk (array) || before_kib == 0)
    g_test_skip ("Here no file without a name can be made on a disk");
  else
    {
      for (guint i = 0; i < N_WORDS; i++)
        array[i] = i;
      g_assert_cmpuint (read_own_memory_kib (), <, before_kib + 16u * 1024);
    }
  redes_large_array_free (array);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/large-array/holds-what-is-written", test_holds_what_is_written);
  g_test_add_func ("/large-array/takes-no-memory-of-its-own", test_takes_no_memory_of_its_own);
  return g_test_run ();
}
