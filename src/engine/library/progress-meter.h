/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/hashing-progress.h"

G_BEGIN_DECLS

/**
 * RedesProgressMeter:
 *
 * Computes the progress of hashing. The caller hands in the time, in microseconds of any monotonic
 * clock, and the number of bytes that have been hashed since the program started. It may be used by
 * one thread at a time.
 */
typedef struct _RedesProgressMeter RedesProgressMeter;

RedesProgressMeter *redes_progress_meter_new (void);
void redes_progress_meter_free (RedesProgressMeter *self);

/* Forgets all files. */
void redes_progress_meter_reset (RedesProgressMeter *self, guint64 bytes_hashed);

/* Adds a file of @size bytes that was found. */
void redes_progress_meter_add (RedesProgressMeter *self, guint64 size);
/* Records that a file that was found with @size_found bytes is hashed, and had @size bytes then. */
void redes_progress_meter_finish (RedesProgressMeter *self, guint64 size_found, guint64 size);
/* Records that a file that was found with @size_found bytes will not be hashed. */
void redes_progress_meter_drop (RedesProgressMeter *self, guint64 size_found);
/* Records that a file was dropped after @bytes of it were hashed. */
void redes_progress_meter_discount (RedesProgressMeter *self, guint64 bytes);

/* @bytes_hashed: the number of bytes hashed so far; @out: (out caller-allocates) */
void redes_progress_meter_read (RedesProgressMeter *self,
                                guint64 bytes_hashed,
                                gint64 now_us,
                                RedesHashingProgress *out);

G_END_DECLS
