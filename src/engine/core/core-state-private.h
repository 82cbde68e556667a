/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/cache/block-cache.h"
#include "engine/classic/download.h"
#include "engine/classic/peer.h"
#include "engine/core/core-events.h"
#include "engine/core/media-server.h"
#include "engine/lookup/link-trackers.h"
#include "engine/lookup/local-index.h"
#include "engine/lookup/lookup.h"
#include "engine/lookup/peer-finder.h"
#include "engine/lookup/tracker-table.h"
#include "engine/net/endpoint.h"
#include "engine/net/protocol-sniffer.h"
#include "engine/swarm/swarm.h"

G_BEGIN_DECLS

/* What the files of core work on. core.c makes it, and ends it. */
struct _RedesCore
{
  RedesCoreEvents events;
  gpointer user_data;
  RedesConfig *config;
  const RedesClock *clock; /* of all that is made here and depends on time */
  RedesIdentity *identity;
  int lock;
  RedesStore *store; /* NULL without a data folder */
  RedesWorkers *disk_workers;
  RedesWorkers *hash_workers;
  RedesLibrary *library;
  RedesBlockCache *cache;
  RedesSwarm *swarm;
  RedesLocalIndex *local_index;
  RedesPeerFinder *peer_finder;
  RedesLookup *lookup;
  RedesClassicPeer *classic;             /* NULL: not among the original peers */
  RedesLookupProvider *classic_provider; /* the same */
  RedesProtocolSniffer *sniffer;         /* the same */
  RedesListener *listener;
  guint16 port;
  RedesTrackerTable *trackers;
  RedesLinkTrackers *link_trackers;
  GHashTable *unsigned_transfers; /* transfer id -> RedesClassicDownload */
  GHashTable *transfers;          /* transfer id -> RedesDownload */
  GHashTable *folder_transfers;   /* transfer id -> RedesFolderDownload */
  GQueue later;                   /* downloads that wait for another of the same content */
  GQueue looks;                   /* downloads of what may be there already */
  GHashTable *leaving;            /* transfer ids: to be removed as soon as they are done */
  GHashTable *streams;            /* transfer id -> a download that is being read; may be NULL */
  RedesMediaServer *media_server; /* NULL until somebody wants it */
  guint last_restored_id;
  guint watched_transfer; /* whose blocks somebody looks at; 0: none's */
  GArray *watched_items;  /* (nullable): of a folder: as redes_folder_snapshot_add_tree() has it */
  gboolean has_watcher;   /* somebody looks now and then */
  GHashTable *blocked;    /* RedesPeerId: publishers that the person wants nothing of */
  GHashTable *announced;  /* RedesDownload whose manifest the trackers know before it is whole */
};

G_END_DECLS
