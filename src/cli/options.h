/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/output.h"
#include "engine/base/config.h"

G_BEGIN_DECLS

/* The exit status of each command. */
typedef enum
{
  REDES_EXIT_OK = 0,
  REDES_EXIT_FAILED = 1, /* it was understood and could not be done */
  REDES_EXIT_USAGE = 2,  /* it was not understood */
} RedesExit;

/**
 * RedesCommand:
 * @summary: in the list of commands
 * @operands: (nullable): what follows the options in the usage line
 * @description: below the usage line
 * @examples: at the end of --help
 * @entries: (nullable): its own options; --json, --help and --version are there anyway
 * @run: @operands: what is left after the options
 *
 * A subcommand of redes-cli, one file each.
 */
typedef struct
{
  const char *name;
  const char *summary;
  const char *operands;
  guint min_operands;
  guint max_operands;
  const char *description;
  const char *examples;
  const GOptionEntry *entries;
  int (*run) (RedesOutput *output, char **operands);
} RedesCommand;

extern const RedesCommand redes_command_tracker;
extern const RedesCommand redes_command_peer;
extern const RedesCommand redes_command_search;
extern const RedesCommand redes_command_get;
extern const RedesCommand redes_command_history;
extern const RedesCommand redes_command_check;
extern const RedesCommand redes_command_demo;

/* The most that --nickname may have, as HELLO has it. */
#define REDES_OPTION_NICKNAME_BYTES 64

/* Writes @text, which may have several lines, to the standard output. @program: as for
 * redes_output_new(). Returns: the exit status */
int redes_command_print (const char *program, const char *text);

/* Parses the options, answers --help and --version, and runs the command. @argv begins with the
 * command's name. */
int redes_command_main (const RedesCommand *command, char **argv);

/*
 * Parsers of one value each. They say what is wrong with an option's value and return %FALSE. The
 * value that an option was not given (%NULL) leaves the default alone.
 */

gboolean redes_option_parse_count (RedesOutput *output,
                                   const char *option,
                                   const char *text,
                                   guint64 min,
                                   guint64 max,
                                   guint64 *out);
/* As redes_option_parse_count(), and with K, M, G or T behind it as so many KiB, MiB, GiB or TiB.
 * @unit_bytes: of what a number alone means, and of @out, which is rounded up */
gboolean redes_option_parse_amount (RedesOutput *output,
                                    const char *option,
                                    const char *text,
                                    guint64 unit_bytes,
                                    guint64 max,
                                    guint64 *out);
/* `:PORT` (every address), `PORT`, `HOST` or `HOST:PORT`, where HOST is numeric. @host, @port:
 * (inout): what they are if there is none */
gboolean redes_option_parse_listen (
    RedesOutput *output, const char *option, const char *text, char **host, guint16 *port);
/* Each `HOST`, `HOST:PORT`, `:PORT` (this machine) or `HOST:PORT#PEERID`; the port is 5000 if there
 * is none. @out is set to a list, perhaps empty. */
gboolean redes_option_parse_trackers (RedesOutput *output, char **texts, char ***out);
gboolean redes_option_check_text (RedesOutput *output,
                                  const char *option,
                                  const char *text,
                                  gsize max_bytes);
/* An empty one is most likely a variable that a script has not set. */
gboolean redes_option_check_folder (RedesOutput *output, const char *option, const char *path);

/* The folder of this user's Redes. */
char *redes_option_dup_default_data_dir (void);

/* Seconds that a command which found nothing looks again, see redes_session_try_again(). */
#define REDES_OPTION_WAIT_S 5
#define REDES_OPTION_MAX_WAIT_S 3600

/* @path as an absolute one; "~" at its beginning is the home folder, unless there is such a path.
 */
char *redes_option_dup_absolute (const char *path);

/* A configuration for a command that only asks and fetches: a new identity in memory, no port, so
 * that it never disturbs a peer that runs. */
RedesConfig *redes_option_new_visitor_config (char **trackers);

G_END_DECLS
