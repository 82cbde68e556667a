/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/identity/certificate-private.h"
#include "engine/identity/identity.h"

G_BEGIN_DECLS

/* Overwrites and frees what GnuTLS allocated. */
void redes_identity_clear_secret (gnutls_datum_t *datum);

/* Generates an RSA key in @key, which is initialized and empty. */
gboolean redes_identity_generate_key (guint bits, RedesPrivateKey key, GError **error);
RedesIdentity *redes_identity_new_from_key (RedesPrivateKey key, GError **error);

G_END_DECLS
