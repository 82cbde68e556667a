/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/content/manifest.h"

static RedesIdentity *alice;

/* One batch of @n files. */
static GPtrArray *
sign (RedesIdentity *identity, guint n)
{
  g_autoptr (GError) error = NULL;
  g_autofree RedesManifestDraft *drafts = g_new0 (RedesManifestDraft, n);
  GPtrArray *manifests;

  for (guint i = 0; i < n; i++)
    {
      drafts[i].name = "a file";
      drafts[i].geometry.file_size = 1000 + i;
      drafts[i].geometry.block_size = REDES_MIN_BLOCK_SIZE;
      redes_digest_of (&i, sizeof i, &drafts[i].root);
    }

  manifests = redes_manifest_sign_batch (identity, drafts, n, 1700000000, &error);
  g_assert_no_error (error);

  return manifests;
}

/* More batches than the memo holds: what was forgotten is checked again. */
static void
test_is_bounded (void)
{
  g_autoptr (RedesSignatureMemo) memo = redes_signature_memo_new (2);
  GPtrArray *batches[5];

  for (guint i = 0; i < G_N_ELEMENTS (batches); i++)
    batches[i] = sign (alice, i + 1);

  for (guint round = 0; round < 3; round++)
    for (guint i = 0; i < G_N_ELEMENTS (batches); i++)
      for (guint m = 0; m < batches[i]->len; m++)
        {
          g_assert_true (redes_manifest_verify (g_ptr_array_index (batches[i], m), memo, NULL));
          g_assert_cmpuint (redes_signature_memo_get_size (memo), ==,
                            round == 0 ? MIN (i + 1, 2) : 2);
        }

  for (guint i = 0; i < G_N_ELEMENTS (batches); i++)
    g_ptr_array_unref (batches[i]);
}

static gpointer
verify_all (gpointer data)
{
  gpointer *pair = data;
  GPtrArray *manifests = pair[0];
  guint n_good = 0;

  for (guint i = 0; i < manifests->len; i++)
    n_good += redes_manifest_verify (g_ptr_array_index (manifests, i), pair[1], NULL) ? 1 : 0;

  return GUINT_TO_POINTER (n_good);
}

static void
test_in_threads (void)
{
  g_autoptr (GPtrArray) manifests = sign (alice, 300);
  g_autoptr (RedesSignatureMemo) memo = redes_signature_memo_new (1);
  gpointer pair[2] = { manifests, memo };
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("verify", verify_all, pair);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_assert_cmpuint (GPOINTER_TO_UINT (g_thread_join (threads[i])), ==, 300);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  alice = redes_identity_new (2048, NULL);

  g_test_add_func ("/content/signature-memo/is-bounded", test_is_bounded);
  g_test_add_func ("/content/signature-memo/in-threads", test_in_threads);

  result = g_test_run ();
  redes_identity_unref (alice);

  return result;
}
