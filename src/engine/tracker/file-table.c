/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tracker/file-table.h"

#include "engine/base/error.h"
#include "engine/wire/frame.h"

/* For the message around the table, and for the framing of its three arrays. */
#define RESERVE_BYTES 1024u
/* The most that a row adds to its parts, in GVariant's serialisation: two numbers of 4 bytes,
 * padding before and inside, the offset of the first byte string, the row's own offset in its
 * array. */
#define ROW_BYTES 24u

/**
 * TableBuilder:
 * @keys: SPKI to its index
 * @batches: "key index, signature" to its index
 */
typedef struct
{
  GVariantBuilder keys;
  GVariantBuilder batches;
  GVariantBuilder files;
  GHashTable *key_index;
  GHashTable *batch_index;
  guint n_files;
  gsize size_bytes;
} TableBuilder;

static void
builder_init (TableBuilder *builder)
{
  g_variant_builder_init (&builder->keys, G_VARIANT_TYPE ("aay"));
  g_variant_builder_init (&builder->batches, G_VARIANT_TYPE ("a(uuay)"));
  g_variant_builder_init (&builder->files, G_VARIANT_TYPE ("a(uayuay)"));
  builder->key_index = g_hash_table_new (g_bytes_hash, g_bytes_equal);
  builder->batch_index = g_hash_table_new (g_bytes_hash, g_bytes_equal);
  builder->n_files = 0;
  builder->size_bytes = RESERVE_BYTES;
}

/* (transfer full), and @builder is as if never initialised. */
static GVariant *
builder_end (TableBuilder *builder)
{
  GVariant *table = g_variant_new (
      "(@aay@a(uuay)@a(uayuay))", g_variant_builder_end (&builder->keys),
      g_variant_builder_end (&builder->batches), g_variant_builder_end (&builder->files));

  g_hash_table_unref (builder->key_index);
  g_hash_table_unref (builder->batch_index);
  return g_variant_ref_sink (table);
}

static guint
lookup_or_add (GHashTable *index, GBytes *key, gboolean *is_new)
{
  gpointer value;

  *is_new = !g_hash_table_lookup_extended (index, key, NULL, &value);
  if (!*is_new)
    return GPOINTER_TO_UINT (value);
  value = GUINT_TO_POINTER (g_hash_table_size (index));
  g_hash_table_insert (index, key, value);
  return GPOINTER_TO_UINT (value);
}

/* What @manifest takes in a table that has neither its key nor its batch. */
static gsize
max_row_bytes (RedesManifest *manifest, GBytes *body, GBytes *path)
{
  return g_bytes_get_size (body) + g_bytes_get_size (path)
         + g_bytes_get_size (redes_manifest_get_signature (manifest))
         + g_bytes_get_size (redes_manifest_get_spki (manifest)) + 3 * ROW_BYTES;
}

static void
builder_add (TableBuilder *builder, RedesManifest *manifest, GBytes *body, GBytes *path)
{
  GBytes *spki = redes_manifest_get_spki (manifest);
  GBytes *signature = redes_manifest_get_signature (manifest);
  gboolean is_new;
  guint key = lookup_or_add (builder->key_index, spki, &is_new);
  guint batch;

  if (is_new)
    {
      g_variant_builder_add_value (&builder->keys, redes_message_new_bytes (spki));
      builder->size_bytes += g_bytes_get_size (spki) + ROW_BYTES;
    }
  /* A signature tells batches apart well enough: no two batches of any keys have the same. */
  batch = lookup_or_add (builder->batch_index, signature, &is_new);
  if (is_new)
    {
      g_variant_builder_add (&builder->batches, "(uu@ay)", key,
                             redes_manifest_get_batch_size (manifest),
                             redes_message_new_bytes (signature));
      builder->size_bytes += g_bytes_get_size (signature) + ROW_BYTES;
    }
  g_variant_builder_add (&builder->files, "(u@ayu@ay)", batch, redes_message_new_bytes (body),
                         redes_manifest_get_batch_index (manifest), redes_message_new_bytes (path));
  builder->size_bytes += g_bytes_get_size (body) + g_bytes_get_size (path) + ROW_BYTES;
  builder->n_files++;
}

