/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/digest.h"

G_BEGIN_DECLS

#define REDES_IDENTITY_ERROR (redes_identity_error_quark ())
GQuark redes_identity_error_quark (void);

/**
 * RedesIdentityError:
 * @REDES_IDENTITY_ERROR_KEY: not an RSA public key of 2048 to 8192 bits in SubjectPublicKeyInfo
 *   form
 * @REDES_IDENTITY_ERROR_CERTIFICATE: a TLS chain that is not [TLS key, identity] as Redes makes it
 * @REDES_IDENTITY_ERROR_FILE: the identity file cannot be read, written or understood
 * @REDES_IDENTITY_ERROR_SIGNATURE: signing failed, or a signature does not verify
 */
typedef enum
{
  REDES_IDENTITY_ERROR_KEY,
  REDES_IDENTITY_ERROR_CERTIFICATE,
  REDES_IDENTITY_ERROR_FILE,
  REDES_IDENTITY_ERROR_SIGNATURE,
} RedesIdentityError;

/**
 * RedesPublicKey:
 *
 * A publisher's RSA public key. Immutable and reference-counted (atomically): any thread.
 */
typedef struct _RedesPublicKey RedesPublicKey;

/**
 * redes_public_key_new_from_spki:
 * @spki: SubjectPublicKeyInfo in DER, untrusted
 *
 * Accepts an odd modulus of 2048 to 8192 bits, an odd public exponent from 65537 to 2^32 (a longer
 * one would only serve to make verifying slow), and only the one DER encoding that such a key has:
 * otherwise one key could pass for several peers.
 *
 * Errors: REDES_IDENTITY_ERROR_KEY.
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
 * What is really signed: SHA-256 (@label || 0x00 || @digest). The label keeps a signature made for
 * one purpose from being shown for another.
 */
void redes_signature_digest (const char *label, const RedesDigest *digest, RedesDigest *out);

/* Bytes in the salt of a signature. */
#define REDES_SIGNATURE_SALT_SIZE 32

/**
 * redes_public_key_verify:
 * @label: the domain, such as "redes manifest batch v1": what kind of thing was signed
 * @digest: the digest that was signed
 * @signature: untrusted, any length
 *
 * RSA-PSS with SHA-256, MGF1 with SHA-256 and a 32-byte salt (RFC 8017), where the message's hash
 * is redes_signature_digest(). The signature is as long as the modulus.
 */
gboolean redes_public_key_verify (RedesPublicKey *self,
                                  const char *label,
                                  const RedesDigest *digest,
                                  const guint8 *signature,
                                  gsize len);

/* A peer id in short readable groups for a person to compare: "k3xw-7aqd-…", the first @groups
 * groups of four base32 characters (1 to 13). */
char *redes_peer_id_dup_short (const RedesPeerId *id, guint groups);

G_END_DECLS
