/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hostile.h"
#include "node-fixture.h"

#include <string.h>

#define FILE_BYTES (3u * 1024 * 1024 + 1)
#define SLOW_BYTES_PER_S (64u * 1024)

static RedesTrackerHost *tracker_host;
static const char *tracker;
static TestNode *seed;
static TestNode *victim;
static guint32 n_files;

static guint8
flip (guint8 byte)
{
  return byte ^ 0x10;
}

static GBytes *
flip_byte (GBytes *bytes, gsize at)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);
  guint8 *copy = g_memdup2 (data, len);

  copy[at] = flip (copy[at]);
  return g_bytes_new_take (copy, len);
}

/* What the hostile source does instead of what it should. */

static gboolean
send_wrong_block (HostileSource *self, HostileLink *link, guint8 type, GBytes *body)
{
  RedesBlockHeader header = { 0 };
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) wrong = NULL;

  if (type != REDES_MESSAGE_REQUEST)
    return FALSE;
  hostile_source_get_block (self, hostile_get_index (body), &header, &bytes);
  wrong = flip_byte (bytes, g_bytes_get_size (bytes) - 1);
  return hostile_send_block (link, &header, wrong);
}

static gboolean
send_wrong_proof (HostileSource *self, HostileLink *link, guint8 type, GBytes *body)
{
  RedesBlockHeader header = { 0 };
  g_autoptr (GBytes) bytes = NULL;

  if (type != REDES_MESSAGE_REQUEST)
    return FALSE;
  hostile_source_get_block (self, hostile_get_index (body), &header, &bytes);
  header.proof[0].bytes[0] = flip (header.proof[0].bytes[0]);
  return hostile_send_block (link, &header, bytes);
}

/* @data: by how much the proof is longer */
static gboolean
send_other_proof_length (HostileSource *self, HostileLink *link, guint8 type, GBytes *body)
{
  RedesBlockHeader header = { 0 };
  g_autoptr (GBytes) bytes = NULL;

  if (type != REDES_MESSAGE_REQUEST)
    return FALSE;
  hostile_source_get_block (self, hostile_get_index (body), &header, &bytes);
  header.n_proof += GPOINTER_TO_INT (self->data);
  return hostile_send_block (link, &header, bytes);
}

/* @data: how many bytes are left out */
static gboolean
send_short_block (HostileSource *self, HostileLink *link, guint8 type, GBytes *body)
{
  RedesBlockHeader header = { 0 };
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) part = NULL;

  if (type != REDES_MESSAGE_REQUEST)
    return FALSE;
  hostile_source_get_block (self, hostile_get_index (body), &header, &bytes);
  if (g_bytes_get_size (bytes) < 1000)
    return FALSE;
  part
      = g_bytes_new_from_bytes (bytes, 0, g_bytes_get_size (bytes) - GPOINTER_TO_UINT (self->data));
  return hostile_send_block (link, &header, part);
}

/* The right bytes of another block. */
static gboolean
send_other_block (HostileSource *self, HostileLink *link, guint8 type, GBytes *body)
{
  RedesBlockHeader header = { 0 };
  g_autoptr (GBytes) bytes = NULL;
  guint32 index;

  if (type != REDES_MESSAGE_REQUEST)
    return FALSE;
  index = hostile_get_index (body);
  hostile_source_get_block (self, index == 0 ? 1 : 0, &header, &bytes);
  header.index = index;
  return hostile_send_block (link, &header, bytes);
}

static gboolean
send_manifest_of_other_key (HostileSource *self, HostileLink *link, guint8 type, GBytes *body)
{
  HostileFile forged = { 0 };
  gboolean sent;

  if (type != REDES_MESSAGE_MANIFEST_GET)
    return FALSE;
  hostile_file_init (&forged, net_get_identity (2), redes_manifest_get_name (self->file.manifest),
                     self->file.bytes);
  sent = hostile_send_manifest (link, self->file.manifest,
                                redes_manifest_get_signature (forged.manifest));
  hostile_file_clear (&forged);
  return sent;
}

