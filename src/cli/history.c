/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/events.h"
#include "cli/options.h"

#include "engine/base/text.h"
#include "engine/node/records.h"

#include <string.h>

#define NAME_WIDTH 40

static char *option_data_dir;
static gboolean option_csv;
static gboolean option_clear;

static const GOptionEntry entries[] = {
  { "data-dir", 0, 0, G_OPTION_ARG_FILENAME, &option_data_dir,
    "The peer's data folder (default: redes in the user's data folder)", "DIR" },
  { "csv", 0, 0, G_OPTION_ARG_NONE, &option_csv,
    "A table with commas, for a spreadsheet: times in UTC, sizes in bytes, control characters "
    "as \\u009b",
    NULL },
  { "clear", 0, 0, G_OPTION_ARG_NONE, &option_clear,
    "Forget all that is in it, for good; the files stay as they are", NULL },
  G_OPTION_ENTRY_NULL
};

static char *
format_time (RedesHistoryItem *item, gboolean utc)
{
  gint64 finished_s = redes_history_item_get_finished_s (item);
  g_autoptr (GDateTime) time = utc ? g_date_time_new_from_unix_utc (finished_s)
                                   : g_date_time_new_from_unix_local (finished_s);

  if (time == NULL)
    return g_strdup ("");
  return utc ? g_date_time_format_iso8601 (time) : g_date_time_format (time, "%Y-%m-%d %H:%M");
}

static void
add_sources (JsonBuilder *builder, RedesHistoryItem *item)
{
  guint n_peers = redes_history_item_get_n_peers (item);

  json_builder_set_member_name (builder, "sources");
  json_builder_begin_array (builder);
  for (guint i = 0; i < n_peers; i++)
    {
      const char *nickname;
      guint blocks;
      const RedesPeerId *peer = redes_history_item_get_peer (item, i, &nickname, &blocks);

      json_builder_begin_object (builder);
      redes_json_add_digest (builder, "peer", peer);
      redes_json_add_text (builder, "nickname", nickname);
      redes_json_add_count (builder, "blocks", blocks);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
emit_json (RedesOutput *output, GListModel *items)
{
  JsonBuilder *builder = redes_output_begin_event (output, "history");

  if (builder == NULL)
    return;
  json_builder_set_member_name (builder, "downloads");
  json_builder_begin_array (builder);
  for (guint i = 0; i < g_list_model_get_n_items (items); i++)
    {
      g_autoptr (RedesHistoryItem) item = g_list_model_get_item (items, i);
      g_autofree char *time = format_time (item, TRUE);

      json_builder_begin_object (builder);
      redes_json_add_text (builder, "finished", time);
      redes_json_add_text (builder, "name", redes_history_item_get_name (item));
      redes_json_add_text (builder, "path", redes_history_item_get_path (item));
      redes_json_add_content (builder, "content", redes_history_item_get_content (item));
      redes_json_add_count (builder, "size", redes_history_item_get_size (item));
      redes_json_add_seconds (builder, "seconds", redes_history_item_get_seconds (item));
      redes_json_add_count (builder, "blocks", redes_history_item_get_blocks (item));
      redes_json_add_count (builder, "peers", redes_history_item_get_n_peers (item));
      add_sources (builder, item);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  redes_output_end_event (output, builder);
}

/* RFC 4180: in quotes, with a quote doubled. A leading sign that a spreadsheet would take for a
 * formula gets an apostrophe, for names come from strangers. */
static char *
quote (const char *given)
{
  GString *quoted = g_string_new ("\"");
  g_autofree char *valid = g_utf8_make_valid (given, -1);
  g_autofree char *text = redes_text_escape_controls (valid);

  if (*text != '\0' && strchr ("=+-@\t\r", *text) != NULL)
    g_string_append_c (quoted, '\'');
  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == '"')
        g_string_append_c (quoted, '"');
      g_string_append_c (quoted, *p);
    }
  g_string_append_c (quoted, '"');
  return g_string_free (quoted, FALSE);
}

/* "1f2e…:24 90ab…:40": who sent how many blocks. */
static char *
format_sources (RedesHistoryItem *item)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < redes_history_item_get_n_peers (item); i++)
    {
      const char *nickname;
      guint blocks;
      const RedesPeerId *peer = redes_history_item_get_peer (item, i, &nickname, &blocks);
      g_autofree char *hex = redes_digest_dup_hex (peer);

      g_string_append_printf (text, "%s%s:%u", i > 0 ? " " : "", hex, blocks);
    }
  return g_string_free (text, FALSE);
}

