/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/content/manifest.h"

#include <nettle/sha2.h>
#include <string.h>

#define BODY_VERSION 1
#define BODY_TYPE "(ustuayayx)"
#define BODY_LABEL "redes manifest v1"
#define BATCH_LABEL "redes manifest batch v1"
/* The end of the year 9999: later times could not be written as a date. */
#define MAX_TIME_S G_GINT64_CONSTANT (253402300799)

struct _RedesManifest
{
  gatomicrefcount refs;
  char *name;
  RedesGeometry geometry;
  RedesContentId content;
  RedesPeerId publisher;
  gint64 time_s;

  GBytes *body;
  guint32 batch_index;
  guint32 batch_size;
  GBytes *path;
  GBytes *signature;
  GBytes *spki;
};

struct _RedesSignatureMemo
{
  GMutex lock;
  guint max_entries;
  GHashTable *entries; /* of RedesDigest, owned */
  GQueue by_age;       /* the same, the oldest first */
};

G_DEFINE_QUARK (redes_content_error, redes_content_error)

/* ---- The batch's tree ---- */

static guint
path_length (guint32 batch_size)
{
  return batch_size <= 1 ? 0 : g_bit_storage (batch_size - 1);
}

/* The labels and the first byte keep leaves, inner nodes and whatever else is hashed apart. */
static void
hash_body (GBytes *body, RedesDigest *out)
{
  struct sha256_ctx sha;
  gsize len;
  const guint8 *data = g_bytes_get_data (body, &len);

  sha256_init (&sha);
  sha256_update (&sha, sizeof BODY_LABEL, (const uint8_t *)BODY_LABEL);
  sha256_update (&sha, len, data);
  sha256_digest (&sha, sizeof out->bytes, out->bytes);
}

/* @out may be @left or @right. */
static void
hash_pair (const RedesDigest *left, const RedesDigest *right, RedesDigest *out)
{
  static const guint8 inner = 0x01;
  struct sha256_ctx sha;

  sha256_init (&sha);
  sha256_update (&sha, 1, &inner);
  sha256_update (&sha, sizeof left->bytes, left->bytes);
  sha256_update (&sha, sizeof right->bytes, right->bytes);
  sha256_digest (&sha, sizeof out->bytes, out->bytes);
}

static void
hash_batch (const RedesDigest *root, guint32 batch_size, RedesDigest *out)
{
  struct sha256_ctx sha;
  guint32 size_be = GUINT32_TO_BE (batch_size);

  sha256_init (&sha);
  sha256_update (&sha, sizeof root->bytes, root->bytes);
  sha256_update (&sha, sizeof size_be, (const uint8_t *)&size_be);
  sha256_digest (&sha, sizeof out->bytes, out->bytes);
}

/* Climbs from the body to the root by the path. */
static void
compute_signed_digest (RedesManifest *self, RedesDigest *out)
{
  const guint8 *path = g_bytes_get_data (self->path, NULL);
  RedesDigest node;

  hash_body (self->body, &node);
  for (guint level = 0; level < path_length (self->batch_size); level++)
    {
      RedesDigest sibling;

      memcpy (sibling.bytes, path + level * REDES_DIGEST_SIZE, REDES_DIGEST_SIZE);
      if ((self->batch_index >> level & 1) != 0)
        hash_pair (&sibling, &node, &node);
      else
        hash_pair (&node, &sibling, &node);
    }

  hash_batch (&node, self->batch_size, out);
}

/* ---- The body ---- */

static gboolean
check_values (const char *name,
              const RedesGeometry *geometry,
              const RedesContentId *content,
              gint64 time_s,
              GError **error)
{
  const char *offence = NULL;
  gsize name_len = name != NULL ? strlen (name) : 0;
  RedesDigest nothing;

  redes_digest_of (NULL, 0, &nothing);

  if (name_len < 1 || name_len > REDES_MAX_NAME_BYTES)
    offence = "its name is not 1 to 255 bytes long";
  else if (!g_utf8_validate (name, (gssize)name_len, NULL))
    offence = "its name is not valid UTF-8";
  else if (!redes_geometry_is_valid (geometry))
    offence = "its size or block size is out of range";
  else if (geometry->block_size != redes_block_size_for (geometry->file_size))
    offence = "its block size is not the one for its size";
  else if (geometry->file_size == 0 && !redes_digest_equal (content, &nothing))
    offence = "its content id is not that of the empty file";
  else if (time_s < 0 || time_s > MAX_TIME_S)
    offence = "its time is out of range";

  if (offence == NULL)
    return TRUE;

  g_set_error (error, REDES_CONTENT_ERROR, REDES_CONTENT_ERROR_MANIFEST,
               "The manifest cannot be used: %s", offence);
  return FALSE;
}