GPtrArray *
redes_file_table_pack (GPtrArray *manifests)
{
  GPtrArray *tables = g_ptr_array_new_with_free_func ((GDestroyNotify)g_variant_unref);
  TableBuilder builder;

  builder_init (&builder);
  for (guint i = 0; i < manifests->len; i++)
    {
      RedesManifest *manifest = g_ptr_array_index (manifests, i);
      g_autoptr (GBytes) body = redes_manifest_dup_body (manifest);
      g_autoptr (GBytes) path = redes_manifest_dup_path (manifest);

      if (builder.n_files == REDES_FILE_TABLE_MAX_FILES
          || builder.size_bytes + max_row_bytes (manifest, body, path) > REDES_MAX_LIST_BODY)
        {
          g_ptr_array_add (tables, builder_end (&builder));
          builder_init (&builder);
        }
      builder_add (&builder, manifest, body, path);
    }
  g_ptr_array_add (tables, builder_end (&builder));
  return tables;
}

/**
 * TableReader:
 * @keys: (element-type GBytes)
 * @signatures: (element-type GBytes): one a batch
 */
typedef struct
{
  GVariant *batches;
  GPtrArray *keys;
  GPtrArray *signatures;
} TableReader;

static GBytes *
get_bytes (GVariant *row, gsize child)
{
  g_autoptr (GVariant) value = g_variant_get_child_value (row, child);

  return g_variant_get_data_as_bytes (value);
}

static RedesManifest *
read_file (const TableReader *reader, GVariant *file, GError **error)
{
  g_autoptr (GBytes) body = get_bytes (file, 1);
  g_autoptr (GBytes) path = get_bytes (file, 3);
  guint32 batch, place, key, batch_size;

  g_variant_get (file, "(u@ayu@ay)", &batch, NULL, &place, NULL);
  if (batch >= reader->signatures->len)
    {
      redes_set_error (error, REDES_WIRE_ERROR, REDES_WIRE_ERROR_VALUE,
                       REDES_NOTICE_FILE_BATCH_INDEX, batch, reader->signatures->len);
      return NULL;
    }
  g_variant_get_child (reader->batches, batch, "(uu@ay)", &key, &batch_size, NULL);
  if (key >= reader->keys->len)
    {
      redes_set_error (error, REDES_WIRE_ERROR, REDES_WIRE_ERROR_VALUE,
                       REDES_NOTICE_BATCH_KEY_INDEX, key, reader->keys->len);
      return NULL;
    }
  return redes_manifest_new_from_parts (body, place, batch_size, path,
                                        g_ptr_array_index (reader->signatures, batch),
                                        g_ptr_array_index (reader->keys, key), error);
}

GPtrArray *
redes_file_table_unpack (GVariant *table, GError **error)
{
  g_autoptr (GVariant) keys = g_variant_get_child_value (table, 0);
  g_autoptr (GVariant) batches = g_variant_get_child_value (table, 1);
  g_autoptr (GVariant) files = g_variant_get_child_value (table, 2);
  g_autoptr (GPtrArray) key_bytes = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  g_autoptr (GPtrArray) signatures = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  g_autoptr (GPtrArray) manifests
      = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_manifest_unref);
  TableReader reader = { .batches = batches, .keys = key_bytes, .signatures = signatures };

  for (gsize i = 0; i < g_variant_n_children (keys); i++)
    g_ptr_array_add (key_bytes, get_bytes (keys, i));
  for (gsize i = 0; i < g_variant_n_children (batches); i++)
    {
      g_autoptr (GVariant) batch = g_variant_get_child_value (batches, i);

      g_ptr_array_add (signatures, get_bytes (batch, 2));
    }
  for (gsize i = 0; i < g_variant_n_children (files); i++)
    {
      g_autoptr (GVariant) file = g_variant_get_child_value (files, i);
      RedesManifest *manifest = read_file (&reader, file, error);

      if (manifest == NULL)
        return NULL;
      g_ptr_array_add (manifests, manifest);
    }
  return g_steal_pointer (&manifests);
}

GVariant *
redes_file_table_pack_gone (GPtrArray *manifests, guint first)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a((ayt)s)"));
  for (guint i = first; i < manifests->len && i - first < REDES_FILE_TABLE_MAX_GONE; i++)
    {
      RedesManifest *manifest = g_ptr_array_index (manifests, i);

      g_variant_builder_add (&builder, "(@(ayt)s)",
                             redes_message_new_content (redes_manifest_get_content (manifest)),
                             redes_manifest_get_name (manifest));
    }
  return g_variant_builder_end (&builder);
}