static void
say_csv (RedesOutput *output, GListModel *items)
{
  redes_output_say (output, "finished,name,size_bytes,seconds,peers,blocks,content,path,sources");
  for (guint i = 0; i < g_list_model_get_n_items (items); i++)
    {
      g_autoptr (RedesHistoryItem) item = g_list_model_get_item (items, i);
      g_autofree char *time = format_time (item, TRUE);
      g_autofree char *name = quote (redes_history_item_get_name (item));
      g_autofree char *shown
          = g_filename_to_utf8 (redes_history_item_get_path (item), -1, NULL, NULL, NULL);
      g_autofree char *path = quote (shown != NULL ? shown : redes_history_item_get_path (item));
      g_autofree char *hex = redes_content_id_dup_text (redes_history_item_get_content (item));
      g_autofree char *sources = format_sources (item);
      char seconds[G_ASCII_DTOSTR_BUF_SIZE];

      g_ascii_formatd (seconds, sizeof seconds, "%.3f", redes_history_item_get_seconds (item));
      redes_output_say (output, "%s,%s,%" G_GUINT64_FORMAT ",%s,%u,%u,%s,%s,%s", time, name,
                        redes_history_item_get_size (item), seconds,
                        redes_history_item_get_n_peers (item), redes_history_item_get_blocks (item),
                        hex, path, sources);
    }
}

static void
say_prose (RedesOutput *output, GListModel *items)
{
  if (g_list_model_get_n_items (items) == 0)
    redes_output_say (output, "Nothing is in the history.");
  for (guint i = 0; i < g_list_model_get_n_items (items); i++)
    {
      g_autoptr (RedesHistoryItem) item = g_list_model_get_item (items, i);
      g_autofree char *time = format_time (item, FALSE);
      g_autofree char *name
          = redes_format_name_column (redes_history_item_get_name (item), NAME_WIDTH);
      g_autofree char *size = redes_format_size ((gdouble)redes_history_item_get_size (item));
      g_autofree char *blocks
          = redes_format_count (redes_history_item_get_blocks (item), "block", "blocks");
      g_autofree char *peers
          = redes_format_count (redes_history_item_get_n_peers (item), "peer", "peers");

      redes_output_say (output, "%s  %s  %10s  %.1f s  %s from %s", time, name, size,
                        redes_history_item_get_seconds (item), blocks, peers);
    }
}

static int
clear (RedesOutput *output, const char *data_dir)
{
  g_autoptr (GError) error = NULL;
  JsonBuilder *builder;
  guint n_removed;

  if (!redes_records_clear_history (data_dir, &n_removed, &error))
    {
      redes_output_error (output, "%s", error->message);
      return REDES_EXIT_FAILED;
    }
  builder = redes_output_begin_event (output, "history-cleared");
  if (builder != NULL)
    {
      redes_json_add_count (builder, "removed", n_removed);
      redes_output_end_event (output, builder);
    }
  redes_output_say (output, "%u %s forgotten; the files stay where they are", n_removed,
                    n_removed == 1 ? "download" : "downloads");
  return REDES_EXIT_OK;
}

static int
run (RedesOutput *output, char **operands)
{
  g_autofree char *data_dir = NULL;
  g_autoptr (GListModel) items = NULL;
  g_autoptr (GError) error = NULL;

  if (option_csv && redes_output_is_json (output))
    {
      redes_output_error (output, "--csv and --json are two ways to say the same: choose one");
      return REDES_EXIT_USAGE;
    }
  if (option_csv && option_clear)
    {
      redes_output_error (output, "--clear lists nothing: first --csv, then --clear");
      return REDES_EXIT_USAGE;
    }
  data_dir = option_data_dir != NULL ? redes_option_dup_absolute (option_data_dir)
                                     : redes_option_dup_default_data_dir ();
  if (option_clear)
    return clear (output, data_dir);
  items = redes_records_list_history (data_dir, &error);
  if (items == NULL)
    {
      redes_output_error (output, "%s", error->message);
      return REDES_EXIT_FAILED;
    }
  emit_json (output, items);
  if (option_csv)
    say_csv (output, items);
  else
    say_prose (output, items);
  return REDES_EXIT_OK;
}

const RedesCommand redes_command_history = {
  .name = "history",
  .summary = "List what was downloaded, or forget it",
  .description
  = "Lists the downloads that ended well, the latest first: when, what, how large, how "
    "long it took,\n"
    "and how many blocks came from how many peers. Works beside a peer that runs, but for --clear.",
  .examples = "Examples:\n"
              "  redes-cli history\n"
              "  redes-cli history --csv > downloads.csv\n"
              "  redes-cli history --clear",
  .entries = entries,
  .run = run,
};
