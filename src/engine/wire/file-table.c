/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/wire/file-table-private.h"

#include "engine/wire/values.h"

/* For the message around the table, and for the framing of its three arrays. */
#define RESERVE_BYTES 1024u
/* The most that a row adds to its parts, in GVariant's serialisation: two numbers of 4 bytes,
 * padding before and inside, the offset of the first byte string, the row's own offset in its
 * array. */
#define ROW_BYTES 24u

typedef struct
{
  guint32 key;
  guint32 size;
  GBytes *signature;
} Batch;

/**
 * RedesFileTable:
 * @keys: (element-type GBytes)
 * @batches: (element-type Batch)
 */
struct _RedesFileTable
{
  gatomicrefcount ref_count;
  GVariant *table;
  GVariant *files;
  GPtrArray *keys;
  GArray *batches;
};

/**
 * RedesFileTableBuilder:
 * @key_index: SPKI to its index
 * @batch_index: signature to its index
 */
struct _RedesFileTableBuilder
{
  GVariantBuilder keys;
  GVariantBuilder batches;
  GVariantBuilder files;
  GHashTable *key_index;
  GHashTable *batch_index;
  guint n_files;
  gsize size_bytes;
};

static void
batch_clear (gpointer data)
{
  g_bytes_unref (((Batch *)data)->signature);
}

RedesFileTable *
redes_file_table_new (GVariant *table)
{
  RedesFileTable *self = g_new0 (RedesFileTable, 1);
  g_autoptr (GVariant) keys = g_variant_get_child_value (table, 0);
  g_autoptr (GVariant) batches = g_variant_get_child_value (table, 1);
  gsize n_keys = g_variant_n_children (keys);
  gsize n_batches = g_variant_n_children (batches);

  g_atomic_ref_count_init (&self->ref_count);
  self->table = g_variant_ref (table);
  self->files = g_variant_get_child_value (table, 2);
  self->keys = g_ptr_array_new_full (n_keys, (GDestroyNotify)g_bytes_unref);
  self->batches = g_array_sized_new (FALSE, FALSE, sizeof (Batch), n_batches);
  g_array_set_clear_func (self->batches, batch_clear);
  for (gsize i = 0; i < n_keys; i++)
    {
      g_autoptr (GVariant) key = g_variant_get_child_value (keys, i);

      g_ptr_array_add (self->keys, g_variant_get_data_as_bytes (key));
    }
  for (gsize i = 0; i < n_batches; i++)
    {
      g_autoptr (GVariant) signature = NULL;
      Batch batch;

      g_variant_get_child (batches, i, "(uu@ay)", &batch.key, &batch.size, &signature);
      batch.signature = g_variant_get_data_as_bytes (signature);
      g_array_append_val (self->batches, batch);
    }
  return self;
}

