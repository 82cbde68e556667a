/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/content/hash-tree.h"

#include <string.h>

#define LEAF REDES_LEAF_SIZE
#define KIB 1024u
#define MIB (1024u * KIB)

static void
pair_of (const RedesDigest *left, const RedesDigest *right, RedesDigest *out)
{
  RedesDigest both[2] = { *left, *right };

  redes_digest_of (both, sizeof both, out);
}

/*
 * The definition of BEP 52 taken word by word: all leaves in one row, padded with zero digests to a
 * power of two, folded once for each level. Leaves the level of the blocks in @blocks.
 */
static RedesDigest
naive_root (const guint8 *data, gsize len, guint32 block_size, RedesDigest *blocks)
{
  gsize n_leaves = (len + LEAF - 1) / LEAF;
  gsize width = 1;
  gsize covered = LEAF;
  g_autofree RedesDigest *row = NULL;

  while (width < n_leaves)
    width *= 2;

  row = g_new0 (RedesDigest, width);
  for (gsize i = 0; i < n_leaves; i++)
    redes_digest_of (data + i * LEAF, MIN (LEAF, len - i * LEAF), &row[i]);

  for (; width > 1; width /= 2, covered *= 2)
    {
      if (covered == block_size)
        memcpy (blocks, row, (len - 1 + block_size) / block_size * sizeof *row);
      for (gsize i = 0; i < width / 2; i++)
        pair_of (&row[2 * i], &row[2 * i + 1], &row[i]);
    }
  if (len <= block_size)
    blocks[0] = row[0];

  return row[0];
}

/* byte i = i mod 251 */
static guint8 *
pattern (gsize len)
{
  guint8 *data = g_malloc (len);

  for (gsize i = 0; i < len; i++)
    data[i] = (guint8)(i % 251);

  return data;
}

static RedesDigest *
hash_blocks (const RedesGeometry *geometry, const guint8 *data)
{
  guint32 n_blocks = redes_geometry_get_n_blocks (geometry);
  RedesDigest *blocks = g_new0 (RedesDigest, n_blocks);

  for (guint32 i = 0; i < n_blocks; i++)
    {
      gsize len = redes_geometry_get_block_length (geometry, i);
      /* Exactly as long as the block: the sanitizer sees the first byte read beyond. */
      g_autofree guint8 *block = g_memdup2 (data + (gsize)i * geometry->block_size, len);

      redes_geometry_hash_block (geometry, i, block, len, &blocks[i]);
    }

  return blocks;
}

