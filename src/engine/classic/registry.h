/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/notice.h"
#include "engine/classic/protocol.h"

G_BEGIN_DECLS

/**
 * RedesClassicRegistry:
 *
 * The original peers that have registered with this tracker. They have a table of their own,
 * because they prove no identity and sign nothing, and must not be mixed with entries that are
 * signed. It has at most 256 peers, 64 from one address, 192 from this machine (64 of these for any
 * one other address), and 1,000 names for each. The table has no sockets; the caller passes the
 * monotonic time in microseconds.
 */
typedef struct _RedesClassicRegistry RedesClassicRegistry;

/* @timeout_us: peers that are silent for longer, in microseconds, are removed */
RedesClassicRegistry *redes_classic_registry_new (gint64 timeout_us);
void redes_classic_registry_free (RedesClassicRegistry *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesClassicRegistry, redes_classic_registry_free)

/**
 * redes_classic_registry_answer:
 * @from: the numeric address that the command came from. It replaces the address in the command, so
 *   that a peer can only register its own, unless the command came from this machine
 * @log: (out) (nullable) (transfer full): an event for the log
 *
 * Executes @command.
 *
 * Returns: (transfer full): the answer to send; "": none
 */
char *redes_classic_registry_answer (RedesClassicRegistry *self,
                                     const RedesClassicCommand *command,
                                     const char *from,
                                     gint64 now_us,
                                     RedesNotice **log);

/* Removes the silent peers. Returns: (transfer full): their addresses */
char **redes_classic_registry_expire (RedesClassicRegistry *self, gint64 now_us);
guint redes_classic_registry_get_size (RedesClassicRegistry *self);

G_END_DECLS
