/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fuzz.h"

#include "engine/tracker/manifest-table.h"
#include "engine/wire/frame.h"

/* The manifests in REGISTER. The input is its body. Accepted: one whose manifests all have a good
 * shape. */

gboolean
fuzz_run (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  g_auto (RedesMessage) message = { 0 };
  g_autoptr (GPtrArray) manifests = NULL;
  g_autoptr (GPtrArray) again = NULL;

  if (!redes_message_decode (REDES_MESSAGE_REGISTER, bytes, &message, &error))
    return FALSE;
  manifests = redes_manifest_table_unpack (message.registration.table, &error);
  if (manifests == NULL)
    {
      g_assert_nonnull (error);
      return FALSE;
    }
  g_assert_no_error (error);
  g_assert_cmpuint (manifests->len, <=, REDES_WIRE_MAX_FILES);
  for (guint i = 0; i < manifests->len; i++)
    g_assert_nonnull (redes_manifest_get_name (g_ptr_array_index (manifests, i)));
  again = redes_manifest_table_pack (manifests);
  g_assert_cmpuint (again->len, >, 0);
  return TRUE;
}

static void
add_batch (GPtrArray *manifests, RedesIdentity *identity, guint n)
{
  RedesManifestDraft drafts[3] = { 0 };
  g_autoptr (GPtrArray) signed_drafts = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < n; i++)
    {
      drafts[i].name = "file.txt";
      drafts[i].geometry.file_size = 1000 + i;
      drafts[i].geometry.block_size = redes_block_size_for (1000 + i);
      redes_digest_of (&i, sizeof i, &drafts[i].root);
    }
  signed_drafts = redes_manifest_sign_batch (identity, drafts, n, 1700000000, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (manifests, redes_manifest_ref (g_ptr_array_index (signed_drafts, i)));
}

void
fuzz_seeds (GPtrArray *seeds)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RedesIdentity) identity = redes_identity_new (2048, &error);
  g_autoptr (GPtrArray) manifests
      = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_manifest_unref);

  g_assert_no_error (error);
  for (guint round = 0; round < 3; round++)
    {
      g_autoptr (GPtrArray) tables = redes_manifest_table_pack (manifests);
      RedesMessage message
          = { .type = REDES_MESSAGE_REGISTER,
              .registration = { .serial = 1, .table = g_ptr_array_index (tables, 0) } };
      g_autoptr (GBytes) frame = redes_message_encode (&message);

      g_ptr_array_add (seeds,
                       g_bytes_new_from_bytes (frame, REDES_FRAME_HEADER_SIZE,
                                               g_bytes_get_size (frame) - REDES_FRAME_HEADER_SIZE));
      add_batch (manifests, identity, round == 0 ? 1 : 3);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  fuzz_run (data, size);
  return 0;
}
