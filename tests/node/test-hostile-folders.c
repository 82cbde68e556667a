/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/wire/body.h"

#include "hostile.h"
#include "node-fixture.h"

#include <string.h>

/* Folders whose lists are right, block by block and signature and all, and which hold far more than
 * anybody should keep, or claim to. */

static RedesTrackerHost *tracker_host;
static const char *tracker;
static TestNode *victim;

static gboolean
be_honest (HostileSource *self, HostileLink *link, guint8 type, GBytes *body)
{
  return FALSE;
}

/* ---- What the publisher makes ---- */

static RedesFolderChild
file (const char *name, guint seed, guint64 size)
{
  RedesFolderChild child = { .kind = REDES_FOLDER_KIND_FILE, .name = name, .time_s = 1000 };

  child.content.size_bytes = size;
  redes_digest_of (size > 0 ? &seed : NULL, size > 0 ? sizeof seed : 0, &child.content.root);
  return child;
}

/* The lists of a folder, by content; the last one that was added is the top. */
typedef struct
{
  GHashTable *lists;
  RedesFolder *top;
} Lists;

static void
lists_init (Lists *self)
{
  *self = (Lists){ .lists = g_hash_table_new_full (redes_content_id_hash, redes_content_id_equal,
                                                   g_free, (GDestroyNotify)redes_folder_unref) };
}

static RedesFolderChild
add_list (Lists *self, const char *name, const RedesFolderChild *children, guint n)
{
  g_autoptr (GError) error = NULL;
  RedesFolder *list = redes_folder_new (children, n, &error);
  g_autoptr (RedesHashTree) tree = NULL;
  RedesFolderChild child = { .kind = REDES_FOLDER_KIND_FOLDER, .name = name };

  g_assert_no_error (error);
  tree = redes_folder_make_tree (list);
  child.content = (RedesContentId){ *redes_hash_tree_get_root (tree),
                                    g_bytes_get_size (redes_folder_get_list (list)) };
  child.totals = *redes_folder_get_totals (list);
  g_hash_table_replace (self->lists, redes_content_id_copy (&child.content), list);
  self->top = list;
  return child;
}

/* Answers for the lists below the top; what is asked of the top is answered honestly. */
static gboolean
serve_lists (HostileSource *self, HostileLink *link, guint8 type, GBytes *body)
{
  const Lists *lists = self->data;
  g_autoptr (GVariant) variant = NULL;
  g_autoptr (GVariant) root = NULL;
  g_autoptr (RedesHashTree) tree = NULL;
  g_autoptr (GBytes) block = NULL;
  RedesBlockHeader header = { 0 };
  RedesContentId content;
  RedesGeometry geometry;
  RedesFolder *list;

  if (type != REDES_MESSAGE_REQUEST)
    return FALSE;
  variant = redes_body_decode (REDES_MESSAGE_REQUEST, body, NULL);
  g_assert_nonnull (variant);
  g_variant_get (variant, "((@ayt)u)", &root, &content.size_bytes, &header.index);
  memcpy (content.root.bytes, g_variant_get_data (root), sizeof content.root.bytes);
  list = g_hash_table_lookup (lists->lists, &content);
  if (list == NULL)
    {
      hostile_send_reject (link, &content, header.index, REDES_REJECT_UNKNOWN);
      return TRUE;
    }
  tree = redes_folder_make_tree (list);
  geometry = (RedesGeometry){ content.size_bytes, redes_block_size_for (content.size_bytes) };
  header.content = content;
  header.n_proof = redes_geometry_get_proof_length (&geometry);
  g_assert_true (redes_hash_tree_get_proof (tree, header.index, header.proof));
  block = g_bytes_new_from_bytes (redes_folder_get_list (list),
                                  (gsize)header.index * geometry.block_size,
                                  redes_geometry_get_block_length (&geometry, header.index));
  hostile_send_block (link, &header, block);
  return TRUE;
}

/* ---- What becomes of it ---- */

/* @totals: (nullable): what the manifest says; %NULL: the truth. Returns: how many blocks the
 * victim has asked for until it refused the folder for the reason @code, or @reason within that */
