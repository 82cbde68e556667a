/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/content/manifest-private.h"

#include "engine/base/error.h"

#include <nettle/sha2.h>
#include <string.h>

#define BODY_LABEL "redes manifest v1"

/* Digests in a manifest's path. */
static guint
path_length (guint32 size)
{
  return size <= 1 ? 0 : g_bit_storage (size - 1);
}

/* The labels and the first byte keep leaves, inner nodes and whatever else is hashed apart. */
static void
hash_body (GBytes *body, RedesDigest *out)
{
  struct sha256_ctx sha;
  gsize len;
  const guint8 *data = g_bytes_get_data (body, &len);

  sha256_init (&sha);
  sha256_update (&sha, sizeof BODY_LABEL, (const uint8_t *)BODY_LABEL);
  sha256_update (&sha, len, data);
  sha256_digest (&sha, sizeof out->bytes, out->bytes);
}

/* @out may be @left or @right. */
static void
hash_pair (const RedesDigest *left, const RedesDigest *right, RedesDigest *out)
{
  static const guint8 inner = 0x01;
  struct sha256_ctx sha;

  sha256_init (&sha);
  sha256_update (&sha, 1, &inner);
  sha256_update (&sha, sizeof left->bytes, left->bytes);
  sha256_update (&sha, sizeof right->bytes, right->bytes);
  sha256_digest (&sha, sizeof out->bytes, out->bytes);
}

static void
hash_root (const RedesDigest *root, guint32 size, RedesDigest *out)
{
  struct sha256_ctx sha;
  guint32 size_be = GUINT32_TO_BE (size);

  sha256_init (&sha);
  sha256_update (&sha, sizeof root->bytes, root->bytes);
  sha256_update (&sha, sizeof size_be, (const uint8_t *)&size_be);
  sha256_digest (&sha, sizeof out->bytes, out->bytes);
}

static RedesBatch *
batch_alloc (guint32 size, gsize n_digests)
{
  RedesBatch *self = g_malloc0 (sizeof (RedesBatch) + n_digests * sizeof (RedesDigest));

  g_atomic_ref_count_init (&self->refs);
  self->size = size;
  return self;
}

/* ---- The tree ----
 *
 * A complete binary tree whose nodes are numbered from the root, 1: below n are 2n and 2n + 1, and
 * the leaves are the upper half. Kept are the nodes down to the third level above the leaves, and
 * then the leaves that there are; the two levels in between are most of the inner nodes, and take a
 * moment to compute.
 */

static guint32
tree_width (guint32 size)
{
  return 1u << path_length (size);
}

/* Nodes below this number are kept (from 1 on; the first place is empty). */
static guint32
end_of_kept_nodes (guint32 size)
{
  return tree_width (size) / 8 * 2;
}

static gsize
count_digests (guint32 size)
{
  return (gsize)end_of_kept_nodes (size) + size;
}

static RedesDigest *
get_leaves (RedesBatch *self)
{
  return &self->digests[end_of_kept_nodes (self->size)];
}

static void
read_node (RedesBatch *self, guint32 node, RedesDigest *out)
{
  guint32 width = tree_width (self->size);

  if (node >= width + self->size)
    memset (out, 0, sizeof *out);
  else if (node >= width)
    *out = get_leaves (self)[node - width];
  else if (node < end_of_kept_nodes (self->size))
    *out = self->digests[node];
  else
    {
      RedesDigest left;
      RedesDigest right;

      read_node (self, 2 * node, &left);
      read_node (self, 2 * node + 1, &right);
      hash_pair (&left, &right, out);
    }
}

/* The inner nodes that are kept, from the leaves. */
static void
complete_tree (RedesBatch *self)
{
  for (guint32 node = end_of_kept_nodes (self->size); node > 1; node--)
    {
      RedesDigest left;
      RedesDigest right;

      read_node (self, 2 * (node - 1), &left);
      read_node (self, 2 * (node - 1) + 1, &right);
      hash_pair (&left, &right, &self->digests[node - 1]);
    }
}

static void
compute_signed_digest_of_root (RedesBatch *self, RedesDigest *out)
{
  RedesDigest root;

  read_node (self, 1, &root);
  hash_root (&root, self->size, out);
}

/* ---- Batches ---- */

