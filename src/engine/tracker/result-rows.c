/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tracker/result-rows.h"

#include "engine/wire/message.h"

static GVariant *
pack_names (const RedesDirectoryRow *row)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(suay)"));
  for (guint i = 0; row->names != NULL && i < row->names->len; i++)
    {
      const RedesDirectoryName *name = g_ptr_array_index (row->names, i);

      g_variant_builder_add (&builder, "(su@ay)", name->name, name->sources,
                             redes_message_new_digest (&name->publisher));
    }
  return g_variant_builder_end (&builder);
}

GVariant *
redes_result_rows_pack (GPtrArray *rows)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE (REDES_RESULT_ROWS));
  for (guint i = 0; i < rows->len; i++)
    {
      const RedesDirectoryRow *row = g_ptr_array_index (rows, i);

      g_variant_builder_add (&builder, "(@(ayt)su@ay@a(suay))",
                             redes_message_new_content (&row->content), row->name, row->sources,
                             redes_message_new_digest (&row->publisher), pack_names (row));
    }
  return g_variant_builder_end (&builder);
}

static void
unpack_names (GVariant *list, RedesDirectoryRow *row)
{
  for (gsize i = 0; i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) bytes = NULL;
      const char *name;
      RedesPeerId publisher;
      guint32 sources;

      g_variant_get_child (list, i, "(&su@ay)", &name, &sources, &bytes);
      redes_message_get_digest (bytes, &publisher);
      redes_directory_row_add_name (row, name, sources, &publisher);
    }
}

void
redes_result_rows_unpack (GVariant *list, GPtrArray *rows)
{
  for (gsize i = 0; i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) content = NULL;
      g_autoptr (GVariant) publisher = NULL;
      g_autoptr (GVariant) names = NULL;
      RedesDirectoryRow *row = g_new0 (RedesDirectoryRow, 1);

      g_variant_get_child (list, i, "(@(ayt)su@ay@a(suay))", &content, &row->name, &row->sources,
                           &publisher, &names);
      redes_message_get_content (content, &row->content);
      redes_message_get_digest (publisher, &row->publisher);
      unpack_names (names, row);
      g_ptr_array_add (rows, row);
    }
}
