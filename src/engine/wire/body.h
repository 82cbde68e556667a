/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/wire/message.h"
#include "engine/wire/values.h"

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

G_END_DECLS
