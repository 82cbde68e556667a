/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/events.h"
#include "engine/base/text.h"

#define NAME_WIDTH 40

guint
redes_transfer_count_connected (RedesTransfer *transfer)
{
  GPtrArray *sources = redes_transfer_get_sources (transfer);
  guint n = 0;

  for (guint i = 0; i < sources->len; i++)
    {
      RedesTransferSource *source = g_ptr_array_index (sources, i);

      n += source->connected ? 1 : 0;
    }
  return n;
}

static const char *
get_state_name (RedesTransfer *transfer)
{
  switch (redes_transfer_get_state (transfer))
    {
    case REDES_TRANSFER_FINDING:
      return "finding";
    case REDES_TRANSFER_ACTIVE:
      return "active";
    case REDES_TRANSFER_WAITING:
      return "waiting";
    case REDES_TRANSFER_FINISHING:
      return "finishing";
    case REDES_TRANSFER_DONE:
      return "done";
    case REDES_TRANSFER_PAUSED:
      return "paused";
    case REDES_TRANSFER_FAILED:
    default:
      return "failed";
    }
}

static void
add_other_publisher (JsonBuilder *builder, RedesTransfer *transfer)
{
  RedesPeerId other;

  if (redes_transfer_get_other_publisher (transfer, &other))
    redes_json_add_digest (builder, "other_publisher", &other);
}

static void
add_folder_members (JsonBuilder *builder, RedesTransfer *transfer)
{
  redes_json_add_text (builder, "kind", redes_transfer_is_folder (transfer) ? "folder" : "file");
  if (!redes_transfer_is_folder (transfer))
    return;
  redes_json_add_count (builder, "files", redes_transfer_get_n_files (transfer));
  redes_json_add_count (builder, "files_done", redes_transfer_get_n_files_done (transfer));
}

static void
add_transfer_members (JsonBuilder *builder, RedesTransfer *transfer)
{
  redes_json_add_text (builder, "name", redes_transfer_get_name (transfer));
  redes_json_add_content (builder, "content", redes_transfer_get_content (transfer));
  redes_json_add_text (builder, "state", get_state_name (transfer));
  add_folder_members (builder, transfer);
  redes_json_add_count (builder, "size", redes_transfer_get_size (transfer));
  redes_json_add_count (builder, "bytes", redes_transfer_get_bytes_done (transfer));
  redes_json_add_count (builder, "bytes_received", redes_transfer_get_bytes_received (transfer));
  redes_json_add_count (builder, "blocks_done", redes_transfer_get_blocks_done (transfer));
  redes_json_add_count (builder, "blocks", redes_transfer_get_blocks (transfer));
  redes_json_add_count (builder, "rate",
                        (guint64)MAX (0.0, redes_transfer_get_rate_bytes_per_s (transfer)));
  redes_json_add_count (builder, "sources", redes_transfer_count_connected (transfer));
  if (redes_transfer_get_published_name (transfer) != NULL)
    redes_json_add_text (builder, "published_name", redes_transfer_get_published_name (transfer));
  add_other_publisher (builder, transfer);
}

void
redes_event_asking (RedesOutput *output, const RedesLink *link)
{
  JsonBuilder *builder = NULL;
  g_autofree char *trackers = g_strjoinv (", ", link->trackers);

  if (link->trackers[0] == NULL)
    return;
  builder = redes_output_begin_event (output, "asking");
  if (builder != NULL)
    {
      redes_json_add_text (builder, "name", link->name != NULL ? link->name : "");
      redes_json_add_content (builder, "content", &link->content);
      json_builder_set_member_name (builder, "trackers");
      json_builder_begin_array (builder);
      for (guint i = 0; link->trackers[i] != NULL; i++)
        json_builder_add_string_value (builder, link->trackers[i]);
      json_builder_end_array (builder);
      redes_output_end_event (output, builder);
    }
  redes_output_say (output, "Asking the link's own trackers, for this file alone: %s", trackers);
}

