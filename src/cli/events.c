/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/events.h"

#include "cli/lan-events.h"
#include "cli/nicknames.h"
#include "engine/base/peer-id.h"
#include "engine/base/text.h"
#include "engine/node/own-addresses.h"

#define NAME_WIDTH 40
#define NICKNAME_WIDTH 20
/* Groups of an id that prose shows: 40 bits, for a person to tell a few peers apart. */
#define SHORT_ID_GROUPS 2

static char *
dup_short_id (const RedesPeerId *id)
{
  return redes_peer_id_dup_short (id, SHORT_ID_GROUPS);
}

/* What listens on every address says nothing that could be given to others. */
static void
say_own_addresses (RedesOutput *output, const char *address)
{
  g_auto (GStrv) own = redes_list_own_addresses (address);
  g_autofree char *all = NULL;

  if (own[0] == NULL || g_str_equal (own[0], address))
    return;
  all = g_strjoinv (", ", own);
  redes_output_say (output, "Others reach it at %s", all);
}

void
redes_event_listening (RedesOutput *output,
                       const char *what,
                       const char *address,
                       const RedesPeerId *id)
{
  JsonBuilder *builder = redes_output_begin_event (output, "listening");
  g_autofree char *short_id = dup_short_id (id);

  if (builder != NULL)
    {
      redes_json_add_text (builder, "address", address);
      redes_json_add_digest (builder, "peer", id);
      redes_output_end_event (output, builder);
    }
  redes_output_say (output, "%s %s listens on %s", what, short_id, address);
  say_own_addresses (output, address);
}

void
redes_event_metrics (RedesOutput *output, const char *address)
{
  JsonBuilder *builder = redes_output_begin_event (output, "metrics");

  if (builder != NULL)
    {
      redes_json_add_text (builder, "address", address);
      redes_output_end_event (output, builder);
    }
  redes_output_say (output, "Metrics are at http://%s/metrics", address);
}

void
redes_event_registered (RedesOutput *output, const char *tracker)
{
  JsonBuilder *builder = redes_output_begin_event (output, "registered");

  if (builder != NULL)
    {
      redes_json_add_text (builder, "tracker", tracker);
      redes_output_end_event (output, builder);
    }
  redes_output_say (output, "Registered with the tracker %s", tracker);
}

void
redes_event_tracker_lost (RedesOutput *output, const char *tracker, const char *reason)
{
  JsonBuilder *builder = redes_output_begin_event (output, "tracker-lost");

  if (builder != NULL)
    {
      redes_json_add_text (builder, "tracker", tracker);
      redes_json_add_text (builder, "message", reason);
      redes_output_end_event (output, builder);
    }
  redes_output_say (output, "%s", reason);
}

void
redes_event_log (RedesOutput *output, const char *line)
{
  JsonBuilder *builder = redes_output_begin_event (output, "log");
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *time = g_date_time_format (now, "%Y-%m-%d %H:%M:%S");

  if (builder != NULL)
    {
      redes_json_add_text (builder, "message", line);
      redes_output_end_event_lossy (output, builder);
    }
  redes_output_say_lossy (output, "%s  %s", time, line);
}

void
redes_event_stopped (RedesOutput *output)
{
  JsonBuilder *builder = redes_output_begin_event (output, "stopped");

  if (builder != NULL)
    redes_output_end_event (output, builder);
  redes_output_say (output, "Stopped");
}

static void
add_shared_members (JsonBuilder *builder, RedesSharedItem *item)
{
  redes_json_add_text (builder, "name", redes_shared_item_get_name (item));
  redes_json_add_text (builder, "path", redes_shared_item_get_path (item));
  redes_json_add_count (builder, "size", redes_shared_item_get_size (item));
  redes_json_add_count (builder, "blocks", redes_shared_item_get_blocks (item));
  redes_json_add_content (builder, "content", redes_shared_item_get_content (item));
  redes_json_add_digest (builder, "publisher", redes_shared_item_get_publisher (item));
  redes_json_add_text (builder, "link", redes_shared_item_get_link (item));
}

void
redes_event_shared (RedesOutput *output,
                    RedesSharedItem *item,
                    gboolean is_named_twice,
                    gboolean in_words)
{
  JsonBuilder *builder = redes_output_begin_event (output, "shared");
  g_autofree char *name = redes_format_name (redes_shared_item_get_name (item));
  g_autofree char *size = redes_format_size ((gdouble)redes_shared_item_get_size (item));
  g_autofree char *path = redes_text_display_path (redes_shared_item_get_path (item));

  if (builder != NULL)
    {
      add_shared_members (builder, item);
      redes_output_end_event (output, builder);
    }
  if (in_words && is_named_twice)
    redes_output_say (output, "Sharing %s (%s), which is %s", name, size, path);
  else if (in_words)
    redes_output_say (output, "Sharing %s (%s)", name, size);
}

