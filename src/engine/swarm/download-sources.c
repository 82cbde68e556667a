/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/download-private.h"

#include "engine/base/own-sleep.h"
#include "engine/base/text.h"
#include "engine/swarm/peer-session.h"

#define TICK_MS 500
/* How often one looks that only waits for a source. */
#define SLOW_TICK_MS 5000
/* A source that owes something and sends nothing: its blocks are offered to others, then it
 * goes. */
#define SNUB_US (4 * G_USEC_PER_SEC)
#define SILENCE_US (20 * G_USEC_PER_SEC)
#define MAX_SOURCES 50u
/* Who gave nothing is tried again after so long, when all places are taken. */
#define TRY_AGAIN_US (30 * G_USEC_PER_SEC)
#define MAX_TRIED 4096u
/* Who was lost is dialled where it was after so long, and then less and less often. */
#define REDIAL_US G_USEC_PER_SEC
/* 16 TiB: what is kept of each block in memory must not be anybody's to choose without bound. */
#define MAX_BLOCKS (1u << 22)
/* How often the trackers are asked again while blocks come in, and at most while they do not. */
#define ASK_AGAIN_US (10 * G_USEC_PER_SEC)
#define MAX_BACK_OFF_US (15 * G_USEC_PER_SEC)
/* Nothing for so long from those that are there, or are being dialled: the trackers may know of a
 * better one by now. */
#define STARVED_US (2 * G_USEC_PER_SEC)
/* After so many answers in vain, and thus about ten minutes, less often. */
#define MANY_QUERIES 45u
#define LONG_BACK_OFF_US (60 * G_USEC_PER_SEC)
/* Sources that are there and have had nothing for so long: a person is told. */
#define STUCK_US (20 * G_USEC_PER_SEC)

/* Translated by its text, see app/engine-words.c. */
#define OTHER_PUBLISHER_WORDS "it is signed by another publisher than the one chosen"

static void
note_words (RedesDownload *self, const char *words)
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

/* Finding sources. */

static gint64
get_patience_us (RedesDownload *self)
{
  guint patience_s = redes_swarm_get_patience_s (self->swarm);

  /* About 300 years, and no sum with it overflows. */
  return patience_s == 0 ? G_MAXINT64 / 1024 : (gint64)patience_s * G_USEC_PER_SEC;
}

static void
ask_trackers (RedesDownload *self)
{
  if (self->asking)
    return;
  self->asking = TRUE;
  self->asked_us = g_get_monotonic_time ();
  redes_swarm_want_sources (self->swarm, self);
}

static void
wait_for_sources (RedesDownload *self)
{
  gint64 now_us = g_get_monotonic_time ();
  gint64 patience_us = get_patience_us (self);
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
  if (self->n_queries_in_vain > MANY_QUERIES)
    back_off_us = LONG_BACK_OFF_US;
  /* The last time just when patience ends, and not long after. */
  self->ask_again_us = now_us + MIN (back_off_us, self->waiting_since_us + patience_us - now_us);
  redes_download_set_waiting (self, self->last_words != NULL ? self->last_words
                                                             : "no source is there now");
  redes_download_set_ticking (self, TRUE);
}

/* The manifest. */

void
redes_download_begin (RedesDownload *self, RedesManifest *manifest)
{
  redes_download_take_shape (self, manifest);
  redes_download_persist (self);
  redes_download_advance_disk (self);
}

static gboolean
is_small_enough (RedesManifest *manifest)
{
  return redes_geometry_get_n_blocks (redes_manifest_get_geometry (manifest)) <= MAX_BLOCKS;
}

gboolean
redes_download_is_wanted_publisher (RedesDownload *self, RedesManifest *manifest)
{
  return !self->link->has_publisher
         || redes_digest_equal (&self->link->publisher, redes_manifest_get_publisher (manifest));
}

/* No source has the manifest of the publisher that the link names. The bytes of another's are the
 * same, but whose word they come with is for the person to choose. */
static void
ask_about_publisher (RedesDownload *self)
{
  if (self->second_choice == NULL)
    redes_download_fail (self, "it is too large: a file of more than 16 TiB cannot be fetched");
  else if (redes_swarm_get_patience_s (self->swarm) != 0)
    redes_download_fail (self, OTHER_PUBLISHER_WORDS);
  else
    {
      self->n_queries_in_vain++;
      redes_download_set_waiting (self, OTHER_PUBLISHER_WORDS);
      redes_download_set_ticking (self, TRUE);
    }
}

