/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/options.h"

#include "engine/base/text.h"

#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#define MAX_DESCRIPTORS 16384

static const RedesCommand *const commands[] = {
  &redes_command_tracker, &redes_command_peer,  &redes_command_search, &redes_command_get,
  &redes_command_history, &redes_command_check, &redes_command_demo,
};

/* A descriptor 0, 1 or 2 that is closed at the start would be given to the next file or socket that
 * is opened, and prose would be written into it. */
static void
ensure_standard_descriptors (void)
{
  for (int fd = 0; fd <= 2; fd++)
    {
      if (fcntl (fd, F_GETFD) < 0 && open ("/dev/null", fd == 0 ? O_RDONLY : O_WRONLY) != fd)
        _exit (REDES_EXIT_FAILED);
    }
}

/* Each connection and each file takes a descriptor, and the usual soft limit is for programs that
 * may still call select(), which this one does not. */
static void
raise_descriptor_limit (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= MAX_DESCRIPTORS)
    return;
  limit.rlim_cur = MIN (limit.rlim_max, MAX_DESCRIPTORS);
  /* With fewer it works all the same, for fewer peers. */
  if (setrlimit (RLIMIT_NOFILE, &limit) != 0)
    g_debug ("the limit of open files stays as it is");
}

static char *
make_help (void)
{
  GString *text = g_string_new (
      "Usage:\n"
      "  redes-cli COMMAND [OPTION…] …\n"
      "\n"
      "Shares files from peer to peer: every block is checked against its publisher's signature.\n"
      "\n"
      "Commands:\n");

  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    g_string_append_printf (text, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
  g_string_append (
      text, "\n"
            "redes-cli COMMAND --help, or redes-cli help COMMAND, shows a command's options, "
            "with examples.\n"
            "redes-cli --version shows the version.\n");
  return g_string_free (text, FALSE);
}

static const RedesCommand *
find_command (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      if (g_str_equal (commands[i]->name, name))
        return commands[i];
    }
  return NULL;
}

/* @name: (nullable): what was typed */
static int
fail (const char *name)
{
  RedesOutput *output = redes_output_new ("redes-cli", FALSE);
  g_autofree char *shown = redes_text_display_path (name != NULL ? name : "");
  g_autofree char *help = make_help ();

  if (name != NULL)
    redes_output_error (output, "there is no command “%s”\n\n%s", shown, help);
  else
    redes_output_error (output, "a command is missing\n\n%s", help);
  redes_output_free (output, -1);
  return REDES_EXIT_USAGE;
}

static int
print_help (const char *name)
{
  const RedesCommand *command = name != NULL ? find_command (name) : NULL;
  g_autofree char *help = NULL;

  if (command != NULL)
    {
      char *argv[] = { (char *)command->name, (char *)"--help", NULL };

      return redes_command_main (command, argv);
    }
  if (name != NULL)
    return fail (name);
  help = make_help ();
  return redes_command_print ("redes-cli", help);
}

int
main (int argc, char **argv)
{
  const char *name = argc > 1 ? argv[1] : "";
  const RedesCommand *command;

  ensure_standard_descriptors ();
  raise_descriptor_limit ();
  signal (SIGPIPE, SIG_IGN);
  /* Standard output is for what the command prints; GLib would write debugging lines there, too. */
  g_log_writer_default_set_use_stderr (TRUE);
  /* Only LC_CTYPE is set: the program's messages are in English, and those of libraries should be,
   * too. */
  setlocale (LC_CTYPE, "");

  command = find_command (name);
  if (command != NULL)
    return redes_command_main (command, argv + 1);
  if (g_str_equal (name, "--version"))
    return redes_command_print ("redes-cli", "redes-cli " REDES_VERSION);
  if (g_str_equal (name, "--help") || g_str_equal (name, "-h") || g_str_equal (name, "help"))
    return print_help (argc > 2 ? argv[2] : NULL);
  return fail (*name != '\0' ? name : NULL);
}
