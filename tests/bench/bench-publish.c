/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * bench-publish PATH
 *
 * Publishes a file or a folder as a peer does (scan, read, hash, sign), with one thread a core, and
 * prints "FILES BYTES SECONDS CPU-SECONDS". Making the identity is not counted.
 */

#include "engine/library/library.h"

#include <locale.h>
#include <stdio.h>
#include <time.h>

typedef struct
{
  GMainLoop *loop;
  guint n_files;
  guint n_skipped;
} Bench;

static void
on_shared (RedesHolding *holding, gpointer user_data)
{
  Bench *self = user_data;

  self->n_files++;
}

static void
on_skipped (const char *path, const GError *error, gpointer user_data)
{
  Bench *self = user_data;

  self->n_skipped++;
  fprintf (stderr, "bench-publish: %s: %s\n", path, error->message);
}

static void
on_idle (gpointer user_data)
{
  Bench *self = user_data;

  g_main_loop_quit (self->loop);
}

int
main (int argc, char **argv)
{
  static const RedesLibraryEvents events
      = { .shared = on_shared, .skipped = on_skipped, .idle = on_idle };
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (RedesIdentity) identity = NULL;
  g_autoptr (GError) error = NULL;
  Bench self = { .loop = loop };
  RedesWorkers *workers;
  RedesLibrary *library;
  gint64 start_us;
  gint64 end_us;
  clock_t start_cpu;
  clock_t end_cpu;

  setlocale (LC_ALL, "");
  if (argc != 2)
    {
      fprintf (stderr, "Usage: bench-publish PATH\n");
      return 2;
    }
  identity = redes_identity_new (REDES_IDENTITY_BITS, &error);
  if (identity == NULL)
    {
      fprintf (stderr, "bench-publish: %s\n", error->message);
      return 1;
    }

  workers = redes_workers_new ("hash", g_get_num_processors (), NULL);
  library = redes_library_new (identity, workers, NULL, &events, &self);
  start_cpu = clock ();
  start_us = g_get_monotonic_time ();
  redes_library_share (library, argv[1]);
  g_main_loop_run (loop);
  end_us = g_get_monotonic_time ();
  end_cpu = clock ();

  printf ("%u %" G_GUINT64_FORMAT " %.6f %.6f\n", self.n_files,
          redes_library_get_bytes_hashed (library), (gdouble)(end_us - start_us) / G_USEC_PER_SEC,
          (gdouble)(end_cpu - start_cpu) / CLOCKS_PER_SEC);
  redes_library_free (library);
  redes_workers_free (workers);
  return self.n_files > 0 && self.n_skipped == 0 ? 0 : 1;
}
