/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/download-private.h"

/* How long a download that waits for its disk leaves it in peace. */
#define DISK_RETRY_US G_USEC_PER_SEC
#define MAX_DISK_RETRY_US (10 * G_USEC_PER_SEC)

RedesDownload *
redes_download_new (
    RedesSwarm *swarm, guint id, const RedesLink *link, const char *folder, const char *target)
{
  RedesDownload *self = g_new0 (RedesDownload, 1);

  self->ref_count = 1;
  self->swarm = redes_swarm_ref (swarm);
  self->id = id;
  self->link = redes_link_copy (link);
  self->folder = g_strdup (folder);
  self->target = g_strdup (target);
  self->added_s = g_get_real_time () / G_USEC_PER_SEC;
  self->unsynced = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->doubtful = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->sources = g_ptr_array_new ();
  self->source_stats = redes_source_stats_new ();
  self->liars = g_hash_table_new_full (redes_digest_hash, redes_digest_equal, g_free, NULL);
  self->tried = g_hash_table_new_full (redes_digest_hash, redes_digest_equal, g_free, g_free);
  self->lost = g_hash_table_new_full (redes_digest_hash, redes_digest_equal, g_free, g_free);
  if (redes_swarm_keeps_partial_files (swarm))
    self->journal = redes_block_journal_new (folder, &link->content);
  g_mutex_init (&self->store_lock);
  return self;
}

RedesDownload *
redes_download_ref (RedesDownload *self)
{
  self->ref_count++;
  return self;
}

void
redes_download_unref (RedesDownload *self)
{
  if (--self->ref_count > 0)
    return;
  redes_link_free (self->link);
  g_free (self->folder);
  g_free (self->target);
  g_free (self->message);
  g_free (self->path);
  g_free (self->last_words);
  g_clear_pointer (&self->manifest, redes_manifest_unref);
  g_clear_pointer (&self->second_choice, redes_manifest_unref);
  g_clear_pointer (&self->partial, redes_partial_file_unref);
  g_clear_pointer (&self->tree, redes_hash_tree_unref);
  g_clear_pointer (&self->holding, redes_holding_unref);
  g_clear_pointer (&self->local, redes_holding_unref);
  g_clear_pointer (&self->picker, redes_picker_free);
  g_clear_pointer (&self->arrived, redes_bitfield_free);
  g_clear_pointer (&self->verified, redes_bitfield_free);
  g_free (self->senders);
  g_array_unref (self->unsynced);
  g_array_unref (self->doubtful);
  g_ptr_array_unref (self->sources);
  g_hash_table_unref (self->source_stats);
  g_hash_table_unref (self->liars);
  g_hash_table_unref (self->tried);
  g_hash_table_unref (self->lost);
  redes_block_journal_free (self->journal);
  g_clear_pointer (&self->journal_tree, redes_hash_tree_unref);
  g_clear_pointer (&self->journal_blocks, redes_bitfield_free);
  g_mutex_clear (&self->store_lock);
  redes_swarm_unref (self->swarm);
  g_free (self);
}

void
redes_download_changed (RedesDownload *self, gboolean at_once)
{
  redes_swarm_download_changed (self->swarm, self, at_once);
}

/* Legal: see RedesDownloadState. */
void
redes_download_set_state (RedesDownload *self, RedesDownloadState state)
{
  enum
  {
    FINDING = 1 << REDES_DOWNLOAD_FINDING,
    ACTIVE = 1 << REDES_DOWNLOAD_ACTIVE,
    WAITING = 1 << REDES_DOWNLOAD_WAITING,
    FINISHING = 1 << REDES_DOWNLOAD_FINISHING,
    DONE = 1 << REDES_DOWNLOAD_DONE,
    FAILED = 1 << REDES_DOWNLOAD_FAILED,
    PAUSED = 1 << REDES_DOWNLOAD_PAUSED,
  };
  static const guint edges[] = {
    [REDES_DOWNLOAD_FINDING] = ACTIVE | WAITING | FINISHING | DONE | FAILED | PAUSED,
    [REDES_DOWNLOAD_ACTIVE] = WAITING | FINISHING | FAILED | PAUSED,
    [REDES_DOWNLOAD_WAITING] = FINDING | ACTIVE | FINISHING | DONE | FAILED | PAUSED,
    [REDES_DOWNLOAD_FINISHING] = WAITING | DONE | FAILED,
    [REDES_DOWNLOAD_DONE] = 0,
    [REDES_DOWNLOAD_FAILED] = FINDING,
    [REDES_DOWNLOAD_PAUSED] = FINDING | FAILED,
  };

  if (self->state == state)
    return;
  if ((edges[self->state] & (1u << state)) == 0)
    {
      g_critical ("download %u: no way from state %d to state %d", self->id, self->state, state);
      return;
    }
  self->state = state;
  if (state != REDES_DOWNLOAD_WAITING)
    g_clear_pointer (&self->message, g_free);
}

