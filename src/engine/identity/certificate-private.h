/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/identity/certificate.h"

#include <gnutls/x509.h>

G_BEGIN_DECLS

typedef gnutls_x509_crt_t RedesCertificate;
typedef gnutls_x509_privkey_t RedesPrivateKey;

static inline void
redes_certificate_clear (RedesCertificate *certificate)
{
  g_clear_pointer (certificate, gnutls_x509_crt_deinit);
}

static inline void
redes_private_key_clear (RedesPrivateKey *key)
{
  g_clear_pointer (key, gnutls_x509_privkey_deinit);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RedesCertificate, redes_certificate_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (RedesPrivateKey, redes_private_key_clear)

/* Makes a TLS key and its certificate, signed with @identity_key. The caller frees @credentials and
 * @public_key if they are set, also after a failure. */
gboolean redes_certificate_make_credentials (RedesPrivateKey identity_key,
                                             gnutls_certificate_credentials_t *credentials,
                                             RedesPublicKey **public_key,
                                             GError **error);

G_END_DECLS
