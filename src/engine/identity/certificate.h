/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/identity/public-key.h"

#include <gnutls/gnutls.h>

G_BEGIN_DECLS

/**
 * redes_identity_check_chain:
 * @chain: the untrusted certificates of the other side, in DER
 * @n_certificates: their number
 *
 * Accepts only the chain [TLS key, identity], in which the identity is a self-signed RSA key of
 * 2048 to 8192 bits, and has signed the TLS key's certificate. The dates are ignored, so that a
 * wrong clock does not make a peer unreachable.
 *
 * Returns: (transfer full): the other side's identity
 */
RedesPublicKey *
redes_identity_check_chain (const gnutls_datum_t *chain, guint n_certificates, GError **error);

G_END_DECLS
