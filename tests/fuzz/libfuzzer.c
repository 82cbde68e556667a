/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include <glib/gstdio.h>

int LLVMFuzzerInitialize (int *argc, char ***argv);

/* Puts the valid inputs into the corpus, the first folder named, before libFuzzer reads it. */
int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  g_autoptr (GPtrArray) seeds = fuzz_dup_seeds ();
  const char *folder = NULL;

  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
  for (int i = 1; i < *argc && folder == NULL; i++)
    {
      if ((*argv)[i][0] != '-')
        folder = (*argv)[i];
    }
  if (folder == NULL)
    return 0;
  g_mkdir_with_parents (folder, 0777);
  for (guint i = 0; i < seeds->len; i++)
    {
      g_autofree char *name = g_strdup_printf ("seed-%u", i);
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autoptr (GError) error = NULL;
      gsize size;
      const char *data = g_bytes_get_data (g_ptr_array_index (seeds, i), &size);

      if (!g_file_set_contents (path, data, size, &error))
        g_error ("%s", error->message);
    }
  return 0;
}
