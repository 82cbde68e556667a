/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Preloaded into a program, it makes a call into the system fail: the disk is full, broken or
 * gone at a moment of a test's choice. What fails is said by the environment:
 *
 * REDES_FAULT_CALL    write, sync, truncate, open (for writing), rename (also link), mkdir or mode
 *                     (also times); name: open, rename and mkdir
 * REDES_FAULT_FOLDER  only what is in this folder counts; absolute, without symbolic links
 * REDES_FAULT_AT      the how-manieth such call fails, from 1 on
 * REDES_FAULT_TIMES   how many in a row do (default: 1)
 * REDES_FAULT_ERRNO   its errno
 * REDES_FAULT_CHARS   only a path with one of these characters in its last part counts
 * REDES_FAULT_LIES    a file: once it is there, whatever is read at an offset in the folder has
 *                     another first byte, as from a disk that fails and does not say so
 * REDES_FAULT_MODES   a folder: all files in it have mode 0755 and keep it, as on FAT
 * REDES_FAULT_REPORT  a file that gets one line, "CALL PATH", when it has failed
 *
 * Linux only: where a descriptor leads to is read in /proc.
 */
#define _GNU_SOURCE 1
/* The functions of both widths are defined here, so none may be an alias of another. */
#undef _FILE_OFFSET_BITS
#undef _FORTIFY_SOURCE

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PUBLIC __attribute__ ((visibility ("default")))

/* The definition that would have been called without this one. */
#define NEXT(name) ((__typeof__ (&name))dlsym (RTLD_NEXT, #name))

static atomic_long n_calls;

/* By system calls of its own: what it does must not count. */
static void
report (const char *call, const char *path)
{
  const char *file = getenv ("REDES_FAULT_REPORT");
  char line[4200];
  int length = snprintf (line, sizeof line, "%s %s\n", call, path);
  long fd;

  if (file == NULL || length <= 0)
    return;
  fd = syscall (SYS_openat, AT_FDCWD, file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0)
    return;
  (void)syscall (SYS_write, fd, line, (size_t)length);
  (void)syscall (SYS_close, fd);
}

