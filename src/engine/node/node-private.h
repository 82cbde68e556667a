/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/node/core.h"
#include "engine/node/engine-thread.h"
#include "engine/node/items-private.h"
#include "engine/node/mailbox.h"
#include "engine/node/node.h"

G_BEGIN_DECLS

/*
 * Two threads share a node. The face's half is the GObject: models, tasks, signals. The engine's
 * half is the core. They talk by letters: calls go down through the engine thread's context,
 * answers and events come up through the mailbox. Nothing of one half is touched by the other, but
 * what was set before the thread began.
 */
struct _RedesNode
{
  GObject parent_instance;
  RedesConfig *config;
  RedesEngineThread *thread;
  RedesMailbox *mailbox;
  RedesCore *core; /* the engine's; NULL when not running */
  gboolean running;

  gboolean has_peer_id;
  RedesPeerId peer_id;
  char *address;
  GPtrArray *tracker_names; /* ends with NULL */
  GListStore *shares;
  GListStore *transfers;
  GListStore *trackers;
  GListStore *found;
  GHashTable *transfers_by_id;
  guint last_transfer_id;
};

/*
 * A call from the face to the engine, and mostly back: what is asked on its way down, what was
 * answered on its way up.
 */
typedef struct
{
  RedesNode *node;
  GTask *task; /* nullable; only touched in the face's thread */
  char *text;
  char *more_text;
  RedesLink *link;
  guint number;
  guint64 up;
  guint64 down;
  GError *error;
  GPtrArray *rows;
  GPtrArray *origins;
  RedesTally tally; /* without its words */
  RedesClassicFile *classic;
  RedesBlockCacheStats stats;
} RedesNodeCall;

RedesNodeCall *redes_node_call_new (RedesNode *node, GTask *task);
void redes_node_call_free (gpointer data);
/* @func is called in the engine's thread, and owns the call from then on. */
void redes_node_call_send_down (RedesNodeCall *call, void (*func) (gpointer data));
/* @func is called in the face's thread; then the call is freed. */
void redes_node_call_send_up (RedesNodeCall *call, void (*func) (gpointer data));

/* A task; or %NULL when the node is not running: it has failed then. */
GTask *redes_node_begin_task (RedesNode *self,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data,
                              gpointer tag);

/* (nullable) (transfer none): the transfer of @content that is not over */
RedesTransfer *redes_node_find_running (RedesNode *self, const RedesContentId *content);

G_END_DECLS
