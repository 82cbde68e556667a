/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/download-private.h"

#define TICK_MS 500
/* A source that owes something and sends nothing: its blocks are offered to others, then it
 * goes. */
#define SNUB_US (4 * G_USEC_PER_SEC)
#define SILENCE_US (20 * G_USEC_PER_SEC)
#define MAX_SOURCES 50u
/* How often the trackers are asked again while blocks come in, and at most while they do not. */
#define ASK_AGAIN_US (10 * G_USEC_PER_SEC)
/* 16 TiB: what is kept of each block in memory must not be anybody's to choose without bound. */
#define MAX_BLOCKS (1u << 22)
#define MAX_BACK_OFF_US (15 * G_USEC_PER_SEC)

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
  self->started_us = g_get_monotonic_time ();
  self->sources = g_ptr_array_new ();
  self->contributions = redes_contributions_new ();
  self->liars = g_hash_table_new_full (redes_digest_hash, redes_digest_equal, g_free, NULL);
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
  g_clear_pointer (&self->picker, redes_picker_free);
  g_clear_pointer (&self->arrived, redes_bitfield_free);
  g_clear_pointer (&self->verified, redes_bitfield_free);
  g_ptr_array_unref (self->sources);
  g_hash_table_unref (self->contributions);
  g_hash_table_unref (self->liars);
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
  static const guint edges[] = {
    [REDES_DOWNLOAD_FINDING]
    = 1 << REDES_DOWNLOAD_ACTIVE | 1 << REDES_DOWNLOAD_WAITING | 1 << REDES_DOWNLOAD_FAILED,
    [REDES_DOWNLOAD_ACTIVE]
    = 1 << REDES_DOWNLOAD_WAITING | 1 << REDES_DOWNLOAD_FINISHING | 1 << REDES_DOWNLOAD_FAILED,
    [REDES_DOWNLOAD_WAITING] = 1 << REDES_DOWNLOAD_ACTIVE | 1 << REDES_DOWNLOAD_FINDING
                               | 1 << REDES_DOWNLOAD_FINISHING | 1 << REDES_DOWNLOAD_FAILED,
    [REDES_DOWNLOAD_FINISHING] = 1 << REDES_DOWNLOAD_DONE | 1 << REDES_DOWNLOAD_FAILED,
    [REDES_DOWNLOAD_DONE] = 0,
    [REDES_DOWNLOAD_FAILED] = 0,
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
  if (redes_download_is_over (self))
    {
      self->ended_us = g_get_monotonic_time ();
      if (self->tick != NULL)
        g_source_destroy (self->tick);
      g_clear_pointer (&self->tick, g_source_unref);
    }
}

static void
remember (RedesDownload *self, const char *words)
{
  g_free (self->last_words);
  self->last_words = g_strdup (words);
}

void
redes_download_drop_all_sources (RedesDownload *self)
{
  while (self->sources->len > 0)
    redes_source_free (g_ptr_array_steal_index_fast (self->sources, self->sources->len - 1));
}

static void
end_as_failed (RedesDownload *self, const char *words)
{
  redes_download_drop_all_sources (self);
  redes_download_set_state (self, REDES_DOWNLOAD_FAILED);
  self->message = g_strdup (words);
  if (self->holding != NULL)
    redes_library_remove (redes_swarm_get_library (self->swarm), self->holding);
  g_clear_pointer (&self->holding, redes_holding_unref);
  redes_download_discard_if_over (self);
}

void
redes_download_fail (RedesDownload *self, const char *words)
{
  if (redes_download_is_over (self))
    return;
  end_as_failed (self, words);
  redes_download_changed (self, TRUE);
}

void
redes_download_abandon (RedesDownload *self)
{
  if (!redes_download_is_over (self))
    end_as_failed (self, "stopped");
}

/* Finding sources. */

static void
ask_trackers (RedesDownload *self)
{
  if (self->asking)
    return;
  self->asking = TRUE;
  redes_swarm_want_sources (self->swarm, self);
}

