/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/content-id.h"
#include "engine/wire/message.h"

G_BEGIN_DECLS

/*
 * The bodies of messages as GVariants: between the bytes and the structs of message.h. For this
 * module and for tests, which also send what no program may.
 */

/**
 * redes_body_encode:
 * @body: a floating reference is taken; of the type's signature and within its limit (a
 *   programmer's error if not). Its values are not looked at
 *
 * Returns: (transfer full): the whole frame, length first
 */
GBytes *redes_body_encode (RedesMessageType type, GVariant *body);

/* Whether each value of @body, in the machine's byte order, is in its range. */
gboolean redes_body_check (RedesMessageType type, GVariant *body, GError **error);

/**
 * redes_body_decode:
 * @type: one that is not BLOCK
 * @body: what came, untrusted
 *
 * Checks size, shape, then every value.
 *
 * Returns: (transfer full): in the machine's byte order
 */
GVariant *redes_body_decode (RedesMessageType type, GBytes *body, GError **error);

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