static guint
refuse (Lists *lists, const RedesFolderTotals *totals, RedesNoticeCode code, RedesNoticeCode reason)
{
  static guint n_folders;
  g_autofree char *name = g_strdup_printf ("folder %u", ++n_folders);
  HostileSource *source = hostile_source_new_folder (
      tracker, name, redes_folder_get_list (lists->top),
      totals != NULL ? totals : redes_folder_get_totals (lists->top), serve_lists, lists);
  char *no_tracker = NULL;
  RedesLink link = { .content = source->file.content, .is_folder = TRUE, .trackers = &no_tracker };
  g_autoptr (RedesTransfer) transfer
      = redes_node_download_folder (victim->node, &link, NULL, NULL, FALSE);
  const RedesNotice *found;
  guint n_requests;

  test_transfer_wait (transfer);
  g_assert_cmpint (redes_transfer_get_state (transfer), ==, REDES_TRANSFER_FAILED);
  found = redes_transfer_get_reason (transfer);
  g_test_message ("%s", redes_notice_get_english (found));
  g_assert_cmpint (redes_notice_get_code (found), ==, code);
  if (reason != code)
    {
      g_autoptr (RedesNotice) within = redes_notice_new (reason);

      g_assert_nonnull (
          strstr (redes_notice_get_english (found), redes_notice_get_english (within)));
    }
  n_requests = (guint)g_atomic_int_get (&source->n_requests);
  /* It is nobody's violation: what is refused is what a publisher has signed. */
  g_assert_cmpuint (victim->violations->len, ==, 0);
  net_wait_for (test_count_files (victim->downloads) == 0);
  g_clear_object (&transfer);
  hostile_source_free (source);
  g_hash_table_unref (lists->lists);
  return n_requests;
}

/* Its totals are those of a folder that may be; not a block is asked for. */
static void
test_entries (void)
{
  RedesFolderTotals totals = { .n_files = REDES_FOLDER_MAX_BELOW };
  RedesFolderChild child = file ("a", 1, 1);
  Lists lists;

  lists_init (&lists);
  add_list (&lists, "", &child, 1);
  g_assert_cmpuint (
      refuse (&lists, &totals, REDES_NOTICE_FOLDER_OVER_ENTRIES, REDES_NOTICE_FOLDER_OVER_ENTRIES),
      ==, 0);
}

/* One list is named in ten places on each of six levels, so that there are a million files, though
 * the totals, which lie about all but one of the ten, say 64. @data: which one is told the truth
 * of */
static void
test_lies (gconstpointer data)
{
  static const char *const names[] = { "0", "1", "2", "3", "4", "5", "6", "7", "8", "9" };
  const guint true_one = GPOINTER_TO_UINT (data);
  RedesFolderChild children[G_N_ELEMENTS (names)];
  RedesFolderChild below;
  Lists lists;

  lists_init (&lists);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    children[i] = file (names[i], i, 1);
  below = add_list (&lists, "", children, G_N_ELEMENTS (names));
  for (guint level = 1; level < 6; level++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (names); i++)
        {
          children[i] = below;
          children[i].name = names[i];
          if (i != true_one)
            children[i].totals = (RedesFolderTotals){ 1, 1, level - 1, (guint8)(level - 1) };
        }
      below = add_list (&lists, "", children, G_N_ELEMENTS (names));
    }
  refuse (&lists, NULL, REDES_NOTICE_FOLDER_UNUSABLE, REDES_NOTICE_FOLDER_TOTALS);
}

/* Of the long lists that it names none is asked for. */
static void
test_list_bytes (void)
{
  static const char *const names[] = { "a", "b", "c" };
  RedesFolderChild children[G_N_ELEMENTS (names)];
  Lists lists;

  lists_init (&lists);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      children[i] = file (names[i], i, 60 * 1024 * 1024);
      children[i].kind = REDES_FOLDER_KIND_FOLDER;
      children[i].time_s = 0;
      children[i].totals = (RedesFolderTotals){ 1, 1, 0, 0 };
    }
  add_list (&lists, "", children, G_N_ELEMENTS (names));
  g_assert_cmpuint (
      refuse (&lists, NULL, REDES_NOTICE_FOLDER_OVER_LISTS, REDES_NOTICE_FOLDER_OVER_LISTS), ==, 1);
}