RedesFileTable *
redes_file_table_ref (RedesFileTable *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
redes_file_table_unref (RedesFileTable *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_ptr_array_unref (self->keys);
  g_array_unref (self->batches);
  g_variant_unref (self->files);
  g_variant_unref (self->table);
  g_free (self);
}

GVariant *
redes_file_table_get_variant (RedesFileTable *self)
{
  return self->table;
}

guint
redes_file_table_get_n_files (RedesFileTable *self)
{
  return g_variant_n_children (self->files);
}

guint
redes_file_table_get_n_keys (RedesFileTable *self)
{
  return self->keys->len;
}

guint
redes_file_table_get_n_batches (RedesFileTable *self)
{
  return self->batches->len;
}

gsize
redes_file_table_get_size (RedesFileTable *self)
{
  return g_variant_get_size (self->table);
}

void
redes_file_table_get_file (RedesFileTable *self, guint index, RedesManifestParts *out)
{
  g_autoptr (GVariant) body = NULL;
  g_autoptr (GVariant) path = NULL;
  const Batch *batch;
  guint32 number, place;

  g_variant_get_child (self->files, index, "(u@ayu@ay)", &number, &body, &place, &path);
  batch = &g_array_index (self->batches, Batch, number);
  *out = (RedesManifestParts){ .body = g_variant_get_data_as_bytes (body),
                               .place = place,
                               .batch_size = batch->size,
                               .path = g_variant_get_data_as_bytes (path),
                               .signature = g_bytes_ref (batch->signature),
                               .key = g_bytes_ref (g_ptr_array_index (self->keys, batch->key)) };
}

static void
builder_begin (RedesFileTableBuilder *self)
{
  g_variant_builder_init (&self->keys, G_VARIANT_TYPE ("aay"));
  g_variant_builder_init (&self->batches, G_VARIANT_TYPE ("a(uuay)"));
  g_variant_builder_init (&self->files, G_VARIANT_TYPE ("a(uayuay)"));
  self->n_files = 0;
  self->size_bytes = RESERVE_BYTES;
}

RedesFileTableBuilder *
redes_file_table_builder_new (void)
{
  RedesFileTableBuilder *self = g_new0 (RedesFileTableBuilder, 1);

  self->key_index
      = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
  self->batch_index
      = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
  builder_begin (self);
  return self;
}

void
redes_file_table_builder_free (RedesFileTableBuilder *self)
{
  g_variant_builder_clear (&self->keys);
  g_variant_builder_clear (&self->batches);
  g_variant_builder_clear (&self->files);
  g_hash_table_unref (self->key_index);
  g_hash_table_unref (self->batch_index);
  g_free (self);
}

static guint
lookup_or_add (GHashTable *index, GBytes *key, gboolean *is_new)
{
  gpointer value;

  *is_new = !g_hash_table_lookup_extended (index, key, NULL, &value);
  if (!*is_new)
    return GPOINTER_TO_UINT (value);
  value = GUINT_TO_POINTER (g_hash_table_size (index));
  g_hash_table_insert (index, g_bytes_ref (key), value);
  return GPOINTER_TO_UINT (value);
}

static gboolean
has_size (GBytes *bytes, gsize max)
{
  gsize size = g_bytes_get_size (bytes);

  return size >= 1 && size <= max;
}

static gboolean
is_valid (const RedesManifestParts *manifest)
{
  gsize path = g_bytes_get_size (manifest->path);

  return has_size (manifest->body, REDES_WIRE_MAX_MANIFEST)
         && has_size (manifest->signature, REDES_WIRE_MAX_SIGNATURE)
         && has_size (manifest->key, REDES_WIRE_MAX_KEY)
         && manifest->batch_size <= REDES_WIRE_MAX_BATCH && manifest->place < manifest->batch_size
         && path <= REDES_WIRE_MAX_PATH && path % REDES_DIGEST_SIZE == 0;
}

/* What @manifest takes in a table that has neither its key nor its batch. */
static gsize
max_row_bytes (const RedesManifestParts *manifest)
{
  return g_bytes_get_size (manifest->body) + g_bytes_get_size (manifest->path)
         + g_bytes_get_size (manifest->signature) + g_bytes_get_size (manifest->key)
         + 3 * ROW_BYTES;
}

gboolean
redes_file_table_builder_add (RedesFileTableBuilder *self, const RedesManifestParts *manifest)
{
  gboolean is_new;
  guint key, batch;

  g_return_val_if_fail (is_valid (manifest), TRUE);
  if (self->n_files == REDES_WIRE_MAX_FILES
      || self->size_bytes + max_row_bytes (manifest) > REDES_MAX_LIST_BODY)
    return FALSE;
  key = lookup_or_add (self->key_index, manifest->key, &is_new);
  if (is_new)
    {
      g_variant_builder_add_value (&self->keys, redes_body_new_bytes (manifest->key));
      self->size_bytes += g_bytes_get_size (manifest->key) + ROW_BYTES;
    }
  /* A signature tells batches apart well enough: no two batches of any keys have the same. */
  batch = lookup_or_add (self->batch_index, manifest->signature, &is_new);
  if (is_new)
    {
      g_variant_builder_add (&self->batches, "(uu@ay)", key, manifest->batch_size,
                             redes_body_new_bytes (manifest->signature));
      self->size_bytes += g_bytes_get_size (manifest->signature) + ROW_BYTES;
    }
  g_variant_builder_add (&self->files, "(u@ayu@ay)", batch, redes_body_new_bytes (manifest->body),
                         manifest->place, redes_body_new_bytes (manifest->path));
  self->size_bytes
      += g_bytes_get_size (manifest->body) + g_bytes_get_size (manifest->path) + ROW_BYTES;
  self->n_files++;
  return TRUE;
}

RedesFileTable *
redes_file_table_builder_end (RedesFileTableBuilder *self)
{
  g_autoptr (GVariant) table = g_variant_ref_sink (
      g_variant_new ("(@aay@a(uuay)@a(uayuay))", g_variant_builder_end (&self->keys),
                     g_variant_builder_end (&self->batches), g_variant_builder_end (&self->files)));

  g_hash_table_remove_all (self->key_index);
  g_hash_table_remove_all (self->batch_index);
  builder_begin (self);
  return redes_file_table_new (table);
}
