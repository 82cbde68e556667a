/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RedesHashingProgress:
 * @bytes_total, @files_total: of what has been found so far
 * @seconds_left: at the pace of late; -1 if it cannot be told yet
 *
 * How far the hashing of what is shared has come, since nothing was left to hash.
 */
typedef struct
{
  guint64 bytes_done;
  guint64 bytes_total;
  guint files_done;
  guint files_total;
  gdouble seconds_left;
  gboolean paused;
} RedesHashingProgress;

G_END_DECLS
