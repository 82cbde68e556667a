/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/content/manifest.h"

G_BEGIN_DECLS

/**
 * RedesBatch:
 *
 * What the manifests that were signed together have in common: key, signature, and the tree over
 * them. For whoever keeps manifests on disk and wants to keep that once. Immutable, and
 * reference-counted (atomically): any thread.
 */
typedef struct _RedesBatch RedesBatch;

/**
 * redes_batch_new_from_leaves:
 * @size: manifests in it
 * @leaves: what redes_batch_dup_leaves() gave
 *
 * The whole batch again. Checks ranges and lengths; whether all of it belongs together is told by
 * redes_batch_compute_key(). Errors: REDES_CONTENT_ERROR_MANIFEST.
 */
RedesBatch *redes_batch_new_from_leaves (
    guint32 size, GBytes *leaves, GBytes *signature, GBytes *spki, GError **error);
/* As one manifest of it knows it: by the @path from there to the root. Errors: as above. */
RedesBatch *redes_batch_new_from_path (
    guint32 size, GBytes *path, GBytes *signature, GBytes *spki, GError **error);
RedesBatch *redes_batch_ref (RedesBatch *self);
void redes_batch_unref (RedesBatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesBatch, redes_batch_unref)

/* (transfer full) (nullable): the digest of each manifest, one after the other; %NULL if only one
 * manifest's path is known, for it came from a remote. */
GBytes *redes_batch_dup_leaves (RedesBatch *self);

gboolean redes_batch_has_leaves (RedesBatch *self);

/* (transfer none): its batch */
RedesBatch *redes_manifest_get_batch (RedesManifest *self);
/**
 * redes_manifest_new_in_batch:
 * @draft: its values
 * @batch_index: its place in @batch
 *
 * A manifest that was taken apart before. It has to be the one that @batch has in that place, as
 * far as its leaves are known. Errors: REDES_CONTENT_ERROR_MANIFEST.
 */
RedesManifest *redes_manifest_new_in_batch (const RedesManifestDraft *draft,
                                            gint64 time_s,
                                            RedesBatch *batch,
                                            guint32 batch_index,
                                            GError **error);
/* A digest of all that a signature depends on: publisher, batch and signature, and for a batch
 * known by a path this manifest too. The same for all manifests of a batch; another as soon as one
 * byte was altered. */
void redes_manifest_compute_batch_key (RedesManifest *self, RedesDigest *out);
/* The same, for a batch with leaves. */
void redes_batch_compute_key (RedesBatch *self, RedesDigest *out);

G_END_DECLS