void
redes_event_download_started (RedesOutput *output, RedesTransfer *transfer)
{
  JsonBuilder *builder = redes_output_begin_event (output, "download-started");
  g_autofree char *name = redes_format_name (redes_transfer_get_name (transfer));

  if (builder != NULL)
    {
      redes_json_add_text (builder, "name", redes_transfer_get_name (transfer));
      redes_json_add_content (builder, "content", redes_transfer_get_content (transfer));
      redes_json_add_count (builder, "size", redes_transfer_get_size (transfer));
      redes_output_end_event (output, builder);
    }
  redes_output_say (output, "Downloading %s", *name != '\0' ? name : "what the link names");
}

/* Whether no reader could tell them apart: the same text, composed or not. */
static gboolean
looks_alike (const char *a, const char *b)
{
  g_autofree char *composed_a = g_utf8_normalize (a, -1, G_NORMALIZE_NFC);
  g_autofree char *composed_b = g_utf8_normalize (b, -1, G_NORMALIZE_NFC);

  return g_strcmp0 (composed_a, composed_b) == 0;
}

static void
emit_downloaded (RedesOutput *output, RedesTransfer *transfer)
{
  JsonBuilder *builder = redes_output_begin_event (output, "downloaded");
  GPtrArray *sources = redes_transfer_get_sources (transfer);
  g_autofree char *name = redes_format_name (redes_transfer_get_name (transfer));
  g_autofree char *path = redes_text_display_path (redes_transfer_get_path (transfer));
  g_autofree char *size = redes_format_size ((gdouble)redes_transfer_get_size (transfer));
  gdouble seconds = redes_transfer_get_seconds (transfer);
  gboolean is_unsigned = redes_transfer_is_unsigned (transfer);
  RedesPeerId publisher;
  guint n_senders = 0;

  if (builder != NULL)
    {
      redes_json_add_text (builder, "name", redes_transfer_get_name (transfer));
      redes_json_add_text (builder, "path", redes_transfer_get_path (transfer));
      add_folder_members (builder, transfer);
      redes_json_add_count (builder, "size", redes_transfer_get_size (transfer));
      redes_json_add_seconds (builder, "seconds", seconds);
      redes_json_add_count (builder, "blocks", redes_transfer_get_blocks (transfer));
      redes_json_add_content (builder, "content", redes_transfer_get_content (transfer));
      if (redes_transfer_get_published_name (transfer) != NULL)
        redes_json_add_text (builder, "published_name",
                             redes_transfer_get_published_name (transfer));
      if (redes_transfer_get_publisher (transfer, &publisher))
        redes_json_add_digest (builder, "publisher", &publisher);
      json_builder_set_member_name (builder, "already_there");
      json_builder_add_boolean_value (builder, redes_transfer_was_there (transfer));
      json_builder_set_member_name (builder, "unsigned");
      json_builder_add_boolean_value (builder, is_unsigned);
      json_builder_set_member_name (builder, "sources");
      json_builder_begin_object (builder);
    }
  for (guint i = 0; i < sources->len; i++)
    {
      RedesTransferSource *source = g_ptr_array_index (sources, i);
      char hex[REDES_DIGEST_HEX_SIZE];

      redes_digest_to_hex (&source->sender.peer, hex);
      n_senders += source->sender.blocks > 0 ? 1 : 0;
      if (builder != NULL)
        redes_json_add_count (builder, is_unsigned ? source->sender.address : hex,
                              source->sender.blocks);
    }
  if (builder != NULL)
    {
      json_builder_end_object (builder);
      redes_output_end_event (output, builder);
    }
  if (redes_transfer_was_there (transfer))
    {
      redes_output_say (output, "Already downloaded: %s", path);
      return;
    }
  if (redes_transfer_is_folder (transfer))
    {
      g_autofree char *files
          = redes_format_count (redes_transfer_get_n_files (transfer), "file", "files");

      redes_output_say (output,
                        "Downloaded the folder %s (%s, %s in %.1f s, from %u %s, every block "
                        "verified) to %s",
                        name, files, size, seconds, n_senders, n_senders == 1 ? "peer" : "peers",
                        path);
      return;
    }
  redes_output_say (output, "Downloaded %s (%s in %.1f s, from %u %s, %s) to %s", name, size,
                    seconds, n_senders, n_senders == 1 ? "peer" : "peers",
                    is_unsigned ? "UNSIGNED, not verified" : "every block verified", path);
  if (redes_transfer_get_published_name (transfer) != NULL)
    {
      g_autofree char *published = redes_format_name (redes_transfer_get_published_name (transfer));

      if (!looks_alike (name, published))
        redes_output_say (output, "Its publisher calls it %s", published);
    }
}

