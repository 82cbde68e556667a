/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/library/partial-file.h"
#include "engine/swarm/swarm.h"

G_BEGIN_DECLS

/*
 * RedesDownload in two files: download.c has its states and sources (what to do), download-disk.c
 * the jobs of the workers (verify, write, finish, discard).
 */

struct _RedesDownload
{
  guint ref_count;
  RedesSwarm *swarm;
  guint id;
  RedesLink *link;
  char *folder;
  char *target;
  RedesDownloadState state;
  gboolean started;
  char *message;
  char *path;
  gint64 started_us;
  gint64 ended_us;
  GSource *tick;

  RedesManifest *second_choice; /* of the right size, by another publisher than was asked for */
  /* Set once, before the first job that reads them. */
  RedesManifest *manifest;
  RedesGeometry geometry;

  /* The workers' side: the partial file is made with the first block that is to be written. */
  GMutex store_lock;
  RedesPartialFile *partial;
  gboolean settled; /* it has its name */
  gboolean discarded;

  RedesHashTree *tree;
  RedesHolding *holding;
  RedesPicker *picker;
  RedesBitfield *arrived;  /* verified, or being verified */
  RedesBitfield *verified; /* and written */
  guint64 bytes_done;
  RedesRateMeter meter;
  guint n_jobs;

  GPtrArray *sources;        /* RedesSource */
  GHashTable *contributions; /* RedesPeerId -> RedesContribution */
  GHashTable *liars;         /* RedesPeerId */
  guint dialling;
  gboolean asking;
  gboolean had_source;
  gboolean lost_honest_source;
  guint n_queries_in_vain;
  gint64 ask_again_us;
  gint64 waiting_since_us;
  gint64 hope_us; /* when a block was last verified, or a source came */
  char *last_words;
};

/* download.c */
void redes_download_set_state (RedesDownload *self, RedesDownloadState state);
void redes_download_changed (RedesDownload *self, gboolean at_once);
void redes_download_remove_source (RedesDownload *self, RedesSource *source);
void redes_download_drop_all_sources (RedesDownload *self);
void redes_download_fill_all (RedesDownload *self);
/* With no source, no connection on its way and no question open: what now? */
void redes_download_consider (RedesDownload *self);

/* download-disk.c */
/* Makes the partial file, so that others can be served from it. */
void redes_download_prepare (RedesDownload *self);
void redes_download_finish (RedesDownload *self);
/* Removes what is on disk, once no job writes any more. */
void redes_download_discard_if_over (RedesDownload *self);

G_END_DECLS
