/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/notice.h"
#include "engine/classic/protocol.h"

G_BEGIN_DECLS

/**
 * RedesClassicRegistry:
 *
 * The original peers that have registered with this tracker, in a table of their own: they prove
 * nothing, so nothing of theirs ever stands where a signed peer's entry does. At most 256, 64 from
 * one address, 192 from this machine (64 of them that name one other address), 1,000 names each.
 * Pure: the caller hands in the monotonic time in microseconds.
 */
typedef struct _RedesClassicRegistry RedesClassicRegistry;

/* @timeout_us: silent for longer: gone */
RedesClassicRegistry *redes_classic_registry_new (gint64 timeout_us);
void redes_classic_registry_free (RedesClassicRegistry *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesClassicRegistry, redes_classic_registry_free)

/**
 * redes_classic_registry_answer:
 * @from: numeric: where the command came from. A guest speaks for that address alone: whatever
 *   other it names is taken for it, unless the command came from this machine
 * @log: (out) (nullable) (transfer full): what is worth a line
 *
 * Does what @command says.
 *
 * Returns: (transfer full): what to answer, "" for nothing
 */
char *redes_classic_registry_answer (RedesClassicRegistry *self,
                                     const RedesClassicCommand *command,
                                     const char *from,
                                     gint64 now_us,
                                     RedesNotice **log);

/* Takes out the silent. (transfer full): their addresses, perhaps none. */
char **redes_classic_registry_expire (RedesClassicRegistry *self, gint64 now_us);
guint redes_classic_registry_get_size (RedesClassicRegistry *self);

G_END_DECLS
