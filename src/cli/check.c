/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/events.h"
#include "cli/options.h"

#include "engine/base/text.h"
#include "engine/node/records.h"

static char *option_data_dir;
static gboolean option_read;

static const GOptionEntry entries[]
    = { { "data-dir", 0, 0, G_OPTION_ARG_FILENAME, &option_data_dir,
          "The peer's data folder (default: redes in the user's data folder)", "DIR" },
        { "read", 0, 0, G_OPTION_ARG_NONE, &option_read,
          "Read every byte and compare it with what was signed, rather than sizes and times",
          NULL },
        G_OPTION_ENTRY_NULL };

static void
on_finding (const RedesRecordsFinding *finding, gpointer user_data)
{
  RedesOutput *output = user_data;
  JsonBuilder *builder = redes_output_begin_event (output, "finding");
  g_autofree char *shown = redes_text_display_path (finding->path);

  if (builder != NULL)
    {
      redes_json_add_text (builder, "what", finding->what);
      redes_json_add_text (builder, "path", finding->path);
      redes_json_add_text (builder, "message", finding->words);
      redes_output_end_event (output, builder);
    }
  redes_output_say (output, "%s (%s): %s", shown, finding->what, finding->words);
}

static void
tell_summary (RedesOutput *output, const RedesRecordsSummary *summary)
{
  JsonBuilder *builder = redes_output_begin_event (output, "checked");
  g_autofree char *bytes = redes_format_size ((gdouble)summary->bytes_read);

  if (builder != NULL)
    {
      redes_json_add_count (builder, "files", summary->n_files);
      redes_json_add_count (builder, "partial_files", summary->n_partials);
      redes_json_add_count (builder, "blocks_safe", summary->blocks_safe);
      redes_json_add_count (builder, "blocks_to_check", summary->blocks_doubtful);
      redes_json_add_count (builder, "findings", summary->n_findings);
      redes_json_add_count (builder, "bytes_read", summary->bytes_read);
      redes_output_end_event (output, builder);
    }
  redes_output_say (output,
                    "%u shared %s and %u partial %s looked at (%s read): %u %s something wrong",
                    summary->n_files, summary->n_files == 1 ? "file" : "files", summary->n_partials,
                    summary->n_partials == 1 ? "file" : "files", bytes, summary->n_findings,
                    summary->n_findings == 1 ? "has" : "have");
}

static int
run (RedesOutput *output, char **operands)
{
  g_autofree char *data_dir = option_data_dir != NULL ? redes_option_dup_absolute (option_data_dir)
                                                      : redes_option_dup_default_data_dir ();
  g_autoptr (GError) error = NULL;
  RedesRecordsSummary summary;

  if (!redes_records_check (data_dir, option_read, on_finding, output, &summary, &error))
    {
      redes_output_error (output, "%s", error->message);
      return REDES_EXIT_FAILED;
    }
  tell_summary (output, &summary);
  return summary.n_findings == 0 ? REDES_EXIT_OK : REDES_EXIT_FAILED;
}

const RedesCommand redes_command_check = {
  .name = "check",
  .summary = "Look over what is shared and what is being fetched",
  .description
  = "Compares what a peer remembers with what is on disk: shared files that are gone or "
    "altered,\n"
    "partial files that are gone, altered or nobody's. Changes nothing, and works beside "
    "a peer\n"
    "that runs. The exit status is 0 if nothing is wrong.",
  .examples = "Examples:\n"
              "  redes-cli check\n"
              "  redes-cli check --read",
  .entries = entries,
  .run = run,
};
