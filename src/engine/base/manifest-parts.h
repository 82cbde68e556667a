/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RedesManifestParts:
 * @body: the manifest's own bytes, 1 to 1,024
 * @place: the manifest's index in its batch, below @batch_size
 * @batch_size: the number of manifests under one signature, 1 to 1,024
 * @path: the Merkle path from the manifest to the batch's root: digests, one after the other, at
 *   most 320 bytes
 * @signature: the signature of the batch's root, 1 to 1,024 bytes
 * @key: the publisher's public key (SubjectPublicKeyInfo), 1 to 2,048 bytes
 *
 * The parts in which a signed manifest is transmitted. None of them has been verified.
 */
typedef struct
{
  GBytes *body;
  guint32 place;
  guint32 batch_size;
  GBytes *path;
  GBytes *signature;
  GBytes *key;
} RedesManifestParts;

/* Drops the references to all parts, for an owner of them. */
void redes_manifest_parts_clear (RedesManifestParts *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RedesManifestParts, redes_manifest_parts_clear)

G_END_DECLS
