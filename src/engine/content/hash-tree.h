/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/content-id.h"

G_BEGIN_DECLS

/*
 * The hash tree of BitTorrent v2 (BEP 52): SHA-256 over leaves of 16 KiB, padded with zero
 * digests to a power of two; an inner node is SHA-256 (left || right). Root and
 * size together are the content id.
 *
 * A block is the unit that is requested and verified. Its digest is the tree's node that covers it,
 * and its proof is the list of sibling digests from that node up to (not including) the root.
 */

#define REDES_LEAF_SIZE 16384u
#define REDES_MIN_BLOCK_SIZE (256u * 1024)
#define REDES_MAX_BLOCK_SIZE (4096u * 1024)
/* 2^48 bytes: more than any file, and small enough that no sum of sizes overflows. */
#define REDES_MAX_FILE_SIZE (G_GUINT64_CONSTANT (1) << 48)
/* 2^48 / 4 MiB = 2^26 blocks */
#define REDES_MAX_PROOF_LENGTH 26

/* 256 KiB for files up to 256 MiB, 1 MiB up to 64 GiB, 4 MiB beyond. */
guint32 redes_block_size_for (guint64 file_size);

/**
 * RedesGeometry:
 * @file_size: bytes, 0 to REDES_MAX_FILE_SIZE
 * @block_size: bytes, a power of two from REDES_MIN_BLOCK_SIZE to REDES_MAX_BLOCK_SIZE
 *
 * The division of a file into blocks.
 */
typedef struct
{
  guint64 file_size;
  guint32 block_size;
} RedesGeometry;

/* Whether both values, which may come from a remote, are in range and give at most 2^26 blocks. */
gboolean redes_geometry_is_valid (const RedesGeometry *self);
/* 0 for the empty file, else 1 to 2^26. */
guint32 redes_geometry_get_n_blocks (const RedesGeometry *self);
/* Bytes in block @index: block_size, or less for the last. */
guint32 redes_geometry_get_block_length (const RedesGeometry *self, guint32 index);
/* Digests in a proof: 0 for a file of one block, at most REDES_MAX_PROOF_LENGTH. */
guint redes_geometry_get_proof_length (const RedesGeometry *self);

/*
 * The digest of block @index from its bytes; @len must be its length. Any thread.
 *
 * A file of one block has the tree over its own leaves, padded with zero digests to the next
 * power of two; in a longer file every block covers block_size / 16 KiB leaves, the last one
 * padded likewise. The last leaf is hashed at its true length.
 */
void redes_geometry_hash_block (
    const RedesGeometry *self, guint32 index, const guint8 *data, gsize len, RedesDigest *out);

/**
 * RedesBlockHash:
 *
 * Computes the digest of a block that is read piece by piece. With a buffer that stays in the
 * processor's cache, this is a third faster than reading the block as a whole. It is a plain value
 * on the stack.
 */
typedef struct
{
  guint height;
  guint32 n_leaves;
  guint n_nodes;
  RedesDigest nodes[9]; /* at most 8 complete subtrees, and a new leaf */
} RedesBlockHash;

void redes_block_hash_init (RedesBlockHash *self, const RedesGeometry *geometry, guint32 index);
/* @len: a multiple of REDES_LEAF_SIZE, except for the end of the block */
void redes_block_hash_update (RedesBlockHash *self, const guint8 *data, gsize len);
void redes_block_hash_finish (RedesBlockHash *self, RedesDigest *out);

/* The digest of a full block of zero bytes, which a hole in a file has, without hashing it. */
void redes_hash_zero_block (guint32 block_size, RedesDigest *out);

/* Whether the digests of @proof that lie beyond the end of the file are those of subtrees of zero
 * leaves. With others, the proof could fit a root that the file itself does not have. @n_proof: the
 * proof length. Any thread. */
gboolean redes_geometry_check_padding (const RedesGeometry *self,
                                       guint32 index,
                                       const RedesDigest *proof,
                                       guint n_proof);

/* Whether @digest and @proof of block @index lead to @root, with zero leaves beyond the end of the
 * file. @n_proof: the proof length. Any thread. */
gboolean redes_geometry_check_proof (const RedesGeometry *self,
                                     guint32 index,
                                     const RedesDigest *digest,
                                     const RedesDigest *proof,
                                     guint n_proof,
                                     const RedesDigest *root);

/**
 * RedesHashTree:
 *
 * The nodes of one file's tree from the blocks up. Some may not be known yet: a downloader learns
 * them from proofs, and knows the proof of every block that it has. Reference-counted, but not
 * locked, so a tree belongs to one thread at a time. The tree of a file of one block has no nodes.
 */
typedef struct _RedesHashTree RedesHashTree;

/* (transfer full): a tree of which only the root is known. The root of the empty file is the
 * SHA-256 of no bytes. */
RedesHashTree *redes_hash_tree_new (const RedesGeometry *geometry, const RedesDigest *root);
/* (transfer full): a complete tree. @blocks: (nullable): a digest for each block; %NULL for the
 * empty file */
RedesHashTree *redes_hash_tree_new_from_blocks (const RedesGeometry *geometry,
                                                const RedesDigest *blocks);
RedesHashTree *redes_hash_tree_ref (RedesHashTree *self);
void redes_hash_tree_unref (RedesHashTree *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesHashTree, redes_hash_tree_unref)

/* Gives back what memory it takes while its digests are not needed, if it is one of a long file. */
void redes_hash_tree_rest (RedesHashTree *self);

const RedesGeometry *redes_hash_tree_get_geometry (RedesHashTree *self);
const RedesDigest *redes_hash_tree_get_root (RedesHashTree *self);

/* Block @index's digest, or %FALSE if it is not known. */
gboolean redes_hash_tree_get_block (RedesHashTree *self, guint32 index, RedesDigest *out);

/* Writes the proof of block @index (as many digests as the proof length); %FALSE if not known. */
gboolean redes_hash_tree_get_proof (RedesHashTree *self, guint32 index, RedesDigest *out);

/* Adds the nodes of a proof that redes_geometry_check_proof() has accepted. */
void redes_hash_tree_add_proof (RedesHashTree *self,
                                guint32 index,
                                const RedesDigest *digest,
                                const RedesDigest *proof);

G_END_DECLS
