/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/node/node.h"
#include "engine/node/publisher-item.h"

G_BEGIN_DECLS

/**
 * redes_node_set_publisher:
 * @name: (nullable): given by the person
 *
 * KNOWN, BLOCKED, or NEW, which forgets it. What a blocked publisher signed is found by no search
 * and not downloaded; a download of it that runs fails. To be called when the node runs.
 */
void redes_node_set_publisher (RedesNode *self,
                               const RedesPeerId *id,
                               const char *name,
                               RedesPublisherTrust trust);

/* (transfer none): of RedesPublisherItem: known and blocked ones. */
GListModel *redes_node_get_publishers (RedesNode *self);
/* (nullable) (transfer none): %NULL if new */
RedesPublisherItem *redes_node_lookup_publisher (RedesNode *self, const RedesPeerId *id);
RedesPublisherTrust redes_node_get_trust (RedesNode *self, const RedesPeerId *id);

G_END_DECLS
