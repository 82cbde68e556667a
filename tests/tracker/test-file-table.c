/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tracker/manifest-table.h"
#include "engine/tracker/outbox.h"
#include "engine/wire/body.h"
#include "engine/wire/file-table-private.h"
#include "tracker-fixture.h"

static RedesFileTable *
decode_register (GBytes *frame, GError **error)
{
  gsize size = g_bytes_get_size (frame) - REDES_FRAME_HEADER_SIZE;
  g_autoptr (GBytes) body = g_bytes_new_from_bytes (frame, REDES_FRAME_HEADER_SIZE, size);
  g_auto (RedesMessage) message = { 0 };

  g_assert_cmpuint (size, <=, REDES_MAX_LIST_BODY);
  if (!redes_message_decode (REDES_MESSAGE_REGISTER, body, &message, error))
    return NULL;
  return g_steal_pointer (&message.registration.table);
}

/* The table as it comes out of a REGISTER at the other end. */
static RedesFileTable *
send_through_wire (RedesFileTable *table)
{
  RedesMessage message
      = { .type = REDES_MESSAGE_REGISTER, .registration = { .serial = 1, .table = table } };
  g_autoptr (GBytes) frame = redes_message_encode (&message);
  g_autoptr (GError) error = NULL;
  RedesFileTable *decoded = decode_register (frame, &error);

  g_assert_no_error (error);
  return decoded;
}

static void
assert_same (RedesManifest *one, RedesManifest *other)
{
  g_autoptr (GBytes) one_body = redes_manifest_dup_body (one);
  g_autoptr (GBytes) other_body = redes_manifest_dup_body (other);
  g_autoptr (GBytes) one_path = redes_manifest_dup_path (one);
  g_autoptr (GBytes) other_path = redes_manifest_dup_path (other);

  g_assert_true (g_bytes_equal (one_body, other_body));
  g_assert_true (g_bytes_equal (one_path, other_path));
  g_assert_true (
      g_bytes_equal (redes_manifest_get_signature (one), redes_manifest_get_signature (other)));
  g_assert_true (g_bytes_equal (redes_manifest_get_spki (one), redes_manifest_get_spki (other)));
  g_assert_cmpuint (redes_manifest_get_batch_index (one), ==,
                    redes_manifest_get_batch_index (other));
  g_assert_cmpuint (redes_manifest_get_batch_size (one), ==, redes_manifest_get_batch_size (other));
}

/* Packs, sends and unpacks; returns how many tables it took. */
static guint
check_round_trip (GPtrArray *manifests)
{
  g_autoptr (GPtrArray) tables = redes_manifest_table_pack (manifests);
  g_autoptr (RedesSignatureMemo) memo = redes_signature_memo_new (4096);
  guint n_seen = 0;

  for (guint i = 0; i < tables->len; i++)
    {
      g_autoptr (RedesFileTable) table = send_through_wire (g_ptr_array_index (tables, i));
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) unpacked = redes_manifest_table_unpack (table, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (unpacked->len, <=, REDES_WIRE_MAX_FILES);
      g_assert_true (unpacked->len > 0 || manifests->len == 0);
      for (guint j = 0; j < unpacked->len; j++)
        {
          RedesManifest *manifest = g_ptr_array_index (unpacked, j);

          assert_same (manifest, g_ptr_array_index (manifests, n_seen++));
          g_assert_true (redes_manifest_verify (manifest, memo, &error));
          g_assert_no_error (error);
        }
    }
  g_assert_cmpuint (n_seen, ==, manifests->len);
  return tables->len;
}

static void
test_empty (void)
{
  g_autoptr (GPtrArray) none = g_ptr_array_new ();

  g_assert_cmpuint (check_round_trip (none), ==, 1);
}

static void
test_few (void)
{
  g_autoptr (GPtrArray) one = fixture_manifests (0, 1, 1);
  g_autoptr (GPtrArray) batch = fixture_manifests (0, 3, 3);

  g_assert_cmpuint (check_round_trip (one), ==, 1);
  g_assert_cmpuint (check_round_trip (batch), ==, 1);
}

/* Several publishers and batches in one table: each key and signature once. */
static void
test_shared_rows (void)
{
  g_autoptr (GPtrArray) all = fixture_manifests (0, 10, 5);
  g_autoptr (GPtrArray) others = fixture_manifests (1, 6, 3);
  g_autoptr (GPtrArray) tables = NULL;

  for (guint i = 0; i < others->len; i++)
    g_ptr_array_insert (all, 2 * i, redes_manifest_ref (g_ptr_array_index (others, i)));
  g_assert_cmpuint (check_round_trip (all), ==, 1);
  tables = redes_manifest_table_pack (all);
  g_assert_cmpuint (redes_file_table_get_n_keys (g_ptr_array_index (tables, 0)), ==, 2);
  g_assert_cmpuint (redes_file_table_get_n_batches (g_ptr_array_index (tables, 0)), ==, 4);
}

