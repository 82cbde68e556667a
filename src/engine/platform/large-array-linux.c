/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/large-array-private.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/vfs.h>
#include <unistd.h>

#define TMPFS_MAGIC 0x01021994
#define RAMFS_MAGIC 0x858458f6

/* Returns: a file without a name and of @n_bytes, on a disk; -1: none can be made in @folder */
static int
make_file (const char *folder, gsize n_bytes)
{
  struct statfs info;
  int fd = open (folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

  if (fd < 0)
    return -1;
  /* All of it is reserved now: a disk that is full later must not end the program by a signal. */
  if (fstatfs (fd, &info) == 0 && (guint32)info.f_type != TMPFS_MAGIC
      && (guint32)info.f_type != RAMFS_MAGIC && fallocate (fd, 0, 0, (off_t)n_bytes) == 0)
    return fd;
  close (fd);
  return -1;
}

gpointer
redes_large_array_map (gsize n_bytes)
{
  const char *const folders[] = { g_get_user_cache_dir (), "/var/tmp" };
  int fd = -1;
  void *memory;

  for (guint i = 0; i < G_N_ELEMENTS (folders) && fd < 0; i++)
    fd = make_file (folders[i], n_bytes);
  if (fd < 0)
    return NULL;
  memory = mmap (NULL, n_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close (fd);
  return memory != MAP_FAILED ? memory : NULL;
}

void
redes_large_array_unmap (gpointer memory, gsize n_bytes)
{
  munmap (memory, n_bytes);
}

/* The pages stay in the system's cache, which it empties when it needs the memory. */
void
redes_large_array_rest_mapped (gpointer memory, gsize n_bytes)
{
  madvise (memory, n_bytes, MADV_DONTNEED);
}
