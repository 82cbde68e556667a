/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/content-id.h"

G_BEGIN_DECLS

/* The values within a body, as GVariants. For this module and for tests. */

/* (transfer full): @value, of which a reference is taken, between the machine's byte order and
 * little endian. */
GVariant *redes_body_convert_order (GVariant *value);

/* Reads a digest out of an `ay` child that redes_body_decode() has checked to be one. */
void redes_body_get_digest (GVariant *bytes, RedesDigest *out);
/* (transfer floating): an `ay` of 32 bytes. */
GVariant *redes_body_new_digest (const RedesDigest *digest);
/* The same for a content, an `(ayt)`. */
void redes_body_get_content (GVariant *content, RedesContentId *out);
GVariant *redes_body_new_content (const RedesContentId *content);
/* (transfer floating): an `ay`. */
GVariant *redes_body_new_bytes (GBytes *bytes);

G_END_DECLS
