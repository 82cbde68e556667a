/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/move.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <unistd.h>

/* Two steps: for a moment, or after a crash between them, the file has both names. */
int
redes_move_by_link (const char *from, const char *to)
{
  if (link (from, to) != 0)
    {
      switch (errno)
        {
        case EPERM:
        case EMLINK:
        case EOPNOTSUPP:
          return ENOSYS;
        default:
          return errno;
        }
    }

  /* It has its name: that the old one could not be taken away is no failure. */
  (void)g_unlink (from);
  return 0;
}
