/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define REDES_WIRE_ERROR (redes_wire_error_quark ())
GQuark redes_wire_error_quark (void);

/**
 * RedesWireError:
 * @REDES_WIRE_ERROR_SIZE: a frame longer than its type may be, or empty
 * @REDES_WIRE_ERROR_TYPE: an unknown type that is not flagged optional
 * @REDES_WIRE_ERROR_STATE: a type that may not come on this link, or not now
 * @REDES_WIRE_ERROR_SHAPE: a body that is not its type's signature in normal form
 * @REDES_WIRE_ERROR_VALUE: a value out of range
 * @REDES_WIRE_ERROR_VERSION: a protocol version that this program does not speak
 *
 * Protocol violations by a remote. Each ends the connection. They are checked in this order.
 */
typedef enum
{
  REDES_WIRE_ERROR_SIZE,
  REDES_WIRE_ERROR_TYPE,
  REDES_WIRE_ERROR_STATE,
  REDES_WIRE_ERROR_SHAPE,
  REDES_WIRE_ERROR_VALUE,
  REDES_WIRE_ERROR_VERSION,
} RedesWireError;

/* The violation's name for logs and events: "frame-too-large", "unknown-message", "out-of-order",
 * "malformed-message", "bad-value", "unsupported-version"; NULL for an error of another domain. */
const char *redes_wire_error_get_violation (const GError *error);

G_END_DECLS
