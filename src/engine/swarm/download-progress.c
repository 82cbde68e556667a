/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/download-progress.h"

#include "engine/base/rate-meter.h"

/**
 * RedesDownloadProgress:
 * @tree: what is known of it
 * @verified: blocks that are verified and written
 * @arrived: verified, or being verified; new each time that blocks are wanted
 * @senders: (nullable): of each block: its sender's number; 0: not known
 * @doubtful: guint32: blocks to be read again before they count
 * @bytes_done: of @verified
 * @unsettled_bytes: of the blocks that have come whole, and are being verified or written
 */
struct _RedesDownloadProgress
{
  RedesContentId content;
  RedesManifest *manifest;
  RedesGeometry geometry;
  RedesHashTree *tree;
  RedesBitfield *verified;
  RedesBitfield *arrived;
  RedesPicker *picker;
  gboolean is_held;
  guint8 *senders;
  GArray *doubtful;
  guint64 bytes_done;
  guint64 unsettled_bytes;
  RedesRateMeter meter;
  GHashTable *source_stats;
};

RedesDownloadProgress *
redes_download_progress_new (const RedesContentId *content)
{
  RedesDownloadProgress *self = g_new0 (RedesDownloadProgress, 1);

  self->content = *content;
  self->doubtful = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->source_stats = redes_source_stats_new ();
  return self;
}

void
redes_download_progress_free (RedesDownloadProgress *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->manifest, redes_manifest_unref);
  g_clear_pointer (&self->tree, redes_hash_tree_unref);
  g_clear_pointer (&self->verified, redes_bitfield_free);
  g_clear_pointer (&self->arrived, redes_bitfield_free);
  g_clear_pointer (&self->picker, redes_picker_free);
  g_free (self->senders);
  g_array_unref (self->doubtful);
  g_hash_table_unref (self->source_stats);
  g_free (self);
}

const RedesContentId *
redes_download_progress_get_content (const RedesDownloadProgress *self)
{
  return &self->content;
}

void
redes_download_progress_set_manifest (RedesDownloadProgress *self, RedesManifest *manifest)
{
  g_return_if_fail (self->manifest == NULL);

  self->manifest = redes_manifest_ref (manifest);
  self->geometry = *redes_manifest_get_geometry (manifest);
  self->tree = redes_hash_tree_new (&self->geometry, &self->content.root);
  self->verified = redes_bitfield_new (redes_geometry_get_n_blocks (&self->geometry));
}

RedesManifest *
redes_download_progress_get_manifest (const RedesDownloadProgress *self)
{
  return self->manifest;
}

const RedesGeometry *
redes_download_progress_get_geometry (const RedesDownloadProgress *self)
{
  return self->manifest != NULL ? &self->geometry : NULL;
}

RedesHashTree *
redes_download_progress_get_tree (const RedesDownloadProgress *self)
{
  return self->tree;
}

void
redes_download_progress_take_tree (RedesDownloadProgress *self, RedesHashTree *tree)
{
  redes_hash_tree_unref (self->tree);
  self->tree = tree;
}

guint32
redes_download_progress_get_n_blocks (const RedesDownloadProgress *self)
{
  return self->verified != NULL ? redes_bitfield_get_size (self->verified) : 0;
}

/* Verified blocks. */

gboolean
redes_download_progress_has_block (const RedesDownloadProgress *self, guint32 index)
{
  return index < redes_download_progress_get_n_blocks (self)
         && redes_bitfield_get (self->verified, index);
}

guint32
redes_download_progress_count_verified (const RedesDownloadProgress *self)
{
  return self->verified != NULL ? redes_bitfield_get_count (self->verified) : 0;
}

gboolean
redes_download_progress_is_full (const RedesDownloadProgress *self)
{
  return self->verified != NULL && redes_bitfield_is_full (self->verified);
}

