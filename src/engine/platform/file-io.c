/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/file-io.h"

#include <errno.h>
#include <unistd.h>

gboolean
redes_file_write_all (int fd, gconstpointer data, gsize len)
{
  const guint8 *place = data;

  while (len > 0)
    {
      gssize n = write (fd, place, len);

      if (n < 0 && errno == EINTR)
        continue;
      if (n == 0)
        errno = ENOSPC;
      if (n <= 0)
        return FALSE;
      place += n;
      len -= (gsize)n;
    }
  return TRUE;
}
