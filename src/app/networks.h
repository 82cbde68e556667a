/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/node/node.h"

G_BEGIN_DECLS

#define REDES_TYPE_NETWORKS (redes_networks_get_type ())
/**
 * RedesNetworks:
 *
 * On which networks the person lets trackers be used that were found there: asked once a network,
 * and remembered in the setting `networks`. Until then a tracker is only shown. It lists
 * those found that the node may use, one by one, so that none is used because the network changed
 * before this was noticed.
 *
 * A network is known by its gateway's hardware address, since names and private addresses are the
 * same in many places; where there is no gateway, by its addresses.
 *
 * Signals:
 * - `changed (networks)`: what there is to ask about, or what the node may use, may be something
 *   else
 */
G_DECLARE_FINAL_TYPE (RedesNetworks, redes_networks, REDES, NETWORKS, GObject)

/* Both are borrowed for good: they must outlive it. */
RedesNetworks *redes_networks_new (GSettings *settings, RedesNode *node);

/* (transfer full) (array zero-terminated=1): the ids of the trackers that the node may use, as
 * RedesConfig.accepted_trackers has them */
char **redes_networks_list_accepted (RedesNetworks *self);

/* (nullable) (transfer full): the first tracker that was found on a network of which the person has
 * not said yet whether trackers found there are used */
RedesFound *redes_networks_dup_question (RedesNetworks *self);
/* Remembers the answer for the network of the tracker at @address, `HOST:PORT`. */
void redes_networks_answer (RedesNetworks *self, const char *address, gboolean use);
/* The same for one that is known already. */
void redes_networks_set (RedesNetworks *self, const char *key, gboolean use);

/**
 * redes_networks_identify:
 * @host: numeric
 * @name: (out) (transfer full): for a person
 *
 * Which network of this machine's @host is on. Reads what the system knows of its interfaces, which
 * does not block.
 *
 * Returns: (nullable) (transfer full): its key; %NULL if it is on none
 */
char *redes_networks_identify (const char *host, char **name);

G_END_DECLS