static void
add_folder_line (RedesOutput *output, JsonBuilder *builder, const RedesFolderLine *line)
{
  g_autofree char *shown = redes_format_name (line->path);
  g_autofree char *size = redes_format_size ((gdouble)line->size);

  if (builder != NULL)
    {
      json_builder_begin_object (builder);
      redes_json_add_text (builder, "path", line->path);
      redes_json_add_text (builder, "kind", line->is_folder ? "folder" : "file");
      redes_json_add_count (builder, "size", line->size);
      json_builder_end_object (builder);
    }
  else
    redes_output_say (output, "%10s  %s%s", size, shown, line->is_folder ? "/" : "");
}

void
redes_event_folder_list (RedesOutput *output, RedesTransfer *transfer)
{
  GPtrArray *tree = redes_transfer_get_tree (transfer);
  JsonBuilder *builder = redes_output_begin_event (output, "folder");
  g_autofree char *files
      = redes_format_count (redes_transfer_get_n_files (transfer), "file", "files");
  g_autofree char *total = redes_format_size ((gdouble)redes_transfer_get_size (transfer));

  if (builder != NULL)
    {
      redes_json_add_text (builder, "name", redes_transfer_get_name (transfer));
      redes_json_add_content (builder, "content", redes_transfer_get_content (transfer));
      redes_json_add_count (builder, "files", redes_transfer_get_n_files (transfer));
      redes_json_add_count (builder, "size", redes_transfer_get_size (transfer));
      json_builder_set_member_name (builder, "children");
      json_builder_begin_array (builder);
    }
  for (guint i = 0; tree != NULL && i < tree->len; i++)
    add_folder_line (output, builder, tree->pdata[i]);
  if (builder != NULL)
    {
      json_builder_end_array (builder);
      redes_output_end_event (output, builder);
    }
  redes_output_say (output, "%s, %s", files, total);
}

/* Only what is in the folder itself: a path leads further. */
void
redes_event_browsed_folder (RedesOutput *output,
                            const char *peer,
                            const char *path,
                            RedesTransfer *listing)
{
  GPtrArray *tree = redes_transfer_get_tree (listing);
  JsonBuilder *builder = redes_output_begin_event (output, "browsed");

  if (builder != NULL)
    {
      redes_json_add_text (builder, "asked", peer);
      redes_json_add_text (builder, "path", path);
      redes_json_add_count (builder, "files", redes_transfer_get_n_files (listing));
      redes_json_add_count (builder, "size", redes_transfer_get_size (listing));
      json_builder_set_member_name (builder, "children");
      json_builder_begin_array (builder);
    }
  else if (tree->len == 0)
    redes_output_say (output, "It is empty.");
  for (guint i = 0; i < tree->len; i++)
    {
      const RedesFolderLine *line = tree->pdata[i];

      if (strchr (line->path, '/') == NULL)
        add_folder_line (output, builder, line);
    }
  if (builder != NULL)
    {
      json_builder_end_array (builder);
      redes_output_end_event (output, builder);
    }
}

