/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/node-query-private.h"

#include "engine/base/error.h"

/**
 * RedesNodeQuery:
 * @refs: two threads hold it: the one whose message it is part of, and a cancellation on its way
 * @cancellable, @handler_id: the front end's
 * @query: (nullable): the engine's: %NULL while it is not under way
 * @is_cancelled: the engine's
 */
struct _RedesNodeQuery
{
  gatomicrefcount refs;
  RedesNode *node;
  GCancellable *cancellable;
  gulong handler_id;
  RedesLookupQuery *query;
  gboolean is_cancelled;
};

static RedesNodeQuery *
ref (RedesNodeQuery *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

static void
unref (RedesNodeQuery *self)
{
  if (g_atomic_ref_count_dec (&self->refs))
    g_free (self);
}

static void
cancel (RedesNodeQuery *self)
{
  if (self->query != NULL)
    redes_lookup_cancel (redes_core_get_lookup (self->node->core), self->query);
}

static void
run_cancel (gpointer data)
{
  RedesNodeQuery *self = data;

  self->is_cancelled = TRUE;
  cancel (self);
  unref (self);
}

/* In the thread of whoever cancels. The engine's thread is there: it ends after all queries have
 * been answered, and what is answered has no handler any more. */
static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  RedesNodeQuery *self = user_data;

  redes_loop_thread_invoke (self->node->thread, run_cancel, ref (self));
}

RedesNodeQuery *
redes_node_query_new (RedesNode *node, GCancellable *cancellable)
{
  RedesNodeQuery *self = g_new0 (RedesNodeQuery, 1);

  g_atomic_ref_count_init (&self->refs);
  self->node = node;
  if (cancellable == NULL)
    return self;
  self->cancellable = g_object_ref (cancellable);
  self->handler_id = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), self, NULL);
  return self;
}

void
redes_node_query_free (RedesNodeQuery *self)
{
  if (self == NULL)
    return;
  if (self->cancellable != NULL)
    g_cancellable_disconnect (self->cancellable, self->handler_id);
  g_clear_object (&self->cancellable);
  unref (self);
}

void
redes_node_query_begin (RedesNodeQuery *self, RedesLookupQuery *query)
{
  self->query = query;
  if (self->is_cancelled)
    cancel (self);
}

void
redes_node_query_end (RedesNodeQuery *self)
{
  self->query = NULL;
}

GError *
redes_node_query_explain (const RedesLookupResult *result, gboolean lan)
{
  const RedesLookupTally *tally = result->tally;

  if (result->error != NULL)
    return g_error_copy (result->error);
  if (tally->trackers_answered > 0 || tally->peers_answered > 0 || tally->unsigned_files != NULL)
    return NULL;
  if (tally->trackers_asked > 0 && tally->reason != NULL)
    return redes_error_new (REDES_NODE_ERROR, REDES_NODE_ERROR_NO_TRACKER,
                            REDES_NOTICE_NO_TRACKER_ANSWERED, tally->reason);
  if (tally->trackers_asked > 0)
    return redes_error_new (REDES_NODE_ERROR, REDES_NODE_ERROR_NO_TRACKER,
                            REDES_NOTICE_NO_TRACKER_REACHED);
  return redes_error_new (REDES_NODE_ERROR, REDES_NODE_ERROR_NO_TRACKER,
                          lan ? REDES_NOTICE_NOBODY_TO_ASK : REDES_NOTICE_NO_TRACKER_NAMED);
}
