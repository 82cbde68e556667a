/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/options.h"

#include "engine/base/digest.h"
#include "engine/base/text.h"
#include "engine/node/tracker-host.h"

#include <string.h>

/* Enough for an identity that lives for minutes, and ten times quicker to make than 3072. */
#define VISITOR_RSA_BITS 2048
/* Somebody waits for it: when nobody is there to send it, that is soon told. */
#define VISITOR_PATIENCE_S 20

static gboolean
is_asked (char **argv, const char *option)
{
  for (guint i = 0; argv[i] != NULL && !g_str_equal (argv[i], "--"); i++)
    {
      if (g_str_equal (argv[i], option))
        return TRUE;
    }
  return FALSE;
}

/* As it is, whatever the locale. */
int
redes_command_print (const char *program, const char *text)
{
  RedesOutput *output = redes_output_new (program, FALSE);
  g_autofree char *trimmed = g_strchomp (g_strdup (text));

  redes_output_say (output, "%s", trimmed);
  return redes_output_free (output, -1) ? REDES_EXIT_OK : REDES_EXIT_FAILED;
}

static gboolean
check_operands (const RedesCommand *command, RedesOutput *output, char **operands)
{
  guint n_operands = g_strv_length (operands);

  if (n_operands < command->min_operands)
    redes_output_error (output, "%s is missing; see redes-cli %s --help", command->operands,
                        command->name);
  else if (n_operands > command->max_operands)
    redes_output_error (output, "“%s” is one word too many; see redes-cli %s --help",
                        operands[command->max_operands], command->name);
  else
    return TRUE;
  return FALSE;
}

int
redes_command_main (const RedesCommand *command, char **argv)
{
  gboolean help = FALSE;
  gboolean version = FALSE;
  gboolean json = FALSE;
  g_auto (GStrv) operands = g_new0 (char *, 1);
  g_auto (GStrv) given = NULL;
  /* Arguments are taken as file names throughout: the bytes as they came, whatever the locale. */
  const GOptionEntry common[]
      = { { "json", 0, 0, G_OPTION_ARG_NONE, &json,
            "Print one JSON object a line instead of prose, for scripts", NULL },
          { "help", 'h', 0, G_OPTION_ARG_NONE, &help, "Show this help", NULL },
          { "version", 0, 0, G_OPTION_ARG_NONE, &version, "Show the version", NULL },
          { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &given, NULL,
            command->operands },
          G_OPTION_ENTRY_NULL };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_auto (GStrv) arguments = g_strdupv (argv);
  g_autofree char *program = g_strdup_printf ("redes-cli %s", command->name);
  g_autofree char *help_text = NULL;
  g_autoptr (GError) error = NULL;
  RedesOutput *output;
  gboolean parsed;
  int status = REDES_EXIT_USAGE;

  g_set_prgname (program);
  g_option_context_set_summary (context, command->description);
  g_option_context_set_description (context, command->examples);
  g_option_context_set_help_enabled (context, FALSE);
  if (command->entries != NULL)
    g_option_context_add_main_entries (context, command->entries, NULL);
  g_option_context_add_main_entries (context, common, NULL);

  parsed = g_option_context_parse_strv (context, &arguments, &error);
  help_text = g_option_context_get_help (context, TRUE, NULL);
  if (parsed && help)
    return redes_command_print (program, help_text);
  if (parsed && version)
    return redes_command_print (program, "redes-cli " REDES_VERSION);

  /* A parser that fails takes back what it has set. */
  output = redes_output_new (program, json || is_asked (argv, "--json"));
  if (!parsed)
    redes_output_error (output, "%s; see %s --help", error->message, program);
  else if (check_operands (command, output, given != NULL ? given : operands))
    status = command->run (output, given != NULL ? given : operands);

  /* A reader that does not read holds up nothing when somebody wants an end. */
  if (!redes_output_free (output, redes_output_is_abandoned (output) ? 200 : -1)
      && status == REDES_EXIT_OK)
    status = REDES_EXIT_FAILED;
  return status;
}

gboolean
redes_option_parse_count (RedesOutput *output,
                          const char *option,
                          const char *text,
                          guint64 min,
                          guint64 max,
                          guint64 *out)
{
  g_autoptr (GError) error = NULL;

  if (text == NULL)
    return TRUE;
  if (g_ascii_string_to_unsigned (text, 10, min, max, out, &error))
    return TRUE;
  redes_output_error (output,
                      "%s wants a whole number from %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT
                      ", not “%s”",
                      option, min, max, text);
  return FALSE;
}

gboolean
redes_option_parse_amount (RedesOutput *output,
                           const char *option,
                           const char *text,
                           guint64 unit_bytes,
                           guint64 max,
                           guint64 *out)
{
  static const char suffixes[] = "KMGT";
  gsize n_digits = text != NULL ? strspn (text, "0123456789") : 0;
  const char *suffix = n_digits > 0 && text[n_digits] != '\0' && text[n_digits + 1] == '\0'
                           ? strchr (suffixes, g_ascii_toupper (text[n_digits]))
                           : NULL;
  g_autofree char *digits = NULL;
  guint64 factor;
  guint64 value;

  if (suffix == NULL)
    return redes_option_parse_count (output, option, text, 0, max, out);
  digits = g_strndup (text, n_digits);
  factor = G_GUINT64_CONSTANT (1024) << (10 * (suffix - suffixes));
  if (g_ascii_string_to_unsigned (digits, 10, 0, G_MAXUINT64 / factor, &value, NULL)
      && (value * factor + unit_bytes - 1) / unit_bytes <= max)
    {
      *out = (value * factor + unit_bytes - 1) / unit_bytes;
      return TRUE;
    }
  redes_output_error (output, "%s: “%s” is too much", option, text);
  return FALSE;
}