static GVariant *
digest_to_variant (const RedesDigest *digest)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, digest->bytes, sizeof digest->bytes, 1);
}

static gboolean
digest_from_variant (GVariant *body, gsize child, RedesDigest *out)
{
  g_autoptr (GVariant) value = g_variant_get_child_value (body, child);
  gsize n;
  const guint8 *bytes = g_variant_get_fixed_array (value, &n, 1);

  if (n != sizeof out->bytes)
    return FALSE;

  memcpy (out->bytes, bytes, n);
  return TRUE;
}

/* GVariant is written in the machine's byte order; what travels is little endian. */
static GVariant *
swap_if_big_endian (GVariant *value)
{
  if (G_BYTE_ORDER == G_LITTLE_ENDIAN)
    return g_variant_ref (value);

  return g_variant_byteswap (value);
}

static GBytes *
write_body (const RedesManifestDraft *draft, const RedesPeerId *publisher, gint64 time_s)
{
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GVariant) wire = NULL;

  value = g_variant_ref_sink (g_variant_new ("(ustu@ay@ayx)", (guint32)BODY_VERSION, draft->name,
                                             draft->geometry.file_size, draft->geometry.block_size,
                                             digest_to_variant (&draft->content),
                                             digest_to_variant (publisher), time_s));
  wire = swap_if_big_endian (value);

  return g_variant_get_data_as_bytes (wire);
}

static gboolean
read_body (RedesManifest *self, GBytes *bytes, GError **error)
{
  g_autoptr (GVariant) wire = NULL;
  g_autoptr (GVariant) body = NULL;
  guint32 version;

  if (g_bytes_get_size (bytes) > REDES_MAX_MANIFEST_BYTES)
    {
      g_set_error (error, REDES_CONTENT_ERROR, REDES_CONTENT_ERROR_MANIFEST,
                   "The manifest is larger than %d bytes", REDES_MAX_MANIFEST_BYTES);
      return FALSE;
    }

  wire = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (BODY_TYPE), bytes, FALSE));
  if (!g_variant_is_normal_form (wire))
    {
      g_set_error_literal (error, REDES_CONTENT_ERROR, REDES_CONTENT_ERROR_MANIFEST,
                           "The manifest is damaged");
      return FALSE;
    }

  body = swap_if_big_endian (wire);
  g_variant_get_child (body, 0, "u", &version);
  g_variant_get_child (body, 1, "s", &self->name);
  g_variant_get_child (body, 2, "t", &self->geometry.file_size);
  g_variant_get_child (body, 3, "u", &self->geometry.block_size);
  g_variant_get_child (body, 6, "x", &self->time_s);

  if (version != BODY_VERSION || !digest_from_variant (body, 4, &self->content)
      || !digest_from_variant (body, 5, &self->publisher))
    {
      g_set_error_literal (error, REDES_CONTENT_ERROR, REDES_CONTENT_ERROR_MANIFEST,
                           "The manifest is of a form that this version does not know");
      return FALSE;
    }

  return check_values (self->name, &self->geometry, &self->content, self->time_s, error);
}

/* ---- Making ---- */

static RedesManifest *
manifest_alloc (void)
{
  RedesManifest *self = g_new0 (RedesManifest, 1);

  g_atomic_ref_count_init (&self->refs);
  return self;
}

/* Everything but path and signature, which take the whole batch. */
static RedesManifest *
manifest_from_draft (const RedesManifestDraft *draft,
                     RedesIdentity *identity,
                     gint64 time_s,
                     GError **error)
{
  RedesManifest *self;

  if (!check_values (draft->name, &draft->geometry, &draft->content, time_s, error))
    return NULL;

  self = manifest_alloc ();
  self->name = g_strdup (draft->name);
  self->geometry = draft->geometry;
  self->content = draft->content;
  self->publisher = *redes_identity_get_peer_id (identity);
  self->time_s = time_s;
  self->body = write_body (draft, &self->publisher, time_s);
  self->spki = g_bytes_ref (redes_public_key_get_spki (redes_identity_get_public_key (identity)));

  return self;
}

/* A complete binary tree in one array: the root is 1, below n are 2n and 2n + 1, and the leaves are
 * the upper half. */
static RedesDigest *
build_batch_tree (GPtrArray *manifests, guint32 width)
{
  RedesDigest *nodes = g_new0 (RedesDigest, 2 * width);

  for (guint i = 0; i < manifests->len; i++)
    {
      RedesManifest *manifest = g_ptr_array_index (manifests, i);

      hash_body (manifest->body, &nodes[width + i]);
    }

  for (guint32 i = width - 1; i > 0; i--)
    hash_pair (&nodes[2 * i], &nodes[2 * i + 1], &nodes[i]);

  return nodes;
}

