/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tracker/directory.h"

#include <gio/gio.h>
#include <stdio.h>
#include <string.h>

/*
 * What a tracker's directory costs: memory and time for each file, and how long searches take.
 * Usage: bench-directory FILES latin|han
 */

#define BATCH 1000u
#define N_SEARCHES 300u

static const char *const latin_words[] = { "summer", "photos", "report", "music", "lecture",
                                           "garden", "final",  "draft",  "house", "river" };
static const char *const han_words[] = { "夏休み", "写真集", "報告書", "音楽会", "講義録",
                                         "庭園",   "最終版", "下書き", "一軒家", "川辺" };

static guint64
get_resident_bytes (void)
{
  g_autofree char *text = NULL;
  guint64 size, resident;

  if (!g_file_get_contents ("/proc/self/statm", &text, NULL, NULL)
      || sscanf (text, "%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT, &size, &resident) != 2)
    return 0;
  return resident * 4096;
}

static gint
compare (gconstpointer a, gconstpointer b)
{
  gint64 one = *(const gint64 *)a;
  gint64 other = *(const gint64 *)b;

  return one < other ? -1 : one > other;
}

static void
measure (RedesDirectory *directory, const char *what, const char *words)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  guint total = 0;

  for (guint i = 0; i < N_SEARCHES; i++)
    {
      gint64 start_us = g_get_monotonic_time ();
      g_autoptr (GPtrArray) rows = redes_directory_search (directory, words, 0, 50, &total);
      gint64 took_us = g_get_monotonic_time () - start_us;

      g_array_append_val (times, took_us);
    }
  g_array_sort (times, compare);
  g_print ("%-24s %8u results, p50 %7.2f ms, p99 %7.2f ms\n", what, total,
           g_array_index (times, gint64, N_SEARCHES / 2) / 1000.0,
           g_array_index (times, gint64, N_SEARCHES * 99 / 100) / 1000.0);
}

int
main (int argc, char **argv)
{
  guint n = argc > 1 ? (guint)g_ascii_strtoull (argv[1], NULL, 10) : 100000;
  gboolean is_han = argc > 2 && g_str_equal (argv[2], "han");
  const char *const *words = is_han ? han_words : latin_words;
  g_autoptr (GError) error = NULL;
  g_autoptr (RedesDirectory) directory = redes_directory_new ();
  RedesIdentity *identity = redes_identity_new (2048, &error);
  guint64 before = get_resident_bytes ();
  gint64 added_us = 0;

  redes_directory_set_limits (directory, &(RedesDirectoryLimits){ .files_a_peer = G_MAXUINT / 2,
                                                                  .files_in_all = G_MAXUINT / 2 });
  for (guint done = 0; done < n; done += BATCH)
    {
      RedesManifestDraft drafts[BATCH] = { 0 };
      g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
      g_autoptr (GPtrArray) manifests = NULL;
      gint64 start_us;

      for (guint i = 0; i < BATCH; i++)
        {
          guint k = done + i;
          char *name = g_strdup_printf (is_han ? "%s%s%u.txt" : "%s %s %u.txt", words[k % 10],
                                        words[k / 10 % 10], k);

          g_ptr_array_add (names, name);
          drafts[i].name = name;
          drafts[i].geometry.file_size = 1000;
          drafts[i].geometry.block_size = redes_block_size_for (1000);
          redes_digest_of (name, strlen (name), &drafts[i].root);
        }
      manifests = redes_manifest_sign_batch (identity, drafts, BATCH, 1, &error);
      start_us = g_get_monotonic_time ();
      if (manifests == NULL
          || !redes_directory_add (directory, redes_identity_get_peer_id (identity), manifests,
                                   &error))
        g_error ("%s", error->message);
      added_us += g_get_monotonic_time () - start_us;
    }
  g_print ("%u files (%s): %.1f us and %.0f bytes each\n", n, is_han ? "han" : "latin",
           (gdouble)added_us / n, (gdouble)(get_resident_bytes () - before) / n);
  measure (directory, "one word, a fifth", words[0]);
  measure (directory, "two words", is_han ? "夏休み 写真集" : "summer photos");
  measure (directory, "part of a word", is_han ? "真集" : "photo");
  measure (directory, "all", "t");
  redes_identity_unref (identity);
  return 0;
}
