/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/node-private.h"

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/node/items-private.h"
#include "engine/node/node-query-private.h"
#include "engine/tracker/words.h"

#define FIND_ROWS 200u
#define SUGGESTIONS 3u

/* Who is there. */

/**
 * ListPeersCall:
 * @lan: whether peers on the local network could be asked
 * @rows: (element-type RedesKnownPeer), @guests: (nullable): the answer, see RedesLookupResult
 */
typedef struct
{
  RedesNodeMessage base;
  RedesNodeQuery *query;
  gboolean lan;
  GPtrArray *rows;
  char **guests;
} ListPeersCall;

static void
list_peers_call_clear (gpointer data)
{
  ListPeersCall *call = data;

  redes_node_query_free (call->query);
  g_clear_pointer (&call->rows, g_ptr_array_unref);
  g_strfreev (call->guests);
}

static void
read_peers (gpointer data)
{
  ListPeersCall *call = data;
  GListStore *store;
  g_autoptr (GHashTable) by_id = g_hash_table_new (redes_digest_hash, redes_digest_equal);

  if (call->base.error != NULL)
    {
      g_task_return_error (call->base.task, g_steal_pointer (&call->base.error));
      return;
    }
  store = g_list_store_new (REDES_TYPE_PEER_ITEM);
  for (guint i = 0; i < call->rows->len; i++)
    {
      const RedesKnownPeer *peer = g_ptr_array_index (call->rows, i);
      RedesPeerItem *known = g_hash_table_lookup (by_id, &peer->endpoint.id);
      g_autoptr (RedesPeerItem) item = NULL;

      if (known != NULL)
        {
          redes_peer_item_merge (known, peer);
          continue;
        }
      item = redes_peer_item_new (peer);
      g_hash_table_insert (by_id, (gpointer)redes_peer_item_get_id (item), item);
      g_list_store_append (store, item);
    }
  g_task_set_task_data (call->base.task, g_steal_pointer (&call->guests),
                        (GDestroyNotify)g_strfreev);
  g_task_return_pointer (call->base.task, store, g_object_unref);
}

static void
peers_cb (RedesLookupResult *result, gpointer user_data)
{
  ListPeersCall *call = user_data;

  redes_node_query_end (call->query);
  call->base.error = redes_node_query_explain (result, call->lan);
  /* Nobody is an answer, when those around are what was asked for. */
  call->guests = g_steal_pointer (&result->guests);
  if (result->error == NULL
      && (call->guests != NULL || (result->tally->trackers_asked == 0 && call->lan)))
    g_clear_error (&call->base.error);
  call->rows = g_steal_pointer (&result->rows);
  redes_node_message_send_up (call, read_peers);
}

static void
run_list_peers (gpointer data)
{
  ListPeersCall *call = data;

  redes_node_query_begin (
      call->query,
      redes_lookup_list (redes_core_get_lookup (call->base.node->core), peers_cb, call));
}

void
redes_node_list_peers_async (RedesNode *self,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  GTask *task
      = redes_node_begin_task (self, cancellable, callback, user_data, redes_node_list_peers_async);
  ListPeersCall *call;

  if (task == NULL)
    return;
  call = redes_node_message_new (ListPeersCall, self, task, list_peers_call_clear);
  call->query = redes_node_query_new (self, cancellable);
  call->lan = self->config->lan;
  redes_node_message_send_down (call, run_list_peers);
}

GListModel *
redes_node_list_peers_finish (RedesNode *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

const char *const *
redes_node_list_peers_get_guests (GAsyncResult *result)
{
  static const char *const nobody[] = { NULL };
  const char *const *guests = g_task_get_task_data (G_TASK (result));

  return guests != NULL ? guests : nobody;
}

/* From a name to a link. */

static gboolean
has_unsigned (GListModel *results, const char *name)
{
  for (guint i = 0; i < g_list_model_get_n_items (results); i++)
    {
      g_autoptr (RedesResult) result = g_list_model_get_item (results, i);

      if (redes_result_is_unsigned (result) && g_str_equal (redes_result_get_name (result), name))
        return TRUE;
    }
  return FALSE;
}

static GError *
say_not_found (const char *name, GListModel *results)
{
  g_autoptr (GString) names = g_string_new (NULL);
  g_autofree char *shown = redes_text_display_name (name);
  guint n = MIN (g_list_model_get_n_items (results), SUGGESTIONS);

  if (n == 0)
    return redes_error_new (REDES_NODE_ERROR, REDES_NODE_ERROR_NOT_FOUND,
                            REDES_NOTICE_FILE_NOT_FOUND, shown);
  /* A name typed is no word that nothing need be verified; a row that says so, chosen, is. */
  if (has_unsigned (results, name))
    return redes_error_new (REDES_NODE_ERROR, REDES_NODE_ERROR_NOT_FOUND,
                            REDES_NOTICE_FILE_UNSIGNED_ONLY, shown);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (RedesResult) result = g_list_model_get_item (results, i);
      g_autofree char *similar = redes_text_display_name (redes_result_get_name (result));

      g_string_append_printf (names, "%s“%s”", i == 0 ? "" : ", ", similar);
    }
  return redes_error_new (REDES_NODE_ERROR, REDES_NODE_ERROR_NOT_FOUND,
                          REDES_NOTICE_FILE_NOT_FOUND_SIMILAR, shown, names->str);
}

