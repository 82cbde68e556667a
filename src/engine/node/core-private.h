/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/net/endpoint.h"
#include "engine/net/first-byte.h"
#include "engine/node/classic-download.h"
#include "engine/node/classic-peer.h"
#include "engine/node/core.h"
#include "engine/node/shelf.h"

G_BEGIN_DECLS

struct _RedesCore
{
  RedesCoreEvents events;
  gpointer user_data;
  RedesConfig *config;
  RedesIdentity *identity;
  int lock_fd;
  RedesWorkers *disk_workers;
  RedesWorkers *hash_workers;
  RedesLibrary *library;
  RedesBlockCache *cache;
  RedesSwarm *swarm;
  RedesShelf *shelf;
  RedesSurroundings *surroundings;
  RedesClassicPeer *classic;    /* NULL: not among the original peers */
  RedesFirstByteSorter *sorter; /* the same */
  RedesListener *listener;
  guint16 port;
  GHashTable *trackers; /* address -> RedesTrackerClient */
  GPtrArray *tracker_order;
  GHashTable *found_trackers;     /* RedesTrackerClient that the surroundings found -> believed */
  GQueue waiting;                 /* questions that are not asked yet */
  GHashTable *unsigned_transfers; /* transfer id -> RedesClassicDownload */
  GHashTable *transfers;          /* transfer id -> RedesDownload */
  GHashTable *announced; /* RedesDownload whose manifest the trackers know before it is whole */
};

/* In core.c. */

/* @expected: (nullable): who must answer. Nothing if that address is used already. */
gboolean redes_core_add_tracker (RedesCore *self,
                                 const char *address,
                                 const RedesPeerId *expected,
                                 gboolean register_peer,
                                 GError **error);

/* In question.c: those that wait are answered with nothing. */
void redes_core_end_questions (RedesCore *self);

/* In core-lan.c. */

void redes_core_look_around (RedesCore *self);
/* @client has just been registered. */
void redes_core_on_registered (RedesCore *self, RedesTrackerClient *client);
/* One that was only heard of is not, until it has once answered: nobody waits for it. */
gboolean redes_core_is_tracker_believed (RedesCore *self, RedesTrackerClient *client);
/* Whether @transfer_id is an unsigned one, which is cancelled then. */
gboolean redes_core_cancel_unsigned (RedesCore *self, guint transfer_id);
/* If the configuration asks for it. */
void redes_core_join_classic (RedesCore *self);
void redes_core_leave_classic (RedesCore *self);
void redes_core_on_met (RedesPeerSession *session, gpointer user_data);
void redes_core_on_parted (const RedesPeerId *id, gpointer user_data);
void redes_core_on_question (RedesPeerSession *session,
                             RedesMessageType type,
                             GVariant *body,
                             gpointer user_data);

G_END_DECLS
