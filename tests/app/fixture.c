/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixture.h"

#include <adwaita.h>

#include <ftw.h>

static char *folder;

/* A display that goes with the test's last window, so also when a check fails. Its number is any of
 * many above those that other X servers come to when they look for a free one: they do not see what
 * is taken in another network, and would take its place. Returns: whether there is one now, or else
 * the program is missing */
static gboolean
open_display (void)
{
  g_autoptr (GSubprocess) server = NULL;
  g_autoptr (GSubprocessLauncher) launcher = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *display = g_strdup_printf (":%d", g_random_int_range (10000, 59000));
  char number[16];
  gssize n_read;

  g_setenv ("DISPLAY", display, TRUE);
  launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE
                                        | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  server = g_subprocess_launcher_spawn (launcher, &error, "Xvfb", display, "-displayfd", "1",
                                        "-screen", "0", "1280x800x24", "-nolisten", "tcp",
                                        "-terminate", NULL);
  if (g_error_matches (error, G_SPAWN_ERROR, G_SPAWN_ERROR_NOENT))
    return FALSE;
  g_assert_no_error (error);
  /* It writes its number when it can be used. */
  n_read = g_input_stream_read (g_subprocess_get_stdout_pipe (server), number, sizeof number, NULL,
                                &error);
  g_assert_no_error (error);
  g_assert_cmpint (n_read, >, 0);
  return TRUE;
}

/* Nothing of the tester's own is read or written, nor is a bus started, with the desktop's services
 * that come with one; but icons and their loaders are the system's. */
static void
leave_home (void)
{
  static const char *const names[]
      = { "HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME" };

  folder = g_dir_make_tmp ("redes-test-app-XXXXXX", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (folder, names[i], NULL);

      g_mkdir_with_parents (path, 0700);
      g_setenv (names[i], path, TRUE);
    }
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "disabled:", TRUE);
}

static int
remove_entry (const char *path, const struct stat *info, int kind, struct FTW *state)
{
  return remove (path);
}

gboolean
fixture_begin (void)
{
  leave_home ();
  if (!open_display ())
    {
      g_print ("1..0 # SKIP Xvfb is not installed\n");
      fixture_end (0);
      return FALSE;
    }
  gtk_init ();
  adw_init ();
  return TRUE;
}

int
fixture_end (int status)
{
  g_assert_cmpint (nftw (folder, remove_entry, 32, FTW_DEPTH | FTW_PHYS), ==, 0);
  g_clear_pointer (&folder, g_free);
  return status;
}
