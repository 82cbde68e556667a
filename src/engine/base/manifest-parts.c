/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/manifest-parts.h"

void
redes_manifest_parts_clear (RedesManifestParts *self)
{
  g_clear_pointer (&self->body, g_bytes_unref);
  g_clear_pointer (&self->path, g_bytes_unref);
  g_clear_pointer (&self->signature, g_bytes_unref);
  g_clear_pointer (&self->key, g_bytes_unref);
}