static gboolean
send_manifest_with_flipped_byte (HostileSource *self, HostileLink *link, guint8 type, GBytes *body)
{
  g_autoptr (GBytes) signature = NULL;

  if (type != REDES_MESSAGE_MANIFEST_GET)
    return FALSE;
  signature = flip_byte (redes_manifest_get_signature (self->file.manifest), 100);
  return hostile_send_manifest (link, self->file.manifest, signature);
}

static gboolean
send_manifest_of_other_content (HostileSource *self, HostileLink *link, guint8 type, GBytes *body)
{
  HostileFile other = { 0 };
  g_autoptr (GBytes) bytes = g_bytes_new_static ("other", 5);
  gboolean sent;

  if (type != REDES_MESSAGE_MANIFEST_GET)
    return FALSE;
  hostile_file_init (&other, self->identity, "other", bytes);
  sent = hostile_send_manifest (link, other.manifest, NULL);
  hostile_file_clear (&other);
  return sent;
}

static gboolean
send_manifest_twice (HostileSource *self, HostileLink *link, guint8 type, GBytes *body)
{
  if (type != REDES_MESSAGE_MANIFEST_GET)
    return FALSE;
  return hostile_send_manifest (link, self->file.manifest, NULL)
         && hostile_send_manifest (link, self->file.manifest, NULL);
}

/* @data: the frame to send when it is asked what it has */
typedef struct
{
  const char *bytes;
  gsize len;
} RawFrame;

static gboolean
send_raw_frame (HostileSource *self, HostileLink *link, guint8 type, GBytes *body)
{
  const RawFrame *frame = self->data;

  if (type != REDES_MESSAGE_INTEREST)
    return FALSE;
  return hostile_send (link, frame->bytes, frame->len);
}

static gboolean
send_block_not_asked_for (HostileSource *self, HostileLink *link, guint8 type, GBytes *body)
{
  RedesBlockHeader header = { 0 };
  g_autoptr (GBytes) bytes = NULL;

  if (type != REDES_MESSAGE_REQUEST)
    return FALSE;
  hostile_source_get_block (self, hostile_get_index (body), &header, &bytes);
  return hostile_send_block (link, &header, bytes) && hostile_send_block (link, &header, bytes);
}

static gboolean
send_block_of_other_content (HostileSource *self, HostileLink *link, guint8 type, GBytes *body)
{
  RedesBlockHeader header = { 0 };
  g_autoptr (GBytes) bytes = NULL;

  if (type != REDES_MESSAGE_REQUEST)
    return FALSE;
  hostile_source_get_block (self, hostile_get_index (body), &header, &bytes);
  header.content.root.bytes[5] = flip (header.content.root.bytes[5]);
  return hostile_send_block (link, &header, bytes);
}

static gboolean
send_bitfield_twice (HostileSource *self, HostileLink *link, guint8 type, GBytes *body)
{
  if (type != REDES_MESSAGE_INTEREST)
    return FALSE;
  return hostile_send_bitfield (self, link, NULL, 0) && hostile_send_bitfield (self, link, NULL, 0);
}

static gboolean
send_have_not_asked_for (HostileSource *self, HostileLink *link, guint8 type, GBytes *body)
{
  RedesContentId other = self->file.content;

  if (type != REDES_MESSAGE_INTEREST)
    return FALSE;
  other.root.bytes[0] = flip (other.root.bytes[0]);
  return hostile_send_block_message (link, REDES_MESSAGE_HAVE, &other, 0);
}

static gboolean
send_reject_not_asked_for (HostileSource *self, HostileLink *link, guint8 type, GBytes *body)
{
  if (type != REDES_MESSAGE_INTEREST)
    return FALSE;
  return hostile_send_reject (link, &self->file.content, 3, REDES_REJECT_BUSY);
}

/* @data: how many bytes; a file of 13 blocks has two */
static gboolean
send_bitfield_of_other_length (HostileSource *self, HostileLink *link, guint8 type, GBytes *body)
{
  static const guint8 bits[4] = { 0xff, 0xf8 };

  if (type != REDES_MESSAGE_INTEREST)
    return FALSE;
  return hostile_send_bitfield (self, link, bits, GPOINTER_TO_UINT (self->data));
}