static gboolean
all_manifests_refused (RedesDownload *self)
{
  for (guint i = 0; i < self->sources->len; i++)
    if (!redes_source_is_manifest_refused (g_ptr_array_index (self->sources, i)))
      return FALSE;
  return TRUE;
}

/* With no source, no connection on its way and no query open: what now? */
void
redes_download_consider (RedesDownload *self)
{
  if (!redes_download_is_fetching (self) || self->disk_retry_us != 0 || self->asking
      || self->dialling > 0)
    return;
  /* Whoever has it is wanted once what is there already has been looked through. */
  if (self->manifest != NULL && self->picker == NULL)
    return;
  if (self->sources->len > 0)
    {
      if (self->manifest == NULL && all_manifests_refused (self))
        ask_about_publisher (self);
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
  if (!redes_download_is_fetching (self))
    return;
  self->n_queries_in_vain++;
  if (self->sources->len == 0 && self->dialling == 0)
    {
      /* One that was begun goes on waiting, also if it was killed before its first block; and who
       * has all the time waits for a first source as for any other. */
      gboolean waits = self->had_source || self->manifest != NULL
                       || redes_swarm_get_patience_s (self->swarm) == 0;

      if (n_asked == 0 && !waits)
        {
          redes_download_fail (self, "no tracker is set, so nobody can be asked who has it");
          return;
        }
      if (n_answered > 0 && !waits && g_hash_table_size (self->liars) == 0
          && !self->lost_honest_source)
        {
          redes_download_fail (self, "nobody who is there now shares it");
          return;
        }
      if (n_asked == 0)
        note_words (self, "no tracker is set, so nobody can be asked who has it");
      else if (n_answered == 0)
        note_words (self, words != NULL ? words : "no tracker answers");
      else if (self->last_words == NULL)
        note_words (self, "nobody who is there now shares it");
    }
  redes_download_consider (self);
}

/* A connection on which nothing comes at all is dead. One that is alive may be of use for other
 * things, in both directions; only this download has had enough of it. */
static void
give_up_source (RedesDownload *self, RedesSource *source, gint64 silence_us, gint64 now_us)
{
  RedesPeerSession *session = redes_source_get_session (source);
  RedesChannel *channel = redes_peer_session_get_channel (session);
  g_autoptr (GError) error
      = g_error_new (REDES_SWARM_ERROR, REDES_SWARM_ERROR_SILENT,
                     "it was asked, and sent nothing for %d s", (int)(silence_us / G_USEC_PER_SEC));

  if (now_us - redes_channel_get_last_received_us (channel) > SILENCE_US)
    redes_peer_session_fail (session, error);
  else
    redes_download_drop_source (self, source, error->message);
}

static void
check_source (RedesDownload *self, RedesSource *source, gint64 now_us)
{
  gint64 silence_us = redes_source_check_silence (source, now_us);
  /* One that sends blocks of other downloads may have put this one's at the end of its line. */
  gint64 session_us = redes_peer_session_get_silence (redes_source_get_session (source), now_us);

  if (silence_us > SILENCE_US && session_us > SNUB_US)
    give_up_source (self, source, silence_us, now_us);
  else if (silence_us > SNUB_US)
    redes_source_snub (source);
}

/* Nobody is blamed for the time in which this process was stopped. */
static void
notice_own_sleep (RedesDownload *self, gint64 now_us)
{
  gint64 due_us = self->ticked_us + (gint64)self->tick_ms * 1000;
  gint64 slept_us = now_us - due_us;

  self->ticked_us = now_us;
  if (!redes_was_asleep (due_us, now_us))
    return;
  for (guint i = 0; i < self->sources->len; i++)
    redes_source_forgive_silence (g_ptr_array_index (self->sources, i), now_us);
  self->hope_us += slept_us;
  if (self->waiting_since_us != 0)
    self->waiting_since_us += slept_us;
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
  gint64 patience_us
      = redes_swarm_get_patience_s (self->swarm) != 0 ? get_patience_us (self) : STUCK_US;

  if ((self->state != REDES_DOWNLOAD_ACTIVE
       && (self->state != REDES_DOWNLOAD_FINDING || redes_swarm_get_patience_s (self->swarm) == 0))
      || self->sources->len == 0 || self->n_jobs > 0 || now_us - self->hope_us < patience_us)
    return FALSE;
  for (guint i = 0; i < self->sources->len; i++)
    if (redes_source_is_giving (g_ptr_array_index (self->sources, i), SNUB_US, now_us))
      return FALSE;
  return TRUE;
}

/* One that waits has left its place to others, and is in no hurry. */
static gboolean
is_starving (RedesDownload *self, gint64 now_us)
{
  if ((self->state != REDES_DOWNLOAD_ACTIVE && self->state != REDES_DOWNLOAD_FINDING)
      || self->n_jobs > 0 || now_us - self->hope_us < STARVED_US)
    return FALSE;
  for (guint i = 0; i < self->sources->len; i++)
    if (redes_source_is_giving (g_ptr_array_index (self->sources, i), STARVED_US, now_us))
      return FALSE;
  return TRUE;
}

static gboolean
should_ask_again (RedesDownload *self, gint64 now_us)
{
  gint64 back_off_us;

  if (self->asking || !redes_download_is_fetching (self)
      || (self->manifest != NULL && self->picker == NULL))
    return FALSE;
  if (now_us >= self->ask_again_us)
    return TRUE;
  /* One second after the first answer in vain, then two, four, eight. */
  back_off_us = (G_USEC_PER_SEC / 2) << MIN (self->n_queries_in_vain, 5);
  return now_us - self->asked_us >= back_off_us && is_starving (self, now_us)
         && redes_swarm_may_hurry (self->swarm, now_us);
}

static void
retry_disk (RedesDownload *self, gint64 now_us)
{
  if (now_us < self->disk_retry_us)
    return;
  self->disk_retry_us = 0;
  self->n_disk_retries++;
  redes_download_advance_disk (self);
}

static void
end_stuck (RedesDownload *self)
{
  const char *words = "the sources that are there do not have the blocks that are missing";

  for (guint i = 0; i < self->sources->len; i++)
    if (self->manifest == NULL
        || redes_source_get_n_requests (g_ptr_array_index (self->sources, i)) > 0)
      words = "the sources that are there were asked, and send nothing";
  if (redes_swarm_get_patience_s (self->swarm) != 0)
    redes_download_fail (self, words);
  else
    redes_download_set_waiting (self, words);
}

static void dial_lost (RedesDownload *self, gint64 now_us);

static gboolean
on_tick (gpointer user_data)
{
  g_autoptr (RedesDownload) self = redes_download_ref (user_data);
  gint64 now_us = g_get_monotonic_time ();

  notice_own_sleep (self, now_us);
  for (guint i = self->sources->len; i > 0; i--)
    if (i <= self->sources->len)
      check_source (self, g_ptr_array_index (self->sources, i - 1), now_us);
  redes_download_fill_all (self);
  dial_lost (self, now_us);
  if (is_stuck (self, now_us))
    end_stuck (self);
  else if (self->disk_retry_us != 0)
    retry_disk (self, now_us);
  else if (should_ask_again (self, now_us))
    {
      self->ask_again_us = now_us + ASK_AGAIN_US;
      ask_trackers (self);
    }
  redes_download_sync_if_due (self, now_us);
  if (self->state == REDES_DOWNLOAD_ACTIVE)
    redes_download_changed (self, FALSE);
  /* It may have been stopped, or set to another pace, meanwhile. */
  return G_SOURCE_CONTINUE;
}

/* One that only waits looks less often; and sooner, when there is a moment to wait for. */
static guint
get_tick_ms (RedesDownload *self)
{
  return self->state == REDES_DOWNLOAD_WAITING && self->sources->len == 0
                 && self->disk_retry_us == 0 && self->n_queries_in_vain > 4
                 && (self->redial_us == 0 || self->n_redials > 4)
             ? SLOW_TICK_MS
             : TICK_MS;
}

void
redes_download_set_ticking (RedesDownload *self, gboolean ticking)
{
  guint tick_ms = ticking ? get_tick_ms (self) : 0;

  if (tick_ms == self->tick_ms)
    return;
  self->tick_ms = tick_ms;
  if (self->tick != NULL)
    g_source_destroy (self->tick);
  g_clear_pointer (&self->tick, g_source_unref);
  if (!ticking)
    return;
  self->ticked_us = g_get_monotonic_time ();
  self->tick = g_timeout_source_new (tick_ms);
  g_source_set_callback (self->tick, on_tick, self, NULL);
  g_source_attach (self->tick, g_main_context_get_thread_default ());
}

void
redes_download_begin_asking (RedesDownload *self)
{
  self->hope_us = g_get_monotonic_time ();
  self->ask_again_us = self->hope_us + ASK_AGAIN_US;
  redes_download_set_ticking (self, TRUE);
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

/* (nullable): of the sources that have given nothing lately the one that has for the longest. */
static RedesSource *
find_idlest_source (RedesDownload *self, gint64 now_us)
{
  RedesSource *idlest = NULL;
  gint64 longest_us = SNUB_US;

  for (guint i = 0; i < self->sources->len; i++)
    {
      RedesSource *source = g_ptr_array_index (self->sources, i);
      gint64 idle_us;

      redes_source_check_silence (source, now_us);
      idle_us = redes_source_get_idle (source, now_us);
      if (idle_us <= longest_us)
        continue;
      longest_us = idle_us;
      idlest = source;
    }
  return idlest;
}

/* Whether more may be hoped from it than from those that give nothing: it was not tried yet, or not
 * lately, or it has given blocks before. */
static gboolean
is_promising (RedesDownload *self, const RedesPeerId *peer, gint64 now_us)
{
  const gint64 *tried_us = g_hash_table_lookup (self->tried, peer);
  const RedesSourceStats *given = g_hash_table_lookup (self->source_stats, peer);

  return tried_us == NULL || now_us - *tried_us >= TRY_AGAIN_US
         || (given != NULL && given->blocks > 0);
}

static void
note_tried (RedesDownload *self, const RedesPeerId *peer, gint64 now_us)
{
  gint64 *tried_us = g_new (gint64, 1);

  *tried_us = now_us;
  if (g_hash_table_size (self->tried) >= MAX_TRIED)
    g_hash_table_remove_all (self->tried);
  g_hash_table_replace (self->tried, redes_digest_copy (peer), tried_us);
}

static gboolean
has_place_for (RedesDownload *self, const RedesPeerId *peer)
{
  gint64 now_us = g_get_monotonic_time ();

  return self->sources->len < MAX_SOURCES
         || (is_promising (self, peer, now_us) && find_idlest_source (self, now_us) != NULL);
}

gboolean
redes_download_wants_peer (RedesDownload *self, const RedesPeerId *peer)
{
  return redes_download_is_fetching (self) && self->disk_retry_us == 0
         && (self->manifest == NULL || self->picker != NULL)
         && !g_hash_table_contains (self->liars, peer)
         && redes_download_get_source (self, peer) == NULL && has_place_for (self, peer);
}

void
redes_download_add_peer (RedesDownload *self, RedesPeerSession *session)
{
  const RedesPeerId *id = redes_peer_session_get_id (session);
  gint64 now_us = g_get_monotonic_time ();
  RedesSource *source;

  if (!redes_download_wants_peer (self, id))
    return;
  if (self->sources->len >= MAX_SOURCES)
    {
      RedesSource *idlest = find_idlest_source (self, now_us);

      if (idlest == NULL)
        return;
      redes_download_remove_source (self, idlest);
    }
  source = redes_source_new (self, session);
  g_ptr_array_add (self->sources, source);
  self->had_source = TRUE;
  /* One that comes again and again and gives nothing brings no new hope. */
  if (is_promising (self, id, now_us))
    self->hope_us = now_us;
  note_tried (self, id, now_us);
  if (self->state == REDES_DOWNLOAD_WAITING)
    redes_download_set_state (self, self->manifest != NULL ? REDES_DOWNLOAD_ACTIVE
                                                           : REDES_DOWNLOAD_FINDING);
  redes_download_set_ticking (self, TRUE);
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

/* A source that was cut off is most likely to come back where it was. */
static void
note_lost (RedesDownload *self, RedesPeerSession *session)
{
  const RedesHello *hello = redes_channel_get_hello (redes_peer_session_get_channel (session));

  if (hello == NULL || hello->port == 0 || g_hash_table_size (self->lost) >= MAX_SOURCES
      || !redes_download_is_fetching (self))
    return;
  g_hash_table_replace (self->lost, redes_digest_copy (redes_peer_session_get_id (session)),
                        g_strdup (redes_peer_session_get_address (session)));
  if (self->redial_us == 0)
    self->redial_us = g_get_monotonic_time () + REDIAL_US;
}

/* After one second, then two, four, eight and fifteen, until a block comes from anybody. */
static void
dial_lost (RedesDownload *self, gint64 now_us)
{
  g_autoptr (GPtrArray) offers = NULL;
  GHashTableIter iter;
  gpointer key, value;

  if (self->redial_us == 0 || now_us < self->redial_us || !redes_download_is_fetching (self))
    return;
  self->n_redials++;
  self->redial_us = now_us + MIN (REDIAL_US << MIN (self->n_redials, 4), MAX_BACK_OFF_US);
  g_hash_table_iter_init (&iter, self->lost);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      g_autofree char *host = NULL;
      guint16 port = 0;

      if (redes_download_get_source (self, key) != NULL)
        g_hash_table_iter_remove (&iter);
      else if (redes_text_parse_address (value, 0, &host, &port, NULL))
        redes_swarm_offer_source (self->swarm, self, key, host, port);
    }
  if (self->n_redials > MANY_QUERIES)
    g_hash_table_remove_all (self->lost);
  if (g_hash_table_size (self->lost) == 0)
    self->redial_us = 0;
}

void
redes_download_try_again_soon (RedesDownload *self)
{
  gint64 now_us = g_get_monotonic_time ();

  if (!redes_download_is_fetching (self) || !self->started)
    return;
  self->n_redials = 0;
  if (self->redial_us != 0)
    self->redial_us = now_us;
  if (self->sources->len == 0 && self->ask_again_us != 0)
    self->ask_again_us = now_us;
  if (self->state == REDES_DOWNLOAD_WAITING)
    self->n_queries_in_vain = MIN (self->n_queries_in_vain, 1);
  redes_download_set_ticking (self, TRUE);
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
  if (!liar)
    note_lost (self, session);
  note_words (self, words);
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
      note_words (self, words);
    }
  if (change < 0)
    redes_download_consider (self);
}

void
redes_download_drop_source (RedesDownload *self, RedesSource *source, const char *words)
{
  self->lost_honest_source = TRUE;
  note_words (self, words);
  redes_download_remove_source (self, source);
  redes_download_consider (self);
}

gboolean
redes_download_get_other_publisher (RedesDownload *self, RedesPeerId *out)
{
  if (self->manifest != NULL || self->second_choice == NULL)
    return FALSE;
  *out = *redes_manifest_get_publisher (self->second_choice);
  return TRUE;
}

void
redes_download_accept_publisher (RedesDownload *self, const RedesPeerId *publisher)
{
  g_autoptr (RedesDownload) guard = redes_download_ref (self);
  g_autoptr (RedesManifest) offered = NULL;

  if (self->manifest != NULL || redes_download_is_removed (self)
      || self->state == REDES_DOWNLOAD_DONE)
    return;
  self->link->has_publisher = TRUE;
  self->link->publisher = *publisher;
  offered = g_steal_pointer (&self->second_choice);
  redes_download_persist_sync (self);
  if (!redes_download_is_fetching (self))
    {
      redes_download_changed (self, TRUE);
      return;
    }
  redes_download_set_state (self, REDES_DOWNLOAD_FINDING);
  redes_download_changed (self, TRUE);
  if (offered != NULL && redes_download_is_wanted_publisher (self, offered))
    redes_download_begin (self, offered);
  else
    {
      /* Those that are there had another's; they are asked anew. */
      redes_download_drop_all_sources (self);
      redes_download_begin_asking (self);
    }
}

void
redes_download_take_manifest (RedesDownload *self, RedesSource *source, RedesManifest *manifest)
{
  if (self->manifest != NULL || !redes_download_is_fetching (self))
    return;
  if (!is_small_enough (manifest) || !redes_download_is_wanted_publisher (self, manifest))
    {
      if (self->second_choice == NULL && is_small_enough (manifest))
        self->second_choice = redes_manifest_ref (manifest);
      redes_source_refuse_manifest (source);
      redes_download_consider (self);
      return;
    }
  redes_download_begin (self, manifest);
}
