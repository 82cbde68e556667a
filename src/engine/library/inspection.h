/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/notice.h"
#include "engine/library/holding.h"

G_BEGIN_DECLS

/**
 * RedesVerdict:
 * @REDES_VERDICT_UNCHANGED: size and time are those of the hashing
 * @REDES_VERDICT_DOUBTFUL: they are, but something else was changed: it has to be read to know
 * @REDES_VERDICT_CHANGED: one of them is not
 * @REDES_VERDICT_GONE: it is not there, or cannot be read
 */
typedef enum
{
  REDES_VERDICT_UNCHANGED,
  REDES_VERDICT_DOUBTFUL,
  REDES_VERDICT_CHANGED,
  REDES_VERDICT_GONE,
} RedesVerdict;

/**
 * RedesInspection:
 *
 * A look at shared files on disk: whether they are still what was hashed. It reads no byte of them.
 * One thread at a time.
 */
typedef struct _RedesInspection RedesInspection;

/* @thorough: opens each file, so it finds out whether it can be read too */
RedesInspection *redes_inspection_new (gboolean thorough);
void redes_inspection_free (RedesInspection *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesInspection, redes_inspection_free)

/* @holding: a file */
void redes_inspection_add (RedesInspection *self, RedesHolding *holding);
/* Looks at all. Blocks. */
void redes_inspection_run (RedesInspection *self);

guint redes_inspection_get_size (RedesInspection *self);
/* @reason: (out) (nullable) (transfer none): why, if it is not unchanged */
RedesHolding *redes_inspection_get (RedesInspection *self,
                                    guint index,
                                    RedesVerdict *verdict,
                                    const RedesNotice **reason);

/* Whether it was seen for the first time how an unchanged file stands on the disk. */
gboolean
redes_inspection_get_stamp (RedesInspection *self, guint index, gint64 *ctime_ns, guint64 *inode);

G_END_DECLS
