/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/demo-files.h"

#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MIN_SIZE (8 * 1024 * 1024)
#define MAX_SIZE (200 * 1024 * 1024)
/* Where programs and data are; home folders are nobody's business. */
static const char *const folders[] = { "/usr/lib", "/usr/share", "/usr/bin", "/usr/local", "/opt" };
/* A disk that is slow to look through must not spoil the show. */
#define MAX_SEARCH_US (700 * 1000)
#define MAX_DEPTH 24

typedef struct
{
  char *path;
  guint64 size;
} Candidate;

/* nftw() hands no pointer to its function. */
static GArray *candidates;
static gint64 search_deadline_us;

static void
candidate_clear (gpointer data)
{
  Candidate *candidate = data;

  g_free (candidate->path);
}

static int
consider (const char *path, const struct stat *info, int type, struct FTW *where)
{
  Candidate candidate;

  if (g_get_monotonic_time () > search_deadline_us)
    return 1;
  if (type != FTW_F || !S_ISREG (info->st_mode) || info->st_size < MIN_SIZE
      || info->st_size > MAX_SIZE || access (path, R_OK) != 0 || !g_utf8_validate (path, -1, NULL))
    return 0;

  candidate.path = g_strdup (path);
  candidate.size = (guint64)info->st_size;
  g_array_append_val (candidates, candidate);
  return 0;
}

static gint
compare_sizes (gconstpointer a, gconstpointer b)
{
  const Candidate *one = a;
  const Candidate *other = b;

  if (one->size != other->size)
    return one->size > other->size ? -1 : 1;
  return strcmp (one->path, other->path);
}

/* Two files of one name would only confuse whoever watches. */
static gboolean
take_name (GHashTable *names, const char *path)
{
  return g_hash_table_add (names, g_path_get_basename (path));
}

char **
redes_demo_find_files (guint n_files)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  candidates = g_array_new (FALSE, FALSE, sizeof (Candidate));
  g_array_set_clear_func (candidates, candidate_clear);
  search_deadline_us = g_get_monotonic_time () + MAX_SEARCH_US;
  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      if (nftw (folders[i], consider, MAX_DEPTH, FTW_PHYS | FTW_MOUNT) > 0)
        break;
    }
  g_array_sort (candidates, compare_sizes);
  for (guint i = 0; i < candidates->len && g_hash_table_size (names) < n_files; i++)
    {
      const char *path = g_array_index (candidates, Candidate, i).path;

      if (take_name (names, path))
        g_strv_builder_add (builder, path);
    }
  g_clear_pointer (&candidates, g_array_unref);
  return g_strv_builder_end (builder);
}

gboolean
redes_demo_make_file (const char *path, gsize size_bytes, GError **error)
{
  g_autofree guint32 *words = g_malloc (size_bytes);
  g_autoptr (GRand) rand = g_rand_new ();

  for (gsize i = 0; i < size_bytes / sizeof (guint32); i++)
    words[i] = g_rand_int (rand);
  return g_file_set_contents_full (path, (const char *)words, (gssize)size_bytes,
                                   G_FILE_SET_CONTENTS_NONE, 0600, error);
}

gboolean
redes_demo_files_equal (const char *path, const char *other)
{
  g_autoptr (GMappedFile) a = g_mapped_file_new (path, FALSE, NULL);
  g_autoptr (GMappedFile) b = g_mapped_file_new (other, FALSE, NULL);
  gsize size;

  if (a == NULL || b == NULL)
    return FALSE;
  size = g_mapped_file_get_length (a);
  return g_mapped_file_get_length (b) == size
         && (size == 0
             || memcmp (g_mapped_file_get_contents (a), g_mapped_file_get_contents (b), size) == 0);
}

static int
remove_entry (const char *path, const struct stat *info, int type, struct FTW *where)
{
  return remove (path);
}

gboolean
redes_demo_remove_tree (const char *path)
{
  return nftw (path, remove_entry, MAX_DEPTH, FTW_PHYS | FTW_DEPTH) == 0;
}