static void
test_vectors (void)
{
  static const struct
  {
    gsize len;
    const char *root;
  } rows[] = {
    { 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
    { 1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d" },
    { 16384, "4348e3b98e8a327b34ced39c1da9e67cdb4cd5e48e4d7960607a3ae403d35f0c" },
    { 16385, "9d7887c65d577a0237fb3c0998b87b3a62762d03796889a2caea01db914ccbb8" },
    { 262144, "936f20cb9f0648c16ce2556795f1cc50ad21a3e3ec53ed8a6e554a75f8a4357f" },
    { 1048577, "c764e3ed4ebac5f61ce59e1c78b804a6b9c02350917800126926d903f8d3dc27" },
    { 16777216, "4158eadc93b7fe62ee810dc1bf178461b21ddf095b90992bc71684ba3bc71e53" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      RedesGeometry geometry = { rows[i].len, redes_block_size_for (rows[i].len) };
      g_autofree guint8 *data = pattern (rows[i].len);
      g_autofree RedesDigest *blocks = hash_blocks (&geometry, data);
      g_autoptr (RedesHashTree) tree = redes_hash_tree_new_from_blocks (&geometry, blocks);
      g_autofree char *root = redes_digest_dup_hex (redes_hash_tree_get_root (tree));

      g_test_message ("%" G_GSIZE_FORMAT " bytes", rows[i].len);
      g_assert_cmpstr (root, ==, rows[i].root);
    }
}

static void
test_against_naive (void)
{
  static const guint32 block_sizes[] = { 256 * KIB, 512 * KIB, 1 * MIB, 4 * MIB };
  static const gsize borders[] = { LEAF,      2 * LEAF,  3 * LEAF,   4 * LEAF,
                                   15 * LEAF, 16 * LEAF, 17 * LEAF,  32 * LEAF,
                                   33 * LEAF, 48 * LEAF, 63 * LEAF,  64 * LEAF,
                                   65 * LEAF, 80 * LEAF, 129 * LEAF, 257 * LEAF };
  g_autofree guint8 *data = pattern (258 * LEAF);

  for (gsize b = 0; b < G_N_ELEMENTS (block_sizes); b++)
    for (gsize i = 0; i < G_N_ELEMENTS (borders); i++)
      for (int off = -1; off <= 1; off++)
        {
          gsize len = borders[i] + (gsize)off;
          RedesGeometry geometry = { len, block_sizes[b] };
          guint32 n_blocks = redes_geometry_get_n_blocks (&geometry);
          g_autofree RedesDigest *expected = g_new0 (RedesDigest, n_blocks);
          g_autofree RedesDigest *blocks = hash_blocks (&geometry, data);
          g_autoptr (RedesHashTree) tree = redes_hash_tree_new_from_blocks (&geometry, blocks);
          RedesDigest root = naive_root (data, len, block_sizes[b], expected);

          g_assert_cmpmem (blocks, n_blocks * sizeof *blocks, expected,
                           n_blocks * sizeof *expected);
          g_assert_true (redes_digest_equal (redes_hash_tree_get_root (tree), &root));
        }
}

static void
test_zero_block (void)
{
  for (guint32 size = REDES_MIN_BLOCK_SIZE; size <= REDES_MAX_BLOCK_SIZE; size *= 2)
    {
      RedesGeometry geometry = { 2 * (guint64)size, size };
      g_autofree guint8 *zeroes = g_malloc0 (size);
      RedesDigest hashed;
      RedesDigest known;

      redes_geometry_hash_block (&geometry, 1, zeroes, size, &hashed);
      redes_hash_zero_block (size, &known);
      g_assert_true (redes_digest_equal (&hashed, &known));
    }
}

static void
test_geometry (void)
{
  static const struct
  {
    guint64 size;
    guint32 block_size;
    gboolean valid;
    guint32 n_blocks;
    guint32 last_length;
    guint proof_length;
  } rows[] = {
    { 0, 256 * KIB, TRUE, 0, 0, 0 },
    { 1, 256 * KIB, TRUE, 1, 1, 0 },
    { 256 * KIB, 256 * KIB, TRUE, 1, 256 * KIB, 0 },
    { 256 * KIB + 1, 256 * KIB, TRUE, 2, 1, 1 },
    { 3 * 256 * KIB, 256 * KIB, TRUE, 3, 256 * KIB, 2 },
    { 5 * MIB - 1, 1 * MIB, TRUE, 5, 1 * MIB - 1, 3 },
    { 8 * MIB, 1 * MIB, TRUE, 8, 1 * MIB, 3 },
    { 8 * MIB + 1, 1 * MIB, TRUE, 9, 1, 4 },
    { REDES_MAX_FILE_SIZE, 4 * MIB, TRUE, 1u << 26, 4 * MIB, 26 },
    { REDES_MAX_FILE_SIZE - 1, 4 * MIB, TRUE, 1u << 26, 4 * MIB - 1, 26 },
    { REDES_MAX_FILE_SIZE + 1, 4 * MIB, FALSE },
    { G_MAXUINT64, 4 * MIB, FALSE },
    { REDES_MAX_FILE_SIZE, 2 * MIB, FALSE },
    { REDES_MAX_FILE_SIZE, 256 * KIB, FALSE },
    { 1, 0, FALSE },
    { 1, 1, FALSE },
    { 1, 128 * KIB, FALSE },
    { 1, 256 * KIB + 1, FALSE },
    { 1, 768 * KIB, FALSE },
    { 1, 8 * MIB, FALSE },
    { 1, 1u << 31, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      RedesGeometry geometry = { rows[i].size, rows[i].block_size };

      g_test_message ("%" G_GUINT64_FORMAT " / %u", rows[i].size, rows[i].block_size);
      g_assert_cmpint (redes_geometry_is_valid (&geometry), ==, rows[i].valid);
      if (!rows[i].valid)
        continue;

      g_assert_cmpuint (redes_geometry_get_n_blocks (&geometry), ==, rows[i].n_blocks);
      g_assert_cmpuint (redes_geometry_get_proof_length (&geometry), ==, rows[i].proof_length);
      if (rows[i].n_blocks > 0)
        g_assert_cmpuint (redes_geometry_get_block_length (&geometry, rows[i].n_blocks - 1), ==,
                          rows[i].last_length);
      if (rows[i].n_blocks > 1)
        g_assert_cmpuint (redes_geometry_get_block_length (&geometry, 0), ==, rows[i].block_size);
    }
}

static void
test_block_sizes (void)
{
  const guint64 mib = MIB;
  const guint64 gib = 1024 * mib;

  g_assert_cmpuint (redes_block_size_for (0), ==, 256 * KIB);
  g_assert_cmpuint (redes_block_size_for (256 * mib), ==, 256 * KIB);
  g_assert_cmpuint (redes_block_size_for (256 * mib + 1), ==, 1 * MIB);
  g_assert_cmpuint (redes_block_size_for (64 * gib), ==, 1 * MIB);
  g_assert_cmpuint (redes_block_size_for (64 * gib + 1), ==, 4 * MIB);
  g_assert_cmpuint (redes_block_size_for (REDES_MAX_FILE_SIZE), ==, 4 * MIB);
}

/* A tree over made-up block digests: the levels above the blocks do not care for the bytes. */
static RedesHashTree *
make_tree (guint32 n_blocks)
{
  RedesGeometry geometry = { (guint64)n_blocks * REDES_MIN_BLOCK_SIZE, REDES_MIN_BLOCK_SIZE };
  g_autofree RedesDigest *blocks = g_new (RedesDigest, n_blocks);

  for (guint32 i = 0; i < n_blocks; i++)
    redes_digest_of (&i, sizeof i, &blocks[i]);

  return redes_hash_tree_new_from_blocks (&geometry, blocks);
}

static void
assert_proof_refuses_changes (const RedesGeometry *geometry,
                              guint32 index,
                              const RedesDigest *digest,
                              RedesDigest *proof,
                              guint n,
                              const RedesDigest *root)
{
  RedesDigest other = *digest;
  RedesDigest other_root = *root;
  guint32 n_blocks = redes_geometry_get_n_blocks (geometry);

  other.bytes[31] ^= 1;
  g_assert_false (redes_geometry_check_proof (geometry, index, &other, proof, n, root));
  other_root.bytes[0] ^= 0x80;
  g_assert_false (redes_geometry_check_proof (geometry, index, digest, proof, n, &other_root));

  for (guint level = 0; level < n; level++)
    {
      proof[level].bytes[level % 32] ^= 1;
      g_assert_false (redes_geometry_check_proof (geometry, index, digest, proof, n, root));
      proof[level].bytes[level % 32] ^= 1;
    }

  if (n_blocks > 1)
    {
      g_assert_false (
          redes_geometry_check_proof (geometry, (index + 1) % n_blocks, digest, proof, n, root));
      g_assert_false (redes_geometry_check_proof (geometry, index, digest, proof, n - 1, root));
    }
  g_assert_false (redes_geometry_check_proof (geometry, n_blocks, digest, proof, n, root));
  g_assert_false (redes_geometry_check_proof (geometry, G_MAXUINT32, digest, proof, n, root));
  g_assert_false (redes_geometry_check_proof (geometry, index, digest, proof, n + 1, root));
  g_assert_true (redes_geometry_check_proof (geometry, index, digest, proof, n, root));
}

/* One step of a proof: @node becomes the digest above it and @sibling. */
static void
hash_two (gboolean sibling_is_left, const RedesDigest *sibling, RedesDigest *node)
{
  RedesDigest pair[2] = { *node, *sibling };

  if (sibling_is_left)
    {
      pair[0] = *sibling;
      pair[1] = *node;
    }
  redes_digest_of (pair, sizeof pair, node);
}

static const guint32 tree_sizes[] = { 1, 2, 3, 4, 5, 7, 8, 9, 31, 33, 1000, 1025 };

static void
test_proofs (void)
{
  for (gsize s = 0; s < G_N_ELEMENTS (tree_sizes); s++)
    {
      g_autoptr (RedesHashTree) tree = make_tree (tree_sizes[s]);
      const RedesGeometry *geometry = redes_hash_tree_get_geometry (tree);
      guint n = redes_geometry_get_proof_length (geometry);
      g_autofree RedesDigest *proof = g_new (RedesDigest, n);
      RedesDigest digest;

      for (guint32 i = 0; i < tree_sizes[s]; i++)
        {
          g_assert_true (redes_hash_tree_get_block (tree, i, &digest));
          g_assert_true (redes_hash_tree_get_proof (tree, i, proof));
          g_assert_true (redes_geometry_check_proof (geometry, i, &digest, proof, n,
                                                     redes_hash_tree_get_root (tree)));
          if (i % 37 == 0)
            assert_proof_refuses_changes (geometry, i, &digest, proof, n,
                                          redes_hash_tree_get_root (tree));
        }

      g_assert_false (redes_hash_tree_get_block (tree, tree_sizes[s], &digest));
      g_assert_false (redes_hash_tree_get_proof (tree, tree_sizes[s], proof));
    }
}

/* A root over other padding is no honest tree's: its proofs are not taken, though they lead to it.
 */
static void
test_padding (void)
{
  /* Beyond the third of three blocks lies one; beyond the last of 100 lie subtrees of 4, 8 and 16.
   */
  static const guint32 counts[] = { 3, 5, 100, 1000 };

  for (gsize i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_autoptr (RedesHashTree) tree = make_tree (counts[i]);
      const RedesGeometry *geometry = redes_hash_tree_get_geometry (tree);
      guint n = redes_geometry_get_proof_length (geometry);
      guint32 last = counts[i] - 1;
      RedesDigest proof[REDES_MAX_PROOF_LENGTH];
      RedesDigest digest;
      guint n_beyond = 0;

      g_assert_true (redes_hash_tree_get_block (tree, last, &digest));
      for (guint forged = 0; forged < n; forged++)
        {
          RedesDigest root = digest;

          g_assert_true (redes_hash_tree_get_proof (tree, last, proof));
          g_assert_true (redes_geometry_check_padding (geometry, last, proof, n));
          proof[forged].bytes[3] ^= 0x40;
          for (guint level = 0; level < n; level++)
            hash_two (last >> level & 1, &proof[level], &root);

          /* Among the file's own nodes any digest is as good as another. */
          if ((last >> forged & 1) != 0)
            {
              g_assert_true (redes_geometry_check_padding (geometry, last, proof, n));
              g_assert_true (redes_geometry_check_proof (geometry, last, &digest, proof, n, &root));
              continue;
            }
          n_beyond++;
          g_assert_false (redes_geometry_check_padding (geometry, last, proof, n));
          g_assert_false (redes_geometry_check_proof (geometry, last, &digest, proof, n, &root));
        }
      g_assert_cmpuint (n_beyond, >, 0);
      g_assert_false (redes_geometry_check_padding (geometry, counts[i], proof, n));
      g_assert_false (redes_geometry_check_padding (geometry, last, proof, n - 1));
    }
}

/* A downloader: knows the root, hears of the blocks from the last to the first. */
static void
test_learning (void)
{
  for (gsize s = 0; s < G_N_ELEMENTS (tree_sizes); s++)
    {
      g_autoptr (RedesHashTree) source = make_tree (tree_sizes[s]);
      const RedesGeometry *geometry = redes_hash_tree_get_geometry (source);
      g_autoptr (RedesHashTree) tree
          = redes_hash_tree_new (geometry, redes_hash_tree_get_root (source));
      guint n = redes_geometry_get_proof_length (geometry);
      g_autofree RedesDigest *proof = g_new (RedesDigest, n);
      g_autofree RedesDigest *learned = g_new (RedesDigest, n);

      for (guint32 i = tree_sizes[s]; i-- > 0;)
        {
          RedesDigest digest;
          RedesDigest got;

          /* A block that the last proof did not show as its sibling is not known yet. */
          if (n > 0 && (i == tree_sizes[s] - 1 || i % 2 == 1))
            g_assert_false (redes_hash_tree_get_block (tree, i, &got));

          g_assert_true (redes_hash_tree_get_block (source, i, &digest));
          g_assert_true (redes_hash_tree_get_proof (source, i, proof));
          redes_hash_tree_add_proof (tree, i, &digest, proof);

          g_assert_true (redes_hash_tree_get_block (tree, i, &got));
          g_assert_true (redes_digest_equal (&digest, &got));
          g_assert_true (redes_hash_tree_get_proof (tree, i, learned));
          g_assert_cmpmem (learned, n * sizeof *learned, proof, n * sizeof *proof);
        }

      /* Known by now are all, so also those that were passed over. */
      for (guint32 i = 0; i < tree_sizes[s]; i++)
        g_assert_true (redes_hash_tree_get_proof (tree, i, learned));
    }
}

static void
test_unknown_proof (void)
{
  g_autoptr (RedesHashTree) source = make_tree (8);
  const RedesGeometry *geometry = redes_hash_tree_get_geometry (source);
  g_autoptr (RedesHashTree) tree
      = redes_hash_tree_new (geometry, redes_hash_tree_get_root (source));
  RedesDigest proof[3];
  RedesDigest digest;

  g_assert_false (redes_hash_tree_get_proof (tree, 0, proof));

  g_assert_true (redes_hash_tree_get_block (source, 0, &digest));
  g_assert_true (redes_hash_tree_get_proof (source, 0, proof));
  redes_hash_tree_add_proof (tree, 0, &digest, proof);

  /* Block 1 was block 0's sibling and has the same way up; block 2 has not. */
  g_assert_true (redes_hash_tree_get_block (tree, 1, &digest));
  g_assert_true (redes_hash_tree_get_proof (tree, 1, proof));
  g_assert_false (redes_hash_tree_get_block (tree, 2, &digest));
  g_assert_false (redes_hash_tree_get_proof (tree, 2, proof));
}

static void
test_empty_file (void)
{
  RedesGeometry geometry = { 0, REDES_MIN_BLOCK_SIZE };
  g_autoptr (RedesHashTree) tree = redes_hash_tree_new_from_blocks (&geometry, NULL);
  RedesDigest digest = { { 0 } };

  g_assert_false (redes_hash_tree_get_block (tree, 0, &digest));
  g_assert_false (redes_hash_tree_get_proof (tree, 0, &digest));
  g_assert_false (redes_geometry_check_proof (&geometry, 0, redes_hash_tree_get_root (tree), NULL,
                                              0, redes_hash_tree_get_root (tree)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/content/hash-tree/vectors", test_vectors);
  g_test_add_func ("/content/hash-tree/against-naive", test_against_naive);
  g_test_add_func ("/content/hash-tree/zero-block", test_zero_block);
  g_test_add_func ("/content/hash-tree/geometry", test_geometry);
  g_test_add_func ("/content/hash-tree/block-sizes", test_block_sizes);
  g_test_add_func ("/content/hash-tree/proofs", test_proofs);
  g_test_add_func ("/content/hash-tree/padding", test_padding);
  g_test_add_func ("/content/hash-tree/learning", test_learning);
  g_test_add_func ("/content/hash-tree/unknown-proof", test_unknown_proof);
  g_test_add_func ("/content/hash-tree/empty-file", test_empty_file);

  return g_test_run ();
}
