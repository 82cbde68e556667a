/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/disk-error.h"

#include "engine/base/text.h"
#include "engine/library/library.h"

#include <errno.h>
#ifdef G_OS_UNIX
#include <sys/statvfs.h>
#endif

void
redes_set_disk_error (GError **error, int saved_errno, const char *folder, guint64 needed_bytes)
{
  g_autofree char *name = redes_text_display_path (folder);
  g_autofree char *needed = g_format_size (needed_bytes);

  switch (saved_errno)
    {
    case ENOSPC:
#ifdef EDQUOT
    case EDQUOT:
#endif
      g_set_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_DISK,
                   "There is no room left in “%s”: the download needs %s more. Make room or choose "
                   "another download folder",
                   name, needed);
      break;
    case EACCES:
    case EPERM:
      g_set_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_DISK,
                   "You have no permission to write in “%s”: choose another download folder", name);
      break;
    case EROFS:
      g_set_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_DISK,
                   "“%s” is read-only: choose another download folder", name);
      break;
    case ENOENT:
      g_set_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_DISK,
                   "The folder “%s” is gone: make it again, or choose another download folder",
                   name);
      break;
    case ENOTDIR:
    case EEXIST:
      g_set_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_DISK,
                   "“%s” is not a folder: choose another download folder", name);
      break;
    case EFBIG:
    case EOVERFLOW:
      g_set_error (
          error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_DISK,
          "“%s” cannot hold a file of this size (%s are missing): its disk, or a limit of "
          "this session on the size of files, does not allow it. Choose a folder on another "
          "disk",
          name, needed);
      break;
    default:
      g_set_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_DISK,
                   "Writing in “%s” failed: %s", name, g_strerror (saved_errno));
      break;
    }
}

gboolean
redes_check_room (const char *folder, guint64 needed_bytes, GError **error)
{
#ifdef G_OS_UNIX
  struct statvfs info;

  /* A file system that does not count its blocks cannot say that it is full. */
  if (statvfs (folder, &info) != 0 || info.f_blocks == 0)
    return TRUE;
  if ((guint64)info.f_bavail >= needed_bytes / info.f_frsize)
    return TRUE;
  redes_set_disk_error (error, ENOSPC, folder, needed_bytes);
  return FALSE;
#else
  g_autoptr (GFile) file = g_file_new_for_path (folder);
  g_autoptr (GFileInfo) info
      = g_file_query_filesystem_info (file, G_FILE_ATTRIBUTE_FILESYSTEM_FREE, NULL, NULL);

  if (info == NULL || !g_file_info_has_attribute (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE)
      || g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE) >= needed_bytes)
    return TRUE;
  redes_set_disk_error (error, ENOSPC, folder, needed_bytes);
  return FALSE;
#endif
}