static void
test_many (void)
{
  g_autoptr (GPtrArray) manifests = fixture_manifests (0, 10000, 1000);
  guint n_tables = check_round_trip (manifests);

  /* At most 4,096 files, and 1 MiB, in each. */
  g_assert_cmpuint (n_tables, >=, 3);
  g_assert_cmpuint (n_tables, <=, 8);
}

/* The largest rows there can be, each with a signature of its own: the bound in bytes decides. */
static void
test_large_rows (void)
{
  g_autoptr (GPtrArray) manifests
      = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_manifest_unref);
  g_autofree char *name = g_strnfill (REDES_MAX_NAME_BYTES, 'x');
  g_autoptr (RedesManifest) manifest = fixture_manifest (0, name, NULL);
  g_autoptr (GBytes) body = redes_manifest_dup_body (manifest);
  g_autoptr (GBytes) path = redes_manifest_dup_path (manifest);

  for (guint i = 0; i < 4000; i++)
    {
      g_autofree guint8 *bytes = g_malloc0 (REDES_MAX_SIGNATURE_BYTES);
      g_autoptr (GBytes) signature = NULL;
      g_autoptr (GError) error = NULL;

      memcpy (bytes, &i, sizeof i);
      signature = g_bytes_new (bytes, REDES_MAX_SIGNATURE_BYTES);
      g_ptr_array_add (manifests,
                       redes_manifest_new_from_parts (body, 0, 1, path, signature,
                                                      redes_manifest_get_spki (manifest), &error));
      g_assert_no_error (error);
    }
  {
    g_autoptr (GPtrArray) tables = redes_manifest_table_pack (manifests);
    guint n_files = 0;

    g_assert_cmpuint (tables->len, >=, 5);
    for (guint i = 0; i < tables->len; i++)
      {
        g_autoptr (RedesFileTable) table = send_through_wire (g_ptr_array_index (tables, i));
        g_autoptr (GPtrArray) unpacked = redes_manifest_table_unpack (table, NULL);

        /* Full to the brim, nearly: the estimate must not waste the message. */
        if (i + 1 < tables->len)
          g_assert_cmpuint (redes_file_table_get_size (table), >, REDES_MAX_LIST_BODY * 9 / 10);
        n_files += unpacked->len;
      }
    g_assert_cmpuint (n_files, ==, 4000);
  }
}

static GVariant *
make_table (guint32 batch, guint32 key, guint32 place, guint32 batch_size, gboolean good_body)
{
  g_autoptr (RedesManifest) manifest = fixture_manifest (0, "x", NULL);
  g_autoptr (GBytes) junk = g_bytes_new_static ("junk", 4);
  g_autoptr (GBytes) body = redes_manifest_dup_body (manifest);
  g_autoptr (GBytes) path = redes_manifest_dup_path (manifest);
  GVariantBuilder keys, batches, files;

  g_variant_builder_init (&keys, G_VARIANT_TYPE ("aay"));
  g_variant_builder_init (&batches, G_VARIANT_TYPE ("a(uuay)"));
  g_variant_builder_init (&files, G_VARIANT_TYPE ("a(uayuay)"));
  g_variant_builder_add_value (&keys, redes_body_new_bytes (redes_manifest_get_spki (manifest)));
  g_variant_builder_add (&batches, "(uu@ay)", key, batch_size,
                         redes_body_new_bytes (redes_manifest_get_signature (manifest)));
  g_variant_builder_add (&files, "(u@ayu@ay)", batch,
                         redes_body_new_bytes (good_body ? body : junk), place,
                         redes_body_new_bytes (path));
  return g_variant_ref_sink (
      g_variant_new ("(@aay@a(uuay)@a(uayuay))", g_variant_builder_end (&keys),
                     g_variant_builder_end (&batches), g_variant_builder_end (&files)));
}