void
redes_event_failed (RedesOutput *output, const char *name, const char *reason)
{
  JsonBuilder *builder = redes_output_begin_event (output, "failed");
  g_autofree char *shown = redes_format_name (name);

  if (builder != NULL)
    {
      redes_json_add_text (builder, "name", name);
      redes_json_add_text (builder, "reason", reason);
      redes_output_end_event (output, builder);
      return;
    }
  redes_output_error (output, "%s was not downloaded: %s", *shown != '\0' ? shown : "The file",
                      reason);
}

void
redes_event_summary (RedesOutput *output, guint n_downloaded, guint n_there, guint n_failed)
{
  JsonBuilder *builder = redes_output_begin_event (output, "summary");
  g_autofree char *there = NULL;

  if (builder != NULL)
    {
      redes_json_add_count (builder, "downloaded", n_downloaded);
      redes_json_add_count (builder, "already_there", n_there);
      redes_json_add_count (builder, "failed", n_failed);
      redes_output_end_event (output, builder);
      return;
    }
  if (n_there > 0)
    there = g_strdup_printf (", %u already there", n_there);
  redes_output_say (output, "%u downloaded%s, %u failed", n_downloaded, there != NULL ? there : "",
                    n_failed);
}

/* What was last said of a transfer, kept with it. */
typedef struct
{
  RedesTransferState state;
  guint64 bytes;
  guint sources;
  char *reason; /* what it waits for */
} Said;

static void
said_free (gpointer data)
{
  Said *said = data;

  g_free (said->reason);
  g_free (said);
}

static Said *
get_said (RedesTransfer *transfer, gboolean *is_new)
{
  Said *said = g_object_get_data (G_OBJECT (transfer), "redes-cli-said");

  *is_new = said == NULL;
  if (said == NULL)
    {
      said = g_new0 (Said, 1);
      g_object_set_data_full (G_OBJECT (transfer), "redes-cli-said", said, said_free);
    }
  return said;
}

static void
emit_progress (RedesOutput *output, RedesTransfer *transfer)
{
  JsonBuilder *builder = redes_output_begin_event (output, "progress");
  const char *message = redes_transfer_get_error_message (transfer);

  if (builder == NULL)
    return;
  add_transfer_members (builder, transfer);
  if (message != NULL)
    redes_json_add_text (builder, "message", message);
  redes_output_end_event_lossy (output, builder);
}

/* The state's reason, with who signed it where that is the reason. (nullable) */
static char *
dup_reason (RedesTransfer *transfer)
{
  const char *message = redes_transfer_get_error_message (transfer);
  RedesPeerId other;
  g_autofree char *hex = NULL;

  if (message == NULL || !redes_transfer_get_other_publisher (transfer, &other))
    return g_strdup (message);
  hex = redes_digest_dup_hex (&other);
  return g_strdup_printf ("%s: by %s", message, hex);
}

static void
emit_waiting (RedesOutput *output, RedesTransfer *transfer, const char *reason)
{
  JsonBuilder *builder = redes_output_begin_event (output, "waiting");
  g_autofree char *name = redes_format_name (redes_transfer_get_name (transfer));

  if (builder != NULL)
    {
      redes_json_add_text (builder, "name", redes_transfer_get_name (transfer));
      redes_json_add_content (builder, "content", redes_transfer_get_content (transfer));
      redes_json_add_text (builder, "reason", reason);
      add_other_publisher (builder, transfer);
      redes_output_end_event (output, builder);
    }
  redes_output_say (output, "%s waits: %s", *name != '\0' ? name : "The download", reason);
}

static void
emit_end (RedesOutput *output, RedesTransfer *transfer)
{
  g_autofree char *message = dup_reason (transfer);

  if (redes_transfer_get_state (transfer) == REDES_TRANSFER_DONE)
    emit_downloaded (output, transfer);
  else
    redes_event_failed (output, redes_transfer_get_name (transfer),
                        message != NULL ? message : "for a reason that is not known");
}

