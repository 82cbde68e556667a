/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/move.h"

#include <errno.h>
#include <stdio.h>

/* On this system rename() never replaces; g_rename() would. */
int
redes_move_by_kernel (const char *from, const char *to)
{
  return rename (from, to) == 0 ? 0 : errno;
}

int
redes_move_by_link (const char *from, const char *to)
{
  return ENOSYS;
}
