/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/content/file-match.h"

#include "engine/content/hash-tree.h"

#include <glib/gstdio.h>
#include <sys/stat.h>

static gboolean
is_regular_of_size (const char *path, guint64 size)
{
  GStatBuf info;

  return g_stat (path, &info) == 0 && S_ISREG (info.st_mode) && (guint64)info.st_size == size;
}

/* Returns: (transfer full) (nullable): of each block the digest */
static RedesDigest *
hash_blocks (const RedesGeometry *geometry, GInputStream *stream, GCancellable *cancellable)
{
  guint32 n_blocks = redes_geometry_get_n_blocks (geometry);
  g_autofree RedesDigest *blocks = g_new (RedesDigest, MAX (n_blocks, 1));
  g_autofree guint8 *data = g_malloc (geometry->block_size);

  for (guint32 i = 0; i < n_blocks; i++)
    {
      gsize length = redes_geometry_get_block_length (geometry, i);
      gsize n_read;

      if (!g_input_stream_read_all (stream, data, length, &n_read, cancellable, NULL)
          || n_read != length)
        return NULL;
      redes_geometry_hash_block (geometry, i, data, length, &blocks[i]);
    }
  return g_steal_pointer (&blocks);
}

gboolean
redes_content_matches_file (const RedesContentId *content,
                            const char *path,
                            GCancellable *cancellable)
{
  RedesGeometry geometry = { content->size_bytes, redes_block_size_for (content->size_bytes) };
  g_autoptr (GFile) file = NULL;
  g_autoptr (GFileInputStream) stream = NULL;
  g_autofree RedesDigest *blocks = NULL;
  g_autoptr (RedesHashTree) tree = NULL;

  /* A pipe would not end. */
  if (!redes_geometry_is_valid (&geometry) || !is_regular_of_size (path, content->size_bytes))
    return FALSE;
  file = g_file_new_for_path (path);
  stream = g_file_read (file, cancellable, NULL);
  if (stream == NULL)
    return FALSE;
  blocks = hash_blocks (&geometry, G_INPUT_STREAM (stream), cancellable);
  if (blocks == NULL)
    return FALSE;
  tree = redes_hash_tree_new_from_blocks (&geometry, content->size_bytes > 0 ? blocks : NULL);
  return redes_digest_equal (redes_hash_tree_get_root (tree), &content->root);
}
