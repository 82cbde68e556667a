/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/notice.h"
#include "engine/base/transfer-snapshot.h"
#include "engine/library/library.h"
#include "engine/library/store.h"
#include "engine/lookup/sighting.h"
#include "engine/tracker/client.h"

G_BEGIN_DECLS

/**
 * RedesCore:
 *
 * The engine: it owns identity, library, cache, swarm, lookup and tracker clients and connects them
 * with each other. RedesNode is the interface of front ends to it. Engine's thread.
 */
typedef struct _RedesCore RedesCore;

/* All called in the engine's thread. */
typedef struct
{
  void (*tracker_changed) (const char *address,
                           RedesTrackerState state,
                           const RedesNotice *reason,
                           gpointer user_data);
  void (*shared) (RedesHolding *holding, gpointer user_data);
  void (*withdrawn) (RedesHolding *holding, const RedesNotice *reason, gpointer user_data);
  void (*hashing) (const RedesHashingProgress *progress, gpointer user_data);
  void (*skipped) (const char *path, const GError *error, gpointer user_data);
  void (*idle) (gpointer user_data);
  /* @snapshot: (transfer full) */
  void (*transfer_changed) (RedesTransferSnapshot *snapshot, gpointer user_data);
  /* A download of an earlier run is there again. @snapshot: (transfer full) */
  void (*transfer_restored) (const RedesLink *link,
                             RedesTransferSnapshot *snapshot,
                             gpointer user_data);
  void (*transfer_resumed) (guint transfer_id,
                            guint32 n_kept,
                            guint32 n_doubtful,
                            gpointer user_data);
  void (*transfer_removed) (guint transfer_id, gpointer user_data);
  /* @peer: (nullable); @transfer_id: 0 if it has to do with none */
  void (*violation) (const RedesPeerId *peer,
                     const char *address,
                     gint64 block,
                     const char *reason,
                     guint transfer_id,
                     gpointer user_data);
  /* Trouble with what this peer remembers, and what was done about it. */
  void (*notice) (const RedesNotice *notice, gpointer user_data);
  /* Told once for each publisher that is remembered, while the core starts. @name: (nullable) */
  void (*publisher) (const RedesPeerId *id,
                     const char *name,
                     RedesPublisherTrust trust,
                     gpointer user_data);
  /* There is a session with a peer, after a time without any. */
  void (*connected) (gpointer user_data);
  /* A tracker that was found is not used any more. */
  void (*tracker_dropped) (const char *address, gpointer user_data);
  /* As those of RedesClassicPeerEvents. */
  void (*classic_tracker_changed) (const char *address,
                                   RedesTrackerState state,
                                   const RedesNotice *reason,
                                   gboolean found,
                                   gpointer user_data);
  void (*classic_tracker_dropped) (const char *address, gpointer user_data);
  void (*found) (const RedesSighting *sighting, gpointer user_data);
  void (*lost) (const RedesSighting *sighting, gpointer user_data);
} RedesCoreEvents;

G_END_DECLS
