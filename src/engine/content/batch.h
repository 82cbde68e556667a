/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/content/manifest.h"

G_BEGIN_DECLS

/**
 * RedesBatch:
 *
 * The parts that all manifests of a batch have in common: the key, the signature and the tree over
 * the manifests. The store keeps them once for each batch. A batch is immutable and its reference
 * count atomic, so any thread may use it.
 */
typedef struct _RedesBatch RedesBatch;

/**
 * redes_batch_new_from_leaves:
 * @size: the number of its manifests, 1 to REDES_MAX_BATCH
 * @leaves: the result of redes_batch_dup_leaves()
 *
 * Makes a batch whose leaves are all known. Only ranges and lengths are checked; compare
 * redes_batch_compute_key() to see whether the parts belong together.
 *
 * Returns: (transfer full): %NULL with REDES_CONTENT_ERROR_MANIFEST
 */
RedesBatch *redes_batch_new_from_leaves (
    guint32 size, GBytes *leaves, GBytes *signature, GBytes *spki, GError **error);
/* Makes a batch of which only the @path from one manifest to the root is known. Returns: (transfer
 * full): %NULL with REDES_CONTENT_ERROR_MANIFEST */
RedesBatch *redes_batch_new_from_path (
    guint32 size, GBytes *path, GBytes *signature, GBytes *spki, GError **error);
RedesBatch *redes_batch_ref (RedesBatch *self);
void redes_batch_unref (RedesBatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesBatch, redes_batch_unref)

/* (transfer full) (nullable): the digests of all manifests, one after the other; %NULL if only the
 * path of one manifest is known, because it came from a remote. */
GBytes *redes_batch_dup_leaves (RedesBatch *self);

gboolean redes_batch_has_leaves (RedesBatch *self);

/* (transfer none): its batch */
RedesBatch *redes_manifest_get_batch (RedesManifest *self);
/**
 * redes_manifest_new_in_batch:
 * @draft: the manifest's values
 * @batch_index: its index in @batch
 *
 * Makes a manifest from the parts in which the store keeps it. If the leaves of @batch are known,
 * the one at @batch_index has to be the manifest's digest.
 *
 * Returns: (transfer full): %NULL with REDES_CONTENT_ERROR_MANIFEST
 */
RedesManifest *redes_manifest_new_in_batch (const RedesManifestDraft *draft,
                                            gint64 time_s,
                                            RedesBatch *batch,
                                            guint32 batch_index,
                                            GError **error);
/* Computes a digest of the publisher, the batch and the signature, and, if only a path of the batch
 * is known, of this manifest. All manifests of a batch have the same; it differs if any byte was
 * altered. */
void redes_manifest_compute_batch_key (RedesManifest *self, RedesDigest *out);
/* As redes_manifest_compute_batch_key(), for a batch whose leaves are known. */
void redes_batch_compute_key (RedesBatch *self, RedesDigest *out);

G_END_DECLS