static gboolean
check_parts (
    guint32 size, GBytes *digests, gsize n_digests, GBytes *signature, GBytes *spki, GError **error)
{
  RedesNoticeCode violation = REDES_NOTICE_NONE;

  if (g_bytes_get_size (digests) != n_digests * REDES_DIGEST_SIZE)
    violation = REDES_NOTICE_MANIFEST_PATH;
  else if (g_bytes_get_size (signature) < 1
           || g_bytes_get_size (signature) > REDES_MAX_SIGNATURE_BYTES)
    violation = REDES_NOTICE_MANIFEST_SIGNATURE_LENGTH;
  else if (g_bytes_get_size (spki) < 1 || g_bytes_get_size (spki) > REDES_MAX_SPKI_BYTES)
    violation = REDES_NOTICE_MANIFEST_KEY_LENGTH;

  if (violation == REDES_NOTICE_NONE)
    return TRUE;

  redes_set_error (error, REDES_CONTENT_ERROR, REDES_CONTENT_ERROR_MANIFEST,
                   REDES_NOTICE_MANIFEST_UNUSABLE, redes_notice_arg_code (violation));
  return FALSE;
}

static gboolean
check_size (guint32 size, GError **error)
{
  if (size >= 1 && size <= REDES_MAX_BATCH)
    return TRUE;

  redes_set_error (error, REDES_CONTENT_ERROR, REDES_CONTENT_ERROR_MANIFEST,
                   REDES_NOTICE_MANIFEST_UNUSABLE,
                   redes_notice_arg_code (REDES_NOTICE_MANIFEST_BATCH));
  return FALSE;
}

static RedesBatch *
batch_new (guint32 size, gsize n_digests, GBytes *signature, GBytes *spki)
{
  RedesBatch *self = batch_alloc (size, n_digests);

  self->signature = g_bytes_ref (signature);
  self->spki = g_bytes_ref (spki);
  redes_digest_of (g_bytes_get_data (spki, NULL), g_bytes_get_size (spki), &self->publisher);
  return self;
}

RedesBatch *
redes_batch_new_from_path (
    guint32 size, GBytes *path, GBytes *signature, GBytes *spki, GError **error)
{
  RedesBatch *self;
  guint length;

  if (!check_size (size, error))
    return NULL;
  length = path_length (size);
  if (!check_parts (size, path, length, signature, spki, error))
    return NULL;

  self = batch_new (size, length, signature, spki);
  if (length > 0)
    memcpy (self->digests, g_bytes_get_data (path, NULL), length * sizeof *self->digests);

  return self;
}

RedesBatch *
redes_batch_new_from_leaves (
    guint32 size, GBytes *leaves, GBytes *signature, GBytes *spki, GError **error)
{
  RedesBatch *self;

  if (!check_size (size, error) || !check_parts (size, leaves, size, signature, spki, error))
    return NULL;

  self = batch_new (size, count_digests (size), signature, spki);
  self->has_tree = TRUE;
  memcpy (get_leaves (self), g_bytes_get_data (leaves, NULL), size * sizeof *self->digests);
  complete_tree (self);

  return self;
}

