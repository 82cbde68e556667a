/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/move.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

/* One atomic step, where kernel and file system know it. */
int
redes_move_by_kernel (const char *from, const char *to)
{
  if (renameat2 (AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
    return 0;
  /* EINVAL is how a file system says that it does not know the flag. */
  return errno == EINVAL ? ENOSYS : errno;
}
