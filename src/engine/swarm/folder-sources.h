/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/swarm/folder-source.h"
#include "engine/swarm/source-stats.h"

G_BEGIN_DECLS

/**
 * RedesFolderSources:
 *
 * Who is a source of a folder download, was one, or is to be none; when others are asked for, and
 * who is silent. Engine's thread.
 */
typedef struct _RedesFolderSources RedesFolderSources;

/* @clock, @events (of each source): borrowed, and must outlive it. */
RedesFolderSources *redes_folder_sources_new (const RedesClock *clock,
                                              const RedesFolderSourceEvents *events,
                                              gpointer user_data);
/* Only after redes_folder_sources_drop(). */
void redes_folder_sources_free (RedesFolderSources *self);

/* Whether @peer may be a source: not one yet, and not refused. */
gboolean redes_folder_sources_want (RedesFolderSources *self, const RedesPeerId *peer);
/* (transfer none) (nullable): %NULL if it is not wanted */
RedesFolderSource *redes_folder_sources_add (RedesFolderSources *self, RedesRemote *remote);
/* The conversation has ended. Returns: whether it was a source. @liar: it is refused from now on.
 */
gboolean redes_folder_sources_lose (RedesFolderSources *self, RedesRemote *remote, gboolean liar);
/* @peer is not to be a source any more. */
void redes_folder_sources_refuse (RedesFolderSources *self, const RedesPeerId *peer);
/* All go; what they were asked for is given back. */
void redes_folder_sources_drop (RedesFolderSources *self);
/* As at the beginning: nobody is refused, and others are asked for at once. */
void redes_folder_sources_begin_anew (RedesFolderSources *self);

/* (nullable) (transfer none) */
RedesFolderSource *redes_folder_sources_get (RedesFolderSources *self, const RedesPeerId *peer);
/* (transfer container) (element-type RedesFolderSource) */
GList *redes_folder_sources_list (RedesFolderSources *self);
/* (transfer container) (element-type RedesSourceStats): in no order; those that are gone, too */
GList *redes_folder_sources_list_stats (RedesFolderSources *self);
/* (transfer full) (element-type RedesSender): copies, in no order */
GPtrArray *redes_folder_sources_list_senders (RedesFolderSources *self);
/* A block of @peer was right. */
void redes_folder_sources_count_block (RedesFolderSources *self, const RedesPeerId *peer);

/* Sends away who is silent. @was_asleep: this process was silent, and not they. */
void redes_folder_sources_check (RedesFolderSources *self, gboolean was_asleep);
/* Whether it is time to ask for more; then that counts as begun. */
gboolean redes_folder_sources_begin_to_ask (RedesFolderSources *self);
void redes_folder_sources_end_to_ask (RedesFolderSources *self);
/* Others may have what these lack. */
void redes_folder_sources_ask_soon (RedesFolderSources *self);
void redes_folder_sources_ask_now (RedesFolderSources *self);
/* A connection is being made (1), or that has come to something (-1). */
void redes_folder_sources_dialling (RedesFolderSources *self, gint change);

/* Whether there is one, or may soon be. */
gboolean redes_folder_sources_are_any (RedesFolderSources *self);
gboolean redes_folder_sources_are_dialled (RedesFolderSources *self);
gboolean redes_folder_sources_are_asked_for (RedesFolderSources *self);
/* Whether there ever was one. */
gboolean redes_folder_sources_were_any (RedesFolderSources *self);

G_END_DECLS
