/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/format.h"
#include "cli/output.h"
#include "engine/base/hashing-progress.h"
#include "engine/node/node.h"

G_BEGIN_DECLS

/*
 * Events of a node, written in the form of the RedesOutput: as prose or as JSON. The names and
 * members of the JSON objects are an interface that scripts rely on.
 */

/* @what: "Peer", "Tracker" */
void redes_event_listening (RedesOutput *output,
                            const char *what,
                            const char *address,
                            const RedesPeerId *id);
/* @address: HOST:PORT of the metrics of a tracker */
void redes_event_metrics (RedesOutput *output, const char *address);
void redes_event_registered (RedesOutput *output, const char *tracker);
/* @reason: a sentence that names the tracker */
void redes_event_tracker_lost (RedesOutput *output, const char *tracker, const char *reason);
void redes_event_log (RedesOutput *output, const char *line);
void redes_event_stopped (RedesOutput *output);

/* @is_named_twice: whether another shared file has that name, so that its path must tell them
 * apart;
 * @in_words: whether prose has a line for it too */
void redes_event_shared (RedesOutput *output,
                         RedesSharedItem *item,
                         gboolean is_named_twice,
                         gboolean in_words);
void redes_event_share_skipped (RedesOutput *output, const char *path, const char *reason);
/* @reason: (nullable): when nobody asked for that */
void redes_event_withdrawn (RedesOutput *output,
                            RedesSharedItem *item,
                            const char *reason,
                            gboolean in_words);
/* How far the hashing is. Prose shows it on a terminal only. */
void redes_event_hashing (RedesOutput *output, const RedesHashingProgress *progress);
/* @path: where the content of @link is, under its name, before anything is fetched */
void redes_event_already_there (RedesOutput *output, const char *path, const RedesLink *link);
/* A problem, and what the program has done about it. */
void redes_event_notice (RedesOutput *output, const char *words);
/* @folders: of RedesResult: those in no other; @items: of RedesSharedItem */
void redes_event_shares (RedesOutput *output, GListModel *folders, GListModel *items);
/* Programs of this machine can read the download @name from @address. */
void redes_event_stream (RedesOutput *output, const char *name, const char *address);

/* @peers: of RedesPeerItem */
/* @guests: (array zero-terminated=1): `HOST:PORT` of peers of the original system */
void redes_event_peers (RedesOutput *output, GListModel *peers, const char *const *guests);
/* @results: a RedesResults, of which the first @n_rows are shown, numbered from 1; @with_links:
 * whether prose shows them too */
void redes_event_results (RedesOutput *output,
                          const char *query,
                          GListModel *results,
                          guint n_rows,
                          guint trackers_asked,
                          guint trackers_answered,
                          guint peers_asked,
                          guint peers_answered,
                          gboolean with_links);
/* @peer: as it was asked for; @results: of RedesResult, numbered from 1 */
void redes_event_browsed (RedesOutput *output, const char *peer, GListModel *results);
/* @path: of a folder that @peer shares; @listing: a transfer that has listed it */
void redes_event_browsed_folder (RedesOutput *output,
                                 const char *peer,
                                 const char *path,
                                 RedesTransfer *listing);
void redes_event_cache (RedesOutput *output, const RedesCacheStats *stats);

/* Which trackers @link has asked; nothing if it names none. */
void redes_event_asking (RedesOutput *output, const RedesLink *link);
void redes_event_download_started (RedesOutput *output, RedesTransfer *transfer);
/* Says what is new since it was last called for @transfer: `progress`, `waiting`, and at its end
 * `downloaded` or `failed`. Prose has no progress. */
void redes_event_transfer (RedesOutput *output, RedesTransfer *transfer);
/* What is in a folder that was only to be listed. */
void redes_event_folder_list (RedesOutput *output, RedesTransfer *transfer);
void redes_event_failed (RedesOutput *output, const char *name, const char *reason);
/* What became of several downloads: of how many, with those that failed. */
void redes_event_summary (RedesOutput *output, guint n_downloaded, guint n_there, guint n_failed);
/* Blocks of an earlier run: @kept are safe, @doubtful are read again. */
void redes_event_resumed (RedesOutput *output, RedesTransfer *transfer, guint kept, guint doubtful);
/* The same for get, once all @kept blocks were read again. */
void redes_event_resumed_get (RedesOutput *output, RedesTransfer *transfer, guint kept);
/* The download was ended before it was complete, and its partial file stays in @folder. */
void redes_event_kept (RedesOutput *output, RedesTransfer *transfer, const char *folder);
void redes_event_removed (RedesOutput *output, RedesTransfer *transfer);
/* @transfers: of RedesTransfer, numbered from 1 */
void redes_event_transfers (RedesOutput *output, GListModel *transfers);
/* @transfer: (nullable); @block: -1 if it is not about one */
void redes_event_rejected (RedesOutput *output,
                           const char *peer_hex,
                           const char *address,
                           gint64 block,
                           const char *reason,
                           RedesTransfer *transfer);

/* Sources that are connected now. */
guint redes_transfer_count_connected (RedesTransfer *transfer);

G_END_DECLS
