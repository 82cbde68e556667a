/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/file-system.h"

#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/vfs.h>
#include <unistd.h>

gboolean
redes_file_system_keeps_inodes (const char *path)
{
  struct statfs info;

  if (statfs (path, &info) != 0)
    return FALSE;
  switch ((guint32)info.f_type)
    {
    case 0x4d44:     /* FAT */
    case 0x2011bab0: /* exFAT */
    case 0x65735546: /* FUSE: whatever the program behind it makes up */
    case 0x01021997: /* 9P */
    case 0xff534d42: /* CIFS */
    case 0xfe534d42: /* SMB2 */
      return FALSE;
    default:
      return TRUE;
    }
}

int
redes_file_system_sync (int fd)
{
  return syncfs (fd);
}

gboolean
redes_file_system_clone (int from, int to)
{
  return ioctl (to, FICLONE, from) == 0;
}
