/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/notice.h"
#include "engine/classic/protocol.h"
#include "engine/classic/search.h"

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

/* Returns: (transfer full): the words of @name, as redes_classic_registry_find() is to match them
 */
typedef char *(*RedesClassicFoldFunc) (const char *name);
/* @words: what RedesClassicFoldFunc made of a name */
typedef gboolean (*RedesClassicMatchFunc) (const char *words, gpointer user_data);

/* @timeout_us: peers that are silent for longer, in microseconds, are removed; @fold: called once
 * for each name that comes */
RedesClassicRegistry *redes_classic_registry_new (gint64 timeout_us, RedesClassicFoldFunc fold);
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

/**
 * redes_classic_registry_find:
 * @max_files: the most files to find
 * @may_tell: (nullable): whether the file's peer at this `HOST:PORT` is to be named
 *
 * Finds the names that @match says %TRUE of. At most 16,384 names are looked at, so that a search
 * takes a few milliseconds at most.
 *
 * Returns: (transfer full) (element-type RedesClassicFile): each with a size of 0, which nobody has
 *   said, and with at least one peer, at most %REDES_CLASSIC_MAX_FOUND_PEERS
 */
GPtrArray *redes_classic_registry_find (RedesClassicRegistry *self,
                                        RedesClassicMatchFunc match,
                                        RedesClassicMatchFunc may_tell,
                                        gpointer user_data,
                                        guint max_files);
#define REDES_CLASSIC_MAX_FOUND_PEERS 8u

/* Removes the silent peers. Returns: (transfer full): their addresses */
char **redes_classic_registry_expire (RedesClassicRegistry *self, gint64 now_us);
guint redes_classic_registry_get_size (RedesClassicRegistry *self);

G_END_DECLS
