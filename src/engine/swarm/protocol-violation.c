/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/protocol-violation.h"

#include "engine/base/error.h"
#include "engine/net/channel.h"

REDES_DEFINE_ERROR (redes_swarm_error)

gboolean
redes_protocol_violation_breaks_rule (const GError *error)
{
  return !g_error_matches (error, REDES_NET_ERROR, REDES_NET_ERROR_CLOSED)
         && !g_error_matches (error, REDES_NET_ERROR, REDES_NET_ERROR_TIMEOUT)
         && !g_error_matches (error, REDES_SWARM_ERROR, REDES_SWARM_ERROR_SILENT)
         && (error->domain == REDES_WIRE_ERROR || error->domain == REDES_SWARM_ERROR
             || error->domain == REDES_NET_ERROR || error->domain == REDES_IDENTITY_ERROR);
}

gboolean
redes_protocol_violation_is_lie (const GError *error)
{
  return error->domain == REDES_WIRE_ERROR
         || g_error_matches (error, REDES_SWARM_ERROR, REDES_SWARM_ERROR_WRONG_BLOCK)
         || g_error_matches (error, REDES_SWARM_ERROR, REDES_SWARM_ERROR_WRONG_MANIFEST);
}

const char *
redes_protocol_violation_get_name (const GError *error)
{
  if (error->domain != REDES_SWARM_ERROR)
    return redes_net_error_get_violation (error);
  switch (error->code)
    {
    case REDES_SWARM_ERROR_WRONG_BLOCK:
      return "wrong-block";
    case REDES_SWARM_ERROR_WRONG_MANIFEST:
      return "wrong-manifest";
    default:
      return "silent";
    }
}
