/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/token-bucket.h"
#include "engine/net/admission.h"
#include "engine/swarm/ban-list.h"
#include "engine/swarm/swarm.h"

G_BEGIN_DECLS

struct _RedesSwarm
{
  guint ref_count;
  RedesSwarmEvents events;
  gpointer user_data;
  gboolean ended;

  RedesIdentity *identity;
  RedesLibrary *library;
  RedesBlockCache *cache;
  RedesWorkers *workers;
  RedesStore *store; /* nullable */
  RedesHello *hello;
  gboolean keeps_partial_files;
  guint patience_s;
  RedesThrottle *up;
  RedesThrottle *down;
  RedesUploader *uploader;
  RedesSignatureMemo *memo;
  RedesBanList *ban_list;
  RedesDialer *dialer;
  RedesPeerRpc *rpc;

  GHashTable *sessions;      /* RedesPeerId -> RedesPeerSession: ready ones */
  GHashTable *unknown;       /* RedesPeerSession: HELLO has not come yet */
  RedesAdmission *half_open; /* those of them that others made */
  RedesAdmission *inbound;   /* those of @sessions that others made */
  RedesBudget *receive;
  GHashTable *downloads; /* RedesContentId -> RedesDownload */
  GQueue queue;          /* RedesDownload: not started */
  GHashTable *active;    /* RedesDownload: has one of the places */
  GSource *start_source;
  GSource *sweep_timer;
  gdouble hurry; /* how many downloads may ask for sources sooner than usual, at @hurry_us */
  gint64 hurry_us;
  gssize unwritten_bytes;
  gboolean paused;
  RedesTokenBucket reports;
};

/* Ends the sessions that nobody wants anything of, and that have been silent for half a minute. */
void redes_swarm_sweep (RedesSwarm *self, gint64 now_us);

G_END_DECLS
