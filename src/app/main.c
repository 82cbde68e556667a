/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/application.h"

#include "engine/platform/thread-priority.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <locale.h>
#include <stdio.h>

/* For those who start it, such as ./dev: there is nothing to open a window on. */
#define STATUS_NO_DISPLAY 3

static gboolean
has_argument (int argc, char *argv[], const char *argument)
{
  for (int i = 1; i < argc; i++)
    if (g_str_equal (argv[i], argument))
      return TRUE;
  return FALSE;
}

/* --help, -h, --help-all and the like. */
static gboolean
is_asked_for_help (int argc, char *argv[])
{
  for (int i = 1; i < argc; i++)
    if (g_str_has_prefix (argv[i], "--help") || g_str_equal (argv[i], "-h"))
      return TRUE;
  return FALSE;
}

static int
print_version (void)
{
  if (puts ("redes " REDES_VERSION) < 0 || fflush (stdout) != 0)
    {
      perror ("redes");
      return 1;
    }
  return 0;
}

int
main (int argc, char *argv[])
{
  g_autoptr (RedesApplication) application = NULL;
  /* Set where the program runs without being installed. */
  const char *locale_dir = g_getenv ("REDES_LOCALE_DIR");

  if (has_argument (argc, argv, "--version"))
    return print_version ();
  g_log_writer_default_set_use_stderr (TRUE);
  redes_thread_shorten_slices ();
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, locale_dir != NULL ? locale_dir : REDES_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_application_name ("Redes");

  /* GTK itself would end the program with words that name no way out. */
  if (!is_asked_for_help (argc, argv) && !gtk_init_check ())
    {
      g_printerr ("%s\n", _ ("redes: there is no display here to open the window on"));
      return STATUS_NO_DISPLAY;
    }
  application = redes_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