static gboolean
send_bitfield_with_spare_bits (HostileSource *self, HostileLink *link, guint8 type, GBytes *body)
{
  static const guint8 bits[2] = { 0xff, 0xfc };

  if (type != REDES_MESSAGE_INTEREST)
    return FALSE;
  return hostile_send_bitfield (self, link, bits, sizeof bits);
}

static gboolean
send_have_out_of_range (HostileSource *self, HostileLink *link, guint8 type, GBytes *body)
{
  static const guint8 bits[2] = { 0x80, 0 };

  if (type != REDES_MESSAGE_INTEREST)
    return FALSE;
  return hostile_send_bitfield (self, link, bits, sizeof bits)
         && hostile_send_block_message (link, REDES_MESSAGE_HAVE, &self->file.content, 13);
}

static gboolean
send_hello_twice (HostileSource *self, HostileLink *link, guint8 type, GBytes *body)
{
  return type == REDES_MESSAGE_INTEREST && hostile_send_hello (link);
}

static gboolean
be_honest (HostileSource *self, HostileLink *link, guint8 type, GBytes *body)
{
  return FALSE;
}

static gboolean
chat_about_unknown_things (HostileSource *self, HostileLink *link, guint8 type, GBytes *body)
{
  static const char frame[] = "\0\0\0\x6\xcdwhat?";

  hostile_send (link, frame, sizeof frame - 1);
  return FALSE;
}

#define RAW(text) (&(const RawFrame){ (text), sizeof (text) - 1 })

typedef struct
{
  const char *name;
  const char *violation;
  HostileFunc act;
  gconstpointer data;
} Lie;

static const Lie lies[] = {
  { "wrong-block", "wrong-block", send_wrong_block, NULL },
  { "wrong-proof", "wrong-block", send_wrong_proof, NULL },
  { "long-proof", "wrong-block", send_other_proof_length, GINT_TO_POINTER (1) },
  { "short-proof", "wrong-block", send_other_proof_length, GINT_TO_POINTER (-1) },
  { "short-block", "wrong-block", send_short_block, GUINT_TO_POINTER (1) },
  { "very-short-block", "wrong-block", send_short_block, GUINT_TO_POINTER (999) },
  { "other-block", "wrong-block", send_other_block, NULL },
  { "manifest-of-other-key", "wrong-manifest", send_manifest_of_other_key, NULL },
  { "manifest-with-flipped-byte", "wrong-manifest", send_manifest_with_flipped_byte, NULL },
  { "manifest-of-other-content", "out-of-order", send_manifest_of_other_content, NULL },
  { "manifest-twice", "out-of-order", send_manifest_twice, NULL },
  { "frame-of-4-GiB", "frame-too-large", send_raw_frame, RAW ("\xff\xff\xff\xff\x14") },
  { "block-of-4-GiB", "frame-too-large", send_raw_frame, RAW ("\xff\xff\xff\xff\x17") },
  { "unknown-type", "unknown-message", send_raw_frame, RAW ("\0\0\0\x2\x4dx") },
  { "tracker-type", "out-of-order", send_raw_frame,
    RAW ("\0\0\0\x9\x32"
         "12345678") },
  { "malformed", "malformed-message", send_raw_frame, RAW ("\0\0\0\x4\x14xyz") },
  { "block-before-request", "out-of-order", send_raw_frame, RAW ("\0\0\x1\0\x17") },
  { "block-twice", "out-of-order", send_block_not_asked_for, NULL },
  { "block-of-other-content", "out-of-order", send_block_of_other_content, NULL },
  { "bitfield-twice", "out-of-order", send_bitfield_twice, NULL },
  { "have-unasked", "out-of-order", send_have_not_asked_for, NULL },
  { "reject-unasked", "out-of-order", send_reject_not_asked_for, NULL },
  { "bitfield-too-short", "bad-value", send_bitfield_of_other_length, GUINT_TO_POINTER (1) },
  { "bitfield-too-long", "bad-value", send_bitfield_of_other_length, GUINT_TO_POINTER (3) },
  { "bitfield-with-spare-bits", "bad-value", send_bitfield_with_spare_bits, NULL },
  { "have-out-of-range", "bad-value", send_have_out_of_range, NULL },
  { "hello-twice", "out-of-order", send_hello_twice, NULL },
};