/* How many of @model's first @n_items have each name. @get_name: of one of them */
static GHashTable *
count_names (GListModel *model, guint n_items, const char *(*get_name) (gpointer item))
{
  GHashTable *counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < n_items; i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (model, i);
      const char *name = get_name (item);
      guint n = GPOINTER_TO_UINT (g_hash_table_lookup (counts, name));

      g_hash_table_insert (counts, g_strdup (name), GUINT_TO_POINTER (n + 1));
    }
  return counts;
}

static gboolean
is_shared_name (GHashTable *counts, const char *name)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (counts, name)) > 1;
}

static const char *
get_shared_name (gpointer item)
{
  return redes_shared_item_get_name (item);
}

static const char *
get_result_name (gpointer item)
{
  return redes_result_get_name (item);
}

void
redes_event_share_skipped (RedesOutput *output, const char *path, const char *reason)
{
  JsonBuilder *builder = redes_output_begin_event (output, "share-skipped");
  g_autofree char *shown = redes_text_display_path (path);

  if (builder != NULL)
    {
      redes_json_add_text (builder, "path", path);
      redes_json_add_text (builder, "reason", reason);
      redes_output_end_event (output, builder);
    }
  redes_output_say (output, "Not sharing %s: %s", shown, reason);
}

void
redes_event_withdrawn (RedesOutput *output,
                       RedesSharedItem *item,
                       const char *reason,
                       gboolean in_words)
{
  JsonBuilder *builder = redes_output_begin_event (output, "withdrawn");
  g_autofree char *name = redes_format_name (redes_shared_item_get_name (item));

  if (builder != NULL)
    {
      redes_json_add_text (builder, "name", redes_shared_item_get_name (item));
      redes_json_add_text (builder, "path", redes_shared_item_get_path (item));
      redes_json_add_content (builder, "content", redes_shared_item_get_content (item));
      if (reason != NULL)
        redes_json_add_text (builder, "reason", reason);
      redes_output_end_event (output, builder);
    }
  if (in_words && reason != NULL)
    redes_output_say (output, "Not sharing %s any more: %s", name, reason);
  else if (in_words)
    redes_output_say (output, "Not sharing %s any more", name);
}

void
redes_event_hashing (RedesOutput *output, const RedesHashingProgress *progress)
{
  JsonBuilder *builder = redes_output_begin_event (output, "hashing");

  if (builder == NULL)
    return;
  redes_json_add_count (builder, "bytes", progress->bytes_done);
  redes_json_add_count (builder, "bytes_total", progress->bytes_total);
  redes_json_add_count (builder, "files", progress->files_done);
  redes_json_add_count (builder, "files_total", progress->files_total);
  if (progress->seconds_left >= 0)
    redes_json_add_seconds (builder, "seconds_left", progress->seconds_left);
  json_builder_set_member_name (builder, "paused");
  json_builder_add_boolean_value (builder, progress->paused);
  redes_output_end_event_lossy (output, builder);
}

void
redes_event_notice (RedesOutput *output, const char *words)
{
  JsonBuilder *builder = redes_output_begin_event (output, "notice");

  if (builder != NULL)
    {
      redes_json_add_text (builder, "message", words);
      redes_output_end_event (output, builder);
    }
  redes_output_say (output, "%s", words);
}

void
redes_event_already_there (RedesOutput *output, const char *path, const RedesLink *link)
{
  JsonBuilder *builder = redes_output_begin_event (output, "already-there");
  g_autofree char *name = redes_format_name (link->name);
  g_autofree char *shown = redes_text_display_path (path);

  if (builder != NULL)
    {
      redes_json_add_text (builder, "name", link->name);
      redes_json_add_text (builder, "path", path);
      redes_json_add_content (builder, "content", &link->content);
      redes_output_end_event (output, builder);
    }
  redes_output_say (output, "%s is there already, with the same content: %s", name, shown);
}