static void
test_path (void)
{
  g_autofree char *name = g_strnfill (255, 'x');
  RedesFolderChild child = file (name, 1, 1);
  Lists lists;

  lists_init (&lists);
  for (guint i = 0; i < 17; i++)
    child = add_list (&lists, name, &child, 1);
  refuse (&lists, NULL, REDES_NOTICE_FOLDER_OVER_PATH, REDES_NOTICE_FOLDER_OVER_PATH);
}

/* Very many paths, all of one empty file: 100,000 of 4,000 bytes are more than are taken. */
static void
test_paths (void)
{
  const guint n = 100000;
  g_autofree char *name = g_strnfill (250, 'x');
  g_autofree RedesFolderChild *children = g_new (RedesFolderChild, n);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  RedesFolderChild child;
  Lists lists;

  lists_init (&lists);
  for (guint i = 0; i < n; i++)
    {
      g_ptr_array_add (names, g_strdup_printf ("%06u", i));
      children[i] = file (names->pdata[i], 0, 0);
    }
  child = add_list (&lists, name, children, n);
  for (guint i = 0; i < 15; i++)
    child = add_list (&lists, name, &child, 1);
  refuse (&lists, NULL, REDES_NOTICE_FOLDER_OVER_PATHS, REDES_NOTICE_FOLDER_OVER_PATHS);
}

/* ---- A folder called a file, and the reverse ---- */

/* The manifest that a liar has signed of the very content that others share as what it is. The
 * liar's thread runs already when it is signed. */
typedef struct
{
  GMutex lock;
  RedesManifest *manifest;
} Lie;

static gboolean
tell_lie (HostileSource *self, HostileLink *link, guint8 type, GBytes *body)
{
  Lie *lie = (Lie *)self->data;
  RedesManifest *manifest;

  g_mutex_lock (&lie->lock);
  manifest = lie->manifest;
  g_mutex_unlock (&lie->lock);
  return type == REDES_MESSAGE_MANIFEST_GET && hostile_send_manifest (link, manifest, NULL);
}

static void
sign_lie (Lie *lie, RedesIdentity *liar, const HostileFile *file, const RedesFolderTotals *totals)
{
  RedesManifestDraft draft = { .name = "lie", .geometry = file->geometry, .folder = totals };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) manifests = NULL;

  draft.root = file->content.root;
  manifests = redes_manifest_sign_batch (liar, &draft, 1, 1700000000, &error);
  g_assert_no_error (error);
  g_mutex_lock (&lie->lock);
  lie->manifest = redes_manifest_ref (manifests->pdata[0]);
  g_mutex_unlock (&lie->lock);
}

/* Whoever has it comes later than the liar, who is asked first. */
static void
test_file_called_folder (void)
{
  const RedesFolderTotals totals = { 1, 1, 0, 0 };
  g_autoptr (GBytes) bytes = test_bytes (8100, 100000);
  Lie lie = { 0 };
  HostileSource *liar = hostile_source_new (tracker, "a file", bytes, tell_lie, &lie);
  HostileSource *honest;
  char *no_tracker = NULL;
  RedesLink link = { .content = liar->file.content, .trackers = &no_tracker };
  g_autoptr (RedesTransfer) transfer = NULL;

  sign_lie (&lie, liar->identity, &liar->file, &totals);
  transfer = redes_node_download (victim->node, &link, NULL);
  test_transfer_wait (transfer);
  g_assert_cmpint (redes_notice_get_code (redes_transfer_get_reason (transfer)), ==,
                   REDES_NOTICE_DOWNLOAD_NO_FILE);
  g_clear_object (&transfer);

  honest = hostile_source_new (tracker, "a file", bytes, be_honest, NULL);
  test_node_wait_for_sources (victim, "a file", 2);
  transfer = redes_node_download (victim->node, &link, NULL);
  test_transfer_wait (transfer);
  test_transfer_check_done (transfer, bytes);
  g_clear_object (&transfer);
  hostile_source_free (honest);
  hostile_source_free (liar);
  redes_manifest_unref (lie.manifest);
}