static gboolean
has_store (RedesDownload *self)
{
  return redes_swarm_get_store (self->swarm) != NULL;
}

gboolean
redes_download_is_fetching (RedesDownload *self)
{
  return self->started && !self->abandoned && self->state != REDES_DOWNLOAD_FINISHING
         && self->state != REDES_DOWNLOAD_PAUSED && !redes_download_is_over (self);
}

static void
set_message (RedesDownload *self, const char *words)
{
  char *copy = g_strdup (words);

  g_free (self->message);
  self->message = copy;
}

void
redes_download_set_waiting (RedesDownload *self, const char *words)
{
  redes_download_set_state (self, REDES_DOWNLOAD_WAITING);
  set_message (self, words);
  redes_download_changed (self, TRUE);
}

/* Nothing is fetched or served any more; the disk follows. */
static void
come_to_rest (RedesDownload *self)
{
  if (self->started_us != 0)
    self->rested_us += g_get_monotonic_time () - self->started_us;
  self->started_us = 0;
  self->disk_retry_us = 0;
  self->n_disk_retries = 0;
  redes_download_set_ticking (self, FALSE);
  redes_download_drop_all_sources (self);
  redes_download_close_for_blocks (self);
}

static void
end_as_failed (RedesDownload *self, const char *words)
{
  come_to_rest (self);
  redes_download_set_state (self, REDES_DOWNLOAD_FAILED);
  set_message (self, words);
  redes_download_persist (self);
}

void
redes_download_fail (RedesDownload *self, const char *words)
{
  g_autoptr (RedesDownload) guard = redes_download_ref (self);

  if (redes_download_is_over (self) || self->abandoned)
    return;
  end_as_failed (self, words);
  redes_download_changed (self, TRUE);
  self->started = FALSE;
  redes_download_advance_disk (self);
}

void
redes_download_wait_for_disk (RedesDownload *self, const GError *error)
{
  gint64 pause_us = MIN (DISK_RETRY_US << MIN (self->n_disk_retries, 4), MAX_DISK_RETRY_US);

  if (!has_store (self))
    {
      redes_download_fail (self, error->message);
      return;
    }
  if (self->abandoned && self->state == REDES_DOWNLOAD_FINISHING)
    {
      /* The next start tries again; to do so now could go on for ever. */
      redes_download_set_state (self, REDES_DOWNLOAD_WAITING);
      return;
    }
  if (self->abandoned || self->disk_retry_us != 0)
    return;
  if (self->state == REDES_DOWNLOAD_PAUSED)
    {
      set_message (self, error->message);
      redes_download_changed (self, TRUE);
      return;
    }
  if (!redes_download_is_fetching (self) && self->state != REDES_DOWNLOAD_FINISHING)
    return;

  self->disk_retry_us = g_get_monotonic_time () + pause_us;
  redes_download_drop_all_sources (self);
  redes_download_close_for_blocks (self);
  redes_download_set_ticking (self, TRUE);
  redes_download_set_waiting (self, error->message);
  redes_download_advance_disk (self);
}

void
redes_download_end_as_done (RedesDownload *self, char *path, gint64 mtime_ns)
{
  g_autoptr (RedesDownload) guard = redes_download_ref (self);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);
  g_autoptr (RedesHolding) whole
      = redes_holding_new_file (folder, name, mtime_ns, self->manifest, self->tree);

  come_to_rest (self);
  self->path = path;
  redes_download_set_state (self, REDES_DOWNLOAD_DONE);
  redes_download_persist_done (self, folder, name, mtime_ns);
  if (!redes_swarm_is_ended (self->swarm))
    redes_library_add (redes_swarm_get_library (self->swarm), whole);
  redes_download_changed (self, TRUE);
}

void
redes_download_start (RedesDownload *self)
{
  self->started = TRUE;
  self->started_us = g_get_monotonic_time ();
  redes_download_persist (self);
  if (self->manifest == NULL && self->journal != NULL && !self->journal_read)
    redes_download_recall_journal (self);
  else if (self->manifest == NULL && !redes_download_begin_local (self))
    redes_download_begin_asking (self);
  else
    {
      redes_download_set_ticking (self, TRUE);
      redes_download_advance_disk (self);
    }
}

void
redes_download_pause (RedesDownload *self)
{
  g_autoptr (RedesDownload) guard = redes_download_ref (self);

  if (redes_download_is_over (self) || self->state == REDES_DOWNLOAD_FINISHING
      || self->state == REDES_DOWNLOAD_PAUSED || self->abandoned)
    return;
  come_to_rest (self);
  redes_download_set_state (self, REDES_DOWNLOAD_PAUSED);
  redes_download_persist_sync (self);
  redes_download_changed (self, TRUE);
  self->started = FALSE;
  redes_download_advance_disk (self);
}

