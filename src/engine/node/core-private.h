/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/net/endpoint.h"
#include "engine/node/core.h"

G_BEGIN_DECLS

/*
 * RedesCore in several files: core.c puts it together, core-settings.c changes it while it runs,
 * core-peers.c tells who is there.
 */
struct _RedesCore
{
  RedesCoreEvents events;
  gpointer user_data;
  RedesConfig *config;
  RedesIdentity *identity;
  int lock;
  RedesStore *store; /* NULL without a data folder */
  RedesWorkers *disk_workers;
  RedesWorkers *hash_workers;
  RedesLibrary *library;
  RedesBlockCache *cache;
  RedesSwarm *swarm;
  RedesListener *listener;
  guint16 port;
  GHashTable *trackers; /* address -> RedesTrackerClient */
  GPtrArray *tracker_order;
  GHashTable *transfers; /* transfer id -> RedesDownload */
  GHashTable *leaving;   /* transfer ids: to be removed as soon as they are done */
  guint last_restored_id;
  guint watched_transfer; /* whose blocks somebody looks at; 0: none's */
  GHashTable *blocked;   /* RedesPeerId: publishers that the person wants nothing of */
  GHashTable *announced; /* RedesDownload whose manifest the trackers know before it is whole */
};

/* core.c */
/* A tracker that is there already stays as it is. */
gboolean redes_core_add_tracker (RedesCore *self,
                                 const char *address,
                                 gboolean register_peer,
                                 GError **error);
void redes_core_accept (GSocketConnection *connection, gpointer user_data);

/* core-settings.c */
/* What the store remembers of them; blocks. */
gboolean redes_core_restore_publishers (RedesCore *self, GError **error);
/* Whether @download is by a blocked publisher; it has failed then. */
gboolean redes_core_refuse_blocked (RedesCore *self, RedesDownload *download);

G_END_DECLS