static bool
is_beneath (const char *path, const char *folder)
{
  size_t length = strlen (folder);

  return strncmp (path, folder, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

static bool
has_such_a_name (const char *path)
{
  const char *characters = getenv ("REDES_FAULT_CHARS");
  const char *slash = strrchr (path, '/');

  return characters == NULL || strpbrk (slash != NULL ? slash : path, characters) != NULL;
}

static bool
is_wanted (const char *wanted, const char *call)
{
  return strcmp (wanted, call) == 0
         || (strcmp (wanted, "name") == 0
             && (strcmp (call, "open") == 0 || strcmp (call, "rename") == 0
                 || strcmp (call, "mkdir") == 0));
}

/* Whether this call is the one; errno is set then. */
static bool
fails (const char *call, const char *path)
{
  const char *wanted = getenv ("REDES_FAULT_CALL");
  const char *folder = getenv ("REDES_FAULT_FOLDER");
  const char *at = getenv ("REDES_FAULT_AT");
  const char *times = getenv ("REDES_FAULT_TIMES");
  const char *number = getenv ("REDES_FAULT_ERRNO");
  long nth;

  if (wanted == NULL || folder == NULL || at == NULL || number == NULL || !is_wanted (wanted, call)
      || !is_beneath (path, folder) || !has_such_a_name (path))
    return false;
  nth = atomic_fetch_add (&n_calls, 1) + 1 - atol (at);
  if (nth < 0 || nth >= (times != NULL ? atol (times) : 1))
    return false;
  report (call, path);
  errno = atoi (number);
  return true;
}

static bool
fails_for_fd (const char *call, int fd)
{
  char link[64];
  char path[4096];
  int saved_errno = errno;
  ssize_t length;

  snprintf (link, sizeof link, "/proc/self/fd/%d", fd);
  length = readlink (link, path, sizeof path - 1);
  errno = saved_errno;
  if (length <= 0)
    return false;
  path[length] = '\0';
  return fails (call, path);
}

static bool
is_for_writing (int flags)
{
  return (flags & O_ACCMODE) != O_RDONLY || (flags & O_CREAT) != 0;
}

static mode_t
take_mode (int flags, va_list arguments)
{
  return (flags & (O_CREAT | __O_TMPFILE)) != 0 ? va_arg (arguments, mode_t) : 0;
}

PUBLIC ssize_t
write (int fd, const void *data, size_t length)
{
  return fails_for_fd ("write", fd) ? -1 : NEXT (write) (fd, data, length);
}

PUBLIC ssize_t
pwrite (int fd, const void *data, size_t length, off_t offset)
{
  return fails_for_fd ("write", fd) ? -1 : NEXT (pwrite) (fd, data, length, offset);
}

PUBLIC ssize_t
pwrite64 (int fd, const void *data, size_t length, off64_t offset)
{
  return fails_for_fd ("write", fd) ? -1 : NEXT (pwrite64) (fd, data, length, offset);
}

static bool
lies (int fd)
{
  const char *trigger = getenv ("REDES_FAULT_LIES");
  const char *folder = getenv ("REDES_FAULT_FOLDER");
  char link[64];
  char path[4096];
  ssize_t length;

  if (trigger == NULL || folder == NULL || access (trigger, F_OK) != 0)
    return false;
  snprintf (link, sizeof link, "/proc/self/fd/%d", fd);
  length = readlink (link, path, sizeof path - 1);
  if (length <= 0)
    return false;
  path[length] = '\0';
  return is_beneath (path, folder);
}

static bool
has_no_modes (const char *path)
{
  const char *folder = getenv ("REDES_FAULT_MODES");

  return folder != NULL && is_beneath (path, folder);
}

static bool
fd_has_no_modes (int fd)
{
  char link[64];
  char path[4096];
  int saved_errno = errno;
  ssize_t length;

  snprintf (link, sizeof link, "/proc/self/fd/%d", fd);
  length = readlink (link, path, sizeof path - 1);
  errno = saved_errno;
  if (length <= 0)
    return false;
  path[length] = '\0';
  return has_no_modes (path);
}

static mode_t
without_mode (mode_t mode)
{
  return (mode & ~(mode_t)07777) | 0755;
}

#define DEFINE_FSTAT(name, type)                                                                   \
  PUBLIC int name (int fd, struct type *info)                                                      \
  {                                                                                                \
    int result = NEXT (name) (fd, info);                                                           \
                                                                                                   \
    if (result == 0 && fd_has_no_modes (fd))                                                       \
      info->st_mode = without_mode (info->st_mode);                                                \
    return result;                                                                                 \
  }

DEFINE_FSTAT (fstat, stat)
DEFINE_FSTAT (fstat64, stat64)

#define DEFINE_STAT(name, type)                                                                    \
  PUBLIC int name (const char *path, struct type *info)                                            \
  {                                                                                                \
    int result = NEXT (name) (path, info);                                                         \
                                                                                                   \
    if (result == 0 && has_no_modes (path))                                                        \
      info->st_mode = without_mode (info->st_mode);                                                \
    return result;                                                                                 \
  }

DEFINE_STAT (stat, stat)
DEFINE_STAT (stat64, stat64)
DEFINE_STAT (lstat, stat)
DEFINE_STAT (lstat64, stat64)

PUBLIC int
fchmod (int fd, mode_t mode)
{
  if (fails_for_fd ("mode", fd))
    return -1;
  return fd_has_no_modes (fd) ? 0 : NEXT (fchmod) (fd, mode);
}

PUBLIC int
futimens (int fd, const struct timespec times[2])
{
  return fails_for_fd ("mode", fd) ? -1 : NEXT (futimens) (fd, times);
}

PUBLIC int
utimensat (int folder, const char *path, const struct timespec times[2], int flags)
{
  return fails ("mode", path) ? -1 : NEXT (utimensat) (folder, path, times, flags);
}

PUBLIC ssize_t
pread (int fd, void *data, size_t length, off_t offset)
{
  ssize_t got = NEXT (pread) (fd, data, length, offset);

  if (got > 0 && lies (fd))
    *(unsigned char *)data ^= 1;
  return got;
}

PUBLIC ssize_t
pread64 (int fd, void *data, size_t length, off64_t offset)
{
  ssize_t got = NEXT (pread64) (fd, data, length, offset);

  if (got > 0 && lies (fd))
    *(unsigned char *)data ^= 1;
  return got;
}

PUBLIC int
fsync (int fd)
{
  return fails_for_fd ("sync", fd) ? -1 : NEXT (fsync) (fd);
}

PUBLIC int
fdatasync (int fd)
{
  return fails_for_fd ("sync", fd) ? -1 : NEXT (fdatasync) (fd);
}

PUBLIC int
ftruncate (int fd, off_t length)
{
  return fails_for_fd ("truncate", fd) ? -1 : NEXT (ftruncate) (fd, length);
}

PUBLIC int
ftruncate64 (int fd, off64_t length)
{
  return fails_for_fd ("truncate", fd) ? -1 : NEXT (ftruncate64) (fd, length);
}

#define DEFINE_OPEN(name)                                                                          \
  PUBLIC int name (const char *path, int flags, ...)                                               \
  {                                                                                                \
    va_list arguments;                                                                             \
    mode_t mode;                                                                                   \
                                                                                                   \
    va_start (arguments, flags);                                                                   \
    mode = take_mode (flags, arguments);                                                           \
    va_end (arguments);                                                                            \
    return is_for_writing (flags) && fails ("open", path) ? -1 : NEXT (name) (path, flags, mode);  \
  }

DEFINE_OPEN (open)
DEFINE_OPEN (open64)

#define DEFINE_OPENAT(name)                                                                        \
  PUBLIC int name (int folder, const char *path, int flags, ...)                                   \
  {                                                                                                \
    va_list arguments;                                                                             \
    mode_t mode;                                                                                   \
                                                                                                   \
    va_start (arguments, flags);                                                                   \
    mode = take_mode (flags, arguments);                                                           \
    va_end (arguments);                                                                            \
    return is_for_writing (flags) && fails ("open", path)                                          \
               ? -1                                                                                \
               : NEXT (name) (folder, path, flags, mode);                                          \
  }

DEFINE_OPENAT (openat)
DEFINE_OPENAT (openat64)

PUBLIC int
rename (const char *from, const char *to)
{
  return fails ("rename", to) ? -1 : NEXT (rename) (from, to);
}

PUBLIC int
renameat2 (int from_folder, const char *from, int to_folder, const char *to, unsigned flags)
{
  return fails ("rename", to) ? -1 : NEXT (renameat2) (from_folder, from, to_folder, to, flags);
}

PUBLIC int
link (const char *from, const char *to)
{
  return fails ("rename", to) ? -1 : NEXT (link) (from, to);
}

PUBLIC int
mkdir (const char *path, mode_t mode)
{
  return fails ("mkdir", path) ? -1 : NEXT (mkdir) (path, mode);
}
