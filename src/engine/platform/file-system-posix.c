/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/file-system.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <unistd.h>

gboolean
redes_file_system_has_room (const char *path, guint64 needed_bytes)
{
  struct statvfs info;

  /* A file system that does not count its blocks cannot say that it is full. */
  if (statvfs (path, &info) != 0 || info.f_blocks == 0)
    return TRUE;
  return (guint64)info.f_bavail >= needed_bytes / info.f_frsize;
}

gboolean
redes_file_system_is_quota_error (int saved_errno)
{
  return saved_errno == EDQUOT;
}

void
redes_file_system_sync_folder (const char *path)
{
  int fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0)
    return;
  if (fsync (fd) != 0)
    g_debug ("the folder %s: %s", path, g_strerror (errno));
  close (fd);
}

char *
redes_file_system_dup_real_path (const char *path)
{
  char *resolved = realpath (path, NULL);
  char *copy = g_strdup (resolved);

  free (resolved);
  return copy;
}
