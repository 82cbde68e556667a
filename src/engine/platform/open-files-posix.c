/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/open-files.h"

#include <errno.h>
#include <sys/resource.h>

guint64
redes_open_files_get_max (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
    return G_MAXUINT64;
  return (guint64)limit.rlim_cur;
}

void
redes_open_files_raise_max (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max)
    return;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit (RLIMIT_NOFILE, &limit) != 0)
    g_debug ("the limit of open files: %s", g_strerror (errno));
}
