/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/application.h"

#include "engine/platform/thread-priority.h"

#include <glib/gi18n.h>
#include <locale.h>

int
main (int argc, char *argv[])
{
  g_autoptr (RedesApplication) application = NULL;
  /* Set where the program runs without being installed. */
  const char *locale_dir = g_getenv ("REDES_LOCALE_DIR");

  redes_thread_shorten_slices ();
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, locale_dir != NULL ? locale_dir : REDES_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_application_name ("Redes");

  application = redes_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
