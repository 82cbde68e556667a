/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/content/hash-tree.h"

#include "engine/platform/large-array.h"

#include <nettle/sha2.h>
#include <string.h>

#define MAX_BLOCKS (1u << REDES_MAX_PROOF_LENGTH)
/* A block of 4 MiB has 2^8 leaves. */
#define MAX_BLOCK_HEIGHT 8
#define MAX_HEIGHT (MAX_BLOCK_HEIGHT + REDES_MAX_PROOF_LENGTH)

#define KIB G_GUINT64_CONSTANT (1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)

/*
 * Of each level only the nodes that cover a byte of the file are stored, from the blocks (level 0)
 * up to the two below the root, one level after the other. What is right of them is padding, whose
 * digests depend on nothing but their height and are therefore always known. Of a long file they
 * lie on the disk (see engine/platform/large-array.h): 64 bytes a block would fill the memory.
 */
struct _RedesHashTree
{
  gatomicrefcount refs;
  RedesGeometry geometry;
  RedesDigest root;
  RedesDigest *nodes; /* %NULL for a file of at most one block: its digest is the root */
  guint8 *known;      /* a bit for each node; %NULL if all are */
};

/* ---- Digests ---- */

static void
hash_leaf (const guint8 *data, gsize len, RedesDigest *out)
{
  struct sha256_ctx sha;

  sha256_init (&sha);
  sha256_update (&sha, len, data);
  sha256_digest (&sha, sizeof out->bytes, out->bytes);
}

/* @out may be @left or @right. */
static void
hash_pair (const RedesDigest *left, const RedesDigest *right, RedesDigest *out)
{
  struct sha256_ctx sha;

  sha256_init (&sha);
  sha256_update (&sha, sizeof left->bytes, left->bytes);
  sha256_update (&sha, sizeof right->bytes, right->bytes);
  sha256_digest (&sha, sizeof out->bytes, out->bytes);
}

/* The digest of a subtree of 2^@height leaves that are all padding. */
static const RedesDigest *
padding_digest (guint height)
{
  static RedesDigest digests[MAX_HEIGHT + 1];
  static gsize ready;

  if (g_once_init_enter (&ready))
    {
      for (guint i = 1; i <= MAX_HEIGHT; i++)
        hash_pair (&digests[i - 1], &digests[i - 1], &digests[i]);
      g_once_init_leave (&ready, 1);
    }

  return &digests[height];
}

/* The height of the smallest tree with at least @n leaves. */
static guint
height_for (guint32 n)
{
  return n <= 1 ? 0 : g_bit_storage (n - 1);
}

static guint
block_height (guint32 block_size)
{
  return height_for (block_size / REDES_LEAF_SIZE);
}

/* ---- Geometry ---- */

guint32
redes_block_size_for (guint64 file_size)
{
  if (file_size <= 256 * MIB)
    return 256 * KIB;
  if (file_size <= 64 * GIB)
    return 1 * MIB;
  return 4 * MIB;
}

static guint64
count_blocks (guint64 file_size, guint32 block_size)
{
  return file_size == 0 ? 0 : (file_size - 1) / block_size + 1;
}

gboolean
redes_geometry_is_valid (const RedesGeometry *self)
{
  return self->block_size >= REDES_MIN_BLOCK_SIZE && self->block_size <= REDES_MAX_BLOCK_SIZE
         && (self->block_size & (self->block_size - 1)) == 0
         && self->file_size <= REDES_MAX_FILE_SIZE
         && count_blocks (self->file_size, self->block_size) <= MAX_BLOCKS;
}

guint32
redes_geometry_get_n_blocks (const RedesGeometry *self)
{
  return (guint32)count_blocks (self->file_size, self->block_size);
}

guint32
redes_geometry_get_block_length (const RedesGeometry *self, guint32 index)
{
  guint64 start = (guint64)index * self->block_size;

  g_return_val_if_fail (start < self->file_size, 0);

  return (guint32)MIN (self->block_size, self->file_size - start);
}

guint
redes_geometry_get_proof_length (const RedesGeometry *self)
{
  return height_for (redes_geometry_get_n_blocks (self));
}

void
redes_block_hash_init (RedesBlockHash *self, const RedesGeometry *geometry, guint32 index)
{
  guint32 len = redes_geometry_get_block_length (geometry, index);

  if (redes_geometry_get_n_blocks (geometry) == 1)
    self->height = height_for ((len - 1) / REDES_LEAF_SIZE + 1);
  else
    self->height = block_height (geometry->block_size);

  self->n_leaves = 0;
  self->n_nodes = 0;
}

/*
 * The nodes kept are the roots of the complete subtrees so far, the largest first: one for each bit
 * that is set in the number of leaves. A new leaf joins them as a carry joins a binary number.
 */