static void
begin (HostileCase *self, HostileFunc act, gconstpointer data)
{
  n_files++;
  hostile_case_begin (self, tracker, g_strdup_printf ("violation %u", n_files),
                      test_bytes (1000 + n_files, FILE_BYTES), act, data);
  g_ptr_array_set_size (victim->violations, 0);
}

/* An honest file goes through, as before. */
static void
check_healthy (void)
{
  g_autofree char *name = g_strdup_printf ("healthy %u", ++n_files);
  g_autoptr (GBytes) bytes = test_bytes (1000 + n_files, 1000);
  g_autoptr (RedesLink) link = test_node_share (seed, name, bytes);
  g_autoptr (RedesTransfer) transfer = NULL;

  test_node_set_limits (seed->node, 0, 0);
  test_node_wait_for_sources (victim, name, 1);
  transfer = test_node_download (victim, link);
  test_transfer_check_done (transfer, bytes);
}

/* With nobody else to ask the download fails, and nothing stands in the folder. */
static void
test_liar_alone (gconstpointer data)
{
  const Lie *lie = data;
  guint n_before = test_count_files (victim->downloads);
  g_autoptr (RedesTransfer) transfer = NULL;
  HostileCase this;

  begin (&this, lie->act, lie->data);
  transfer = test_node_download (victim, &this.link);
  test_transfer_check_failed (transfer, " ");
  net_wait_for (test_node_has_violation (victim, lie->violation));
  net_wait_for (test_count_files (victim->downloads) == n_before);
  hostile_case_end (&this);
  check_healthy ();
}

static gboolean
is_about_manifest (const Lie *lie)
{
  return g_str_has_prefix (lie->name, "manifest-");
}

/* Next to an honest source, which is kept slow until the liar has lied, the file is completed. */
static void
test_liar_and_honest (gconstpointer data)
{
  const Lie *lie = data;
  g_autoptr (RedesLink) link = NULL;
  g_autoptr (RedesTransfer) transfer = NULL;
  HostileCase this;

  begin (&this, lie->act, lie->data);
  test_node_set_limits (seed->node, SLOW_BYTES_PER_S, 0);
  link = test_node_share (seed, this.name, this.bytes);
  test_node_wait_for_sources (victim, this.name, 2);
  transfer = redes_node_download (victim->node, &this.link, NULL);
  /* Only the first to be there is asked for the manifest. */
  if (!is_about_manifest (lie))
    net_wait_for (test_node_has_violation (victim, lie->violation));
  test_node_set_limits (seed->node, 0, 0);
  test_transfer_check_done (transfer, this.bytes);
  hostile_case_end (&this);
}

/* What is no violation. */
static void
test_no_violation (gconstpointer data)
{
  const Lie *lie = data;
  g_autoptr (RedesTransfer) transfer = NULL;
  HostileCase this;

  begin (&this, lie->act, lie->data);
  transfer = test_node_download (victim, &this.link);
  test_transfer_check_done (transfer, this.bytes);
  g_assert_cmpuint (victim->violations->len, ==, 0);
  hostile_case_end (&this);
}

static const Lie no_lies[] = {
  { "honest", NULL, be_honest, NULL },
  { "unknown-optional", NULL, chat_about_unknown_things, NULL },
};

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

  for (guint i = 0; i < G_N_ELEMENTS (lies); i++)
    {
      g_autofree char *alone = g_strconcat ("/node/violations/alone/", lies[i].name, NULL);
      g_autofree char *beside = g_strconcat ("/node/violations/beside/", lies[i].name, NULL);

      g_test_add_data_func (alone, &lies[i], test_liar_alone);
      g_test_add_data_func (beside, &lies[i], test_liar_and_honest);
    }
  for (guint i = 0; i < G_N_ELEMENTS (no_lies); i++)
    {
      g_autofree char *path = g_strconcat ("/node/violations/none/", no_lies[i].name, NULL);

      g_test_add_data_func (path, &no_lies[i], test_no_violation);
    }
  status = g_test_run ();

  test_node_free (victim);
  test_node_free (seed);
  test_tracker_host_free (tracker_host);
  return status;
}
