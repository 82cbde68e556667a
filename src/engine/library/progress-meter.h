/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/hashing-progress.h"

G_BEGIN_DECLS

/**
 * RedesProgressMeter:
 *
 * How far the hashing is. Keeps the books; the caller hands in the time, in microseconds of any
 * monotonic clock, and how many bytes have been hashed ever.
 */
typedef struct _RedesProgressMeter RedesProgressMeter;

RedesProgressMeter *redes_progress_meter_new (void);
void redes_progress_meter_free (RedesProgressMeter *self);

/* Begins anew: nothing is found. */
void redes_progress_meter_reset (RedesProgressMeter *self, guint64 bytes_hashed);

/* A file was found, of that size. */
void redes_progress_meter_add (RedesProgressMeter *self, guint64 size);
/* It is done, and had @size in the end. */
void redes_progress_meter_finish (RedesProgressMeter *self, guint64 size_found, guint64 size);
/* It will not be done. */
void redes_progress_meter_drop (RedesProgressMeter *self, guint64 size_found);
/* Records that a file was dropped after @bytes of it were hashed. */
void redes_progress_meter_discount (RedesProgressMeter *self, guint64 bytes);

void redes_progress_meter_read (RedesProgressMeter *self,
                                guint64 bytes_hashed,
                                gint64 now_us,
                                RedesHashingProgress *out);

G_END_DECLS
