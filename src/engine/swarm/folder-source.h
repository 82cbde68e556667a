/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/clock.h"
#include "engine/swarm/remote.h"

G_BEGIN_DECLS

/**
 * RedesFolderSource:
 *
 * One peer as a source of a folder: it is asked for blocks of many contents, one behind the other,
 * as many at once as it delivers in about a second. Owned by its folder download; engine's thread.
 */
typedef struct _RedesFolderSource RedesFolderSource;

/* Numbers of lists, beside those of files. */
#define REDES_FOLDER_FIRST_LIST (1u << 30)

/**
 * RedesFolderWish:
 * @item: the number of the content: a file's in the plan, or a list's: from
 *   REDES_FOLDER_FIRST_LIST on
 *
 * A block that is to be asked for. A plain value.
 */
typedef struct
{
  RedesContentId content;
  guint item;
  guint32 index;
  guint32 length;
} RedesFolderWish;

static inline gboolean
redes_folder_wish_is_list (const RedesFolderWish *wish)
{
  return wish->item >= REDES_FOLDER_FIRST_LIST;
}

/**
 * RedesFolderSourceEvents:
 * @manifest: it has handed out @manifest
 * @block: a block that it was asked for has come
 * @given_back: what it was asked for is to be asked of others; not for one that is freed
 * @lacks: it does not have the content of @wish; after @given_back
 * @fill: it can be asked for more
 *
 * It may be freed in each of them.
 */
typedef struct
{
  void (*manifest) (RedesFolderSource *self, RedesManifest *manifest, gpointer user_data);
  void (*block) (RedesFolderSource *self,
                 const RedesFolderWish *wish,
                 const RedesBlockHeader *header,
                 GBytes *data,
                 gpointer user_data);
  void (*given_back) (RedesFolderSource *self, const RedesFolderWish *wish, gpointer user_data);
  void (*lacks) (RedesFolderSource *self, const RedesFolderWish *wish, gpointer user_data);
  void (*fill) (RedesFolderSource *self, gpointer user_data);
} RedesFolderSourceEvents;

/* @clock, @events: borrowed, and must outlive it */
RedesFolderSource *redes_folder_source_new (RedesRemote *remote,
                                            const RedesClock *clock,
                                            const RedesFolderSourceEvents *events,
                                            gpointer user_data);
/* What it was asked for is given back first. */
void redes_folder_source_free (RedesFolderSource *self);
RedesRemote *redes_folder_source_get_remote (RedesFolderSource *self);

/* Asks for the manifest of @content, once; not while somebody else here waits for the same of it.
 */
void redes_folder_source_ask_manifest (RedesFolderSource *self, const RedesContentId *content);
/* Whether there is room for one more question now. */
gboolean redes_folder_source_has_room (RedesFolderSource *self);
/* Returns: %FALSE if somebody else here waits for the same of it. */
gboolean redes_folder_source_ask (RedesFolderSource *self, const RedesFolderWish *wish);
/* Whether it has said some moments ago that it lacks that item; it may be fetching it. */
gboolean redes_folder_source_lacks (RedesFolderSource *self, guint item);

gdouble redes_folder_source_get_rate (RedesFolderSource *self, gint64 now_us);
guint redes_folder_source_get_n_asked (RedesFolderSource *self);
/* For how long it has owed an answer and given none, in microseconds; 0: it owes none. */
gint64 redes_folder_source_get_silence (RedesFolderSource *self, gint64 now_us);
/* What it owes is given back, for it has been silent; it is asked for nothing until it gives
 * something again. */
void redes_folder_source_snub (RedesFolderSource *self);
void redes_folder_source_forgive (RedesFolderSource *self, gint64 now_us);

G_END_DECLS
