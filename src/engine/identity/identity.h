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
 * The keys of this peer: an RSA key pair, which signs what the peer publishes, and a TLS key
 * (Ed25519, a new one at each start), which the RSA key certifies. An identity is immutable and its
 * reference count atomic, so any thread may use it.
 */
typedef struct _RedesIdentity RedesIdentity;

#define REDES_IDENTITY_BITS REDES_DEFAULT_RSA_BITS

/* Makes a new key pair, in memory only. It computes for 0.03 to 0.6 s. @rsa_bits: 2048 to 8192 */
RedesIdentity *redes_identity_new (guint rsa_bits, GError **error);

/**
 * redes_identity_load_or_create:
 * @path: a PEM file; if it does not exist, it is made with mode 0600, and its folder with mode 0700
 * @rsa_bits: the length of a new key: 2048 to 8192
 *
 * Loads the identity, or makes and saves a new one. A file that other users may read or write is
 * refused, with an error that says how to correct that; but not on a file system without
 * permissions, see redes_identity_file_is_exposed(). A damaged file is never overwritten. The
 * function blocks.
 *
 * Returns: (transfer full): %NULL with an error of REDES_IDENTITY_ERROR
 */
RedesIdentity *redes_identity_load_or_create (const char *path, guint rsa_bits, GError **error);
/* Whether the mode of the identity file @path lets other users of this machine read it. Blocks. */
gboolean redes_identity_file_is_exposed (const char *path);

RedesIdentity *redes_identity_ref (RedesIdentity *self);
void redes_identity_unref (RedesIdentity *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesIdentity, redes_identity_unref)

/* (transfer none) */
RedesPublicKey *redes_identity_get_public_key (RedesIdentity *self);
const RedesPeerId *redes_identity_get_peer_id (RedesIdentity *self);

/* (transfer full): a signature that redes_public_key_verify() accepts; %NULL with an error of
 * REDES_IDENTITY_ERROR. It computes for about 5 ms with 3072 bits. */
GBytes *redes_identity_sign (RedesIdentity *self,
                             const char *label,
                             const RedesDigest *digest,
                             GError **error);

/* (transfer none): the TLS key with the certificate chain [TLS key, identity], for both ends of a
 * session. */
gnutls_certificate_credentials_t redes_identity_get_credentials (RedesIdentity *self);

G_END_DECLS