static void
wait_for_sources (RedesDownload *self)
{
  gint64 now_us = g_get_monotonic_time ();
  gint64 patience_us = (gint64)redes_swarm_get_patience_s (self->swarm) * G_USEC_PER_SEC;
  gint64 back_off_us;

  if (self->waiting_since_us == 0)
    self->waiting_since_us = now_us;
  if (now_us - self->waiting_since_us >= patience_us)
    {
      g_autofree char *words = g_strdup_printf (
          "no source came back within %u s (%s)", redes_swarm_get_patience_s (self->swarm),
          self->last_words != NULL ? self->last_words : "none was there");

      redes_download_fail (self, words);
      return;
    }
  back_off_us = MIN (G_USEC_PER_SEC << MIN (self->n_queries_in_vain, 4), MAX_BACK_OFF_US);
  /* The last time just when patience ends, and not long after. */
  self->ask_again_us = MIN (now_us + back_off_us, self->waiting_since_us + patience_us);
  redes_download_set_state (self, REDES_DOWNLOAD_WAITING);
  g_free (self->message);
  self->message = g_strdup (self->last_words != NULL ? self->last_words : "no source is there now");
  redes_download_changed (self, TRUE);
}

/* The manifest. */

static void
begin (RedesDownload *self, RedesManifest *manifest)
{
  self->manifest = redes_manifest_ref (manifest);
  self->geometry = *redes_manifest_get_geometry (manifest);
  self->tree = redes_hash_tree_new (&self->geometry, &self->link->content);
  self->picker = redes_picker_new (redes_geometry_get_n_blocks (&self->geometry), g_random_int ());
  self->arrived = redes_bitfield_new (redes_geometry_get_n_blocks (&self->geometry));
  self->verified = redes_bitfield_new (redes_geometry_get_n_blocks (&self->geometry));
  redes_download_set_state (self, REDES_DOWNLOAD_ACTIVE);
  redes_download_changed (self, TRUE);
  if (redes_geometry_get_n_blocks (&self->geometry) == 0)
    {
      redes_download_finish (self);
      return;
    }
  if (redes_geometry_get_n_blocks (&self->geometry) > 1)
    redes_download_prepare (self);
  for (guint i = self->sources->len; i > 0; i--)
    if (i <= self->sources->len)
      redes_source_set_geometry (g_ptr_array_index (self->sources, i - 1));
}

static gboolean
is_of_wanted_size (RedesDownload *self, RedesManifest *manifest)
{
  const RedesGeometry *geometry = redes_manifest_get_geometry (manifest);

  return redes_geometry_get_n_blocks (geometry) <= MAX_BLOCKS
         && (!self->link->has_size || self->link->size == geometry->file_size);
}

static gboolean
is_of_wanted_publisher (RedesDownload *self, RedesManifest *manifest)
{
  return !self->link->has_publisher
         || redes_digest_equal (&self->link->publisher, redes_manifest_get_publisher (manifest));
}

/* No source has the manifest of the publisher that the link names. The content id says which bytes
 * are meant, so another publisher's manifest of them will do; one of another size will not. */
static void
settle_for_less (RedesDownload *self)
{
  if (self->second_choice != NULL)
    begin (self, self->second_choice);
  else
    redes_download_fail (self,
                         "what its sources call that content id is of another size, or too large");
}

static gboolean
all_manifests_refused (RedesDownload *self)
{
  for (guint i = 0; i < self->sources->len; i++)
    if (!redes_source_is_manifest_refused (g_ptr_array_index (self->sources, i)))
      return FALSE;
  return TRUE;
}

/* With no source, no connection on its way and no question open: what now? */
void
redes_download_consider (RedesDownload *self)
{
  if (redes_download_is_over (self) || self->state == REDES_DOWNLOAD_FINISHING || !self->started
      || self->asking || self->dialling > 0)
    return;
  if (self->sources->len > 0)
    {
      if (self->manifest == NULL && all_manifests_refused (self))
        settle_for_less (self);
      return;
    }
  if (self->n_queries_in_vain == 0)
    ask_trackers (self);
  else if (g_hash_table_size (self->liars) > 0 && !self->lost_honest_source)
    redes_download_fail (self, "what its sources sent does not match the publisher's signature; "
                               "nothing was saved");
  else
    wait_for_sources (self);
}

