/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/open-below.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static gboolean
is_plain_component (const char *component)
{
  return component[0] != '\0' && !g_str_equal (component, ".") && !g_str_equal (component, "..");
}

/* The document portal, through which a sandboxed program sees the files that it may open, fails for
 * O_NOFOLLOW whatever the file is, because its own entries are links (xdg-desktop-portal 1.16). So
 * a descriptor of the file is first got by O_PATH, which does not ask the file system, and the file
 * is then opened through that. Returns: -1 with errno set, which is ELOOP if @component is a link
 */
static int
open_held (int folder_fd, const char *component, int flags)
{
#ifdef O_PATH
  g_autofree char *path = NULL;
  struct stat info;
  int saved_errno;
  int held_fd = openat (folder_fd, component, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  int fd = -1;

  if (held_fd < 0)
    return -1;
  errno = ELOOP;
  if (fstat (held_fd, &info) == 0 && !S_ISLNK (info.st_mode))
    {
      path = g_strdup_printf ("/proc/self/fd/%d", held_fd);
      fd = open (path, flags & ~O_NOFOLLOW);
    }
  saved_errno = errno;
  close (held_fd);
  errno = saved_errno;
  return fd;
#else
  errno = ELOOP;
  return -1;
#endif
}

/* Opens @component in the folder @folder_fd; -1 with errno set. */
static int
open_component (int folder_fd, const char *component, gboolean is_last)
{
  int flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY;
  int fd;

  if (!is_plain_component (component))
    {
      errno = ENOENT;
      return -1;
    }

  /* A named pipe must not hold us up until somebody writes to it. */
  flags |= is_last ? O_NONBLOCK : O_DIRECTORY;
  do
    fd = openat (folder_fd, component, flags);
  while (fd < 0 && errno == EINTR);
  if (fd < 0 && errno == ELOOP)
    fd = open_held (folder_fd, component, flags);

  return fd;
}

int
redes_open_below (const char *root, const char *relative)
{
  g_auto (GStrv) components = NULL;
  int fd = open (root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0 || strchr (relative, '/') == NULL)
    {
      int file_fd;

      if (fd < 0)
        return -1;
      file_fd = open_component (fd, relative, TRUE);
      close (fd);
      return file_fd;
    }

  components = g_strsplit (relative, "/", -1);
  for (guint i = 0; components[i] != NULL && fd >= 0; i++)
    {
      int next_fd = open_component (fd, components[i], components[i + 1] == NULL);
      int saved_errno = errno;

      close (fd);
      fd = next_fd;
      errno = saved_errno;
    }

  return fd;
}
