/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/net/endpoint.h"
#include "engine/net/protocol-sniffer.h"
#include "engine/classic/download.h"
#include "engine/classic/peer.h"
#include "engine/core/core.h"
#include "engine/core/download-snapshot.h"
#include "engine/lookup/link-trackers.h"
#include "engine/lookup/local-index.h"
#include "engine/lookup/tracker-table.h"

G_BEGIN_DECLS

/*
 * RedesCore in several files: core.c puts it together, core-settings.c changes it while it runs,
 * core-transfers.c has its downloads, core-peers.c tells who is there, core-lan.c finds them
 * without being told, core-classic.c has to do with the original system's.
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
  GQueue later;                   /* downloads that wait for another of the same content */
  GHashTable *leaving;            /* transfer ids: to be removed as soon as they are done */
  guint last_restored_id;
  guint watched_transfer; /* whose blocks somebody looks at; 0: none's */
  GHashTable *blocked;    /* RedesPeerId: publishers that the person wants nothing of */
  GHashTable *announced;  /* RedesDownload whose manifest the trackers know before it is whole */
};

/* core.c */
/* @expected: (nullable): who must answer; @found: see RedesTrackerTable. A tracker that is there
 * already stays as it is. */
gboolean redes_core_add_tracker (RedesCore *self,
                                 const char *address,
                                 const RedesPeerId *expected,
                                 gboolean found,
                                 gboolean register_peer,
                                 GError **error);
void redes_core_accept (GSocketConnection *connection, gpointer user_data);

/* core-transfers.c */
/* No download of @content goes on any more: one that waited for that begins. */
void redes_core_begin_later (RedesCore *self, const RedesContentId *content);
void redes_core_clear_later (RedesCore *self);

/* core-settings.c */
/* What the store remembers of them; blocks. */
gboolean redes_core_restore_publishers (RedesCore *self, GError **error);
/* Whether @download is by a blocked publisher; it has failed then. */
gboolean redes_core_refuse_blocked (RedesCore *self, RedesDownload *download);

/* core-lan.c */
void redes_core_look_around (RedesCore *self);
/* @client has just been registered. */
void redes_core_on_registered (RedesCore *self, RedesTrackerClient *client);
/* Whether @transfer_id is an unsigned one, which is cancelled then. */
gboolean redes_core_cancel_unsigned (RedesCore *self, guint transfer_id);
/* If the configuration asks for it. */
void redes_core_join_classic (RedesCore *self);
/* The configuration was @old. */
void redes_core_configure_classic (RedesCore *self, const RedesConfig *old);
void redes_core_leave_classic (RedesCore *self);
/* Leaves, and joins again if the configuration still asks for it; unsigned downloads go on. */
void redes_core_rejoin_classic (RedesCore *self);
void redes_core_on_met (RedesPeerSession *session, gpointer user_data);
void redes_core_on_parted (const RedesPeerId *id, gpointer user_data);
void
redes_core_on_rpc_query (RedesPeerSession *session, const RedesMessage *query, gpointer user_data);

G_END_DECLS
