/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/config.h"
#include "engine/base/notice.h"
#include "engine/identity/public-key.h"

#include <gnutls/gnutls.h>

G_BEGIN_DECLS

/**
 * RedesIdentity:
 *
 * Who this peer is: an RSA key pair that signs what it publishes, and a TLS key (Ed25519, new at
 * each start) that the RSA key certifies. Immutable and reference-counted (atomically): any thread.
 */
typedef struct _RedesIdentity RedesIdentity;

#define REDES_IDENTITY_BITS REDES_DEFAULT_RSA_BITS

/* A new key pair, in memory only. @rsa_bits: 2048 to 8192; takes 0.03 to 0.6 s, so use a thread. */
RedesIdentity *redes_identity_new (guint rsa_bits, GError **error);

/**
 * redes_identity_load_or_create:
 * @path: a PEM file; made with mode 0600 (and its folder with 0700) if it is not there
 *
 * A file that others may read or write is refused with words that say how to mend it, but not on a
 * file system where no file can be kept from others: see redes_identity_file_is_exposed(). A
 * damaged one is never overwritten. Blocks: use a thread.
 */
RedesIdentity *redes_identity_load_or_create (const char *path, guint rsa_bits, GError **error);
/* Whether others on this machine may read the identity file @path, as its mode tells. Blocks. */
gboolean redes_identity_file_is_exposed (const char *path);

RedesIdentity *redes_identity_ref (RedesIdentity *self);
void redes_identity_unref (RedesIdentity *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesIdentity, redes_identity_unref)

/* (transfer none) */
RedesPublicKey *redes_identity_get_public_key (RedesIdentity *self);
const RedesPeerId *redes_identity_get_peer_id (RedesIdentity *self);

/* The counterpart of redes_public_key_verify(); about 5 ms for 3072 bits. */
GBytes *redes_identity_sign (RedesIdentity *self,
                             const char *label,
                             const RedesDigest *digest,
                             GError **error);

/* (transfer none): the TLS key and the chain [TLS key, identity]; for both ends of a session. */
gnutls_certificate_credentials_t redes_identity_get_credentials (RedesIdentity *self);

/* (transfer full): why GnuTLS failed, by its @result below 0. */
RedesNotice *redes_notice_new_of_gnutls (int result);

/**
 * redes_identity_check_chain:
 * @chain: what the other side presented, DER, untrusted
 * @n_certificates: how many
 *
 * Accepts exactly [TLS key, identity]: the identity is self-signed RSA of 2048 to 8192 bits, and
 * signed the TLS key's certificate. Dates are not looked at: a clock that is wrong must not cut a
 * peer off.
 *
 * Returns: (transfer full): the other side's identity
 */
RedesPublicKey *
redes_identity_check_chain (const gnutls_datum_t *chain, guint n_certificates, GError **error);

G_END_DECLS
