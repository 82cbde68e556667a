/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/core/core.h"
#include "engine/base/loop-thread.h"
#include "engine/node/items-private.h"
#include "engine/base/main-queue.h"
#include "engine/node/node-peers.h"
#include "engine/node/node.h"
#include "engine/node/shares-model.h"

G_BEGIN_DECLS

/*
 * Two threads share a node. The front end's half is the GObject: models, tasks, signals. The
 * engine's half is the core. They talk by messages: calls go down through the engine thread's
 * context, answers and events come up through the main queue. Nothing of one half is touched by the
 * other, but what was set before the thread began.
 */
struct _RedesNode
{
  GObject parent_instance;
  RedesConfig *config;       /* as it is wanted: the front end's */
  RedesConfig *start_config; /* a copy for the engine, while it starts */
  RedesLoopThread *thread;
  RedesMainQueue *main_queue;
  RedesCore *core; /* the engine's; NULL when not running */
  gboolean running;

  gboolean has_peer_id;
  RedesPeerId peer_id;
  char *address;
  GPtrArray *tracker_names; /* ends with NULL */
  RedesSharesModel *shares;
  GListStore *transfers;
  GListStore *trackers;
  GListStore *classic_trackers;
  GListStore *found;
  gboolean watches_network;
  GHashTable *transfers_by_id;
  GListStore *publishers;
  GHashTable *publishers_by_id; /* RedesPeerId, the item's -> RedesPublisherItem */
  GListStore *peers;
  GHashTable *peers_by_id; /* RedesPeerId, the peer's -> RedesPeer */
  guint n_watching_peers;
  GSource *watch_source;
  gboolean asking_for_peers;
  guint last_transfer_id;

  /* What the engine has to say of shares (ShareEvent) and nobody has read yet: one message, however
   * many there are. */
  GMutex share_events_lock;
  GArray *share_events;
};

typedef enum
{
  REDES_NODE_LISTENING,
  REDES_NODE_TRACKER_CHANGED,
  REDES_NODE_SHARED,
  REDES_NODE_SHARE_SKIPPED,
  REDES_NODE_WITHDRAWN,
  REDES_NODE_HASHING,
  REDES_NODE_SHARING_IDLE,
  REDES_NODE_TRANSFER_CHANGED,
  REDES_NODE_TRANSFER_RESUMED,
  REDES_NODE_TRANSFER_REMOVED,
  REDES_NODE_BLOCK_REJECTED,
  REDES_NODE_NOTICE,
  REDES_NODE_CONNECTED,
  REDES_NODE_N_SIGNALS
} RedesNodeSignal;

extern guint redes_node_signals[REDES_NODE_N_SIGNALS];

/* node-news.c: what the core tells, on its way to the front end. Their user data is the node. */
extern const RedesCoreEvents redes_node_core_events;

/*
 * A call from the front end to the engine, and mostly back: what is asked on its way down, what was
 * answered on its way up.
 */
typedef struct
{
  RedesNode *node;
  GTask *task; /* nullable; only touched in the front end's thread */
  char *text;
  char *more_text;
  RedesNotice *notice;
  RedesLink *link;
  guint first;
  guint number;
  guint64 up;
  guint64 down;
  GError *error;
  GPtrArray *rows;
  GArray *ids;         /* gint64, of the history */
  GPtrArray *origins;  /* of a search: the trackers that named @contents */
  GPtrArray *contents; /* RedesContentId, what each of @origins named */
  RedesResults *results;
  GPtrArray *sessions; /* RedesPeerStatus */
  GHashTable *held;    /* RedesContentId, in @rows: those that are here already */
  RedesFlow flow;
  RedesLookupTally tally; /* without its words */
  RedesClassicFile *classic;
  char **guests; /* nullable: of a list */
  RedesBlockCacheStats stats;
} RedesNodeCall;

RedesNodeCall *redes_node_call_new (RedesNode *node, GTask *task);
void redes_node_call_free (gpointer data);
/* @func is called in the engine's thread, and owns the call from then on. */
void redes_node_call_send_down (RedesNodeCall *call, void (*func) (gpointer data));
/* @func is called in the front end's thread; then the call is freed. */
void redes_node_call_send_up (RedesNodeCall *call, void (*func) (gpointer data));

/* node-queries.c: what the core has of those asked; that nobody answered is the call's error. */
void redes_node_call_keep_answer (RedesNodeCall *call, RedesLookupResult *result);

/* node-peers.c */
void redes_node_stop_watching (RedesNode *self);

/* node-publishers.c */
/* The core's event, in the engine's thread. */
void redes_node_on_publisher (const RedesPeerId *id,
                              const char *name,
                              RedesPublisherTrust trust,
                              gpointer user_data);
void redes_node_keep_publisher (RedesNode *self,
                                const RedesPeerId *id,
                                const char *name,
                                RedesPublisherTrust trust);

/* node-classic.c: the core's events, in the engine's thread. */
void redes_node_on_classic_tracker_changed (const char *address,
                                            RedesTrackerState state,
                                            const RedesNotice *reason,
                                            gboolean found,
                                            gpointer user_data);
void redes_node_on_classic_tracker_dropped (const char *address, gpointer user_data);

/* A task; or %NULL when the node is not running: it has failed then. */
GTask *redes_node_begin_task (RedesNode *self,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data,
                              gpointer tag);

/* (nullable) (transfer none): the transfer of @content that is not over */
RedesTransfer *redes_node_find_running (RedesNode *self, const RedesContentId *content);

G_END_DECLS
