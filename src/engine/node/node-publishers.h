/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/library/store.h"
#include "engine/node/node.h"

G_BEGIN_DECLS

#define REDES_TYPE_PUBLISHER_ITEM (redes_publisher_item_get_type ())
/** RedesPublisherItem: what the person says of a publisher. Immutable. */
G_DECLARE_FINAL_TYPE (RedesPublisherItem, redes_publisher_item, REDES, PUBLISHER_ITEM, GObject)

const RedesPeerId *redes_publisher_item_get_id (RedesPublisherItem *self);
/* The name that the person gave, or "". */
const char *redes_publisher_item_get_name (RedesPublisherItem *self);
RedesPublisherTrust redes_publisher_item_get_trust (RedesPublisherItem *self);

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
