/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/memory-size.h"

#include <unistd.h>

guint64
redes_memory_size_get (void)
{
  long n_pages = sysconf (_SC_PHYS_PAGES);
  long page_size = sysconf (_SC_PAGESIZE);

  return n_pages > 0 && page_size > 0 ? (guint64)n_pages * (guint64)page_size : 0;
}
