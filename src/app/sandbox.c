/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/sandbox.h"

#include <string.h>

gboolean
redes_sandbox_is_around (void)
{
  return g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS);
}

const char *
redes_sandbox_get_granted (const char *path)
{
  g_autofree char *documents = g_build_filename (g_get_user_runtime_dir (), "doc", "", NULL);
  const char *slash;

  if (!g_str_has_prefix (path, documents))
    return NULL;
  slash = strchr (path + strlen (documents), G_DIR_SEPARATOR);
  return slash != NULL && slash[1] != '\0' ? slash + 1 : NULL;
}
