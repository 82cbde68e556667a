/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tracker-fixture.h"

#include <string.h>

RedesIdentity *
fixture_get_identity (guint index)
{
  static RedesIdentity *identities[FIXTURE_N_IDENTITIES];

  g_assert_cmpuint (index, <, FIXTURE_N_IDENTITIES);
  if (identities[index] == NULL)
    {
      g_autoptr (GError) error = NULL;

      identities[index] = redes_identity_new (2048, &error);
      g_assert_no_error (error);
    }
  return identities[index];
}

RedesDigest
fixture_digest (const char *text)
{
  RedesDigest digest;

  redes_digest_of (text, strlen (text), &digest);
  return digest;
}

RedesContentId
fixture_content (const char *text)
{
  RedesContentId content = { .root = fixture_digest (text), .size_bytes = FIXTURE_SIZE_BYTES };

  return content;
}

static RedesManifestDraft
make_draft (const char *name, const char *content)
{
  RedesManifestDraft draft = {
    .name = name,
    .geometry
    = { .file_size = FIXTURE_SIZE_BYTES, .block_size = redes_block_size_for (FIXTURE_SIZE_BYTES) },
    .root = fixture_digest (content != NULL ? content : name),
  };

  return draft;
}

RedesManifest *
fixture_manifest (guint identity, const char *name, const char *content)
{
  RedesManifestDraft draft = make_draft (name, content);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) manifests
      = redes_manifest_sign_batch (fixture_get_identity (identity), &draft, 1, 1, &error);

  g_assert_no_error (error);
  return redes_manifest_ref (g_ptr_array_index (manifests, 0));
}

GPtrArray *
fixture_manifests (guint identity, guint n, guint batch_size)
{
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_manifest_unref);
  g_autofree RedesManifestDraft *drafts = g_new0 (RedesManifestDraft, batch_size);

  while (all->len < n)
    {
      guint n_drafts = MIN (batch_size, n - all->len);
      g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
      g_autoptr (GPtrArray) batch = NULL;
      g_autoptr (GError) error = NULL;

      for (guint i = 0; i < n_drafts; i++)
        {
          char *name = g_strdup_printf ("file %u.txt", all->len + i);

          g_ptr_array_add (names, name);
          drafts[i] = make_draft (name, NULL);
        }
      batch = redes_manifest_sign_batch (fixture_get_identity (identity), drafts, n_drafts, 1,
                                         &error);
      g_assert_no_error (error);
      for (guint i = 0; i < batch->len; i++)
        g_ptr_array_add (all, redes_manifest_ref (g_ptr_array_index (batch, i)));
    }
  return all;
}

GPtrArray *
fixture_manifests_named (guint identity, const char *name, ...)
{
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_manifest_unref);
  va_list args;

  va_start (args, name);
  for (const char *each = name; each != NULL; each = va_arg (args, const char *))
    g_ptr_array_add (all, fixture_manifest (identity, each, NULL));
  va_end (args);
  return all;
}

RedesManifest *
fixture_forge (RedesManifest *manifest)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (redes_manifest_get_signature (manifest), &len);
  g_autofree guint8 *copy = g_memdup2 (data, len);
  g_autoptr (GBytes) body = redes_manifest_dup_body (manifest);
  g_autoptr (GBytes) path = redes_manifest_dup_path (manifest);
  g_autoptr (GBytes) signature = NULL;
  g_autoptr (GError) error = NULL;
  RedesManifest *forged;

  copy[len / 2] ^= 1;
  signature = g_bytes_new (copy, len);
  forged = redes_manifest_new_from_parts (body, redes_manifest_get_batch_index (manifest),
                                          redes_manifest_get_batch_size (manifest), path, signature,
                                          redes_manifest_get_spki (manifest), &error);
  g_assert_no_error (error);
  return forged;
}

static gboolean
on_tick (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

guint
fixture_start_tick (void)
{
  return g_timeout_add (20, on_tick, NULL);
}
