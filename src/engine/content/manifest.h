/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/manifest-parts.h"
#include "engine/content/folder.h"
#include "engine/content/hash-tree.h"
#include "engine/identity/identity.h"

G_BEGIN_DECLS

#define REDES_CONTENT_ERROR (redes_content_error_quark ())
GQuark redes_content_error_quark (void);

/**
 * RedesContentError:
 * @REDES_CONTENT_ERROR_MANIFEST: bytes that are no manifest, or one with values out of range
 * @REDES_CONTENT_ERROR_SIGNATURE: a manifest whose path or signature is not its publisher's
 * @REDES_CONTENT_ERROR_LINK: text that is no `redes:` link
 * @REDES_CONTENT_ERROR_READ: a file that cannot be read, or changed while it was read
 */
typedef enum
{
  REDES_CONTENT_ERROR_MANIFEST,
  REDES_CONTENT_ERROR_SIGNATURE,
  REDES_CONTENT_ERROR_LINK,
  REDES_CONTENT_ERROR_READ,
} RedesContentError;

#define REDES_MAX_NAME_BYTES 255
#define REDES_MAX_MANIFEST_BYTES 1024
#define REDES_MAX_BATCH 1024
#define REDES_MAX_BATCH_PATH 10
#define REDES_MAX_SIGNATURE_BYTES 1024
#define REDES_MAX_SPKI_BYTES 2048

/**
 * RedesManifest:
 *
 * What a publisher says of one file or folder: name, content (root and size; a folder's are its
 * list's), block size, publisher, time, a folder's totals - with the signature that covers it. One
 * RSA signature covers a batch of 1 to 1,024 manifests: it signs the root of a small hash tree over
 * their digests, and each manifest carries its path to that root.
 *
 * The body is a GVariant of type (ustuayayx), for a folder (ustuayayxtuuy), in normal form, little
 * endian, at most 1,024 bytes:
 *
 *   u   form: 1 for a file, 2 for a folder
 *   s   name: 1 to 255 bytes of UTF-8
 *   t   size in bytes: 0 to 2^48
 *   u   block size in bytes: redes_block_size_for() the size, so that all who publish the same
 *       bytes speak of the same blocks
 *   ay  root of the file's hash tree: 32 bytes
 *   ay  publisher's peer id: 32 bytes
 *   x   time of publishing, in seconds of the Unix epoch: 0 to the end of the year 9999
 *   tuuy  of a folder: bytes, files and folders below, and its height (RedesFolderTotals)
 *
 * The batch's tree: a leaf is SHA-256 ("redes manifest v1" || 0x00 || body), an inner node
 * SHA-256 (0x01 || left || right); missing leaves, up to a power of two, are 32 zero bytes. The
 * path of the manifest at index i holds the sibling at each level, leaves first: log2 of that
 * power of two. What is signed, under the label "redes manifest batch v1" (see
 * redes_public_key_verify()), is SHA-256 (root || batch size as u32, big endian).
 *
 * Immutable and reference-counted (atomically): any thread.
 */
typedef struct _RedesManifest RedesManifest;

/**
 * RedesManifestDraft:
 * @name: 1 to 255 bytes of valid UTF-8 without NUL; as the publisher's file is called
 * @geometry: size, and the block size for that size
 * @root: of the hash tree over its bytes
 * @folder: (nullable): what lies below a folder; %NULL for a file
 *
 * What is to be signed.
 */
typedef struct
{
  const char *name;
  RedesGeometry geometry;
  RedesDigest root;
  const RedesFolderTotals *folder;
} RedesManifestDraft;

/**
 * redes_manifest_sign_batch:
 * @drafts: (array length=n_drafts): 1 to REDES_MAX_BATCH
 * @time_s: when, in seconds of the Unix epoch
 *
 * One signature, so about 5 ms whatever @n_drafts is. Any thread.
 *
 * Returns: (transfer full) (element-type RedesManifest): in the drafts' order
 */
GPtrArray *redes_manifest_sign_batch (RedesIdentity *identity,
                                      const RedesManifestDraft *drafts,
                                      guint n_drafts,
                                      gint64 time_s,
                                      GError **error);

/**
 * redes_manifest_new_from_parts:
 * @body: the manifest's own bytes, untrusted
 * @batch_index: its place in its batch
 * @batch_size: manifests in that batch, 1 to REDES_MAX_BATCH
 * @path: the sibling digests, one after the other
 * @signature: over the batch's root
 * @spki: the publisher's public key
 *
 * Checks shape and ranges, that @spki is the publisher named in @body and that the path has the
 * length that @batch_size calls for; not yet the signature.
 */
RedesManifest *redes_manifest_new_from_parts (GBytes *body,
                                              guint32 batch_index,
                                              guint32 batch_size,
                                              GBytes *path,
                                              GBytes *signature,
                                              GBytes *spki,
                                              GError **error);

/* The same with what has come as @parts, of which references are taken. */
RedesManifest *redes_manifest_from_parts (const RedesManifestParts *parts, GError **error);

/* What it travels as: (out caller-allocates): for redes_manifest_parts_clear(). */
void redes_manifest_dup_parts (RedesManifest *self, RedesManifestParts *out);

RedesManifest *redes_manifest_ref (RedesManifest *self);
void redes_manifest_unref (RedesManifest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesManifest, redes_manifest_unref)

const char *redes_manifest_get_name (RedesManifest *self);
const RedesGeometry *redes_manifest_get_geometry (RedesManifest *self);
const RedesContentId *redes_manifest_get_content (RedesManifest *self);
/* Whether it is of a folder; @totals: (out) (nullable): what it says of what lies below. */
gboolean redes_manifest_get_folder (RedesManifest *self, RedesFolderTotals *totals);
const RedesPeerId *redes_manifest_get_publisher (RedesManifest *self);
gint64 redes_manifest_get_time_s (RedesManifest *self);

/* The parts, as they travel. Body and path are (transfer full): they are made anew at each call
 * rather than kept, for they would be most of what a shared file takes in memory. */
GBytes *redes_manifest_dup_body (RedesManifest *self);
guint32 redes_manifest_get_batch_index (RedesManifest *self);
guint32 redes_manifest_get_batch_size (RedesManifest *self);
GBytes *redes_manifest_dup_path (RedesManifest *self);
GBytes *redes_manifest_get_signature (RedesManifest *self);
GBytes *redes_manifest_get_spki (RedesManifest *self);

/**
 * RedesSignatureMemo:
 *
 * Remembers which (key, batch root, signature) have been verified, so that a batch costs one RSA
 * check and not one a manifest. Bounded; locked, so any thread.
 */
typedef struct _RedesSignatureMemo RedesSignatureMemo;

RedesSignatureMemo *redes_signature_memo_new (guint max_entries);
void redes_signature_memo_free (RedesSignatureMemo *memo);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesSignatureMemo, redes_signature_memo_free)

/* Entries held now: at most what redes_signature_memo_new() was told. */
guint redes_signature_memo_get_size (RedesSignatureMemo *memo);

/* @memo: (nullable). Errors: REDES_CONTENT_ERROR_SIGNATURE. Any thread; 0.06 ms, or a few µs if
 * remembered. */
gboolean redes_manifest_verify (RedesManifest *self, RedesSignatureMemo *memo, GError **error);

G_END_DECLS