static GBytes *
extract_path (const RedesDigest *nodes, guint32 width, guint32 index)
{
  RedesDigest path[REDES_MAX_BATCH_PATH];
  guint length = 0;

  for (guint32 node = width + index; node > 1; node /= 2)
    path[length++] = nodes[node ^ 1];

  return g_bytes_new (path, length * sizeof *path);
}

GPtrArray *
redes_manifest_sign_batch (RedesIdentity *identity,
                           const RedesManifestDraft *drafts,
                           guint n_drafts,
                           gint64 time_s,
                           GError **error)
{
  g_autoptr (GPtrArray) manifests = NULL;
  g_autoptr (GBytes) signature = NULL;
  g_autofree RedesDigest *nodes = NULL;
  guint32 width = 1u << path_length (n_drafts);
  RedesDigest digest;

  g_return_val_if_fail (n_drafts >= 1 && n_drafts <= REDES_MAX_BATCH, NULL);

  manifests = g_ptr_array_new_full (n_drafts, (GDestroyNotify)redes_manifest_unref);
  for (guint i = 0; i < n_drafts; i++)
    {
      RedesManifest *manifest = manifest_from_draft (&drafts[i], identity, time_s, error);

      if (manifest == NULL)
        return NULL;
      g_ptr_array_add (manifests, manifest);
    }

  nodes = build_batch_tree (manifests, width);
  hash_batch (&nodes[1], n_drafts, &digest);
  signature = redes_identity_sign (identity, BATCH_LABEL, &digest, error);
  if (signature == NULL)
    return NULL;

  for (guint i = 0; i < n_drafts; i++)
    {
      RedesManifest *manifest = g_ptr_array_index (manifests, i);

      manifest->batch_index = i;
      manifest->batch_size = n_drafts;
      manifest->path = extract_path (nodes, width, i);
      manifest->signature = g_bytes_ref (signature);
    }

  return g_steal_pointer (&manifests);
}

static gboolean
check_parts (guint32 batch_index,
             guint32 batch_size,
             GBytes *path,
             GBytes *signature,
             GBytes *spki,
             GError **error)
{
  const char *offence = NULL;

  if (batch_size < 1 || batch_size > REDES_MAX_BATCH)
    offence = "its batch is empty or too large";
  else if (batch_index >= batch_size)
    offence = "its place is outside its batch";
  else if (g_bytes_get_size (path) != path_length (batch_size) * REDES_DIGEST_SIZE)
    offence = "its path does not fit its batch";
  else if (g_bytes_get_size (signature) < 1
           || g_bytes_get_size (signature) > REDES_MAX_SIGNATURE_BYTES)
    offence = "its signature has an impossible length";
  else if (g_bytes_get_size (spki) < 1 || g_bytes_get_size (spki) > REDES_MAX_SPKI_BYTES)
    offence = "its publisher's key has an impossible length";

  if (offence == NULL)
    return TRUE;

  g_set_error (error, REDES_CONTENT_ERROR, REDES_CONTENT_ERROR_MANIFEST,
               "The manifest cannot be used: %s", offence);
  return FALSE;
}

RedesManifest *
redes_manifest_new_from_parts (GBytes *body,
                               guint32 batch_index,
                               guint32 batch_size,
                               GBytes *path,
                               GBytes *signature,
                               GBytes *spki,
                               GError **error)
{
  g_autoptr (RedesManifest) self = NULL;
  RedesPeerId spki_id;

  if (!check_parts (batch_index, batch_size, path, signature, spki, error))
    return NULL;

  self = manifest_alloc ();
  if (!read_body (self, body, error))
    return NULL;

  redes_digest_of (g_bytes_get_data (spki, NULL), g_bytes_get_size (spki), &spki_id);
  if (!redes_digest_equal (&spki_id, &self->publisher))
    {
      g_set_error_literal (error, REDES_CONTENT_ERROR, REDES_CONTENT_ERROR_MANIFEST,
                           "The manifest cannot be used: the key is not its publisher's");
      return NULL;
    }

  self->body = g_bytes_ref (body);
  self->batch_index = batch_index;
  self->batch_size = batch_size;
  self->path = g_bytes_ref (path);
  self->signature = g_bytes_ref (signature);
  self->spki = g_bytes_ref (spki);

  return g_steal_pointer (&self);
}