static void
test_hostile (void)
{
  static const struct
  {
    guint32 batch, key, place, batch_size;
    gboolean good_body;
    gboolean accepted;
  } cases[] = {
    { 0, 0, 0, 1, TRUE, TRUE },
    { 1, 0, 0, 1, TRUE, FALSE },
    { G_MAXUINT32, 0, 0, 1, TRUE, FALSE },
    { 0, 1, 0, 1, TRUE, FALSE },
    { 0, G_MAXUINT32, 0, 1, TRUE, FALSE },
    { 0, 0, 1, 1, TRUE, FALSE },
    { 0, 0, 0, 0, TRUE, FALSE },
    { 0, 0, 0, 2, TRUE, FALSE },
    { 0, 0, 0, G_MAXUINT32, TRUE, FALSE },
    { 0, 0, 0, 1, FALSE, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GVariant) variant = make_table (cases[i].batch, cases[i].key, cases[i].place,
                                                 cases[i].batch_size, cases[i].good_body);
      g_autoptr (GBytes) frame = redes_body_encode (
          REDES_MESSAGE_REGISTER, g_variant_new ("(u@" REDES_FILE_TABLE ")", 1, variant));
      g_autoptr (GError) error = NULL;
      g_autoptr (RedesFileTable) table = decode_register (frame, &error);
      g_autoptr (GPtrArray) manifests
          = table != NULL ? redes_manifest_table_unpack (table, &error) : NULL;

      g_test_message ("case %u: %s", i, error != NULL ? error->message : "accepted");
      g_assert_true ((manifests != NULL) == cases[i].accepted);
      g_assert_true ((error == NULL) == cases[i].accepted);
    }
}

static void
test_gone (void)
{
  g_autoptr (GPtrArray) manifests = fixture_manifests (0, 1500, 1000);
  g_autoptr (GArray) first = redes_manifest_table_pack_gone (manifests, 0);
  g_autoptr (GArray) second = redes_manifest_table_pack_gone (manifests, 1000);
  const RedesWireGone *last;

  g_assert_cmpuint (first->len, ==, 1000);
  g_assert_cmpuint (second->len, ==, 500);
  last = &g_array_index (second, RedesWireGone, 499);
  g_assert_cmpstr (last->name, ==, "file 1499.txt");
  g_assert_true (redes_content_id_equal (
      &last->content, redes_manifest_get_content (g_ptr_array_index (manifests, 1499))));
}

static void
count_body (RedesOutbox *outbox, guint *n_added, guint *n_gone)
{
  RedesMessage page = redes_outbox_get_page (outbox, REDES_MESSAGE_UPDATE, 7);

  *n_added = redes_file_table_get_n_files (page.update.table);
  *n_gone = page.update.gone->len;
}

/* Of several changes to one file only the last counts, and what is gone goes first. */
static void
test_outbox (void)
{
  RedesOutbox *outbox = redes_outbox_new ();
  g_autoptr (GPtrArray) files = fixture_manifests (0, 3, 3);
  guint n_added, n_gone;

  g_assert_false (redes_outbox_has_changes (outbox));
  redes_outbox_add_change (outbox, g_ptr_array_index (files, 0), TRUE);
  redes_outbox_add_change (outbox, g_ptr_array_index (files, 0), FALSE);
  redes_outbox_add_change (outbox, g_ptr_array_index (files, 1), FALSE);
  redes_outbox_add_change (outbox, g_ptr_array_index (files, 1), TRUE);
  redes_outbox_add_change (outbox, g_ptr_array_index (files, 2), TRUE);
  g_assert_true (redes_outbox_has_changes (outbox));
  redes_outbox_page_changes (outbox);
  g_assert_false (redes_outbox_has_changes (outbox));

  g_assert_true (redes_outbox_has_pages (outbox));
  count_body (outbox, &n_added, &n_gone);
  g_assert_cmpuint (n_added, ==, 0);
  g_assert_cmpuint (n_gone, ==, 1);
  redes_outbox_drop_page (outbox);
  count_body (outbox, &n_added, &n_gone);
  g_assert_cmpuint (n_added, ==, 2);
  g_assert_cmpuint (n_gone, ==, 0);
  redes_outbox_drop_page (outbox);
  g_assert_false (redes_outbox_has_pages (outbox));
  redes_outbox_free (outbox);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tracker/file-table/empty", test_empty);
  g_test_add_func ("/tracker/file-table/few", test_few);
  g_test_add_func ("/tracker/file-table/shared-rows", test_shared_rows);
  g_test_add_func ("/tracker/file-table/many", test_many);
  g_test_add_func ("/tracker/file-table/large-rows", test_large_rows);
  g_test_add_func ("/tracker/file-table/hostile", test_hostile);
  g_test_add_func ("/tracker/file-table/gone", test_gone);
  g_test_add_func ("/tracker/file-table/outbox", test_outbox);
  return g_test_run ();
}
