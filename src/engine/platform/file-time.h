/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <sys/stat.h>

G_BEGIN_DECLS

/* A time that is not known. It is not 0, which is a valid time: some archives give it to all their
 * files. */
#define REDES_FILE_TIME_UNKNOWN G_MININT64

/* The last modification of a file in nanoseconds since the Unix epoch, in the system's resolution.
 * @info: as fstat() gives it. Any thread. */
gint64 redes_file_time_ns (const struct stat *info);

/* The last change of a file or of its attributes, likewise. Unlike the modification time, it cannot
 * be set by a program. REDES_FILE_TIME_UNKNOWN on systems that do not have it. Any thread. */
gint64 redes_file_change_time_ns (const struct stat *info);

G_END_DECLS
