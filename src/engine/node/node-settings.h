/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/node/node.h"

G_BEGIN_DECLS

/*
 * What RedesConfig says, changed later: at once if the node runs, as soon as it does if it is
 * starting, else when it starts. In the face's thread, as all of a node.
 */

/* At most 64 bytes; trackers and peers met from now on hear of it. */
void redes_node_set_nickname (RedesNode *self, const char *nickname);

/* For downloads that are begun from now on. */
void redes_node_set_download_dir (RedesNode *self, const char *folder);

void redes_node_set_cache_bytes (RedesNode *self, guint64 bytes);

/* All trackers, `HOST:PORT` each; those that are not among them are left. Malformed ones are passed
 * over. Trackers that only links have named stay. */
void redes_node_set_trackers (RedesNode *self, const char *const *trackers);

/* RedesConfig.refused_trackers. Those that were found are left at once, connected or not, or used
 * again: each is lost, and then found anew. All others stay as they are. */
void redes_node_set_refused_trackers (RedesNode *self, const char *const *ids);

/**
 * redes_node_set_listen_port_async:
 * @port: 0 picks a free one
 *
 * Opens @port and only then closes the one before. When it cannot be opened (in use, not allowed),
 * the words say so and the one before is kept. Tells by `listening`.
 */
void redes_node_set_listen_port_async (RedesNode *self,
                                       guint16 port,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
gboolean
redes_node_set_listen_port_finish (RedesNode *self, GAsyncResult *result, GError **error);

/**
 * RedesNodeSwitches:
 * @REDES_NODE_LAN: RedesConfig.lan
 * @REDES_NODE_USE_FOUND_TRACKERS: RedesConfig.use_found_trackers
 * @REDES_NODE_BROWSABLE: RedesConfig.browsable
 * @REDES_NODE_CLASSIC: RedesConfig.classic
 *
 * Whom a node finds, and who may look at it.
 */
typedef enum
{
  REDES_NODE_LAN = 1 << 0,
  REDES_NODE_USE_FOUND_TRACKERS = 1 << 1,
  REDES_NODE_BROWSABLE = 1 << 2,
  REDES_NODE_CLASSIC = 1 << 3,
} RedesNodeSwitches;

/**
 * redes_node_set_switches:
 * @on: those that are on; all others are off
 *
 * At once: without the local network everybody who was found is lost, and every tracker that is
 * used because it was found is left, connected or not; trackers that were named stay. Unsigned
 * transfers end with @REDES_NODE_CLASSIC. A search that is under way is answered by those who are
 * left.
 */
void redes_node_set_switches (RedesNode *self, RedesNodeSwitches on);

G_END_DECLS
