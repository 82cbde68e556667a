/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/library/partial-file.h"
#include "engine/library/store.h"
#include "engine/swarm/block-journal.h"
#include "engine/swarm/swarm.h"

G_BEGIN_DECLS

/*
 * RedesDownload in several files: download.c has its states and what others ask of it,
 * download-sources.c finds sources and a manifest, download-blocks.c verifies and writes what they
 * send, download-open.c opens the partial file and checks what is in it, download-disk.c syncs,
 * closes and finishes it, and download-memory.c tells the store.
 */

/**
 * RedesDiskPhase:
 *
 * CLOSED -> OPENING -> CHECKING -> OPEN -> CLOSING -> CLOSED: redes_download_advance_disk() leads
 * from one to the next, as the state demands. Blocks are written while OPEN, and while OPENING a
 * new file.
 */
typedef enum
{
  REDES_DISK_CLOSED,
  REDES_DISK_OPENING,
  REDES_DISK_CHECKING, /* blocks in doubt are read again */
  REDES_DISK_OPEN,
  REDES_DISK_CLOSING,
} RedesDiskPhase;

struct _RedesDownload
{
  guint ref_count;
  RedesSwarm *swarm;
  guint id;
  RedesLink *link;
  char *folder;
  char *target;
  RedesDownloadState state;
  gboolean started; /* it has (or had) one of the swarm's places, and was not stopped since */
  gboolean abandoned;
  gboolean unwanted;      /* to be removed */
  gboolean gone;          /* and nothing of it is left */
  gboolean has_successor; /* another download of the same content has begun meanwhile */
  char *message;
  char *path;
  gint64 added_s;
  gint64 started_us; /* 0 while it rests */
  gint64 rested_us;  /* spent before it last began to rest */
  GSource *tick;
  guint tick_ms;

  RedesManifest *second_choice; /* of the right size, by another publisher than was asked for */
  /* Set once, before the first job that reads them. */
  RedesManifest *manifest;
  RedesGeometry geometry;

  RedesDiskPhase disk_phase;
  guint n_jobs;
  gint64 disk_retry_us; /* when it waits for the disk: when to try again; 0 = it does not */
  guint n_disk_retries;
  /* The workers' side: a new partial file is made with the first block that is to be written. */
  GMutex store_lock;
  RedesPartialFile *partial;
  gboolean settled; /* it has its name */
  gboolean discarded;
  gboolean is_secured; /* FINISHING: the store knows that all is safe */
  /* The partial file's, when it was last synced; 0 = never. */
  gint64 partial_mtime_ns;
  gboolean partial_in_use;
  gboolean has_partial; /* there may be one, from earlier */
  GArray *unsynced;     /* guint32: blocks written since */
  gboolean syncing;
  gboolean sync_failed; /* since the partial file was opened */
  gint64 synced_us;
  GArray *doubtful; /* guint32: blocks to be read again before they count */
  gboolean resumed_told;
  RedesBlockJournal *journal; /* NULL: there is a store, or nothing is kept */
  gboolean journal_read;
  /* What it told, until the manifest is known; NULL: nothing. */
  RedesHashTree *journal_tree;
  RedesBitfield *journal_blocks;
  guint64 journal_size_bytes; /* of the file */

  /* (nullable): the same content under another name, from which blocks are copied first. */
  RedesHolding *local;
  guint32 next_local;
  RedesHashTree *tree;
  RedesHolding *holding;
  RedesPicker *picker;
  RedesBitfield *arrived;  /* verified, or being verified */
  RedesBitfield *verified; /* and written */
  guint8 *senders;         /* of each block: its contribution's number; 0: not known */
  guint64 bytes_done;
  RedesRateMeter meter;

  GPtrArray *sources;       /* RedesSource */
  GHashTable *source_stats; /* RedesPeerId -> RedesSourceStats */
  GHashTable *liars;        /* RedesPeerId */
  GHashTable *tried;        /* RedesPeerId -> gint64: when each became a source last */
  gint64 ticked_us;
  GHashTable *lost; /* RedesPeerId -> "HOST:PORT" where each was: to be dialled again */
  guint n_redials;  /* since a block came */
  gint64 redial_us; /* when they are dialled next; 0: nobody was lost */
  guint dialling;
  gboolean asking;
  gboolean had_source;
  gboolean lost_honest_source;
  guint n_queries_in_vain;
  gint64 asked_us; /* when the trackers were last asked */
  gint64 ask_again_us;
  gint64 waiting_since_us;
  gint64 hope_us; /* when a block was last verified, or a source came */
  char *last_words;
};

