/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/socket-io.h"

#include <errno.h>
#include <sys/socket.h>

/* A system without it has SO_NOSIGPIPE, which GSocket sets. */
#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

gssize
redes_socket_receive (GSocket *socket, guint8 *buffer, gsize len)
{
  gssize n;

  do
    n = recv (g_socket_get_fd (socket), buffer, len, 0);
  while (n < 0 && errno == EINTR);
  return n;
}

gssize
redes_socket_send (GSocket *socket, const guint8 *data, gsize len)
{
  gssize n;

  do
    n = send (g_socket_get_fd (socket), data, len, MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);
  return n;
}
