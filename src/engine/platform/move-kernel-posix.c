/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/move.h"

#include <errno.h>

/* POSIX has no rename() that never replaces. */
int
redes_move_by_kernel (const char *from, const char *to)
{
  return ENOSYS;
}