/* download.c */
void redes_download_set_state (RedesDownload *self, RedesDownloadState state);
/* The state, with @words (nullable) to it; tells everybody. */
void redes_download_set_waiting (RedesDownload *self, const char *words);
void redes_download_changed (RedesDownload *self, gboolean at_once);
/* Neither over nor paused nor being finished: wants sources and blocks. */
gboolean redes_download_is_fetching (RedesDownload *self);
/* The disk has failed it. With a store the download waits and tries again, or says so while it is
 * paused; without one that is its end. */
void redes_download_wait_for_disk (RedesDownload *self, const GError *error);
/* It is under its name, @path (transfer full): shared from now on, and told to the store. */
void redes_download_end_as_done (RedesDownload *self, char *path, gint64 mtime_ns);

/* download-sources.c */
void redes_download_begin_asking (RedesDownload *self);
void redes_download_remove_source (RedesDownload *self, RedesSource *source);
void redes_download_drop_all_sources (RedesDownload *self);
void redes_download_fill_all (RedesDownload *self);
/* With no source, no connection on its way and no query open: what now? */
void redes_download_consider (RedesDownload *self);
void redes_download_set_ticking (RedesDownload *self, gboolean ticking);

/* Takes @manifest as the one to go by. */
void redes_download_begin (RedesDownload *self, RedesManifest *manifest);
/* Whether it is by the publisher that the link names, if it names one. */
gboolean redes_download_is_wanted_publisher (RedesDownload *self, RedesManifest *manifest);

/* download-blocks.c */
/* Its shape is known: makes all that is kept for each block. */
void redes_download_take_shape (RedesDownload *self, RedesManifest *manifest);
/* A block counts from now on. */
void redes_download_count_block (RedesDownload *self, guint32 index);
/* All of them are in doubt (@keep), or gone. */
void redes_download_doubt_all (RedesDownload *self, gboolean keep);
/* The blocks that are there can be served, and the others be asked for. */
void redes_download_open_for_blocks (RedesDownload *self);
void redes_download_close_for_blocks (RedesDownload *self);
/* Copies what is shared here under another name, instead of asking others for it. Returns: whether
 * there is anything to copy. */
gboolean redes_download_begin_local (RedesDownload *self);
/* Once the partial file is there, others can have what is in it. */
void redes_download_serve_blocks (RedesDownload *self);
/* They are not on the disk after all. */
void redes_download_lose_blocks (RedesDownload *self, const guint32 *indices, guint n_indices);

/* download-open.c */
void redes_download_push_open (RedesDownload *self);
void redes_download_push_check (RedesDownload *self);
/* Nothing is in doubt any more. */
void redes_download_end_check (RedesDownload *self);

/* What the file is to be called: what the person chose, or else what its publisher calls it. */
const char *redes_download_get_file_name (RedesDownload *self);

/* download-disk.c */
void
redes_download_push_job (RedesDownload *self, RedesJobFunc run, RedesJobFunc done, gpointer job);
/* Does the next thing that the state demands of the disk, once nothing is under way. */
void redes_download_advance_disk (RedesDownload *self);
/* What was written is made safe, now and then. */
void redes_download_sync_if_due (RedesDownload *self, gint64 now_us);
void redes_download_finish (RedesDownload *self);
/* In a worker: the partial file, made if it has to be. */
RedesPartialFile *redes_download_ensure_partial (RedesDownload *self, GError **error);

/* download-memory.c: nothing without a store */
void redes_download_persist (RedesDownload *self);
/* The same, for what a person has asked: it is in the store before anybody says that it is done. */
void redes_download_persist_sync (RedesDownload *self);
/* Its partial file is about to be written to. */
void redes_download_persist_in_use (RedesDownload *self);
void redes_download_persist_block (RedesDownload *self,
                                   guint32 index,
                                   const RedesDigest *digest,
                                   const RedesDigest *proof,
                                   const RedesSourceStats *sender);
void redes_download_persist_safe (RedesDownload *self, const guint32 *indices, guint n_indices);
void redes_download_persist_lost (RedesDownload *self, gint64 index);
/* It is under its name: goes into the history. */
void redes_download_persist_done (RedesDownload *self,
                                  const char *folder,
                                  const char *name,
                                  gint64 mtime_ns);
void redes_download_forget_all (RedesDownload *self);
/* Reads the journal beside the partial file, then starts. */
void redes_download_recall_journal (RedesDownload *self);
/* The shape is known: takes what the journal told. */
void redes_download_take_journal (RedesDownload *self);
/* Takes what the store knows of its shape, blocks and senders. */
void redes_download_restore_progress (RedesDownload *self, const RedesStoreTransfer *stored);

G_END_DECLS
