/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/sandbox.h"

#include <string.h>

gboolean
redes_sandbox_is_around (void)
{
  return g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS);
}

/* Where documents are: as the portal tells it, and, in a sandbox, what that leads to. */
static const char *
skip_documents (const char *path)
{
  g_autofree char *told = g_build_filename (g_get_user_runtime_dir (), "doc", "", NULL);
  const char *const folders[] = { told, "/run/flatpak/doc/" };

  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    if (g_str_has_prefix (path, folders[i]))
      return path + strlen (folders[i]);
  return NULL;
}

const char *
redes_sandbox_get_granted (const char *path)
{
  const char *id = skip_documents (path);
  const char *slash = id != NULL ? strchr (id, '/') : NULL;

  return slash != NULL && slash[1] != '\0' ? slash + 1 : NULL;
}
