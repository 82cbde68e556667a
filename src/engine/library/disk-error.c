/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/disk-error.h"

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/library/error.h"
#include "engine/platform/file-system.h"

#include <errno.h>

void
redes_set_disk_error (GError **error, int saved_errno, const char *folder, guint64 needed_bytes)
{
  g_autofree char *name = redes_text_display_path (folder);

  if (redes_file_system_is_quota_error (saved_errno))
    saved_errno = ENOSPC;
  switch (saved_errno)
    {
    case ENOSPC:
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
  if (redes_file_system_has_room (folder, needed_bytes))
    return TRUE;
  redes_set_disk_error (error, ENOSPC, folder, needed_bytes);
  return FALSE;
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