void
redes_download_progress_count (RedesDownloadProgress *self, guint32 index)
{
  if (redes_bitfield_get (self->verified, index))
    return;
  redes_bitfield_set (self->verified, index);
  self->bytes_done += redes_geometry_get_block_length (&self->geometry, index);
}

void
redes_download_progress_discount (RedesDownloadProgress *self, guint32 index)
{
  if (!redes_bitfield_get (self->verified, index))
    return;
  redes_bitfield_clear (self->verified, index);
  self->bytes_done -= redes_geometry_get_block_length (&self->geometry, index);
}

/* Blocks in doubt. */

void
redes_download_progress_doubt (RedesDownloadProgress *self, guint32 index)
{
  g_array_append_val (self->doubtful, index);
}

void
redes_download_progress_doubt_all (RedesDownloadProgress *self, gboolean keep)
{
  guint32 n_blocks = redes_download_progress_get_n_blocks (self);

  if (!keep)
    g_array_set_size (self->doubtful, 0);
  for (guint32 i = 0; i < n_blocks; i++)
    if (redes_bitfield_get (self->verified, i))
      {
        redes_download_progress_discount (self, i);
        if (keep)
          redes_download_progress_doubt (self, i);
      }
}

guint32
redes_download_progress_count_doubtful (const RedesDownloadProgress *self)
{
  return self->doubtful->len;
}

gboolean
redes_download_progress_pop_doubtful (RedesDownloadProgress *self,
                                      guint32 *index,
                                      RedesDigest *digest)
{
  while (self->doubtful->len > 0)
    {
      *index = g_array_index (self->doubtful, guint32, self->doubtful->len - 1);
      g_array_set_size (self->doubtful, self->doubtful->len - 1);
      if (redes_hash_tree_get_block (self->tree, *index, digest))
        return TRUE;
    }
  return FALSE;
}

guint32
redes_download_progress_get_blocks_done (const RedesDownloadProgress *self)
{
  return redes_download_progress_count_verified (self) + self->doubtful->len;
}

guint64
redes_download_progress_get_bytes_done (const RedesDownloadProgress *self)
{
  guint64 bytes = self->bytes_done;

  for (guint i = 0; i < self->doubtful->len; i++)
    bytes += redes_geometry_get_block_length (&self->geometry,
                                              g_array_index (self->doubtful, guint32, i));
  return bytes;
}

/* Blocks on their way. */

void
redes_download_progress_open (RedesDownloadProgress *self, guint32 first)
{
  guint32 n_blocks = redes_download_progress_get_n_blocks (self);

  redes_download_progress_close (self);
  self->picker = redes_picker_new (n_blocks, first);
  g_clear_pointer (&self->arrived, redes_bitfield_free);
  self->arrived = redes_bitfield_new (n_blocks);
  self->unsettled_bytes = 0;
  for (guint32 i = 0; i < n_blocks; i++)
    if (redes_bitfield_get (self->verified, i))
      {
        redes_bitfield_set (self->arrived, i);
        redes_picker_set_done (self->picker, i);
      }
}

void
redes_download_progress_close (RedesDownloadProgress *self)
{
  g_clear_pointer (&self->picker, redes_picker_free);
}

void
redes_download_progress_hold (RedesDownloadProgress *self, gboolean is_held)
{
  self->is_held = is_held;
}

gboolean
redes_download_progress_is_held (const RedesDownloadProgress *self)
{
  return self->is_held;
}

RedesPicker *
redes_download_progress_get_picker (const RedesDownloadProgress *self)
{
  return self->picker;
}

gboolean
redes_download_progress_expects (const RedesDownloadProgress *self, guint32 index)
{
  return self->picker != NULL && !redes_bitfield_get (self->arrived, index);
}

/* One that came before blocks were wanted anew is not in the sum. */
static void
settle (RedesDownloadProgress *self, guint32 index)
{
  guint64 length = redes_geometry_get_block_length (&self->geometry, index);

  self->unsettled_bytes -= MIN (length, self->unsettled_bytes);
}

