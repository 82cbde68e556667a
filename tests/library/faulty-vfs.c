/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "faulty-vfs.h"

#include <sqlite3.h>
#include <string.h>

typedef struct
{
  sqlite3_file base;
  sqlite3_file *real; /* behind this struct */
} FaultyFile;

static sqlite3_vfs *below;
static sqlite3_vfs layer;

/* Two threads take steps. */
static GMutex lock;
static guint countdown;
static int failure;
static gboolean has_failed;

void
faulty_vfs_fail_at (guint n, int status)
{
  g_mutex_lock (&lock);
  countdown = n;
  failure = status;
  has_failed = FALSE;
  g_mutex_unlock (&lock);
}

gboolean
faulty_vfs_has_failed (void)
{
  gboolean failed;

  g_mutex_lock (&lock);
  failed = has_failed;
  g_mutex_unlock (&lock);
  return failed;
}

/* Whether this is the step; @status is what it has to return then. */
static gboolean
fails (gboolean writes, int io_status, int *status)
{
  gboolean is_it;

  g_mutex_lock (&lock);
  is_it = countdown > 0 && (writes || failure != SQLITE_FULL) && --countdown == 0;
  *status = failure == SQLITE_FULL ? SQLITE_FULL : io_status;
  has_failed = has_failed || is_it;
  g_mutex_unlock (&lock);
  return is_it;
}

static sqlite3_file *
real_of (sqlite3_file *file)
{
  return ((FaultyFile *)file)->real;
}

static int
faulty_close (sqlite3_file *file)
{
  return real_of (file)->pMethods->xClose (real_of (file));
}

static int
faulty_read (sqlite3_file *file, void *bytes, int n, sqlite3_int64 offset)
{
  int status;

  if (fails (FALSE, SQLITE_IOERR_READ, &status))
    return status;
  return real_of (file)->pMethods->xRead (real_of (file), bytes, n, offset);
}

static int
faulty_write (sqlite3_file *file, const void *bytes, int n, sqlite3_int64 offset)
{
  int status;

  if (fails (TRUE, SQLITE_IOERR_WRITE, &status))
    {
      /* As a full disk does it: some of it is written. */
      real_of (file)->pMethods->xWrite (real_of (file), bytes, n / 2, offset);
      return status;
    }
  return real_of (file)->pMethods->xWrite (real_of (file), bytes, n, offset);
}

static int
faulty_truncate (sqlite3_file *file, sqlite3_int64 size)
{
  int status;

  if (fails (TRUE, SQLITE_IOERR_TRUNCATE, &status))
    return status;
  return real_of (file)->pMethods->xTruncate (real_of (file), size);
}

static int
faulty_sync (sqlite3_file *file, int flags)
{
  int status;

  if (fails (TRUE, SQLITE_IOERR_FSYNC, &status))
    return status;
  return real_of (file)->pMethods->xSync (real_of (file), flags);
}

static int
faulty_file_size (sqlite3_file *file, sqlite3_int64 *size)
{
  int status;

  if (fails (FALSE, SQLITE_IOERR_FSTAT, &status))
    return status;
  return real_of (file)->pMethods->xFileSize (real_of (file), size);
}

static int
faulty_lock (sqlite3_file *file, int level)
{
  return real_of (file)->pMethods->xLock (real_of (file), level);
}

static int
faulty_unlock (sqlite3_file *file, int level)
{
  return real_of (file)->pMethods->xUnlock (real_of (file), level);
}

static int
faulty_check_lock (sqlite3_file *file, int *result)
{
  return real_of (file)->pMethods->xCheckReservedLock (real_of (file), result);
}

static int
faulty_control (sqlite3_file *file, int op, void *argument)
{
  return real_of (file)->pMethods->xFileControl (real_of (file), op, argument);
}

static int
faulty_sector_size (sqlite3_file *file)
{
  return real_of (file)->pMethods->xSectorSize (real_of (file));
}

static int
faulty_characteristics (sqlite3_file *file)
{
  return real_of (file)->pMethods->xDeviceCharacteristics (real_of (file));
}

static int
faulty_shm_map (sqlite3_file *file, int page, int size, int extend, void volatile **out)
{
  int status;

  if (fails (TRUE, SQLITE_IOERR_SHMMAP, &status))
    return status;
  return real_of (file)->pMethods->xShmMap (real_of (file), page, size, extend, out);
}

static int
faulty_shm_lock (sqlite3_file *file, int offset, int n, int flags)
{
  return real_of (file)->pMethods->xShmLock (real_of (file), offset, n, flags);
}

static void
faulty_shm_barrier (sqlite3_file *file)
{
  real_of (file)->pMethods->xShmBarrier (real_of (file));
}

static int
faulty_shm_unmap (sqlite3_file *file, int remove)
{
  return real_of (file)->pMethods->xShmUnmap (real_of (file), remove);
}

static const sqlite3_io_methods methods = {
  .iVersion = 2,
  .xClose = faulty_close,
  .xRead = faulty_read,
  .xWrite = faulty_write,
  .xTruncate = faulty_truncate,
  .xSync = faulty_sync,
  .xFileSize = faulty_file_size,
  .xLock = faulty_lock,
  .xUnlock = faulty_unlock,
  .xCheckReservedLock = faulty_check_lock,
  .xFileControl = faulty_control,
  .xSectorSize = faulty_sector_size,
  .xDeviceCharacteristics = faulty_characteristics,
  .xShmMap = faulty_shm_map,
  .xShmLock = faulty_shm_lock,
  .xShmBarrier = faulty_shm_barrier,
  .xShmUnmap = faulty_shm_unmap,
};

static int
faulty_open (sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags, int *out)
{
  FaultyFile *self = (FaultyFile *)file;
  int status;

  self->base.pMethods = NULL;
  self->real = (sqlite3_file *)(self + 1);
  if (fails (TRUE, SQLITE_CANTOPEN, &status))
    return SQLITE_CANTOPEN;
  status = below->xOpen (below, name, self->real, flags, out);
  if (status == SQLITE_OK)
    self->base.pMethods = &methods;
  return status;
}

static int
faulty_delete (sqlite3_vfs *vfs, const char *name, int sync_folder)
{
  int status;

  if (fails (TRUE, SQLITE_IOERR_DELETE, &status))
    return status;
  return below->xDelete (below, name, sync_folder);
}

void
faulty_vfs_set_up (void)
{
  below = sqlite3_vfs_find (NULL);
  g_assert_nonnull (below);
  layer = *below;
  layer.zName = "faulty";
  layer.szOsFile = (int)sizeof (FaultyFile) + below->szOsFile;
  layer.pNext = NULL;
  layer.xOpen = faulty_open;
  layer.xDelete = faulty_delete;
  g_assert_cmpint (sqlite3_vfs_register (&layer, 1), ==, SQLITE_OK);
}
