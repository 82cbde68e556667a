/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/socket-io.h"

#include <errno.h>

gssize
redes_socket_receive (GSocket *socket, guint8 *buffer, gsize len)
{
  g_autoptr (GError) error = NULL;
  gssize n = g_socket_receive (socket, (char *)buffer, len, NULL, &error);

  if (n < 0)
    errno = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK) ? EAGAIN : EIO;
  return n;
}

gssize
redes_socket_send (GSocket *socket, const guint8 *data, gsize len)
{
  g_autoptr (GError) error = NULL;
  gssize n = g_socket_send (socket, (const char *)data, len, NULL, &error);

  if (n < 0)
    errno = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK) ? EAGAIN : EIO;
  return n;
}
