/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RedesManifestParts:
 * @body: the manifest's own bytes, 1 to 1,024
 * @place: in the batch, below @batch_size
 * @batch_size: manifests under one signature, 1 to 1,024
 * @path: digests, one after the other, at most 320 bytes
 * @signature: over the batch's root, 1 to 1,024 bytes
 * @key: the publisher's public key (SubjectPublicKeyInfo), 1 to 2,048 bytes
 *
 * What a signed manifest travels as. None of it has been verified.
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

/* For one that owns its bytes. */
void redes_manifest_parts_clear (RedesManifestParts *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RedesManifestParts, redes_manifest_parts_clear)

G_END_DECLS