static GError *
say_ambiguous (const char *name, GPtrArray *matches)
{
  g_autoptr (GString) links = g_string_new (NULL);
  g_autofree char *shown = redes_text_display_name (name);

  for (guint i = 0; i < matches->len; i++)
    {
      g_autofree char *text = redes_link_format (g_ptr_array_index (matches, i));

      g_string_append_printf (links, "\n  %s", text);
    }
  return redes_error_new (REDES_NODE_ERROR, REDES_NODE_ERROR_AMBIGUOUS, REDES_NOTICE_FILE_AMBIGUOUS,
                          matches->len, shown, links->str);
}

/* How well a name is what was typed. A person cannot see whether an accent is a character of its
 * own, and types whichever the keyboard gives. */
typedef enum
{
  FIT_EXACT,
  FIT_CANONICAL, /* but for how its accents are put together */
  FIT_FOLDED,    /* as a search takes words for alike */
  N_FITS,
} Fit;

static gboolean
fits (const char *typed, const char *name, Fit fit)
{
  g_autofree char *one = NULL;
  g_autofree char *other = NULL;
  g_autoptr (GString) one_words = NULL;
  g_autoptr (GString) other_words = NULL;
  guint n_one;
  guint n_other;

  switch (fit)
    {
    case FIT_EXACT:
      return g_str_equal (typed, name);
    case FIT_CANONICAL:
      one = g_utf8_normalize (typed, -1, G_NORMALIZE_NFC);
      other = g_utf8_normalize (name, -1, G_NORMALIZE_NFC);
      return one != NULL && g_strcmp0 (one, other) == 0;
    case FIT_FOLDED:
    default:
      one_words = redes_words_fold (typed, &n_one);
      other_words = redes_words_fold (name, &n_other);
      return n_one > 0 && g_string_equal (one_words, other_words);
    }
}

/* Adds the rows that go by such a name, each with that name: (element-type RedesLink) */
static void
collect_matches (GListModel *results, const char *typed, Fit fit, GPtrArray *matches)
{
  for (guint i = 0; i < g_list_model_get_n_items (results); i++)
    {
      g_autoptr (RedesResult) row = g_list_model_get_item (results, i);
      GPtrArray *names = redes_result_get_names (row);

      for (guint j = 0; j < names->len && !redes_result_is_unsigned (row); j++)
        {
          const RedesResultName *name = g_ptr_array_index (names, j);
          RedesLink *link;

          if (!fits (typed, name->name, fit))
            continue;
          link = redes_result_dup_link (row);
          g_free (link->name);
          link->name = g_strdup (fit == FIT_FOLDED ? name->name : typed);
          link->publisher = name->publisher;
          g_ptr_array_add (matches, link);
          break;
        }
    }
}

static void
find_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const char *name = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GListModel) results
      = redes_node_search_finish (REDES_NODE (object), result, NULL, NULL, &error);
  g_autoptr (GPtrArray) matches = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_link_free);

  if (results == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  for (Fit fit = FIT_EXACT; fit < N_FITS && matches->len == 0; fit++)
    collect_matches (results, name, fit, matches);
  if (matches->len == 0)
    g_task_return_error (task, say_not_found (name, results));
  else if (matches->len > 1)
    g_task_return_error (task, say_ambiguous (name, matches));
  else
    {
      RedesLink *link = redes_link_copy (g_ptr_array_index (matches, 0));

      /* Who typed a name has chosen no publisher. */
      link->has_publisher = FALSE;
      g_task_return_pointer (task, link, (GDestroyNotify)redes_link_free);
    }
}

void
redes_node_find_async (RedesNode *self,
                       const char *name_or_link,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task
      = redes_node_begin_task (self, cancellable, callback, user_data, redes_node_find_async);

  if (task == NULL)
    return;
  g_task_set_task_data (task, g_utf8_make_valid (name_or_link, -1), g_free);
  if (redes_link_looks_like (name_or_link))
    {
      GError *error = NULL;
      RedesLink *link = redes_link_parse (name_or_link, &error);

      if (link != NULL)
        g_task_return_pointer (task, link, (GDestroyNotify)redes_link_free);
      else
        g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  redes_node_search_async (self, name_or_link, FIND_ROWS, cancellable, find_cb, task);
}

RedesLink *
redes_node_find_finish (RedesNode *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* The cache. */

typedef struct
{
  RedesNodeMessage base;
  RedesCacheStats stats;
} CacheStatsCall;

static void
read_cache_stats (gpointer data)
{
  CacheStatsCall *call = data;

  g_task_return_pointer (call->base.task, g_memdup2 (&call->stats, sizeof call->stats), g_free);
}

static void
run_get_cache_stats (gpointer data)
{
  CacheStatsCall *call = data;
  RedesBlockCacheStats stats;

  redes_core_get_cache_stats (call->base.node->core, &stats);
  call->stats = (RedesCacheStats){ .hits = stats.hits,
                                   .misses = stats.misses,
                                   .evictions = stats.evictions,
                                   .bytes = stats.bytes,
                                   .budget_bytes = stats.budget_bytes,
                                   .blocks = stats.blocks };
  redes_node_message_send_up (call, read_cache_stats);
}

void
redes_node_get_cache_stats_async (RedesNode *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task
      = redes_node_begin_task (self, NULL, callback, user_data, redes_node_get_cache_stats_async);

  if (task != NULL)
    redes_node_message_send_down (redes_node_message_new (CacheStatsCall, self, task, NULL),
                                  run_get_cache_stats);
}

gboolean
redes_node_get_cache_stats_finish (RedesNode *self,
                                   GAsyncResult *result,
                                   RedesCacheStats *out,
                                   GError **error)
{
  g_autofree RedesCacheStats *stats = g_task_propagate_pointer (G_TASK (result), error);

  if (stats == NULL)
    return FALSE;
  *out = *stats;
  return TRUE;
}
