/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/socket-io.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>

gboolean
redes_socket_get_unsent (GSocket *socket, guint64 *n_bytes)
{
  int waiting = 0;

  if (ioctl (g_socket_get_fd (socket), SIOCOUTQ, &waiting) != 0 || waiting < 0)
    return FALSE;
  *n_bytes = (guint64)waiting;
  return TRUE;
}
