/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sys/stat.h>

G_BEGIN_DECLS

/* A time that is not known. It is not 0, which is a valid time: some archives give it to all their
 * files. */
#define REDES_FILE_TIME_UNKNOWN G_MININT64

/* The last modification of a file in nanoseconds since the Unix epoch, in the system's resolution.
 */
static inline gint64
redes_file_time_ns (const struct stat *info)
{
  const gint64 second_ns = G_GINT64_CONSTANT (1000000000);

#if defined(__APPLE__)
  return (gint64)info->st_mtimespec.tv_sec * second_ns + info->st_mtimespec.tv_nsec;
#elif defined(G_OS_UNIX)
  return (gint64)info->st_mtim.tv_sec * second_ns + info->st_mtim.tv_nsec;
#else
  return (gint64)info->st_mtime * second_ns;
#endif
}

/* The last change of a file or of its attributes, likewise. Unlike the modification time, it cannot
 * be set by a program. REDES_FILE_TIME_UNKNOWN on systems that do not have it. */
static inline gint64
redes_file_change_time_ns (const struct stat *info)
{
#if defined(__APPLE__)
  return (gint64)info->st_ctimespec.tv_sec * G_GINT64_CONSTANT (1000000000)
         + info->st_ctimespec.tv_nsec;
#elif defined(G_OS_UNIX)
  return (gint64)info->st_ctim.tv_sec * G_GINT64_CONSTANT (1000000000) + info->st_ctim.tv_nsec;
#else
  return REDES_FILE_TIME_UNKNOWN;
#endif
}

G_END_DECLS
