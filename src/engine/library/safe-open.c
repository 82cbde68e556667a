/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/safe-open.h"

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/library/error.h"
#include "engine/platform/open-below.h"

#include <errno.h>
#include <unistd.h>

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

int
redes_safe_open (const char *root, const char *relative, struct stat *info, GError **error)
{
  int fd = redes_open_below (root, relative);

  if (fd < 0)
    {
      int saved_errno = errno;

      /* A socket, or a device without a driver. */
      if (saved_errno == ENXIO)
        set_kind_error (error, root, relative);
      else
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
