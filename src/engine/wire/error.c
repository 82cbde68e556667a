/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/wire/error.h"

#include "engine/base/error.h"

REDES_DEFINE_ERROR (redes_wire_error)

const char *
redes_wire_error_get_violation (const GError *error)
{
  if (error == NULL || error->domain != REDES_WIRE_ERROR)
    return NULL;
  switch ((RedesWireError)error->code)
    {
    case REDES_WIRE_ERROR_SIZE:
      return "frame-too-large";
    case REDES_WIRE_ERROR_TYPE:
      return "unknown-message";
    case REDES_WIRE_ERROR_STATE:
      return "out-of-order";
    case REDES_WIRE_ERROR_SHAPE:
      return "malformed-message";
    case REDES_WIRE_ERROR_VALUE:
      return "bad-value";
    case REDES_WIRE_ERROR_VERSION:
      return "unsupported-version";
    }
  g_return_val_if_reached (NULL);
}