void
redes_download_sources_answered (RedesDownload *self,
                                 guint n_asked,
                                 guint n_answered,
                                 const char *words)
{
  self->asking = FALSE;
  if (redes_download_is_over (self))
    return;
  self->n_queries_in_vain++;
  if (self->sources->len == 0 && self->dialling == 0)
    {
      if (n_asked == 0)
        {
          redes_download_fail (self, "no tracker is set, so nobody can be asked who has it");
          return;
        }
      if (n_answered > 0 && !self->had_source && g_hash_table_size (self->liars) == 0
          && !self->lost_honest_source)
        {
          redes_download_fail (self, "nobody who is there now shares it");
          return;
        }
      if (n_answered == 0)
        remember (self, words != NULL ? words : "no tracker answers");
    }
  redes_download_consider (self);
}

static void
check_source (RedesDownload *self, RedesSource *source, gint64 now_us)
{
  gint64 silence_us = redes_source_check_silence (source, now_us);

  if (silence_us > SILENCE_US)
    {
      g_autoptr (GError) error = g_error_new (REDES_SWARM_ERROR, REDES_SWARM_ERROR_SILENT,
                                              "it was asked, and sent nothing for %d s",
                                              (int)(silence_us / G_USEC_PER_SEC));

      redes_peer_session_fail (redes_source_get_session (source), error);
    }
  else if (silence_us > SNUB_US)
    redes_source_snub (source);
}

void
redes_download_fill_all (RedesDownload *self)
{
  for (guint i = 0; i < self->sources->len; i++)
    redes_source_fill (g_ptr_array_index (self->sources, i));
}

/* Sources are there, but for all of our patience none of them has had anything to send. */
static gboolean
is_stuck (RedesDownload *self, gint64 now_us)
{
  gint64 patience_us = (gint64)redes_swarm_get_patience_s (self->swarm) * G_USEC_PER_SEC;

  if (self->state != REDES_DOWNLOAD_ACTIVE || self->sources->len == 0 || self->n_jobs > 0
      || now_us - self->hope_us < patience_us)
    return FALSE;
  for (guint i = 0; i < self->sources->len; i++)
    if (redes_source_get_n_requests (g_ptr_array_index (self->sources, i)) > 0)
      return FALSE;
  return TRUE;
}

static gboolean
on_tick (gpointer user_data)
{
  g_autoptr (RedesDownload) self = redes_download_ref (user_data);
  gint64 now_us = g_get_monotonic_time ();

  for (guint i = self->sources->len; i > 0; i--)
    if (i <= self->sources->len)
      check_source (self, g_ptr_array_index (self->sources, i - 1), now_us);
  if (redes_download_is_over (self))
    return G_SOURCE_REMOVE;
  redes_download_fill_all (self);
  if (is_stuck (self, now_us))
    {
      redes_download_fail (self,
                           "the sources that are there do not have the blocks that are missing");
      return G_SOURCE_REMOVE;
    }
  if (now_us >= self->ask_again_us && self->state != REDES_DOWNLOAD_FINISHING)
    {
      self->ask_again_us = now_us + ASK_AGAIN_US;
      ask_trackers (self);
    }
  redes_download_changed (self, FALSE);
  return G_SOURCE_CONTINUE;
}

void
redes_download_start (RedesDownload *self)
{
  self->started = TRUE;
  self->ask_again_us = g_get_monotonic_time () + ASK_AGAIN_US;
  self->tick = g_timeout_source_new (TICK_MS);
  g_source_set_callback (self->tick, on_tick, self, NULL);
  g_source_attach (self->tick, g_main_context_get_thread_default ());
  ask_trackers (self);
}

RedesSource *
redes_download_get_source (RedesDownload *self, const RedesPeerId *peer)
{
  for (guint i = 0; i < self->sources->len; i++)
    {
      RedesSource *source = g_ptr_array_index (self->sources, i);

      if (redes_digest_equal (redes_peer_session_get_id (redes_source_get_session (source)), peer))
        return source;
    }
  return NULL;
}

