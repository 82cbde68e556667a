/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/manifest-parts.h"
#include "engine/content/error.h"
#include "engine/content/folder.h"
#include "engine/content/hash-tree.h"
#include "engine/identity/identity.h"

G_BEGIN_DECLS

#define REDES_MAX_NAME_BYTES 255
#define REDES_MAX_MANIFEST_BYTES 1024
#define REDES_MAX_BATCH 1024
#define REDES_MAX_BATCH_PATH 10
#define REDES_MAX_SIGNATURE_BYTES 1024
#define REDES_MAX_SPKI_BYTES 2048

/**
 * RedesManifest:
 *
 * A publisher's signed statement of one file or folder: its name, content (root and size; of a
 * folder those of its list), block size, publisher, time, and the totals of a folder. One RSA
 * signature covers a batch of 1 to 1,024 manifests: it signs the root of a small hash tree over
 * their digests, and each manifest has its path to that root.
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
 * A manifest is immutable and its reference count atomic, so any thread may use it.
 */
typedef struct _RedesManifest RedesManifest;

/**
 * RedesManifestDraft:
 * @name: the file's name: 1 to 255 bytes of valid UTF-8 without NUL
 * @geometry: its size, and the block size for that size
 * @root: the root of the hash tree over its bytes
 * @folder: (nullable): the totals of a folder; %NULL for a file
 *
 * The values of a manifest that is to be signed.
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
 * @time_s: the time of publishing, in seconds since the Unix epoch
 *
 * Makes and signs the manifests of a batch. There is one signature, so it takes about 5 ms for any
 * @n_drafts. Any thread.
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
 * @batch_index: the manifest's index in its batch
 * @batch_size: the number of manifests in that batch, 1 to REDES_MAX_BATCH
 * @path: the sibling digests, one after the other
 * @signature: over the batch's root
 * @spki: the publisher's public key
 *
 * Checks the form and all ranges, that @spki is the key of the publisher in @body and that the path
 * has the length for @batch_size, but not the signature.
 *
 * Returns: (transfer full): %NULL with REDES_CONTENT_ERROR_MANIFEST
 */
RedesManifest *redes_manifest_new_from_parts (GBytes *body,
                                              guint32 batch_index,
                                              guint32 batch_size,
                                              GBytes *path,
                                              GBytes *signature,
                                              GBytes *spki,
                                              GError **error);

/* As redes_manifest_new_from_parts(), with @parts from a message, of which references are taken. */
RedesManifest *redes_manifest_from_parts (const RedesManifestParts *parts, GError **error);

/**
 * redes_manifest_new_unsigned:
 * @name: as in a RedesManifestDraft
 * @totals: (nullable): of a folder; %NULL for a file
 *
 * What is known of a content that nobody has signed by itself, because the list of a folder names
 * it: such a one is never handed out. It has no publisher, no parts and no link.
 *
 * Returns: (transfer full): %NULL with REDES_CONTENT_ERROR_MANIFEST
 */
RedesManifest *redes_manifest_new_unsigned (const char *name,
                                            const RedesContentId *content,
                                            const RedesFolderTotals *totals,
                                            GError **error);
gboolean redes_manifest_is_signed (RedesManifest *self);

/* Gives the parts in which the manifest is transmitted. @out: (out caller-allocates): to be cleared
 * with redes_manifest_parts_clear() */
void redes_manifest_dup_parts (RedesManifest *self, RedesManifestParts *out);

RedesManifest *redes_manifest_ref (RedesManifest *self);
void redes_manifest_unref (RedesManifest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesManifest, redes_manifest_unref)

const char *redes_manifest_get_name (RedesManifest *self);
const RedesGeometry *redes_manifest_get_geometry (RedesManifest *self);
const RedesContentId *redes_manifest_get_content (RedesManifest *self);
/* Whether it is the manifest of a folder. @totals: (out) (nullable): the folder's totals */
gboolean redes_manifest_get_folder (RedesManifest *self, RedesFolderTotals *totals);
const RedesPeerId *redes_manifest_get_publisher (RedesManifest *self);
gint64 redes_manifest_get_time_s (RedesManifest *self);

/* The parts in which the manifest is transmitted. Body and path are (transfer full): they are made
 * by each call and not kept, as they would be most of the memory that a shared file takes. */
GBytes *redes_manifest_dup_body (RedesManifest *self);
guint32 redes_manifest_get_batch_index (RedesManifest *self);
guint32 redes_manifest_get_batch_size (RedesManifest *self);
GBytes *redes_manifest_dup_path (RedesManifest *self);
GBytes *redes_manifest_get_signature (RedesManifest *self);
GBytes *redes_manifest_get_spki (RedesManifest *self);

/* As a link (see redes_link_format()); @trackers: (nullable) (array zero-terminated=1): the first
 * REDES_LINK_MAX_TRACKERS of them go into it. */
char *redes_manifest_format_link (RedesManifest *self, const char *const *trackers);

/**
 * RedesSignatureMemo:
 *
 * A bounded memory of the signatures that were verified, as (key, batch root, signature), so that a
 * batch needs one RSA operation and not one for each manifest. It is locked, so any thread may use
 * it.
 */
typedef struct _RedesSignatureMemo RedesSignatureMemo;

RedesSignatureMemo *redes_signature_memo_new (guint max_entries);
void redes_signature_memo_free (RedesSignatureMemo *memo);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesSignatureMemo, redes_signature_memo_free)

/* The number of entries: at most that of redes_signature_memo_new(). */
guint redes_signature_memo_get_size (RedesSignatureMemo *memo);

/* Verifies the signature in 0.06 ms, or in a few µs if @memo has it. @memo: (nullable). Returns:
 * %FALSE with REDES_CONTENT_ERROR_SIGNATURE. Any thread. */
gboolean redes_manifest_verify (RedesManifest *self, RedesSignatureMemo *memo, GError **error);

G_END_DECLS