void
redes_download_resume (RedesDownload *self)
{
  g_autoptr (RedesDownload) guard = redes_download_ref (self);

  if ((self->state != REDES_DOWNLOAD_PAUSED && self->state != REDES_DOWNLOAD_FAILED)
      || self->unwanted || self->abandoned)
    return;
  /* A second chance for everybody: that is what a person asks for. */
  g_hash_table_remove_all (self->liars);
  g_hash_table_remove_all (self->tried);
  self->n_queries_in_vain = 0;
  self->waiting_since_us = 0;
  self->lost_honest_source = FALSE;
  g_clear_pointer (&self->last_words, g_free);
  redes_download_set_state (self, REDES_DOWNLOAD_FINDING);
  redes_download_persist_sync (self);
  redes_download_changed (self, TRUE);
  redes_swarm_enqueue (self->swarm, self);
}

void
redes_download_remove (RedesDownload *self)
{
  g_autoptr (RedesDownload) guard = redes_download_ref (self);

  if (self->state == REDES_DOWNLOAD_FINISHING || self->state == REDES_DOWNLOAD_DONE
      || self->unwanted || self->abandoned)
    return;
  self->unwanted = TRUE;
  end_as_failed (self, "removed");
  redes_download_persist_sync (self);
  redes_download_changed (self, TRUE);
  self->started = FALSE;
  redes_download_advance_disk (self);
}

void
redes_download_abandon (RedesDownload *self)
{
  if (has_store (self) || self->journal != NULL)
    {
      self->abandoned = TRUE;
      if (self->state != REDES_DOWNLOAD_FINISHING)
        come_to_rest (self);
      redes_download_persist (self);
    }
  else if (!redes_download_is_over (self))
    end_as_failed (self, "stopped");
  redes_download_advance_disk (self);
}

/* What is asked of it. */

guint
redes_download_get_id (RedesDownload *self)
{
  return self->id;
}

RedesDownloadState
redes_download_get_state (RedesDownload *self)
{
  return self->state;
}

gboolean
redes_download_is_started (RedesDownload *self)
{
  return self->started;
}

gboolean
redes_download_is_over (RedesDownload *self)
{
  return self->state == REDES_DOWNLOAD_DONE || self->state == REDES_DOWNLOAD_FAILED;
}

gboolean
redes_download_is_removed (RedesDownload *self)
{
  return self->unwanted;
}

gboolean
redes_download_is_leaving (RedesDownload *self)
{
  return self->unwanted && !self->gone;
}

void
redes_download_set_successor (RedesDownload *self)
{
  self->has_successor = TRUE;
}

const RedesContentId *
redes_download_get_content (RedesDownload *self)
{
  return &self->link->content;
}

const RedesLink *
redes_download_get_link (RedesDownload *self)
{
  return self->link;
}

const char *
redes_download_get_file_name (RedesDownload *self)
{
  const char *chosen = self->link->name;

  return chosen != NULL && *chosen != '\0' ? chosen : redes_manifest_get_name (self->manifest);
}

RedesManifest *
redes_download_get_manifest (RedesDownload *self)
{
  return self->manifest;
}

guint32
redes_download_get_blocks_done (RedesDownload *self)
{
  /* What is in doubt is mostly there: it is counted until it proves not to be. */
  return self->verified != NULL ? redes_bitfield_get_count (self->verified) + self->doubtful->len
                                : 0;
}

guint64
redes_download_get_bytes_done (RedesDownload *self)
{
  guint64 bytes = self->bytes_done;

  for (guint i = 0; i < self->doubtful->len; i++)
    bytes += redes_geometry_get_block_length (&self->geometry,
                                              g_array_index (self->doubtful, guint32, i));
  return bytes;
}

gdouble
redes_download_get_rate (RedesDownload *self)
{
  return self->started_us == 0 ? 0.0 : redes_rate_meter_get (&self->meter, g_get_monotonic_time ());
}

gdouble
redes_download_get_seconds (RedesDownload *self)
{
  gint64 spent_us = self->rested_us;

  if (self->started_us != 0)
    spent_us += g_get_monotonic_time () - self->started_us;
  return spent_us / (gdouble)G_USEC_PER_SEC;
}

const char *
redes_download_get_path (RedesDownload *self)
{
  return self->path;
}

const char *
redes_download_get_message (RedesDownload *self)
{
  return self->message;
}

GList *
redes_download_list_source_stats (RedesDownload *self)
{
  return g_hash_table_get_values (self->source_stats);
}

RedesSwarm *
redes_download_get_swarm (RedesDownload *self)
{
  return self->swarm;
}

RedesPicker *
redes_download_get_picker (RedesDownload *self)
{
  return self->picker;
}

gboolean
redes_download_get_geometry (RedesDownload *self, RedesGeometry *out)
{
  if (self->manifest == NULL)
    return FALSE;
  *out = self->geometry;
  return TRUE;
}

gboolean
redes_download_get_block (RedesDownload *self, guint32 index, guint8 *sender)
{
  if (self->verified == NULL || index >= redes_bitfield_get_size (self->verified)
      || !redes_bitfield_get (self->verified, index))
    return FALSE;
  *sender = self->senders != NULL ? self->senders[index] : 0;
  return TRUE;
}
