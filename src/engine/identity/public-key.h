/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/digest.h"
#include "engine/identity/error.h"

G_BEGIN_DECLS

/**
 * RedesPublicKey:
 *
 * A publisher's RSA public key. It is immutable and its reference count atomic, so any thread may
 * use it.
 */
typedef struct _RedesPublicKey RedesPublicKey;

/**
 * redes_public_key_new_from_spki:
 * @spki: SubjectPublicKeyInfo in DER, untrusted
 *
 * Accepts an odd modulus of 2048 to 8192 bits and an odd public exponent from 65537 to 2^32 (a
 * longer one would make verification slow), in the only valid DER encoding of such a key. If
 * several encodings were accepted, one key could have several peer ids.
 *
 * Returns: (transfer full): %NULL with REDES_IDENTITY_ERROR_KEY
 */
RedesPublicKey *redes_public_key_new_from_spki (const guint8 *spki, gsize len, GError **error);
RedesPublicKey *redes_public_key_ref (RedesPublicKey *self);
void redes_public_key_unref (RedesPublicKey *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesPublicKey, redes_public_key_unref)

const RedesPeerId *redes_public_key_get_peer_id (RedesPublicKey *self);
/* (transfer none) */
GBytes *redes_public_key_get_spki (RedesPublicKey *self);

/**
 * redes_signature_digest:
 *
 * Computes the digest that is signed for @digest: SHA-256 (@label || 0x00 || @digest). The label
 * prevents that a signature made for one purpose is used for another.
 */
void redes_signature_digest (const char *label, const RedesDigest *digest, RedesDigest *out);

/* The length of the salt of a signature, in bytes. */
#define REDES_SIGNATURE_SALT_SIZE 32

/**
 * redes_public_key_verify:
 * @label: the kind of data that was signed, such as "redes manifest batch v1"
 * @digest: the digest that was signed
 * @signature: untrusted, any length
 *
 * Verifies a signature: RSA-PSS with SHA-256, MGF1 with SHA-256 and a 32-byte salt (RFC 8017),
 * where the message's hash is redes_signature_digest(). A signature is as long as the modulus.
 */
gboolean redes_public_key_verify (RedesPublicKey *self,
                                  const char *label,
                                  const RedesDigest *digest,
                                  const guint8 *signature,
                                  gsize len);

G_END_DECLS
