/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/identity/error.h"

#include "engine/base/error.h"

#include <gnutls/gnutls.h>

REDES_DEFINE_ERROR (redes_identity_error)

RedesNotice *
redes_notice_new_of_gnutls (int result)
{
  static const struct
  {
    int result;
    RedesNoticeCode code;
  } known[] = {
    { GNUTLS_E_FATAL_ALERT_RECEIVED, REDES_NOTICE_GNUTLS_ALERT },
    { GNUTLS_E_PREMATURE_TERMINATION, REDES_NOTICE_GNUTLS_CUT },
    { GNUTLS_E_UNEXPECTED_PACKET_LENGTH, REDES_NOTICE_GNUTLS_NOT_TLS },
    { GNUTLS_E_UNSUPPORTED_VERSION_PACKET, REDES_NOTICE_GNUTLS_VERSION },
    { GNUTLS_E_RECORD_OVERFLOW, REDES_NOTICE_GNUTLS_NOT_TLS },
    { GNUTLS_E_UNEXPECTED_PACKET, REDES_NOTICE_GNUTLS_UNEXPECTED },
    { GNUTLS_E_UNEXPECTED_HANDSHAKE_PACKET, REDES_NOTICE_GNUTLS_UNEXPECTED },
    { GNUTLS_E_DECRYPTION_FAILED, REDES_NOTICE_GNUTLS_DECRYPTION },
    { GNUTLS_E_RECEIVED_ILLEGAL_PARAMETER, REDES_NOTICE_GNUTLS_PARAMETER },
    { GNUTLS_E_NO_CIPHER_SUITES, REDES_NOTICE_GNUTLS_NO_CIPHER },
    { GNUTLS_E_NO_CERTIFICATE_FOUND, REDES_NOTICE_GNUTLS_NO_CERTIFICATE },
    { GNUTLS_E_CERTIFICATE_REQUIRED, REDES_NOTICE_GNUTLS_NO_CERTIFICATE },
    { GNUTLS_E_PUSH_ERROR, REDES_NOTICE_GNUTLS_SOCKET },
    { GNUTLS_E_PULL_ERROR, REDES_NOTICE_GNUTLS_SOCKET },
    { GNUTLS_E_MEMORY_ERROR, REDES_NOTICE_GNUTLS_MEMORY },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (known[i].result == result)
      return redes_notice_new (known[i].code);
  return redes_notice_new (REDES_NOTICE_GNUTLS_OTHER, result);
}

gboolean
redes_identity_check_result (int result,
                             RedesIdentityError code,
                             RedesNoticeCode what,
                             GError **error)
{
  if (result >= 0)
    return TRUE;

  redes_set_error (error, REDES_IDENTITY_ERROR, code, what,
                   redes_notice_arg_take (redes_notice_new_of_gnutls (result)));
  return FALSE;
}
