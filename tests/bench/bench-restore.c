/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * bench-restore DATA-FOLDER [PATH]
 *
 * With a path: shares it, and remembers that in the data folder. Without: what is remembered there
 * is shared again and looked at. Prints "FILES-AT-ONCE FILES BYTES-HASHED SECONDS-TO-SHARE
 * SECONDS-TO-CHECK BYTES-A-FILE": the last is the memory that the process got for its own, over the
 * files.
 */

#include "engine/library/library-private.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

typedef struct
{
  guint n_files;
  gboolean is_idle;
} Bench;

static void
on_shared (RedesHolding *holding, gpointer user_data)
{
  Bench *self = user_data;

  self->n_files++;
}

static void
on_idle (gpointer user_data)
{
  Bench *self = user_data;

  self->is_idle = TRUE;
}

static void
on_trouble (const RedesNotice *trouble, gpointer user_data)
{
  const char *words = redes_notice_get_english (trouble);
  fprintf (stderr, "bench-restore: %s\n", words != NULL ? words : "works again");
}

/* What is written to and belongs to nobody else; 0 where the system does not tell. */
static gint64
get_private_bytes (void)
{
  g_autofree char *text = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/self/smaps_rollup", &text, NULL, NULL))
    return 0;
  line = strstr (text, "Private_Dirty:");
  return line != NULL ? g_ascii_strtoll (line + strlen ("Private_Dirty:"), NULL, 10) * 1024 : 0;
}

int
main (int argc, char **argv)
{
  static const RedesLibraryEvents events = { .shared = on_shared, .idle = on_idle };
  g_autoptr (RedesIdentity) identity = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (RedesNotice) notice = NULL;
  Bench self = { 0 };
  RedesWorkers *workers;
  RedesLibrary *library;
  RedesStore *store;
  gint64 bytes_before;
  guint n_at_once;
  gint64 start_us;
  gint64 shared_us;
  gint64 end_us;

  setlocale (LC_ALL, "");
  if (argc != 2 && argc != 3)
    {
      fprintf (stderr, "Usage: bench-restore DATA-FOLDER [PATH]\n");
      return 2;
    }
  identity = redes_identity_new (2048, &error);
  store = identity != NULL ? redes_store_open (argv[1], NULL, on_trouble, NULL, &notice, &error)
                           : NULL;
  if (store == NULL)
    {
      fprintf (stderr, "bench-restore: %s\n", error->message);
      return 1;
    }

  workers = redes_workers_new ("hash", g_get_num_processors (), NULL);
  library = redes_library_new (identity, workers, store, &events, &self);
  bytes_before = get_private_bytes ();
  start_us = g_get_monotonic_time ();
  if (argc == 3)
    {
      redes_library_share (library, argv[2]);
      while (!self.is_idle)
        g_main_context_iteration (NULL, TRUE);
      redes_store_flush (store);
    }
  else if (!redes_library_restore (library, &error))
    {
      fprintf (stderr, "bench-restore: %s\n", error->message);
      return 1;
    }
  shared_us = g_get_monotonic_time ();
  n_at_once = self.n_files;
  while (redes_library_is_looking (library) || redes_library_is_busy (library))
    g_main_context_iteration (NULL, TRUE);
  end_us = g_get_monotonic_time ();

  printf ("%u %u %" G_GUINT64_FORMAT " %.3f %.3f %.0f\n", n_at_once, self.n_files,
          redes_library_get_bytes_hashed (library),
          (gdouble)(shared_us - start_us) / G_USEC_PER_SEC,
          (gdouble)(end_us - shared_us) / G_USEC_PER_SEC,
          (gdouble)(get_private_bytes () - bytes_before) / MAX (self.n_files, 1));
  redes_library_free (library);
  redes_store_free (store);
  redes_workers_free (workers);
  return 0;
}