RedesBatch *
redes_batch_ref (RedesBatch *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
redes_batch_unref (RedesBatch *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;

  g_clear_pointer (&self->signature, g_bytes_unref);
  g_clear_pointer (&self->spki, g_bytes_unref);
  g_free (self);
}

guint
redes_batch_get_path (RedesBatch *self, guint32 index, RedesDigest path[REDES_MAX_BATCH_PATH])
{
  guint length = path_length (self->size);

  if (!self->has_tree)
    memcpy (path, self->digests, length * sizeof *path);
  else
    {
      guint32 node = tree_width (self->size) + index;

      for (guint level = 0; level < length; level++, node /= 2)
        read_node (self, node ^ 1, &path[level]);
    }

  return length;
}

/* The digest of a subtree of 2^@height leaves that are all padding. */
static const RedesDigest *
padding_digest (guint height)
{
  static RedesDigest digests[REDES_MAX_BATCH_PATH + 1];
  static gsize ready;

  if (g_once_init_enter (&ready))
    {
      for (guint i = 1; i < G_N_ELEMENTS (digests); i++)
        hash_pair (&digests[i - 1], &digests[i - 1], &digests[i]);
      g_once_init_leave (&ready, 1);
    }

  return &digests[height];
}

gboolean
redes_batch_check_padding (RedesBatch *self, guint32 index)
{
  guint32 width = self->size;

  /* A tree that was built here is padded as it has to be. */
  if (self->has_tree)
    return TRUE;

  for (guint level = 0; level < path_length (self->size); level++)
    {
      if ((index >> level ^ 1) >= width
          && !redes_digest_equal (&self->digests[level], padding_digest (level)))
        return FALSE;
      width = width / 2 + width % 2;
    }

  return TRUE;
}

GBytes *
redes_batch_dup_leaves (RedesBatch *self)
{
  if (!self->has_tree)
    return NULL;

  return g_bytes_new (get_leaves (self), self->size * sizeof *self->digests);
}

gboolean
redes_batch_has_leaves (RedesBatch *self)
{
  return self->has_tree;
}

gboolean
redes_batch_has_leaf (RedesBatch *self, guint32 index, GBytes *body)
{
  RedesDigest leaf;

  if (!self->has_tree)
    return TRUE;

  hash_body (body, &leaf);
  return redes_digest_equal (&leaf, &get_leaves (self)[index]);
}

void
redes_batch_compute_signed_digest (RedesBatch *self, guint32 index, GBytes *body, RedesDigest *out)
{
  RedesDigest path[REDES_MAX_BATCH_PATH];
  guint length = redes_batch_get_path (self, index, path);
  RedesDigest node;

  hash_body (body, &node);
  for (guint level = 0; level < length; level++)
    {
      if ((index >> level & 1) != 0)
        hash_pair (&path[level], &node, &node);
      else
        hash_pair (&node, &path[level], &node);
    }

  hash_root (&node, self->size, out);
}

void
redes_batch_compute_memo_key (RedesBatch *self, const RedesDigest *signed_digest, RedesDigest *out)
{
  struct sha256_ctx sha;
  gsize len;
  const guint8 *signature = g_bytes_get_data (self->signature, &len);

  sha256_init (&sha);
  sha256_update (&sha, sizeof self->publisher.bytes, self->publisher.bytes);
  sha256_update (&sha, sizeof signed_digest->bytes, signed_digest->bytes);
  sha256_update (&sha, len, signature);
  sha256_digest (&sha, sizeof out->bytes, out->bytes);
}

void
redes_batch_compute_key (RedesBatch *self, RedesDigest *out)
{
  RedesDigest digest;

  memset (out, 0, sizeof *out);
  g_return_if_fail (self->has_tree);

  compute_signed_digest_of_root (self, &digest);
  redes_batch_compute_memo_key (self, &digest, out);
}

/* ---- Signing ---- */

static void
build_tree (RedesBatch *self, GPtrArray *manifests)
{
  for (guint i = 0; i < manifests->len; i++)
    {
      g_autoptr (GBytes) body = redes_manifest_dup_body (g_ptr_array_index (manifests, i));

      hash_body (body, &get_leaves (self)[i]);
    }
  complete_tree (self);
}

static RedesBatch *
batch_new_unsigned (RedesIdentity *identity, guint32 size)
{
  RedesPublicKey *key = redes_identity_get_public_key (identity);
  RedesBatch *self = batch_alloc (size, count_digests (size));

  self->has_tree = TRUE;
  self->publisher = *redes_public_key_get_peer_id (key);
  self->spki = g_bytes_ref (redes_public_key_get_spki (key));
  return self;
}

GPtrArray *
redes_manifest_sign_batch (RedesIdentity *identity,
                           const RedesManifestDraft *drafts,
                           guint n_drafts,
                           gint64 time_s,
                           GError **error)
{
  g_autoptr (GPtrArray) manifests = NULL;
  g_autoptr (RedesBatch) batch = NULL;
  RedesDigest digest;

  g_return_val_if_fail (n_drafts >= 1 && n_drafts <= REDES_MAX_BATCH, NULL);

  batch = batch_new_unsigned (identity, n_drafts);
  manifests = g_ptr_array_new_full (n_drafts, (GDestroyNotify)redes_manifest_unref);
  for (guint i = 0; i < n_drafts; i++)
    {
      RedesManifest *manifest = redes_manifest_new (&drafts[i], time_s, batch, i, error);

      if (manifest == NULL)
        return NULL;
      g_ptr_array_add (manifests, manifest);
    }

  build_tree (batch, manifests);
  compute_signed_digest_of_root (batch, &digest);
  batch->signature = redes_identity_sign (identity, REDES_BATCH_LABEL, &digest, error);

  return batch->signature != NULL ? g_steal_pointer (&manifests) : NULL;
}
