/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * bench-store FOLDER FILES
 *
 * Writes that many files into a store in FOLDER, reads them again from a new one, and prints what
 * it took. The files are of batches of 512 and do not exist.
 */

#include "engine/library/store.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#define BATCH 512

typedef struct
{
  GPtrArray *manifests;
  GPtrArray *trees;
} Kept;

static RedesStore *
open_store (const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RedesNotice) notice = NULL;
  RedesStore *store = redes_store_open (folder, NULL, NULL, NULL, &notice, &error);

  if (store == NULL)
    {
      fprintf (stderr, "bench-store: %s\n", error->message);
      exit (1);
    }
  return store;
}

static gdouble
seconds_since (gint64 start_us)
{
  return (gdouble)(g_get_monotonic_time () - start_us) / G_USEC_PER_SEC;
}

/* Private memory, from the kernel; 0 where it does not tell. */
static guint64
get_private_bytes (void)
{
  g_autofree char *text = NULL;
  guint64 n_kib = 0;

  if (!g_file_get_contents ("/proc/self/smaps_rollup", &text, NULL, NULL))
    return 0;
  for (char *line = strtok (text, "\n"); line != NULL; line = strtok (NULL, "\n"))
    {
      if (g_str_has_prefix (line, "Private_"))
        n_kib += g_ascii_strtoull (strchr (line, ':') + 1, NULL, 10);
    }
  return n_kib * 1024;
}

static void
keep_file (const RedesStoreFile *file, gpointer user_data)
{
  Kept *kept = user_data;

  g_ptr_array_add (kept->manifests, redes_manifest_ref (file->manifest));
  if (file->tree != NULL)
    g_ptr_array_add (kept->trees, redes_hash_tree_ref (file->tree));
}

static void
write_files (RedesStore *store, RedesIdentity *identity, guint n_files)
{
  RedesManifestDraft drafts[BATCH];
  char names[BATCH][64];

  for (guint first = 0; first < n_files; first += BATCH)
    {
      guint n = MIN (BATCH, n_files - first);
      g_autoptr (GPtrArray) manifests = NULL;

      for (guint i = 0; i < n; i++)
        {
          guint number = first + i;

          g_snprintf (names[i], sizeof names[i], "a file of some length %06u.jpeg", number);
          drafts[i].name = names[i];
          drafts[i].geometry.file_size = 100000;
          drafts[i].geometry.block_size = REDES_MIN_BLOCK_SIZE;
          redes_digest_of (&number, sizeof number, &drafts[i].root);
        }
      manifests = redes_manifest_sign_batch (identity, drafts, n, 1700000000, NULL);
      for (guint i = 0; i < n; i++)
        {
          g_autofree char *relative = g_strdup_printf ("album %03u/%s", first / BATCH, names[i]);
          RedesStoreFile file = { "/home/somebody/pictures", relative, 1700000000000000000,
                                  g_ptr_array_index (manifests, i), NULL };

          redes_store_put_file (store, &file);
        }
    }
}

/* From putting a block to its commit, one after the other. */
static gdouble
measure_latency (RedesStore *store)
{
  RedesStoreTransfer transfer = { .link = (char *)"redes:link", .folder = (char *)"/downloads" };
  gint64 start_us;

  redes_store_put_transfer (store, &transfer);
  redes_store_flush (store);
  start_us = g_get_monotonic_time ();
  for (guint32 i = 0; i < 1000; i++)
    {
      redes_store_put_block (store, &transfer.content, i, &transfer.content.root, NULL, 0);
      redes_store_flush (store);
    }
  return seconds_since (start_us) / 1000;
}

int
main (int argc, char **argv)
{
  g_autoptr (RedesIdentity) identity = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  Kept kept = { g_ptr_array_new_with_free_func ((GDestroyNotify)redes_manifest_unref),
                g_ptr_array_new_with_free_func ((GDestroyNotify)redes_hash_tree_unref) };
  RedesStore *store;
  GStatBuf info;
  guint n_files;
  guint64 before_bytes;
  gint64 start_us;
  gint64 read_us;

  setlocale (LC_ALL, "");
  if (argc != 3)
    {
      fprintf (stderr, "Usage: bench-store FOLDER FILES\n");
      return 2;
    }
  n_files = (guint)g_ascii_strtoull (argv[2], NULL, 10);
  identity = redes_identity_new (REDES_IDENTITY_BITS, &error);
  if (identity == NULL)
    {
      fprintf (stderr, "bench-store: %s\n", error->message);
      return 1;
    }

  store = open_store (argv[1]);
  start_us = g_get_monotonic_time ();
  write_files (store, identity, n_files);
  printf ("put     %8.3f s\n", seconds_since (start_us));
  redes_store_flush (store);
  printf ("written %8.3f s\n", seconds_since (start_us));
  redes_store_free (store);

  path = g_build_filename (argv[1], "library.db", NULL);
  if (g_stat (path, &info) == 0)
    printf ("on disk %8.1f bytes a file\n", (gdouble)info.st_size / n_files);

#ifdef __GLIBC__
  malloc_trim (0);
#endif
  before_bytes = get_private_bytes ();
  start_us = g_get_monotonic_time ();
  store = open_store (argv[1]);
  printf ("opened  %8.3f s\n", seconds_since (start_us));
  read_us = g_get_monotonic_time ();
  redes_store_each_file (store, keep_file, &kept, &error);
  g_assert_no_error (error);
  printf ("read    %8.3f s, %u files\n", seconds_since (read_us), kept.manifests->len);
  printf ("start   %8.3f s\n", seconds_since (start_us));
#ifdef __GLIBC__
  malloc_trim (0);
#endif
  printf ("memory  %8.1f bytes a file\n",
          (gdouble)(get_private_bytes () - before_bytes) / kept.manifests->len);
  printf ("commit  %8.3f ms\n", 1000 * measure_latency (store));

  start_us = g_get_monotonic_time ();
  redes_store_free (store);
  printf ("closed  %8.3f s\n", seconds_since (start_us));
  g_ptr_array_unref (kept.manifests);
  g_ptr_array_unref (kept.trees);
  return 0;
}
