/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hostile.h"
#include "node-fixture.h"

#include <string.h>

/*
 * Root and size together name a file. A leaf and an inner node of a hash tree are hashed alike, so
 * that the 64 bytes `left || right` below any root are a file that has the same root.
 */

#define FILE_BYTES (3u * 1024 * 1024 + 5)

static RedesTrackerHost *tracker_host;
static const char *tracker;
static TestNode *seed;
static TestNode *victim;

/* The two digests below the root. */
static GBytes *
get_inner_node (RedesHashTree *tree)
{
  const RedesGeometry *geometry = redes_hash_tree_get_geometry (tree);
  guint n_proof = redes_geometry_get_proof_length (geometry);
  RedesDigest proof[REDES_MAX_PROOF_LENGTH];
  RedesDigest pair[2];

  /* The last sibling of the first block is the right half, and of the last block the left one. */
  g_assert_true (redes_hash_tree_get_proof (tree, 0, proof));
  pair[1] = proof[n_proof - 1];
  g_assert_true (
      redes_hash_tree_get_proof (tree, redes_geometry_get_n_blocks (geometry) - 1, proof));
  pair[0] = proof[n_proof - 1];
  return g_bytes_new (pair, sizeof pair);
}

/* @data: where the HostileFile stands, once it is made: its manifest is sent for any content. */
static gboolean
send_other_manifest (HostileSource *self, HostileLink *link, guint8 type, GBytes *body)
{
  HostileFile **slot = (HostileFile **)self->data;
  const HostileFile *other = g_atomic_pointer_get (slot);

  return type == REDES_MESSAGE_MANIFEST_GET && other != NULL
         && hostile_send_manifest (link, other->manifest, NULL);
}

/* Whoever signs an inner node as a file cannot satisfy a link to the file with that root. */
static void
test_inner_node_is_another_content (void)
{
  g_autoptr (GBytes) bytes = test_bytes (77, FILE_BYTES);
  g_autoptr (GBytes) inner = NULL;
  g_autoptr (RedesTransfer) transfer = NULL;
  g_autoptr (RedesLink) link = NULL;
  g_autofree char *name = g_strdup ("inner node.bin");
  HostileFile forged = { 0 };
  HostileFile *made = NULL;
  HostileCase this;

  hostile_case_begin (&this, tracker, g_steal_pointer (&name), g_bytes_ref (bytes),
                      send_other_manifest, &made);
  inner = get_inner_node (this.source->file.tree);
  hostile_file_init (&forged, this.source->identity, "inner node.bin", inner);
  g_atomic_pointer_set (&made, &forged);
  g_assert_true (redes_digest_equal (&forged.content.root, &this.link.content.root));
  g_assert_cmpuint (forged.content.size_bytes, ==, 64);
  g_assert_false (redes_content_id_equal (&forged.content, &this.link.content));

  transfer = redes_node_download (victim->node, &this.link, NULL);
  net_wait_for (test_node_has_violation (victim, "out-of-order"));
  g_assert_cmpint (redes_transfer_get_state (transfer), !=, REDES_TRANSFER_DONE);
  g_assert_cmpuint (redes_transfer_get_bytes_done (transfer), ==, 0);
  hostile_case_end (&this);

  /* The honest one satisfies the same link. */
  link = test_node_share (seed, "the honest one.bin", bytes);
  test_node_wait_for_sources (victim, "the honest one.bin", 1);
  g_clear_object (&transfer);
  transfer = test_node_download (victim, link);
  test_transfer_check_done (transfer, bytes);
  hostile_file_clear (&forged);
}

/* The tracker keeps the two apart, and so does who searches. */
static void
test_two_rows (void)
{
  g_autoptr (GBytes) bytes = test_bytes (78, FILE_BYTES);
  g_autoptr (GBytes) inner = NULL;
  g_autoptr (RedesLink) whole = test_node_share (seed, "kept apart whole.bin", bytes);
  g_autoptr (RedesLink) part = NULL;
  g_autoptr (RedesTransfer) transfer = NULL;
  g_autoptr (RedesIdentity) identity = redes_identity_new (2048, NULL);
  HostileFile file = { 0 };

  hostile_file_init (&file, identity, "kept apart whole.bin", bytes);
  inner = get_inner_node (file.tree);
  part = test_node_share (seed, "kept apart part.bin", inner);
  g_assert_true (redes_digest_equal (&whole->content.root, &part->content.root));
  test_node_wait_for_sources (victim, "kept apart part.bin", 1);
  test_node_wait_for_sources (victim, "kept apart whole.bin", 1);

  transfer = test_node_download (victim, part);
  test_transfer_check_done (transfer, inner);
  g_clear_object (&transfer);
  transfer = test_node_download (victim, whole);
  test_transfer_check_done (transfer, bytes);
  hostile_file_clear (&file);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  tracker_host = test_tracker_host_new (0);
  tracker = redes_tracker_host_get_address (tracker_host);
  seed = test_node_new (&(TestNodeParams){ .tracker = tracker, .nickname = "seed" });
  victim = test_node_new (&(TestNodeParams){ .tracker = tracker, .nickname = "victim" });
  net_get_identity (2);

  g_test_add_func ("/node/content/inner-node-is-another-content",
                   test_inner_node_is_another_content);
  g_test_add_func ("/node/content/two-rows", test_two_rows);
  status = g_test_run ();

  test_node_free (victim);
  test_node_free (seed);
  test_tracker_host_free (tracker_host);
  return status;
}