static void
add_shared_folder (RedesOutput *output, JsonBuilder *builder, RedesResult *folder)
{
  g_autoptr (RedesLink) link = redes_result_dup_link (folder);
  g_autofree char *text = redes_link_format (link);
  g_autofree char *slashed = g_strconcat (redes_result_get_name (folder), "/", NULL);
  g_autofree char *name = redes_format_name_column (slashed, NAME_WIDTH);
  g_autofree char *size = redes_format_size ((gdouble)redes_result_get_size (folder));
  g_autofree char *files = redes_format_count (redes_result_get_n_files (folder), "file", "files");

  if (builder != NULL)
    {
      json_builder_begin_object (builder);
      redes_json_add_text (builder, "name", redes_result_get_name (folder));
      redes_json_add_text (builder, "kind", "folder");
      redes_json_add_count (builder, "files", redes_result_get_n_files (folder));
      redes_json_add_count (builder, "size", redes_result_get_size (folder));
      redes_json_add_content (builder, "content", redes_result_get_content (folder));
      redes_json_add_digest (builder, "publisher", redes_result_get_publisher (folder));
      redes_json_add_text (builder, "link", text);
      json_builder_end_object (builder);
    }
  redes_output_say (output, "%s  %10s  %s  (%s)", name, size, text, files);
}

void
redes_event_shares (RedesOutput *output, GListModel *folders, GListModel *items)
{
  JsonBuilder *builder = redes_output_begin_event (output, "shares");
  guint n_items = g_list_model_get_n_items (items);
  g_autoptr (GHashTable) names = count_names (items, n_items, get_shared_name);

  if (builder != NULL)
    {
      json_builder_set_member_name (builder, "folders");
      json_builder_begin_array (builder);
    }
  else if (n_items == 0 && g_list_model_get_n_items (folders) == 0)
    redes_output_say (output, "Nothing is shared.");
  for (guint i = 0; i < g_list_model_get_n_items (folders); i++)
    {
      g_autoptr (RedesResult) folder = g_list_model_get_item (folders, i);

      add_shared_folder (output, builder, folder);
    }
  if (builder != NULL)
    {
      json_builder_end_array (builder);
      json_builder_set_member_name (builder, "shares");
      json_builder_begin_array (builder);
    }

  for (guint i = 0; i < n_items; i++)
    {
      g_autoptr (RedesSharedItem) item = g_list_model_get_item (items, i);
      g_autofree char *name
          = redes_format_name_column (redes_shared_item_get_name (item), NAME_WIDTH);
      g_autofree char *size = redes_format_size ((gdouble)redes_shared_item_get_size (item));

      if (builder != NULL)
        {
          json_builder_begin_object (builder);
          add_shared_members (builder, item);
          json_builder_end_object (builder);
        }
      redes_output_say (output, "%s  %10s  %s", name, size, redes_shared_item_get_link (item));
      if (is_shared_name (names, redes_shared_item_get_name (item)))
        {
          g_autofree char *path = redes_text_display_path (redes_shared_item_get_path (item));

          redes_output_say (output, "     %s", path);
        }
    }

  if (builder != NULL)
    {
      json_builder_end_array (builder);
      redes_output_end_event (output, builder);
    }
}

void
redes_event_peers (RedesOutput *output, GListModel *peers, const char *const *guests)
{
  JsonBuilder *builder = redes_output_begin_event (output, "peers");
  guint n_peers = g_list_model_get_n_items (peers);

  if (builder != NULL)
    {
      json_builder_set_member_name (builder, "peers");
      json_builder_begin_array (builder);
    }
  else if (n_peers == 0 && guests[0] == NULL)
    redes_output_say (output, "No peer is active.");

  for (guint i = 0; i < n_peers; i++)
    {
      g_autoptr (RedesPeerItem) peer = g_list_model_get_item (peers, i);
      g_autofree char *nickname
          = redes_format_column (redes_peer_item_get_nickname (peer), NICKNAME_WIDTH);
      g_autofree char *id = dup_short_id (redes_peer_item_get_id (peer));
      g_autofree char *how = redes_format_how (redes_peer_item_get_how (peer));

      redes_nicknames_add (redes_peer_item_get_id (peer), redes_peer_item_get_nickname (peer));

      if (builder != NULL)
        {
          json_builder_begin_object (builder);
          redes_json_add_text (builder, "address", redes_peer_item_get_address (peer));
          redes_json_add_digest (builder, "peer", redes_peer_item_get_id (peer));
          redes_json_add_text (builder, "nickname", redes_peer_item_get_nickname (peer));
          redes_json_add_how (builder, redes_peer_item_get_how (peer));
          redes_json_add_count (builder, "seen", (guint64)redes_peer_item_get_seen_s (peer));
          json_builder_end_object (builder);
        }
      redes_output_say (output, "%s  %s  %s  (%s)", nickname, id,
                        redes_peer_item_get_address (peer), how);
    }
  for (guint i = 0; guests[i] != NULL; i++)
    redes_output_say (output, "%s  (original system: it has proven nothing)", guests[i]);

  if (builder != NULL)
    {
      json_builder_end_array (builder);
      json_builder_set_member_name (builder, "original_peers");
      json_builder_begin_array (builder);
      for (guint i = 0; guests[i] != NULL; i++)
        json_builder_add_string_value (builder, guests[i]);
      json_builder_end_array (builder);
      redes_output_end_event (output, builder);
    }
}

