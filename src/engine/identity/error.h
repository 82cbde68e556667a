/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/notice.h"

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

/* (transfer full): the reason of a GnuTLS error, from its @result, which is below 0. */
RedesNotice *redes_notice_new_of_gnutls (int result);

/* Returns: whether @result of a GnuTLS call is a success; otherwise %FALSE with @error set to the
 * notice @what, which has the reason as its argument */
gboolean redes_identity_check_result (int result,
                                      RedesIdentityError code,
                                      RedesNoticeCode what,
                                      GError **error);

G_END_DECLS
