/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/content-id.h"

G_BEGIN_DECLS

/*
 * The hash tree of BitTorrent v2 (BEP 52): SHA-256 over leaves of 16 KiB, padded with zero
 * digests to a power of two; an inner node is SHA-256 (left || right). Root and
 * size together are the content id.
 *
 * What is asked for and verified as one is a block; its digest is the tree's node that covers it,
 * and its proof is the list of sibling digests from that node up to (not including) the root.
 */

#define REDES_LEAF_SIZE 16384u
#define REDES_MIN_BLOCK_SIZE (256u * 1024)
#define REDES_MAX_BLOCK_SIZE (4096u * 1024)
/* 2^48 bytes: far above any file, and small enough that no sum of sizes overflows. */
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
 * How a file is cut.
 */
typedef struct
{
  guint64 file_size;
  guint32 block_size;
} RedesGeometry;

/* Whether both are in range, and the blocks not more than 2^26 (they may come from a remote). */
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
 * The same in pieces, for a block that is read bit by bit: a buffer that stays in the processor's
 * cache makes that a third faster than reading the block whole. A plain value, on the stack.
 */
typedef struct
{
  guint height;
  guint32 n_leaves;
  guint n_nodes;
  RedesDigest nodes[9]; /* at most 8 complete subtrees, and a new leaf */
} RedesBlockHash;

void redes_block_hash_init (RedesBlockHash *self, const RedesGeometry *geometry, guint32 index);
/* @len: whole leaves, unless it is the end of the block. */
void redes_block_hash_update (RedesBlockHash *self, const guint8 *data, gsize len);
void redes_block_hash_finish (RedesBlockHash *self, RedesDigest *out);

/* The digest of a whole block of zero bytes, without hashing it: what a hole in a file comes to. */
void redes_hash_zero_block (guint32 block_size, RedesDigest *out);

/* Whether those digests of @proof (n = the proof length) that cover nothing of the file are the
 * ones of subtrees of zero leaves. A root that was computed with others is no honest tree's:
 * whoever computes it anew, with the right ones, comes to another. Any thread. */
gboolean redes_geometry_check_padding (const RedesGeometry *self,
                                       guint32 index,
                                       const RedesDigest *proof,
                                       guint n_proof);

/* Whether @digest and @proof (n = the proof length) of block @index lead to @root, with nothing but
 * zero leaves beyond the file. Any thread. */
gboolean redes_geometry_check_proof (const RedesGeometry *self,
                                     guint32 index,
                                     const RedesDigest *digest,
                                     const RedesDigest *proof,
                                     guint n_proof,
                                     const RedesDigest *root);

/**
 * RedesHashTree:
 *
 * The nodes of one file's tree from the blocks up, of which some may not be known yet: a downloader
 * learns them from proofs, and knows the proof of every block that it has. Reference-counted, not
 * locked: it belongs to one thread at a time. A file of one block needs no memory for it.
 */
typedef struct _RedesHashTree RedesHashTree;

/* Only the root is known. The empty file's root is SHA-256 of nothing. */
RedesHashTree *redes_hash_tree_new (const RedesGeometry *geometry, const RedesDigest *root);
/* All is known. @blocks: one digest for each block (NULL for the empty file). */
RedesHashTree *redes_hash_tree_new_from_blocks (const RedesGeometry *geometry,
                                                const RedesDigest *blocks);
RedesHashTree *redes_hash_tree_ref (RedesHashTree *self);
void redes_hash_tree_unref (RedesHashTree *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesHashTree, redes_hash_tree_unref)

const RedesGeometry *redes_hash_tree_get_geometry (RedesHashTree *self);
const RedesDigest *redes_hash_tree_get_root (RedesHashTree *self);

/* Block @index's digest, or %FALSE if it is not known. */
gboolean redes_hash_tree_get_block (RedesHashTree *self, guint32 index, RedesDigest *out);

/* Writes the proof of block @index (as many digests as the proof length); %FALSE if not known. */
gboolean redes_hash_tree_get_proof (RedesHashTree *self, guint32 index, RedesDigest *out);

/* Keeps what a proof that redes_geometry_check_proof() accepted has shown. */
void redes_hash_tree_add_proof (RedesHashTree *self,
                                guint32 index,
                                const RedesDigest *digest,
                                const RedesDigest *proof);

G_END_DECLS