RedesManifest *
redes_manifest_ref (RedesManifest *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
redes_manifest_unref (RedesManifest *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;

  g_free (self->name);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_clear_pointer (&self->path, g_bytes_unref);
  g_clear_pointer (&self->signature, g_bytes_unref);
  g_clear_pointer (&self->spki, g_bytes_unref);
  g_free (self);
}

/* ---- Looking ---- */

const char *
redes_manifest_get_name (RedesManifest *self)
{
  return self->name;
}

const RedesGeometry *
redes_manifest_get_geometry (RedesManifest *self)
{
  return &self->geometry;
}

const RedesContentId *
redes_manifest_get_content (RedesManifest *self)
{
  return &self->content;
}

const RedesPeerId *
redes_manifest_get_publisher (RedesManifest *self)
{
  return &self->publisher;
}

gint64
redes_manifest_get_time_s (RedesManifest *self)
{
  return self->time_s;
}

GBytes *
redes_manifest_get_body (RedesManifest *self)
{
  return self->body;
}

guint32
redes_manifest_get_batch_index (RedesManifest *self)
{
  return self->batch_index;
}

guint32
redes_manifest_get_batch_size (RedesManifest *self)
{
  return self->batch_size;
}

GBytes *
redes_manifest_get_path (RedesManifest *self)
{
  return self->path;
}

GBytes *
redes_manifest_get_signature (RedesManifest *self)
{
  return self->signature;
}

GBytes *
redes_manifest_get_spki (RedesManifest *self)
{
  return self->spki;
}

/* ---- Verifying ---- */

RedesSignatureMemo *
redes_signature_memo_new (guint max_entries)
{
  RedesSignatureMemo *memo = g_new0 (RedesSignatureMemo, 1);

  g_mutex_init (&memo->lock);
  memo->max_entries = MAX (max_entries, 1);
  memo->entries = g_hash_table_new_full (redes_digest_hash, redes_digest_equal, g_free, NULL);
  g_queue_init (&memo->by_age);

  return memo;
}

void
redes_signature_memo_free (RedesSignatureMemo *memo)
{
  g_queue_clear (&memo->by_age);
  g_hash_table_unref (memo->entries);
  g_mutex_clear (&memo->lock);
  g_free (memo);
}

guint
redes_signature_memo_get_size (RedesSignatureMemo *memo)
{
  guint n;

  g_mutex_lock (&memo->lock);
  n = memo->by_age.length;
  g_mutex_unlock (&memo->lock);

  return n;
}

static void
compute_memo_key (RedesManifest *self, const RedesDigest *digest, RedesDigest *out)
{
  struct sha256_ctx sha;
  gsize len;
  const guint8 *signature = g_bytes_get_data (self->signature, &len);

  sha256_init (&sha);
  sha256_update (&sha, sizeof self->publisher.bytes, self->publisher.bytes);
  sha256_update (&sha, sizeof digest->bytes, digest->bytes);
  sha256_update (&sha, len, signature);
  sha256_digest (&sha, sizeof out->bytes, out->bytes);
}

static gboolean
memo_knows (RedesSignatureMemo *memo, const RedesDigest *key)
{
  gboolean known;

  g_mutex_lock (&memo->lock);
  known = g_hash_table_contains (memo->entries, key);
  g_mutex_unlock (&memo->lock);

  return known;
}

static void
memo_add (RedesSignatureMemo *memo, const RedesDigest *key)
{
  g_mutex_lock (&memo->lock);
  /* Another thread may have been as far. */
  if (!g_hash_table_contains (memo->entries, key))
    {
      RedesDigest *copy = redes_digest_copy (key);

      if (memo->by_age.length >= memo->max_entries)
        g_hash_table_remove (memo->entries, g_queue_pop_head (&memo->by_age));
      g_hash_table_add (memo->entries, copy);
      g_queue_push_tail (&memo->by_age, copy);
    }
  g_mutex_unlock (&memo->lock);
}

static gboolean
verify_signature (RedesManifest *self, const RedesDigest *digest, GError **error)
{
  g_autoptr (RedesPublicKey) key = NULL;
  g_autoptr (GError) key_error = NULL;
  gsize len;
  const guint8 *data = g_bytes_get_data (self->spki, &len);

  key = redes_public_key_new_from_spki (data, len, &key_error);
  if (key == NULL)
    {
      g_set_error (error, REDES_CONTENT_ERROR, REDES_CONTENT_ERROR_SIGNATURE,
                   "The manifest's signature cannot be checked: %s", key_error->message);
      return FALSE;
    }

  data = g_bytes_get_data (self->signature, &len);
  if (!redes_public_key_verify (key, BATCH_LABEL, digest, data, len))
    {
      g_set_error_literal (error, REDES_CONTENT_ERROR, REDES_CONTENT_ERROR_SIGNATURE,
                           "The manifest's signature is not its publisher's");
      return FALSE;
    }

  return TRUE;
}

gboolean
redes_manifest_verify (RedesManifest *self, RedesSignatureMemo *memo, GError **error)
{
  RedesDigest digest;
  RedesDigest memo_key;

  compute_signed_digest (self, &digest);
  compute_memo_key (self, &digest, &memo_key);

  if (memo != NULL && memo_knows (memo, &memo_key))
    return TRUE;

  if (!verify_signature (self, &digest, error))
    return FALSE;

  if (memo != NULL)
    memo_add (memo, &memo_key);

  return TRUE;
}
