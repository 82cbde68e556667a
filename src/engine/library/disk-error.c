/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/disk-error.h"

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/library/error.h"

#include <errno.h>
#ifdef G_OS_UNIX
#include <sys/statvfs.h>
#endif

void
redes_set_disk_error (GError **error, int saved_errno, const char *folder, guint64 needed_bytes)
{
  g_autofree char *name = redes_text_display_path (folder);

  switch (saved_errno)
    {
    case ENOSPC:
#ifdef EDQUOT
    case EDQUOT:
#endif
      redes_set_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_DISK, REDES_NOTICE_NO_ROOM,
                       name, redes_notice_arg_size (needed_bytes));
      break;
    case EACCES:
    case EPERM:
      redes_set_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_DISK,
                       REDES_NOTICE_NO_PERMISSION_TO_WRITE, name);
      break;
    case EROFS:
      redes_set_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_DISK,
                       REDES_NOTICE_FOLDER_READ_ONLY, name);
      break;
    case ENOENT:
      redes_set_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_DISK,
                       REDES_NOTICE_FOLDER_GONE, name);
      break;
    case ENOTDIR:
    case EEXIST:
      redes_set_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_DISK,
                       REDES_NOTICE_NOT_A_FOLDER, name);
      break;
    case EFBIG:
    case EOVERFLOW:
      redes_set_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_DISK,
                       REDES_NOTICE_FILE_TOO_LARGE_FOR_DISK, name,
                       redes_notice_arg_size (needed_bytes));
      break;
    default:
      redes_set_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_DISK,
                       REDES_NOTICE_WRITING_FAILED, name, redes_notice_arg_errno (saved_errno));
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

void
redes_set_data_folder_error (GError **error, const char *folder, gint64 holder)
{
  g_autofree char *name = redes_text_display_path (folder);

  if (holder != 0)
    redes_set_error (error, REDES_IO_ERROR, G_IO_ERROR_BUSY, REDES_NOTICE_DATA_FOLDER_IN_USE_BY,
                     holder, name);
  else
    redes_set_error (error, REDES_IO_ERROR, G_IO_ERROR_BUSY, REDES_NOTICE_DATA_FOLDER_IN_USE, name);
}