gboolean
redes_download_wants_peer (RedesDownload *self, const RedesPeerId *peer)
{
  return self->started && !redes_download_is_over (self) && self->state != REDES_DOWNLOAD_FINISHING
         && self->sources->len < MAX_SOURCES && !g_hash_table_contains (self->liars, peer)
         && redes_download_get_source (self, peer) == NULL;
}

void
redes_download_add_peer (RedesDownload *self, RedesPeerSession *session)
{
  RedesSource *source;

  if (!redes_download_wants_peer (self, redes_peer_session_get_id (session)))
    return;
  source = redes_source_new (self, session);
  g_ptr_array_add (self->sources, source);
  self->had_source = TRUE;
  self->hope_us = g_get_monotonic_time ();
  if (self->state == REDES_DOWNLOAD_WAITING)
    redes_download_set_state (self, self->manifest != NULL ? REDES_DOWNLOAD_ACTIVE
                                                           : REDES_DOWNLOAD_FINDING);
  redes_source_start (source, self->manifest == NULL);
  redes_download_changed (self, TRUE);
}

void
redes_download_remove_source (RedesDownload *self, RedesSource *source)
{
  if (!g_ptr_array_remove_fast (self->sources, source))
    return;
  redes_source_free (source);
  redes_download_changed (self, TRUE);
  redes_download_fill_all (self);
}

void
redes_download_lose_peer (RedesDownload *self,
                          RedesPeerSession *session,
                          gboolean liar,
                          const char *words)
{
  RedesSource *source = redes_peer_session_get_source (session, redes_download_get_content (self));

  if (source == NULL)
    return;
  if (liar)
    g_hash_table_add (self->liars, redes_digest_copy (redes_peer_session_get_id (session)));
  else
    self->lost_honest_source = TRUE;
  remember (self, words);
  redes_download_remove_source (self, source);
  redes_download_consider (self);
}

void
redes_download_dialling (RedesDownload *self, gint change, const char *words)
{
  self->dialling += change;
  if (words != NULL)
    {
      self->lost_honest_source = TRUE;
      remember (self, words);
    }
  if (change < 0)
    redes_download_consider (self);
}

void
redes_download_drop_source (RedesDownload *self, RedesSource *source, const char *words)
{
  self->lost_honest_source = TRUE;
  remember (self, words);
  redes_download_remove_source (self, source);
  redes_download_consider (self);
}

void
redes_download_take_manifest (RedesDownload *self, RedesSource *source, RedesManifest *manifest)
{
  if (self->manifest != NULL || redes_download_is_over (self))
    return;
  if (!is_of_wanted_size (self, manifest) || !is_of_wanted_publisher (self, manifest))
    {
      if (self->second_choice == NULL && is_of_wanted_size (self, manifest))
        self->second_choice = redes_manifest_ref (manifest);
      redes_source_refuse_manifest (source);
      redes_download_consider (self);
      return;
    }
  begin (self, manifest);
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

RedesManifest *
redes_download_get_manifest (RedesDownload *self)
{
  return self->manifest;
}

guint32
redes_download_get_blocks_done (RedesDownload *self)
{
  return self->verified != NULL ? redes_bitfield_get_count (self->verified) : 0;
}

guint64
redes_download_get_bytes_done (RedesDownload *self)
{
  return self->bytes_done;
}

gdouble
redes_download_get_rate (RedesDownload *self)
{
  return redes_download_is_over (self)
             ? 0.0
             : redes_rate_meter_get (&self->meter, g_get_monotonic_time ());
}

gdouble
redes_download_get_seconds (RedesDownload *self)
{
  gint64 end_us = self->ended_us != 0 ? self->ended_us : g_get_monotonic_time ();

  return (end_us - self->started_us) / (gdouble)G_USEC_PER_SEC;
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
redes_download_list_contributions (RedesDownload *self)
{
  return g_hash_table_get_values (self->contributions);
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
