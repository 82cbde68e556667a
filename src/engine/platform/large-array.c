/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/large-array.h"

#ifdef __linux__
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/vfs.h>
#include <unistd.h>
#endif

/* Before the array. It is as long as the alignment of any type. */
typedef union
{
  gsize mapped_bytes; /* with this header; 0: ordinary memory */
  guint8 room[16];
} Header;

G_STATIC_ASSERT (sizeof (Header) == 16);

static Header *
get_header (gconstpointer array)
{
  return (Header *)(guintptr)array - 1;
}

#ifdef __linux__

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

/* (nullable) */
static Header *
map_file (gsize n_bytes)
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

#endif

gpointer
redes_large_array_new (gsize n_bytes)
{
  Header *header = NULL;

  g_assert (n_bytes > 0 && n_bytes <= G_MAXSSIZE - sizeof *header);
#ifdef __linux__
  if (n_bytes >= REDES_LARGE_ARRAY_MIN)
    header = map_file (sizeof *header + n_bytes);
  if (header != NULL)
    {
      header->mapped_bytes = sizeof *header + n_bytes;
      return header + 1;
    }
#endif
  header = g_malloc0 (sizeof *header + n_bytes);
  return header + 1;
}

void
redes_large_array_free (gpointer array)
{
  Header *header;

  if (array == NULL)
    return;
  header = get_header (array);
#ifdef __linux__
  if (header->mapped_bytes > 0)
    {
      munmap (header, header->mapped_bytes);
      return;
    }
#endif
  g_free (header);
}

void
redes_large_array_rest (gpointer array)
{
#ifdef __linux__
  Header *header = get_header (array);

  /* The pages stay in the system's cache, which it empties when it needs the memory. */
  if (header->mapped_bytes > 0)
    madvise (header, header->mapped_bytes, MADV_DONTNEED);
#endif
}

gboolean
redes_large_array_is_on_disk (gconstpointer array)
{
  return get_header (array)->mapped_bytes > 0;
}