static void
add_leaf (RedesBlockHash *self, const guint8 *data, gsize len)
{
  RedesDigest *node = &self->nodes[self->n_nodes];

  hash_leaf (data, len, node);
  for (guint32 n = self->n_leaves; (n & 1) != 0; n >>= 1, node--)
    hash_pair (node - 1, node, node - 1);

  self->n_leaves++;
  self->n_nodes = (guint)(node - self->nodes) + 1;
}

void
redes_block_hash_update (RedesBlockHash *self, const guint8 *data, gsize len)
{
  while (len > 0)
    {
      gsize leaf = MIN (len, REDES_LEAF_SIZE);

      g_return_if_fail (self->n_leaves < 1u << self->height);
      add_leaf (self, data, leaf);
      data += leaf;
      len -= leaf;
    }
}

void
redes_block_hash_finish (RedesBlockHash *self, RedesDigest *out)
{
  const RedesDigest *left;
  guint height;

  memset (out, 0, sizeof *out);
  g_return_if_fail (self->n_leaves > 0);

  /* Up from the smallest subtree: it is a right child if there is a larger one to its left, else
   * what is to its right is padding. */
  left = &self->nodes[self->n_nodes - 1];
  height = (guint)g_bit_nth_lsf (self->n_leaves, -1);
  *out = *left;
  for (; height < self->height; height++)
    {
      if (((self->n_leaves - 1) >> height & 1) != 0)
        hash_pair (--left, out, out);
      else
        hash_pair (out, padding_digest (height), out);
    }
}

void
redes_geometry_hash_block (
    const RedesGeometry *self, guint32 index, const guint8 *data, gsize len, RedesDigest *out)
{
  RedesBlockHash hash;

  memset (out, 0, sizeof *out);
  g_return_if_fail (len == redes_geometry_get_block_length (self, index) && len > 0);

  redes_block_hash_init (&hash, self, index);
  redes_block_hash_update (&hash, data, len);
  redes_block_hash_finish (&hash, out);
}

void
redes_hash_zero_block (guint32 block_size, RedesDigest *out)
{
  static RedesDigest digests[MAX_BLOCK_HEIGHT + 1];
  static gsize ready;

  if (g_once_init_enter (&ready))
    {
      static const guint8 zeroes[REDES_LEAF_SIZE];

      hash_leaf (zeroes, sizeof zeroes, &digests[0]);
      for (guint i = 1; i <= MAX_BLOCK_HEIGHT; i++)
        hash_pair (&digests[i - 1], &digests[i - 1], &digests[i]);
      g_once_init_leave (&ready, 1);
    }

  *out = digests[block_height (block_size)];
}

/* How many nodes of the level above cover @width nodes. */
static guint32
width_above (guint32 width)
{
  return width / 2 + width % 2;
}

gboolean
redes_geometry_check_padding (const RedesGeometry *self,
                              guint32 index,
                              const RedesDigest *proof,
                              guint n_proof)
{
  guint32 width = redes_geometry_get_n_blocks (self);
  guint height = block_height (self->block_size);

  if (index >= width || n_proof != redes_geometry_get_proof_length (self))
    return FALSE;

  for (guint level = 0; level < n_proof; level++)
    {
      /* A sibling may lie beyond the file, a node above a block never does. */
      if ((index >> level ^ 1) >= width
          && !redes_digest_equal (&proof[level], padding_digest (height + level)))
        return FALSE;
      width = width_above (width);
    }

  return TRUE;
}

gboolean
redes_geometry_check_proof (const RedesGeometry *self,
                            guint32 index,
                            const RedesDigest *digest,
                            const RedesDigest *proof,
                            guint n_proof,
                            const RedesDigest *root)
{
  RedesDigest node = *digest;

  if (!redes_geometry_check_padding (self, index, proof, n_proof))
    return FALSE;

  for (guint level = 0; level < n_proof; level++)
    {
      if ((index >> level & 1) != 0)
        hash_pair (&proof[level], &node, &node);
      else
        hash_pair (&node, &proof[level], &node);
    }

  return redes_digest_equal (&node, root);
}

/* ---- The tree ---- */

static guint32
count_nodes (guint32 n_blocks)
{
  guint32 n = 0;

  for (guint32 width = n_blocks; width > 1; width = width_above (width))
    n += width;

  return n;
}

static gboolean
is_known (RedesHashTree *self, guint32 node)
{
  return self->known == NULL || (self->known[node / 8] >> node % 8 & 1) != 0;
}

static void
set_node (RedesHashTree *self, guint32 node, const RedesDigest *digest)
{
  if (is_known (self, node))
    return;

  self->nodes[node] = *digest;
  self->known[node / 8] |= (guint8)(1u << node % 8);
}

static RedesHashTree *
tree_new (const RedesGeometry *geometry)
{
  RedesHashTree *self = g_new0 (RedesHashTree, 1);

  g_atomic_ref_count_init (&self->refs);
  self->geometry = *geometry;

  return self;
}

