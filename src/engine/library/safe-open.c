/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/safe-open.h"

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/library/error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#ifdef G_OS_UNIX
#include <unistd.h>
#else
#include <io.h>
#endif

static void
set_open_error (GError **error, int saved_errno, const char *root, const char *relative)
{
  g_autofree char *path = g_build_filename (root, relative, NULL);
  g_autofree char *name = redes_text_display_path (path);
  RedesLibraryError code = REDES_LIBRARY_ERROR_UNREADABLE;
  RedesNoticeArg reason;

  switch (saved_errno)
    {
    case ENOENT:
      code = REDES_LIBRARY_ERROR_NOT_FOUND;
      reason = redes_notice_arg_code (REDES_NOTICE_UNREADABLE_GONE);
      break;
    case EACCES:
    case EPERM:
      reason = redes_notice_arg_code (REDES_NOTICE_UNREADABLE_PERMISSION);
      break;
    case ELOOP:
      code = REDES_LIBRARY_ERROR_KIND;
      reason = redes_notice_arg_code (REDES_NOTICE_UNREADABLE_LINK);
      break;
    case ENOTDIR:
      code = REDES_LIBRARY_ERROR_KIND;
      reason = redes_notice_arg_code (REDES_NOTICE_UNREADABLE_FOLDER_LINK);
      break;
    case EMFILE:
    case ENFILE:
      reason = redes_notice_arg_code (REDES_NOTICE_UNREADABLE_MANY_OPEN);
      break;
    default:
      reason = redes_notice_arg_errno (saved_errno);
      break;
    }

  redes_set_error (error, REDES_LIBRARY_ERROR, code, REDES_NOTICE_UNREADABLE, name, reason);
}

static void
set_kind_error (GError **error, const char *root, const char *relative)
{
  g_autofree char *path = g_build_filename (root, relative, NULL);
  g_autofree char *name = redes_text_display_path (path);

  redes_set_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_KIND,
                   REDES_NOTICE_SHARE_NOT_REGULAR, name);
}

static gboolean
is_plain_component (const char *component)
{
  return component[0] != '\0' && !g_str_equal (component, ".") && !g_str_equal (component, "..");
}

#ifdef G_OS_UNIX

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

/* Walks from @root to the last component of @relative; -1 with errno set. */
static int
walk (const char *root, const char *relative)
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

#else

/* Without openat() each component is looked at before the file is opened: there is a moment in
 * between, but making a link on such a system takes rights that an attacker there does not have. */
static int
walk (const char *root, const char *relative)
{
  g_auto (GStrv) components = g_strsplit (relative, "/", -1);
  g_autofree char *path = g_strdup (root);

  for (guint i = 0; components[i] != NULL; i++)
    {
      char *longer;

      if (!is_plain_component (components[i]) || strchr (components[i], '\\') != NULL)
        {
          errno = ENOENT;
          return -1;
        }
      longer = g_build_filename (path, components[i], NULL);
      g_free (path);
      path = longer;
      if (g_file_test (path, G_FILE_TEST_IS_SYMLINK))
        {
          errno = ELOOP;
          return -1;
        }
    }

  return g_open (path, O_RDONLY | O_BINARY | O_NOINHERIT, 0);
}

#endif

int
redes_safe_open (const char *root, const char *relative, struct stat *info, GError **error)
{
  int fd = walk (root, relative);

  if (fd < 0)
    {
      int saved_errno = errno;

#ifdef G_OS_UNIX
      /* A socket, or a device without a driver. */
      if (saved_errno == ENXIO)
        set_kind_error (error, root, relative);
      else
#endif
        set_open_error (error, saved_errno, root, relative);
      return -1;
    }

  if (fstat (fd, info) != 0 || !S_ISREG (info->st_mode))
    {
      set_kind_error (error, root, relative);
      close (fd);
      return -1;
    }

  return fd;
}