void
redes_event_transfer (RedesOutput *output, RedesTransfer *transfer)
{
  RedesTransferState state = redes_transfer_get_state (transfer);
  guint64 bytes = redes_transfer_get_bytes_received (transfer);
  guint sources = redes_transfer_count_connected (transfer);
  gboolean may_wait = state == REDES_TRANSFER_WAITING || state == REDES_TRANSFER_PAUSED;
  g_autofree char *reason = may_wait ? dup_reason (transfer) : NULL;
  gboolean is_new;
  Said *said = get_said (transfer, &is_new);
  gboolean is_other_state = is_new || state != said->state;

  if (redes_transfer_is_over (transfer) && !is_other_state)
    return;
  /* What was only to be listed is no download. */
  if (state == REDES_TRANSFER_DONE && redes_transfer_get_tree (transfer) != NULL)
    {
      said->state = state;
      redes_event_folder_list (output, transfer);
      return;
    }
  if (state != REDES_TRANSFER_FAILED
      && (is_other_state || bytes != said->bytes || sources != said->sources))
    emit_progress (output, transfer);
  if (reason != NULL && g_strcmp0 (reason, said->reason) != 0)
    emit_waiting (output, transfer, reason);
  said->state = state;
  said->bytes = bytes;
  said->sources = sources;
  g_free (said->reason);
  said->reason = g_steal_pointer (&reason);
  if (redes_transfer_is_over (transfer))
    emit_end (output, transfer);
}

void
redes_event_resumed (RedesOutput *output, RedesTransfer *transfer, guint kept, guint doubtful)
{
  JsonBuilder *builder = redes_output_begin_event (output, "resumed");
  g_autofree char *name = redes_format_name (redes_transfer_get_name (transfer));

  if (builder != NULL)
    {
      redes_json_add_text (builder, "name", redes_transfer_get_name (transfer));
      redes_json_add_content (builder, "content", redes_transfer_get_content (transfer));
      redes_json_add_count (builder, "blocks", redes_transfer_get_blocks (transfer));
      redes_json_add_count (builder, "blocks_kept", kept);
      redes_json_add_count (builder, "blocks_to_check", doubtful);
      redes_output_end_event (output, builder);
    }
  redes_output_say (output, "Going on with %s: %u of %u blocks are there, %u more are checked",
                    name, kept, redes_transfer_get_blocks (transfer), doubtful);
}

void
redes_event_removed (RedesOutput *output, RedesTransfer *transfer)
{
  JsonBuilder *builder = redes_output_begin_event (output, "removed");
  g_autofree char *name = redes_format_name (redes_transfer_get_name (transfer));

  if (builder != NULL)
    {
      redes_json_add_text (builder, "name", redes_transfer_get_name (transfer));
      redes_json_add_content (builder, "content", redes_transfer_get_content (transfer));
      redes_output_end_event (output, builder);
    }
  redes_output_say (output, "Removed %s from the transfers", name);
}

static void
say_transfer (RedesOutput *output, guint number, RedesTransfer *transfer)
{
  g_autofree char *name = redes_format_name_column (redes_transfer_get_name (transfer), NAME_WIDTH);
  guint64 size_bytes = redes_transfer_get_size (transfer);
  guint64 done_bytes = redes_transfer_get_bytes_received (transfer);
  g_autofree char *size = redes_format_size ((gdouble)size_bytes);
  g_autofree char *rate = redes_format_size (redes_transfer_get_rate_bytes_per_s (transfer));
  const char *message = redes_transfer_get_error_message (transfer);
  guint percent = size_bytes > 0 ? (guint)(done_bytes * 100 / size_bytes) : 0;

  if (redes_transfer_get_state (transfer) == REDES_TRANSFER_DONE)
    percent = 100;
  redes_output_say (output, "%3u  %s  %3u%% of %10s  %12s/s  %u connected  %s%s%s", number, name,
                    percent, size, rate, redes_transfer_count_connected (transfer),
                    get_state_name (transfer), message != NULL ? ": " : "",
                    message != NULL ? message : "");
}

