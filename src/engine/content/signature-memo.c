/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/content/manifest-private.h"

#include "engine/base/error.h"

struct _RedesSignatureMemo
{
  GMutex lock;
  guint max_entries;
  GHashTable *entries; /* of RedesDigest, owned */
  GQueue by_age;       /* the same, the oldest first */
};

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
  const guint8 *data = g_bytes_get_data (self->batch->spki, &len);

  key = redes_public_key_new_from_spki (data, len, &key_error);
  if (key == NULL)
    {
      redes_set_error (error, REDES_CONTENT_ERROR, REDES_CONTENT_ERROR_SIGNATURE,
                       REDES_NOTICE_SIGNATURE_UNCHECKED, key_error);
      return FALSE;
    }

  data = g_bytes_get_data (self->batch->signature, &len);
  if (!redes_public_key_verify (key, REDES_BATCH_LABEL, digest, data, len))
    {
      redes_set_error (error, REDES_CONTENT_ERROR, REDES_CONTENT_ERROR_SIGNATURE,
                       REDES_NOTICE_SIGNATURE_OF_OTHER);
      return FALSE;
    }

  return TRUE;
}

gboolean
redes_manifest_verify (RedesManifest *self, RedesSignatureMemo *memo, GError **error)
{
  g_autoptr (GBytes) body = redes_manifest_dup_body (self);
  RedesDigest digest;
  RedesDigest memo_key;

  redes_batch_compute_signed_digest (self->batch, self->batch_index, body, &digest);
  redes_batch_compute_memo_key (self->batch, &digest, &memo_key);

  if (memo != NULL && memo_knows (memo, &memo_key))
    return TRUE;

  if (!verify_signature (self, &digest, error))
    return FALSE;

  if (memo != NULL)
    memo_add (memo, &memo_key);

  return TRUE;
}
