/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include "engine/content/hash-tree.h"

#include <string.h>

/*
 * Block proofs. The fields: file size (8 bytes), block size (4), index (4), root, the block's
 * digest, proof. Accepted: a proof that leads to the root. In the corpus: a proof of the last of
 * 100 blocks, whose siblings beyond the file are not the padding, and a root that was computed over
 * them.
 */

/* Above this a tree costs more memory than fuzzing is worth. */
#define MAX_TREE_BLOCKS 1024

static gboolean
read_digest (GBytes *bytes, RedesDigest *out)
{
  gsize len;
  gconstpointer data = g_bytes_get_data (bytes, &len);

  if (len != sizeof *out)
    return FALSE;
  memcpy (out, data, len);
  return TRUE;
}

/* What an accepted proof taught a downloader, it can pass on. */
static void
check_tree (const RedesGeometry *geometry,
            guint32 index,
            const RedesDigest *digest,
            const RedesDigest *proof,
            guint n_proof,
            const RedesDigest *root)
{
  g_autoptr (RedesHashTree) tree = redes_hash_tree_new (geometry, root);
  RedesDigest again, proof_again[REDES_MAX_PROOF_LENGTH];

  redes_hash_tree_add_proof (tree, index, digest, proof);
  g_assert_true (redes_hash_tree_get_block (tree, index, &again));
  g_assert_true (redes_digest_equal (&again, digest));
  g_assert_true (redes_hash_tree_get_proof (tree, index, proof_again));
  for (guint i = 0; i < n_proof; i++)
    g_assert_true (redes_digest_equal (&proof_again[i], &proof[i]));
}

gboolean
fuzz_run (const guint8 *data, gsize size)
{
  FuzzInput input = { data, size };
  RedesGeometry geometry = { .file_size = fuzz_input_number (&input, 8) };
  guint32 index, n_blocks;
  RedesDigest root, digest;
  gsize n_proof, len;
  g_autofree RedesDigest *proof = NULL;

  geometry.block_size = fuzz_input_number (&input, 4);
  index = fuzz_input_number (&input, 4);
  if (!redes_geometry_is_valid (&geometry))
    return FALSE;
  n_blocks = redes_geometry_get_n_blocks (&geometry);
  g_assert_cmpuint (redes_geometry_get_proof_length (&geometry), <=, REDES_MAX_PROOF_LENGTH);
  if (index < n_blocks)
    {
      g_assert_cmpuint (redes_geometry_get_block_length (&geometry, index), >, 0);
      g_assert_cmpuint (redes_geometry_get_block_length (&geometry, index), <=,
                        geometry.block_size);
    }
  {
    g_autoptr (GBytes) root_bytes = fuzz_input_bytes (&input);
    g_autoptr (GBytes) digest_bytes = fuzz_input_bytes (&input);
    g_autoptr (GBytes) proof_bytes = fuzz_input_bytes (&input);
    gconstpointer proof_data = g_bytes_get_data (proof_bytes, &len);

    if (!read_digest (root_bytes, &root) || !read_digest (digest_bytes, &digest))
      return FALSE;
    n_proof = len / sizeof *proof;
    proof = g_memdup2 (proof_data, n_proof * sizeof *proof);
  }
  if (!redes_geometry_check_proof (&geometry, index, &digest, proof, n_proof, &root))
    return FALSE;
  g_assert_cmpuint (index, <, n_blocks);
  g_assert_cmpuint (n_proof, ==, redes_geometry_get_proof_length (&geometry));
  if (n_blocks <= MAX_TREE_BLOCKS)
    check_tree (&geometry, index, &digest, proof, n_proof, &root);
  return TRUE;
}

static void
add_seed (GPtrArray *seeds, RedesHashTree *tree, guint32 index)
{
  const RedesGeometry *geometry = redes_hash_tree_get_geometry (tree);
  GByteArray *out = g_byte_array_new ();
  RedesDigest digest, proof[REDES_MAX_PROOF_LENGTH];
  guint n_proof = redes_geometry_get_proof_length (geometry);

  g_assert_true (redes_hash_tree_get_block (tree, index, &digest));
  g_assert_true (redes_hash_tree_get_proof (tree, index, proof));
  fuzz_output_number (out, geometry->file_size, 8);
  fuzz_output_number (out, geometry->block_size, 4);
  fuzz_output_number (out, index, 4);
  fuzz_output_bytes (out, redes_hash_tree_get_root (tree), sizeof digest);
  fuzz_output_bytes (out, &digest, sizeof digest);
  fuzz_output_bytes (out, proof, n_proof * sizeof *proof);
  g_ptr_array_add (seeds, g_byte_array_free_to_bytes (out));
}

void
fuzz_seeds (GPtrArray *seeds)
{
  static const guint32 counts[] = { 1, 2, 3, 5, 8, 100, 1000 };

  for (gsize i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      RedesGeometry geometry
          = { (guint64)counts[i] * REDES_MIN_BLOCK_SIZE - 7, REDES_MIN_BLOCK_SIZE };
      g_autofree RedesDigest *blocks = g_new (RedesDigest, counts[i]);
      g_autoptr (RedesHashTree) tree = NULL;

      for (guint32 b = 0; b < counts[i]; b++)
        redes_digest_of (&b, sizeof b, &blocks[b]);
      tree = redes_hash_tree_new_from_blocks (&geometry, blocks);
      add_seed (seeds, tree, 0);
      add_seed (seeds, tree, counts[i] / 2);
      add_seed (seeds, tree, counts[i] - 1);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  fuzz_run (data, size);
  return 0;
}
