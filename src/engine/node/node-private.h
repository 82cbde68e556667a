/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/loop-thread.h"
#include "engine/base/main-queue.h"
#include "engine/core/core.h"
#include "engine/node/node.h"
#include "engine/node/shares-model-private.h"

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
  GHashTable *listings; /* id -> RedesTransfer: of redes_node_list_folder(), under way */
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
  REDES_NODE_FOUND,
  REDES_NODE_LOST,
  REDES_NODE_N_SIGNALS
} RedesNodeSignal;

extern guint redes_node_signals[REDES_NODE_N_SIGNALS];

/**
 * RedesNodeMessage:
 * @node: not a reference: the main queue closes before the node goes
 * @task: (nullable): what a call is to return; only touched in the front end's thread
 * @error: (nullable): why the call has failed, or what an event tells
 * @clear: (nullable): frees what the fields of the message's own struct hold
 *
 * A message from one half of a node to the other: a call on its way down, and mostly up again with
 * its answer; or an event on its way up. Each has a struct of its own that begins with this one and
 * says by its fields what is asked and what is answered. One half has it at a time.
 */
typedef struct
{
  RedesNode *node;
  GTask *task;
  GError *error;
  GDestroyNotify clear;
} RedesNodeMessage;

/* All zero but for what is given. @task: (nullable) (transfer full) */
#define redes_node_message_new(Type, node, task, clear)                                            \
  ((Type *)redes_node_message_alloc (sizeof (Type), node, task, clear))
gpointer redes_node_message_alloc (gsize size, RedesNode *node, GTask *task, GDestroyNotify clear);
void redes_node_message_free (gpointer data);
/* @func is called in the engine's thread, and owns the message from then on. */
void redes_node_message_send_down (gpointer message, void (*func) (gpointer message));
/* @func is called in the front end's thread; then the message is freed. */
void redes_node_message_send_up (gpointer message, void (*func) (gpointer message));

/* A task; or %NULL when the node is not running: it has failed then. */
GTask *redes_node_begin_task (RedesNode *self,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data,
                              gpointer tag);

G_END_DECLS
