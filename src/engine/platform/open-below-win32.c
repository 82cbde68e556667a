/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/platform/open-below.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>

static gboolean
is_plain_component (const char *component)
{
  return component[0] != '\0' && !g_str_equal (component, ".") && !g_str_equal (component, "..");
}

/* Without openat() each component is looked at before the file is opened: there is a moment in
 * between, but making a link on such a system takes rights that an attacker there does not have. */
int
redes_open_below (const char *root, const char *relative)
{
  g_auto (GStrv) components = g_strsplit (relative, "/", -1);
  g_autofree char *path = g_strdup (root);

  for (guint i = 0; components[i] != NULL; i++)
    {
      char *longer;

      if (!is_plain_component (components[i]) || strchr (components[i], '\\') != NULL)
        {
          errno = ENOENT;
          return -1;
        }
      longer = g_build_filename (path, components[i], NULL);
      g_free (path);
      path = longer;
      if (g_file_test (path, G_FILE_TEST_IS_SYMLINK))
        {
          errno = ELOOP;
          return -1;
        }
    }

  return g_open (path, O_RDONLY | O_BINARY | O_NOINHERIT, 0);
}
