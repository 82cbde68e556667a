/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/node/found.h"
#include "engine/node/node.h"

G_BEGIN_DECLS

#define REDES_TYPE_NETWORKS (redes_networks_get_type ())
/**
 * RedesNetworks:
 *
 * The networks on which the person allows that trackers found there are used. The person is asked
 * once for each network, and the setting `networks` has the answers. Before an answer, a tracker is
 * only shown. The node gets a list of the trackers that it may use, and not of networks, so that a
 * tracker of another network is not used before the change of network is noticed.
 *
 * A network is known by its gateway's hardware address, since names and private addresses are the
 * same in many places; where there is no gateway, by its addresses.
 *
 * Signals:
 * - `changed (networks)`: the network to ask about, or the trackers that the node may use, may have
 *   changed
 */
G_DECLARE_FINAL_TYPE (RedesNetworks, redes_networks, REDES, NETWORKS, GObject)

/* @settings, @node: (transfer none): they must outlive the object */
RedesNetworks *redes_networks_new (GSettings *settings, RedesNode *node);

/* (transfer full) (array zero-terminated=1): the ids of the trackers that the node may use, as
 * RedesConfig.accepted_trackers has them */
char **redes_networks_list_accepted (RedesNetworks *self);

/* (nullable) (transfer full): the first tracker that was found on a network of which the person has
 * not said yet whether trackers found there are used */
RedesFound *redes_networks_dup_question (RedesNetworks *self);
/* Remembers the answer for the network of the tracker at @address, `HOST:PORT`. */
void redes_networks_answer (RedesNetworks *self, const char *address, gboolean use);
/* Changes the answer for a network by its @key. */
void redes_networks_set (RedesNetworks *self, const char *key, gboolean use);

/**
 * redes_networks_identify:
 * @host: numeric
 * @name: (out) (transfer full): for a person
 *
 * Identifies the network of this machine that @host is on, from the system's table of interfaces,
 * which does not block.
 *
 * Returns: (nullable) (transfer full): its key; %NULL if it is on none
 */
char *redes_networks_identify (const char *host, char **name);

G_END_DECLS