static void
test_folder_called_file (void)
{
  RedesFolderChild child = file ("empty", 0, 0);
  Lists lists;
  Lie lie = { 0 };
  HostileSource *liar;
  HostileSource *honest;
  char *no_tracker = NULL;
  RedesLink link = { .is_folder = TRUE, .trackers = &no_tracker };
  g_autoptr (RedesTransfer) transfer = NULL;

  lists_init (&lists);
  add_list (&lists, "", &child, 1);
  liar
      = hostile_source_new (tracker, "a folder", redes_folder_get_list (lists.top), tell_lie, &lie);
  sign_lie (&lie, liar->identity, &liar->file, NULL);
  link.content = liar->file.content;
  transfer = redes_node_download_folder (victim->node, &link, NULL, NULL, FALSE);
  test_transfer_wait (transfer);
  g_assert_cmpint (redes_notice_get_code (redes_transfer_get_reason (transfer)), ==,
                   REDES_NOTICE_DOWNLOAD_NO_FOLDER);
  g_clear_object (&transfer);

  honest = hostile_source_new_folder (tracker, "a folder", redes_folder_get_list (lists.top),
                                      redes_folder_get_totals (lists.top), serve_lists, &lists);
  transfer = redes_node_download_folder (victim->node, &link, NULL, NULL, FALSE);
  test_transfer_wait (transfer);
  g_assert_cmpint (redes_transfer_get_state (transfer), ==, REDES_TRANSFER_DONE);
  g_clear_object (&transfer);
  hostile_source_free (honest);
  hostile_source_free (liar);
  redes_manifest_unref (lie.manifest);
  g_hash_table_unref (lists.lists);
}

/* Two lie about how much is in it, one of them so that it seems too large; the third does not. */
static void
test_false_totals (void)
{
  static const RedesFolderTotals few = { .n_files = 2 };
  static const RedesFolderTotals many = { .n_files = REDES_FOLDER_MAX_BELOW };
  RedesFolderChild child = file ("empty", 0, 0);
  HostileSource *sources[3];
  Lists lists;
  char *no_tracker = NULL;
  RedesLink link = { .is_folder = TRUE, .trackers = &no_tracker };

  lists_init (&lists);
  add_list (&lists, "", &child, 1);
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    {
      const RedesFolderTotals *const said[] = { &few, &many, redes_folder_get_totals (lists.top) };
      g_autoptr (RedesTransfer) transfer = NULL;

      sources[i]
          = hostile_source_new_folder (tracker, "a false folder", redes_folder_get_list (lists.top),
                                       said[i], serve_lists, &lists);
      link.content = sources[i]->file.content;
      transfer = redes_node_download_folder (victim->node, &link, NULL, NULL, FALSE);
      test_transfer_wait (transfer);
      if (i == 2)
        g_assert_cmpint (redes_transfer_get_state (transfer), ==, REDES_TRANSFER_DONE);
      else
        {
          RedesNoticeCode code = redes_notice_get_code (redes_transfer_get_reason (transfer));

          g_assert_cmpint (redes_transfer_get_state (transfer), ==, REDES_TRANSFER_FAILED);
          g_assert_true (code == REDES_NOTICE_FOLDER_UNUSABLE
                         || (i == 1 && code == REDES_NOTICE_FOLDER_OVER_ENTRIES));
        }
    }
  /* Nobody has broken a rule of the protocol. */
  g_assert_cmpuint (victim->violations->len, ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    hostile_source_free (sources[i]);
  g_hash_table_unref (lists.lists);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  tracker_host = test_tracker_host_new (0);
  tracker = redes_tracker_host_get_address (tracker_host);
  victim = test_node_new (
      &(TestNodeParams){ .tracker = tracker, .nickname = "victim", .patience_s = 60 });
  g_test_add_func ("/node/hostile-folders/entries", test_entries);
  g_test_add_data_func ("/node/hostile-folders/lies-first-true", GUINT_TO_POINTER (0), test_lies);
  g_test_add_data_func ("/node/hostile-folders/lies-last-true", GUINT_TO_POINTER (9), test_lies);
  g_test_add_func ("/node/hostile-folders/list-bytes", test_list_bytes);
  g_test_add_func ("/node/hostile-folders/path", test_path);
  g_test_add_func ("/node/hostile-folders/paths", test_paths);
  g_test_add_func ("/node/hostile-folders/file-called-folder", test_file_called_folder);
  g_test_add_func ("/node/hostile-folders/folder-called-file", test_folder_called_file);
  g_test_add_func ("/node/hostile-folders/false-totals", test_false_totals);
  status = g_test_run ();

  test_node_free (victim);
  test_tracker_host_free (tracker_host);
  return status;
}
