/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "swarm-fixture.h"

#include "engine/base/bitfield.h"

#include <string.h>

#define START_US (1000 * SECOND_US)
#define SEED 7u

static gint64
get_fake_time (gpointer user_data)
{
  return ((const FakeClock *)user_data)->now_us;
}

void
fake_clock_init (FakeClock *self)
{
  self->now_us = START_US;
  self->clock = (RedesClock){ .now_us = get_fake_time, .user_data = self };
}

void
fake_content_init (FakeContent *self, guint32 n_blocks)
{
  gsize size = (gsize)n_blocks * FAKE_BLOCK_SIZE;

  folder_init (&self->folder);
  folder_add_file (&self->folder, "shared", size, SEED);
  self->manifest = folder_sign (&self->folder, "file", size, SEED, &self->tree);
  self->content = redes_manifest_get_content (self->manifest);
}

void
fake_content_clear (FakeContent *self)
{
  redes_manifest_unref (self->manifest);
  redes_hash_tree_unref (self->tree);
  folder_clear (&self->folder);
}

GBytes *
fake_content_dup_block (const FakeContent *self, guint32 index)
{
  g_autofree char *path = folder_get_path (&self->folder, "shared");
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, NULL);

  g_assert_nonnull (file);
  return g_bytes_new (g_mapped_file_get_contents (file) + (gsize)index * FAKE_BLOCK_SIZE,
                      FAKE_BLOCK_SIZE);
}

void
fake_content_get_header (const FakeContent *self, guint32 index, RedesBlockHeader *header)
{
  *header = (RedesBlockHeader){ .content = *self->content, .index = index };
  header->n_proof = redes_geometry_get_proof_length (redes_manifest_get_geometry (self->manifest));
  g_assert_true (redes_hash_tree_get_proof (self->tree, index, header->proof));
}

/* What is asked of a remote. */

static FakeRemote *
from_remote (RedesRemote *remote)
{
  return (FakeRemote *)remote;
}

static RedesRemote *
fake_ref (RedesRemote *remote)
{
  from_remote (remote)->ref_count++;
  return remote;
}

static void
fake_unref (RedesRemote *remote)
{
  fake_remote_unref (from_remote (remote));
}

static const RedesPeerId *
get_id (RedesRemote *remote)
{
  return &from_remote (remote)->id;
}

static const char *
get_nickname (RedesRemote *remote)
{
  return "fake";
}

static const char *
get_host (RedesRemote *remote)
{
  return from_remote (remote)->host;
}

static const char *
get_address (RedesRemote *remote)
{
  return from_remote (remote)->address;
}

static gboolean
is_listening (RedesRemote *remote)
{
  return from_remote (remote)->is_listening;
}

static gboolean
is_closed (RedesRemote *remote)
{
  return from_remote (remote)->is_closed;
}

static void
fail (RedesRemote *remote, const GError *error)
{
  FakeRemote *self = from_remote (remote);

  if (self->is_closed)
    return;
  self->is_closed = TRUE;
  self->error = g_error_copy (error);
  if (self->on_ended != NULL)
    self->on_ended (self);
}

static void
attach (RedesRemote *remote, const RedesContentId *content, RedesSource *source)
{
  FakeRemote *self = from_remote (remote);

  g_assert_null (self->source);
  self->source = source;
  if (self->on_attach != NULL)
    self->on_attach (self);
}

static void
detach (RedesRemote *remote, const RedesContentId *content)
{
  FakeRemote *self = from_remote (remote);

  self->source = NULL;
  g_array_set_size (self->requests, 0);
}

static void
ask_manifest (RedesRemote *remote, const RedesContentId *content)
{
  FakeRemote *self = from_remote (remote);

  self->n_manifests_asked++;
  if (self->on_manifest != NULL)
    self->on_manifest (self);
}

static void
request (RedesRemote *remote, const RedesContentId *content, guint32 index, guint32 length)
{
  FakeRemote *self = from_remote (remote);

  g_assert_cmpuint (length, ==, FAKE_BLOCK_SIZE);
  g_array_append_val (self->requests, index);
  self->n_requests++;
  if (self->on_request != NULL)
    self->on_request (self);
}

static void
remove_request (FakeRemote *self, guint32 index)
{
  for (guint i = 0; i < self->requests->len; i++)
    if (g_array_index (self->requests, guint32, i) == index)
      {
        g_array_remove_index (self->requests, i);
        return;
      }
}

static void
cancel (RedesRemote *remote, const RedesContentId *content, guint32 index)
{
  FakeRemote *self = from_remote (remote);

  remove_request (self, index);
  g_array_append_val (self->cancelled, index);
}

static void
complain (RedesRemote *remote, const RedesContentId *content, guint32 index)
{
  g_array_append_val (from_remote (remote)->complained, index);
}

static gint64
get_silence_us (RedesRemote *remote, gint64 now_us)
{
  return now_us - from_remote (remote)->gave_us;
}

static void
forgive_silence (RedesRemote *remote, gint64 now_us)
{
  from_remote (remote)->gave_us = now_us;
}

static gint64
get_quiet_us (RedesRemote *remote, gint64 now_us)
{
  return now_us - from_remote (remote)->heard_us;
}

static gboolean
is_held_back (RedesRemote *remote)
{
  return from_remote (remote)->is_held_back;
}