gboolean
redes_option_parse_listen (
    RedesOutput *output, const char *option, const char *text, char **host, guint16 *port)
{
  g_autofree char *parsed_host = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *only_port = NULL;
  guint16 parsed_port;

  if (text == NULL)
    return TRUE;
  if (*text != '\0' && strspn (text, "0123456789") == strlen (text))
    only_port = g_strconcat (":", text, NULL);
  if (!redes_text_parse_address (only_port != NULL ? only_port : text, *port, &parsed_host,
                                 &parsed_port, &error))
    {
      redes_output_error (output, "%s %s: %s", option, text, error->message);
      return FALSE;
    }
  if (*parsed_host != '\0' && !g_hostname_is_ip_address (parsed_host))
    {
      redes_output_error (output,
                          "%s %s: wants an address of this machine in numbers, such as "
                          "127.0.0.1:%u, or :%u for all of them",
                          option, text, parsed_port, parsed_port);
      return FALSE;
    }
  if (only_port == NULL)
    {
      g_free (*host);
      *host = g_steal_pointer (&parsed_host);
    }
  *port = parsed_port;
  return TRUE;
}

/* "HOST:PORT#PEERID" as a tracker client takes it; ":PORT" is this machine's. */
static char *
parse_tracker (const char *text, GError **error)
{
  const char *hash = strchr (text, '#');
  g_autofree char *address
      = hash != NULL ? g_strndup (text, (gsize)(hash - text)) : g_strdup (text);
  g_autofree char *host = NULL;
  g_autofree char *plain = NULL;
  RedesPeerId id;
  guint16 port;

  if (!redes_text_parse_address (address, REDES_TRACKER_DEFAULT_PORT, &host, &port, error))
    return NULL;
  if (port == 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                           "a tracker's port is from 1 to 65535");
      return NULL;
    }
  if (hash != NULL && !redes_digest_from_text (hash + 1, -1, &id))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                           "what follows # must be the tracker's id, 64 hexadecimal digits");
      return NULL;
    }
  plain = redes_text_format_address (*host != '\0' ? host : "127.0.0.1", port);
  return g_strconcat (plain, hash, NULL);
}

gboolean
redes_option_parse_trackers (RedesOutput *output, char **texts, char ***out)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; texts != NULL && texts[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *tracker = parse_tracker (texts[i], &error);

      if (tracker == NULL)
        {
          redes_output_error (output, "--tracker %s: %s", texts[i], error->message);
          return FALSE;
        }
      g_strv_builder_add (builder, tracker);
    }
  g_strfreev (*out);
  *out = g_strv_builder_end (builder);
  return TRUE;
}

gboolean
redes_option_check_text (RedesOutput *output, const char *option, const char *text, gsize max_bytes)
{
  if (text == NULL)
    return TRUE;
  if (!g_utf8_validate (text, -1, NULL))
    redes_output_error (output, "%s must be UTF-8 text", option);
  else if (*text == '\0')
    redes_output_error (output, "%s must not be empty", option);
  else if (strlen (text) > max_bytes)
    redes_output_error (output, "%s may have at most %" G_GSIZE_FORMAT " bytes", option, max_bytes);
  else
    return TRUE;
  return FALSE;
}

gboolean
redes_option_check_folder (RedesOutput *output, const char *option, const char *path)
{
  if (path == NULL || *path != '\0')
    return TRUE;
  redes_output_error (output, "%s must not be empty", option);
  return FALSE;
}

char *
redes_option_dup_default_data_dir (void)
{
  return g_build_filename (g_get_user_data_dir (), "redes", NULL);
}

char *
redes_option_dup_absolute (const char *path)
{
  g_autofree char *at_home = NULL;

  /* Where no shell has done so: in what is typed at the prompt, and in quotes. */
  if (path[0] == '~' && (path[1] == '\0' || path[1] == G_DIR_SEPARATOR)
      && !g_file_test (path, G_FILE_TEST_EXISTS))
    at_home = g_build_filename (g_get_home_dir (), path + 1, NULL);
  return g_canonicalize_filename (at_home != NULL ? at_home : path, NULL);
}

RedesConfig *
redes_option_new_visitor_config (char **trackers)
{
  RedesConfig *config = redes_config_new ();

  config->listen = FALSE;
  /* Nobody who is asked once needs to know who asks. */
  g_free (config->nickname);
  config->nickname = g_strdup ("");
  config->rsa_bits = VISITOR_RSA_BITS;
  config->patience_s = VISITOR_PATIENCE_S;
  g_clear_pointer (&config->data_dir, g_free);
  g_strfreev (config->trackers);
  config->trackers = g_strdupv (trackers);
  return config;
}
