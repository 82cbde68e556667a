/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define REDES_NET_ERROR (redes_net_error_quark ())
GQuark redes_net_error_quark (void);

/**
 * RedesNetError:
 * @REDES_NET_ERROR_TLS: the TLS handshake or a record failed
 * @REDES_NET_ERROR_IDENTITY: the peer that answered is not the expected one, or is this peer itself
 * @REDES_NET_ERROR_TIMEOUT: the other side did not answer or read in time
 * @REDES_NET_ERROR_CLOSED: the other side ended the connection
 * @REDES_NET_ERROR_BUSY: too many connections
 */
typedef enum
{
  REDES_NET_ERROR_TLS,
  REDES_NET_ERROR_IDENTITY,
  REDES_NET_ERROR_TIMEOUT,
  REDES_NET_ERROR_CLOSED,
  REDES_NET_ERROR_BUSY,
} RedesNetError;

G_END_DECLS