RedesHashTree *
redes_hash_tree_new (const RedesGeometry *geometry, const RedesDigest *root)
{
  RedesHashTree *self;
  guint32 n_nodes;

  g_return_val_if_fail (redes_geometry_is_valid (geometry), NULL);

  self = tree_new (geometry);
  self->root = *root;

  /* Zeroed memory of that size is not touched, so not taken, before proofs fill it. */
  n_nodes = count_nodes (redes_geometry_get_n_blocks (geometry));
  if (n_nodes > 0)
    {
      self->nodes = redes_large_array_new (n_nodes * sizeof *self->nodes);
      self->known = g_new0 (guint8, n_nodes / 8 + 1);
    }

  return self;
}

/* Fills in the levels above the blocks, and the root. */
static void
compute_inner_nodes (RedesHashTree *self, guint32 n_blocks)
{
  guint height = block_height (self->geometry.block_size);
  RedesDigest *level = self->nodes;

  for (guint32 width = n_blocks; width > 1; width = width_above (width), height++)
    {
      RedesDigest *above = width > 2 ? level + width : &self->root;

      for (guint32 i = 0; i < width_above (width); i++)
        hash_pair (&level[2 * i], 2 * i + 1 < width ? &level[2 * i + 1] : padding_digest (height),
                   &above[i]);
      level = above;
    }
}

RedesHashTree *
redes_hash_tree_new_from_blocks (const RedesGeometry *geometry, const RedesDigest *blocks)
{
  RedesHashTree *self;
  guint32 n_blocks;

  g_return_val_if_fail (redes_geometry_is_valid (geometry), NULL);
  n_blocks = redes_geometry_get_n_blocks (geometry);
  g_return_val_if_fail (blocks != NULL || n_blocks == 0, NULL);

  self = tree_new (geometry);
  if (n_blocks == 0)
    hash_leaf (NULL, 0, &self->root);
  else if (n_blocks == 1)
    self->root = blocks[0];
  else
    {
      self->nodes = redes_large_array_new (count_nodes (n_blocks) * sizeof *self->nodes);
      memcpy (self->nodes, blocks, n_blocks * sizeof *blocks);
      compute_inner_nodes (self, n_blocks);
      redes_hash_tree_rest (self);
    }

  return self;
}

RedesHashTree *
redes_hash_tree_ref (RedesHashTree *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
redes_hash_tree_unref (RedesHashTree *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;

  redes_large_array_free (self->nodes);
  g_free (self->known);
  g_free (self);
}

void
redes_hash_tree_rest (RedesHashTree *self)
{
  if (self->nodes != NULL)
    redes_large_array_rest (self->nodes);
}

const RedesGeometry *
redes_hash_tree_get_geometry (RedesHashTree *self)
{
  return &self->geometry;
}

const RedesDigest *
redes_hash_tree_get_root (RedesHashTree *self)
{
  return &self->root;
}

gboolean
redes_hash_tree_get_block (RedesHashTree *self, guint32 index, RedesDigest *out)
{
  if (index >= redes_geometry_get_n_blocks (&self->geometry))
    return FALSE;

  if (self->nodes == NULL)
    {
      *out = self->root;
      return TRUE;
    }

  if (!is_known (self, index))
    return FALSE;

  *out = self->nodes[index];
  return TRUE;
}

gboolean
redes_hash_tree_get_proof (RedesHashTree *self, guint32 index, RedesDigest *out)
{
  guint32 n_blocks = redes_geometry_get_n_blocks (&self->geometry);
  guint height = block_height (self->geometry.block_size);
  guint32 first = 0;

  if (index >= n_blocks)
    return FALSE;

  for (guint32 width = n_blocks; width > 1; width = width_above (width))
    {
      guint32 sibling = index ^ 1;

      if (sibling >= width)
        *out = *padding_digest (height);
      else if (is_known (self, first + sibling))
        *out = self->nodes[first + sibling];
      else
        return FALSE;

      out++;
      height++;
      first += width;
      index /= 2;
    }

  return TRUE;
}

void
redes_hash_tree_add_proof (RedesHashTree *self,
                           guint32 index,
                           const RedesDigest *digest,
                           const RedesDigest *proof)
{
  guint32 n_blocks = redes_geometry_get_n_blocks (&self->geometry);
  guint32 first = 0;

  g_return_if_fail (index < n_blocks);

  /* Nothing to learn for a file of one block. */
  if (self->nodes == NULL)
    return;

  set_node (self, index, digest);
  for (guint32 width = n_blocks; width > 1; width = width_above (width))
    {
      guint32 sibling = index ^ 1;

      if (sibling < width)
        set_node (self, first + sibling, proof);

      proof++;
      first += width;
      index /= 2;
    }
}
