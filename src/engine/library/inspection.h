/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/notice.h"
#include "engine/library/holding.h"

G_BEGIN_DECLS

/**
 * RedesVerdict:
 * @REDES_VERDICT_UNCHANGED: the file has the size and modification time that it had when it was
 *   hashed
 * @REDES_VERDICT_DOUBTFUL: the same, but its change time or inode is another: only reading the file
 *   can tell whether its bytes are the same
 * @REDES_VERDICT_CHANGED: the file has another size or modification time
 * @REDES_VERDICT_GONE: the file does not exist, or cannot be read
 *
 * What was found out about a shared file.
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
 * Finds out whether shared files on disk are still what was hashed, without reading them. It may be
 * used by one thread at a time.
 */
typedef struct _RedesInspection RedesInspection;

/* @thorough: whether each file is opened, too, to find out whether it can be read */
RedesInspection *redes_inspection_new (gboolean thorough);
void redes_inspection_free (RedesInspection *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesInspection, redes_inspection_free)

/* Adds a file. @holding: a reference is taken */
void redes_inspection_add (RedesInspection *self, RedesHolding *holding);
/* Looks at all files that were added. The function blocks. */
void redes_inspection_run (RedesInspection *self);

guint redes_inspection_get_size (RedesInspection *self);
/* The result for the file @index, in the order in which they were added. @reason: (out) (nullable)
 * (transfer none): why the file is not unchanged. Returns: (transfer none) */
RedesHolding *redes_inspection_get (RedesInspection *self,
                                    guint index,
                                    RedesVerdict *verdict,
                                    const RedesNotice **reason);

/* Returns: whether the change time (@ctime_ns, in nanoseconds of the Unix epoch) and the @inode of
 * an unchanged file were not known before */
gboolean
redes_inspection_get_stamp (RedesInspection *self, guint index, gint64 *ctime_ns, guint64 *inode);

G_END_DECLS
