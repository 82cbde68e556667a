/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/node/node.h"

G_BEGIN_DECLS

/**
 * redes_node_configure_async:
 * @config: all that is wanted from now on, not only what changes; copied
 *
 * Changes what a node was made with: at once if it runs, as soon as it does if it is starting, else
 * when it starts. Only what is different from before has an effect:
 *
 * - another nickname or port is told to trackers and peers; a new port is opened before the old one
 * is closed, and told by `listening`;
 * - trackers that are not named any more are left, malformed ones are passed over, those that only
 * links have named stay;
 * - without the local network everybody who was found is lost, and every tracker that is used
 * because it was found is left, connected or not; the same holds for trackers that are refused now;
 * - unsigned transfers end with RedesConfig.classic; a search that is under way is answered by
 * those who are left.
 *
 * Errors: the port could not be opened (in use, not allowed): the words say so, the one before is
 * kept, and all else is done.
 */
void redes_node_configure_async (RedesNode *self,
                                 const RedesConfig *config,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean redes_node_configure_finish (RedesNode *self, GAsyncResult *result, GError **error);

/* The same for who does not ask how it went. */
void redes_node_configure (RedesNode *self, const RedesConfig *config);

/* (transfer none): what is wanted now; valid until it is configured again */
const RedesConfig *redes_node_get_config (RedesNode *self);

G_END_DECLS
