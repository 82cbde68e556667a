/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define REDES_DIGEST_SIZE 32
#define REDES_DIGEST_HEX_SIZE (2 * REDES_DIGEST_SIZE + 1)

/**
 * RedesDigest:
 * @bytes: the 32 bytes of a SHA-256 digest
 *
 * A SHA-256 digest. It is a plain value, which is copied by assignment and compared byte for byte.
 * Peer ids are digests; the typedef below only documents which digest a function expects.
 */
typedef struct
{
  guint8 bytes[REDES_DIGEST_SIZE];
} RedesDigest;

/** RedesPeerId: SHA-256 of a peer's RSA public key in SubjectPublicKeyInfo form (RFC 5280). */
typedef RedesDigest RedesPeerId;

/* For GHashTable keys: @key points to a RedesDigest. */
guint redes_digest_hash (gconstpointer key);
gboolean redes_digest_equal (gconstpointer a, gconstpointer b);
gint redes_digest_compare (gconstpointer a, gconstpointer b);

/* A copy on the heap, for g_free(). */
RedesDigest *redes_digest_copy (const RedesDigest *digest);

/* SHA-256 of @len bytes. */
void redes_digest_of (const void *data, gsize len, RedesDigest *out);

void redes_digest_to_hex (const RedesDigest *digest, char out[REDES_DIGEST_HEX_SIZE]);
char *redes_digest_dup_hex (const RedesDigest *digest);

/* RFC 4648 base32, lower case, no padding: 52 characters. */
char *redes_digest_dup_base32 (const RedesDigest *digest);

/**
 * redes_digest_from_text:
 * @text: 64 hexadecimal or 52 base32 characters, in either case
 * @len: its length in bytes, or -1 if it ends with NUL
 * @out: (out caller-allocates): set only on success
 *
 * Returns: %FALSE if @text is neither
 */
gboolean redes_digest_from_text (const char *text, gssize len, RedesDigest *out);

G_END_DECLS