void
redes_download_progress_note_arrival (RedesDownloadProgress *self, guint32 index)
{
  if (redes_bitfield_set (self->arrived, index))
    self->unsettled_bytes += redes_geometry_get_block_length (&self->geometry, index);
  redes_picker_set_done (self->picker, index);
}

void
redes_download_progress_refuse_arrival (RedesDownloadProgress *self, guint32 index)
{
  if (self->picker == NULL)
    return;
  if (redes_bitfield_get (self->arrived, index) && !redes_bitfield_get (self->verified, index))
    settle (self, index);
  redes_bitfield_clear (self->arrived, index);
  redes_picker_set_undone (self->picker, index);
}

void
redes_download_progress_note_bytes (RedesDownloadProgress *self, gsize n_bytes, gint64 now_us)
{
  redes_rate_meter_add (&self->meter, n_bytes, now_us);
}

guint64
redes_download_progress_get_unsettled_bytes (const RedesDownloadProgress *self)
{
  return self->picker != NULL ? self->unsettled_bytes : 0;
}

guint32
redes_download_progress_find_missing (const RedesDownloadProgress *self, guint32 from)
{
  guint32 n_blocks = redes_download_progress_get_n_blocks (self);

  while (from < n_blocks && redes_bitfield_get (self->arrived, from))
    from++;
  return from;
}

void
redes_download_progress_record (RedesDownloadProgress *self,
                                guint32 index,
                                const RedesDigest *digest,
                                const RedesDigest *proof,
                                gsize length,
                                RedesSourceStats *sender,
                                gint64 now_us)
{
  redes_hash_tree_add_proof (self->tree, index, digest, proof);
  settle (self, index);
  redes_download_progress_count (self, index);
  if (sender == NULL)
    {
      redes_download_progress_note_bytes (self, length, now_us);
      return;
    }
  sender->sender.blocks++;
  if (self->senders == NULL)
    self->senders = g_new0 (guint8, redes_download_progress_get_n_blocks (self));
  self->senders[index] = sender->number;
}

gboolean
redes_download_progress_restore (RedesDownloadProgress *self,
                                 guint32 index,
                                 const RedesDigest *digest,
                                 const RedesDigest *proof,
                                 guint n_proof,
                                 gboolean safe)
{
  if (index >= redes_download_progress_get_n_blocks (self)
      || n_proof != redes_geometry_get_proof_length (&self->geometry)
      || !redes_geometry_check_proof (&self->geometry, index, digest, proof, n_proof,
                                      &self->content.root))
    return FALSE;
  redes_hash_tree_add_proof (self->tree, index, digest, proof);
  if (safe)
    redes_download_progress_count (self, index);
  else
    redes_download_progress_doubt (self, index);
  return TRUE;
}

/* Senders. */

RedesSourceStats *
redes_download_progress_ensure_sender (RedesDownloadProgress *self,
                                       const RedesPeerId *peer,
                                       const char *nickname,
                                       const char *address)
{
  return redes_source_stats_ensure (self->source_stats, peer, nickname, address);
}

const RedesSourceStats *
redes_download_progress_find_sender (const RedesDownloadProgress *self, const RedesPeerId *peer)
{
  return g_hash_table_lookup (self->source_stats, peer);
}

GList *
redes_download_progress_list_source_stats (const RedesDownloadProgress *self)
{
  return g_hash_table_get_values (self->source_stats);
}

GPtrArray *
redes_download_progress_list_senders (const RedesDownloadProgress *self)
{
  return redes_source_stats_list_senders (self->source_stats);
}

gboolean
redes_download_progress_get_block (const RedesDownloadProgress *self, guint32 index, guint8 *sender)
{
  if (!redes_download_progress_has_block (self, index))
    return FALSE;
  *sender = self->senders != NULL ? self->senders[index] : 0;
  return TRUE;
}

gdouble
redes_download_progress_get_rate (const RedesDownloadProgress *self, gint64 now_us)
{
  return redes_rate_meter_get (&self->meter, now_us);
}
