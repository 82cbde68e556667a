/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/memory-size.h"

#include <windows.h>

guint64
redes_memory_size_get (void)
{
  MEMORYSTATUSEX status = { .dwLength = sizeof status };

  return GlobalMemoryStatusEx (&status) ? status.ullTotalPhys : 0;
}