static void
add_result (JsonBuilder *builder, guint number, RedesResult *result, const char *link)
{
  GPtrArray *names = redes_result_get_names (result);

  json_builder_begin_object (builder);
  redes_json_add_count (builder, "n", number);
  redes_json_add_text (builder, "name", redes_result_get_name (result));
  redes_json_add_text (builder, "kind", redes_result_is_folder (result) ? "folder" : "file");
  if (redes_result_is_folder (result))
    redes_json_add_count (builder, "files", redes_result_get_n_files (result));
  redes_json_add_count (builder, "size", redes_result_get_size (result));
  redes_json_add_content (builder, "content", redes_result_get_content (result));
  redes_json_add_count (builder, "sources", redes_result_get_sources (result));
  redes_json_add_digest (builder, "publisher", redes_result_get_publisher (result));
  redes_json_add_text (builder, "link", redes_result_is_unsigned (result) ? "" : link);
  json_builder_set_member_name (builder, "unsigned");
  json_builder_add_boolean_value (builder, redes_result_is_unsigned (result));
  json_builder_set_member_name (builder, "names");
  json_builder_begin_array (builder);
  for (guint i = 0; i < names->len; i++)
    {
      const RedesResultName *name = g_ptr_array_index (names, i);

      json_builder_begin_object (builder);
      redes_json_add_text (builder, "name", name->name);
      redes_json_add_count (builder, "sources", name->sources);
      redes_json_add_digest (builder, "publisher", &name->publisher);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

/* Others call the same content something else. */
static void
say_other_names (RedesOutput *output, RedesResult *result)
{
  GPtrArray *names = redes_result_get_names (result);

  for (guint i = 1; i < names->len; i++)
    {
      const RedesResultName *name = g_ptr_array_index (names, i);
      g_autofree char *shown = redes_format_name (name->name);

      redes_output_say (output, "     also called %s", shown);
    }
}

static void
say_result (
    RedesOutput *output, guint number, RedesResult *result, const char *link, gboolean with_link)
{
  g_autofree char *name = redes_format_name_column (redes_result_get_name (result), NAME_WIDTH);
  g_autofree char *size = redes_format_size ((gdouble)redes_result_get_size (result));
  g_autofree char *publisher = redes_nicknames_describe (redes_result_get_publisher (result));
  guint sources = redes_result_get_sources (result);

  if (redes_result_is_unsigned (result))
    {
      redes_output_say (output, "%3u  %s  %10s  %2u %-7s  UNSIGNED, not verified", number, name,
                        size, sources, sources == 1 ? "source" : "sources");
      return;
    }
  if (redes_result_is_folder (result))
    {
      g_autofree char *files
          = redes_format_count (redes_result_get_n_files (result), "file", "files");

      redes_output_say (output, "%3u  %s  %10s  %2u %-7s  folder of %s, by %s", number, name, size,
                        sources, sources == 1 ? "source" : "sources", files, publisher);
    }
  else
    redes_output_say (output, "%3u  %s  %10s  %2u %-7s  by %s", number, name, size, sources,
                      sources == 1 ? "source" : "sources", publisher);
  say_other_names (output, result);
  if (with_link)
    redes_output_say (output, "     %s", link);
}

/* The first @n_results of the list, and the end of the event. */
static void
add_results (RedesOutput *output,
             JsonBuilder *builder,
             GListModel *results,
             guint n_results,
             gboolean with_links)
{
  g_autoptr (GHashTable) names = count_names (results, n_results, get_result_name);

  if (builder != NULL)
    {
      json_builder_set_member_name (builder, "results");
      json_builder_begin_array (builder);
    }
  for (guint i = 0; i < n_results; i++)
    {
      g_autoptr (RedesResult) result = g_list_model_get_item (results, i);
      g_autoptr (RedesLink) link = redes_result_dup_link (result);
      g_autofree char *link_text = redes_link_format (link);

      if (builder != NULL)
        add_result (builder, i + 1, result, link_text);
      else
        /* Files of one name differ by their content, which the link names. */
        say_result (output, i + 1, result, link_text,
                    with_links || is_shared_name (names, redes_result_get_name (result)));
    }

  if (builder != NULL)
    {
      json_builder_end_array (builder);
      redes_output_end_event (output, builder);
    }
}

void
redes_event_browsed (RedesOutput *output, const char *peer, GListModel *results)
{
  JsonBuilder *builder = redes_output_begin_event (output, "browsed");

  if (builder != NULL)
    redes_json_add_text (builder, "asked", peer);
  else if (g_list_model_get_n_items (results) == 0)
    redes_output_say (output, "It shares nothing.");
  add_results (output, builder, results, g_list_model_get_n_items (results), FALSE);
}

void
redes_event_stream (RedesOutput *output, const char *name, const char *address)
{
  JsonBuilder *builder = redes_output_begin_event (output, "stream");
  g_autofree char *shown = redes_format_name (name);

  if (builder != NULL)
    {
      redes_json_add_text (builder, "name", name);
      redes_json_add_text (builder, "address", address);
      redes_output_end_event (output, builder);
    }
  redes_output_say (output, "%s can be read from %s", shown, address);
}

void
redes_event_results (RedesOutput *output,
                     const char *query,
                     GListModel *results,
                     guint n_rows,
                     guint trackers_asked,
                     guint trackers_answered,
                     guint peers_asked,
                     guint peers_answered,
                     gboolean with_links)
{
  JsonBuilder *builder = redes_output_begin_event (output, "results");
  guint n_results = MIN (g_list_model_get_n_items (results), n_rows);
  guint total = redes_results_get_total (REDES_RESULTS (results));
  gboolean is_exact = redes_results_is_total_exact (REDES_RESULTS (results));

  if (builder != NULL)
    {
      redes_json_add_text (builder, "query", query);
      redes_json_add_count (builder, "total", total);
      json_builder_set_member_name (builder, "total_is_exact");
      json_builder_add_boolean_value (builder, is_exact);
      redes_json_add_count (builder, "trackers_asked", trackers_asked);
      redes_json_add_count (builder, "trackers_answered", trackers_answered);
      redes_json_add_count (builder, "peers_asked", peers_asked);
      redes_json_add_count (builder, "peers_answered", peers_answered);
    }
  else if (n_results == 0)
    {
      g_autofree char *shown = redes_text_display_name (query);

      redes_output_say (output, "Nothing found for “%s”.", shown);
    }

  add_results (output, builder, results, n_results, with_links);
  if (n_results < total && !is_exact)
    redes_output_say (output, "These are the best %u of more than %u.", n_results,
                      MAX (n_results, REDES_RESULTS_MAX_COUNTED));
  else if (n_results < total)
    redes_output_say (output, "These are the best %u of %u.", n_results, total);
  if (trackers_answered < trackers_asked)
    redes_output_say (output, "%u of %u trackers answered.", trackers_answered, trackers_asked);
}

void
redes_event_cache (RedesOutput *output, const RedesCacheStats *stats)
{
  JsonBuilder *builder = redes_output_begin_event (output, "cache");
  g_autofree char *bytes = redes_format_size ((gdouble)stats->bytes);
  g_autofree char *budget = redes_format_size ((gdouble)stats->budget_bytes);
  g_autofree char *blocks = redes_format_count (stats->blocks, "block", "blocks");
  g_autofree char *hits = redes_format_count (stats->hits, "hit", "hits");
  g_autofree char *misses = redes_format_count (stats->misses, "miss", "misses");

  if (builder != NULL)
    {
      redes_json_add_count (builder, "hits", stats->hits);
      redes_json_add_count (builder, "misses", stats->misses);
      redes_json_add_count (builder, "evictions", stats->evictions);
      redes_json_add_count (builder, "bytes", stats->bytes);
      redes_json_add_count (builder, "budget_bytes", stats->budget_bytes);
      redes_json_add_count (builder, "blocks", stats->blocks);
      redes_output_end_event (output, builder);
    }
  redes_output_say (output, "%s, %s of %s; %s, %s, %" G_GUINT64_FORMAT " evicted", blocks, bytes,
                    budget, hits, misses, stats->evictions);
}