void
redes_event_transfers (RedesOutput *output, GListModel *transfers)
{
  JsonBuilder *builder = redes_output_begin_event (output, "transfers");
  guint n_transfers = g_list_model_get_n_items (transfers);

  if (builder != NULL)
    {
      json_builder_set_member_name (builder, "transfers");
      json_builder_begin_array (builder);
    }
  else if (n_transfers == 0)
    redes_output_say (output, "Nothing has been downloaded yet.");

  for (guint i = 0; i < n_transfers; i++)
    {
      g_autoptr (RedesTransfer) transfer = g_list_model_get_item (transfers, i);

      if (builder != NULL)
        {
          json_builder_begin_object (builder);
          redes_json_add_count (builder, "n", i + 1);
          add_transfer_members (builder, transfer);
          if (redes_transfer_get_error_message (transfer) != NULL)
            redes_json_add_text (builder, "message", redes_transfer_get_error_message (transfer));
          json_builder_end_object (builder);
        }
      else
        say_transfer (output, i + 1, transfer);
    }

  if (builder != NULL)
    {
      json_builder_end_array (builder);
      redes_output_end_event (output, builder);
    }
}

void
redes_event_rejected (RedesOutput *output,
                      const char *peer_hex,
                      const char *address,
                      gint64 block,
                      const char *reason,
                      RedesTransfer *transfer)
{
  JsonBuilder *builder = redes_output_begin_event (output, "rejected");
  const char *name = transfer != NULL ? redes_transfer_get_name (transfer) : "";
  g_autofree char *shown = redes_format_name (name);

  if (builder != NULL)
    {
      redes_json_add_text (builder, "peer", peer_hex);
      redes_json_add_text (builder, "address", address);
      json_builder_set_member_name (builder, "block");
      json_builder_add_int_value (builder, block);
      redes_json_add_text (builder, "reason", reason);
      redes_json_add_text (builder, "name", name);
      redes_output_end_event (output, builder);
    }
  else if (block >= 0)
    redes_output_say (output, "Rejected block %" G_GINT64_FORMAT " of %s from %s (%.8s…): %s",
                      block, shown, address, peer_hex, reason);
  else
    redes_output_say (output, "Dropped the peer %s (%.8s…): %s", address, peer_hex, reason);
}

void
redes_event_resumed_get (RedesOutput *output, RedesTransfer *transfer, guint kept)
{
  if (redes_output_is_json (output))
    redes_event_resumed (output, transfer, kept, 0);
  else
    redes_output_say (output, "resumed: %u of %u blocks are here already", kept,
                      redes_transfer_get_blocks (transfer));
}

void
redes_event_kept (RedesOutput *output, RedesTransfer *transfer, const char *folder)
{
  JsonBuilder *builder = redes_output_begin_event (output, "kept");
  g_autofree char *shown = redes_text_display_path (folder);

  if (builder != NULL)
    {
      redes_json_add_text (builder, "name", redes_transfer_get_name (transfer));
      redes_json_add_content (builder, "content", redes_transfer_get_content (transfer));
      redes_json_add_count (builder, "blocks", redes_transfer_get_blocks (transfer));
      redes_json_add_count (builder, "blocks_kept", redes_transfer_get_blocks_done (transfer));
      redes_json_add_text (builder, "folder", shown);
      redes_output_end_event (output, builder);
    }
  redes_output_say (output, "%u of %u blocks are kept in %s; the same command goes on with them",
                    redes_transfer_get_blocks_done (transfer), redes_transfer_get_blocks (transfer),
                    shown);
}