static gsize
get_block_progress (RedesRemote *remote, RedesContentId *content, guint32 *index)
{
  FakeRemote *self = from_remote (remote);

  *content = self->coming_content;
  *index = self->coming_index;
  return self->coming_bytes;
}

static void
reject (RedesRemote *remote,
        const RedesContentId *content,
        guint32 index,
        RedesRejectReason reason,
        const char *words)
{
  FakeRemote *self = from_remote (remote);
  guint32 why = reason;

  g_array_append_val (self->rejected, index);
  g_array_append_val (self->reasons, why);
}

static void
send_block (RedesRemote *remote, const RedesBlockHeader *header, GBytes *data)
{
  FakeRemote *self = from_remote (remote);

  g_array_append_val (self->sent, header->index);
  self->queued_bytes += g_bytes_get_size (data);
}

static gboolean
unsend_block (RedesRemote *remote, const RedesContentId *content, guint32 index)
{
  FakeRemote *self = from_remote (remote);

  if (!self->can_unsend)
    return FALSE;
  self->queued_bytes -= FAKE_BLOCK_SIZE;
  return TRUE;
}

static gsize
get_queued (RedesRemote *remote)
{
  return from_remote (remote)->queued_bytes;
}

static guint64
get_taken (RedesRemote *remote)
{
  return from_remote (remote)->taken_bytes;
}

static const RedesRemoteInterface fake_interface = {
  .ref = fake_ref,
  .unref = fake_unref,
  .get_id = get_id,
  .get_nickname = get_nickname,
  .get_host = get_host,
  .get_address = get_address,
  .is_listening = is_listening,
  .is_closed = is_closed,
  .fail = fail,
  .attach = attach,
  .detach = detach,
  .ask_manifest = ask_manifest,
  .request = request,
  .cancel = cancel,
  .complain = complain,
  .get_silence_us = get_silence_us,
  .forgive_silence = forgive_silence,
  .get_quiet_us = get_quiet_us,
  .is_held_back = is_held_back,
  .get_block_progress = get_block_progress,
  .reject = reject,
  .send_block = send_block,
  .unsend_block = unsend_block,
  .get_queued = get_queued,
  .get_held = get_queued,
  .get_taken = get_taken,
};

RedesPeerId
fake_peer_id (guint number)
{
  return (RedesPeerId){ .bytes = { (guint8)(number >> 8), (guint8)number } };
}

FakeRemote *
fake_remote_new (guint number, const char *host, const FakeClock *clock)
{
  FakeRemote *self = g_new0 (FakeRemote, 1);

  self->remote.interface = &fake_interface;
  self->ref_count = 1;
  self->id = fake_peer_id (number);
  self->host = g_strdup (host);
  self->address = g_strdup_printf ("%s:%u", host, 2000 + number);
  self->is_listening = TRUE;
  self->gave_us = self->heard_us = clock->now_us;
  self->requests = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->cancelled = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->complained = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->sent = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->rejected = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->reasons = g_array_new (FALSE, FALSE, sizeof (guint32));
  return self;
}

void
fake_remote_unref (FakeRemote *self)
{
  if (--self->ref_count > 0)
    return;
  g_array_unref (self->requests);
  g_array_unref (self->cancelled);
  g_array_unref (self->complained);
  g_array_unref (self->sent);
  g_array_unref (self->rejected);
  g_array_unref (self->reasons);
  g_clear_error (&self->error);
  g_free (self->host);
  g_free (self->address);
  g_free (self);
}

guint32
fake_remote_pop_request (FakeRemote *self)
{
  guint32 index;

  if (self->requests->len == 0)
    return FAKE_NONE;
  index = g_array_index (self->requests, guint32, 0);
  g_array_remove_index (self->requests, 0);
  return index;
}

gboolean
fake_array_has (const GArray *array, guint32 index)
{
  for (guint i = 0; i < array->len; i++)
    if (g_array_index (array, guint32, i) == index)
      return TRUE;
  return FALSE;
}

void
fake_remote_has_all (FakeRemote *self)
{
  g_autoptr (GBytes) bits = g_bytes_new_static ("", 0);

  redes_source_on_bitfield (self->source, bits);
}

void
fake_remote_has (FakeRemote *self, guint32 n_blocks, guint64 mask)
{
  g_autoptr (RedesBitfield) blocks = redes_bitfield_new (n_blocks);
  g_autoptr (GBytes) bits = NULL;

  for (guint32 i = 0; i < n_blocks; i++)
    if ((mask & (G_GUINT64_CONSTANT (1) << i)) != 0)
      redes_bitfield_set (blocks, i);
  bits = redes_bitfield_to_bytes (blocks);
  redes_source_on_bitfield (self->source, bits);
}

void
fake_remote_send (
    FakeRemote *self, const FakeContent *content, guint32 index, gboolean is_right, gint64 now_us)
{
  g_autoptr (GBytes) block = fake_content_dup_block (content, index);
  RedesBlockHeader header;

  if (!is_right)
    {
      gsize size;
      guint8 *bytes = g_bytes_unref_to_data (g_steal_pointer (&block), &size);

      bytes[0] ^= 1;
      block = g_bytes_new_take (bytes, size);
    }
  fake_content_get_header (content, index, &header);
  remove_request (self, index);
  self->gave_us = self->heard_us = now_us;
  redes_source_on_block (self->source, &header, block);
}
