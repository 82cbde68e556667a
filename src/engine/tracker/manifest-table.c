/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tracker/manifest-table.h"

GPtrArray *
redes_manifest_table_pack (GPtrArray *manifests)
{
  GPtrArray *tables = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_file_table_unref);
  g_autoptr (RedesFileTableBuilder) builder = redes_file_table_builder_new ();

  for (guint i = 0; i < manifests->len; i++)
    {
      g_auto (RedesManifestParts) parts = { 0 };

      redes_manifest_dup_parts (g_ptr_array_index (manifests, i), &parts);
      if (redes_file_table_builder_add (builder, &parts))
        continue;
      g_ptr_array_add (tables, redes_file_table_builder_end (builder));
      redes_file_table_builder_add (builder, &parts);
    }
  g_ptr_array_add (tables, redes_file_table_builder_end (builder));
  return tables;
}

RedesManifest *
redes_manifest_table_unpack_one (RedesFileTable *table, guint index, GError **error)
{
  g_auto (RedesManifestParts) parts = { 0 };

  redes_file_table_get_file (table, index, &parts);
  return redes_manifest_from_parts (&parts, error);
}

GPtrArray *
redes_manifest_table_unpack (RedesFileTable *table, GError **error)
{
  guint n = redes_file_table_get_n_files (table);
  g_autoptr (GPtrArray) manifests = g_ptr_array_new_full (n, (GDestroyNotify)redes_manifest_unref);

  for (guint i = 0; i < n; i++)
    {
      RedesManifest *manifest = redes_manifest_table_unpack_one (table, i, error);

      if (manifest == NULL)
        return NULL;
      g_ptr_array_add (manifests, manifest);
    }
  return g_steal_pointer (&manifests);
}

GArray *
redes_manifest_table_pack_gone (GPtrArray *manifests, guint first)
{
  GArray *gone = redes_wire_gone_new ();

  for (guint i = first; i < manifests->len && i - first < REDES_MANIFEST_TABLE_MAX_GONE; i++)
    {
      RedesManifest *manifest = g_ptr_array_index (manifests, i);

      redes_wire_gone_add (gone, redes_manifest_get_content (manifest),
                           redes_manifest_get_name (manifest));
    }
  return gone;
}
