/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/download-sources.h"

#include "engine/base/debug.h"
#include "engine/base/error.h"
#include "engine/base/own-sleep.h"
#include "engine/base/text.h"
#include "engine/swarm/protocol-violation.h"

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

/**
 * RedesDownloadSources:
 * @sources: (element-type RedesSource)
 * @liars: RedesPeerId
 * @tried: RedesPeerId -> gint64: when each became a source last
 * @lost: RedesPeerId -> "HOST:PORT" where each was: to be dialled again
 * @n_redials: since a block came
 * @redial_us: when they are dialled next; 0: nobody was lost
 * @dialling: connections that are being made for the download
 * @asking: a query is open
 * @asked_us: when the last one began
 * @hope_us: when a block was last verified, or a source came
 * @last_reason: (nullable): what became of the last source
 */
struct _RedesDownloadSources
{
  RedesDownloadProgress *progress;
  const RedesClock *clock;
  guint patience_s;
  const RedesDownloadSourcesMediator *mediator;
  gpointer user_data;

  GPtrArray *sources;
  GHashTable *liars;
  GHashTable *tried;
  GHashTable *lost;
  guint n_redials;
  gint64 redial_us;
  gint dialling;
  gboolean asking;
  gboolean had_source;
  gboolean lost_honest_source;
  guint n_queries_in_vain;
  gint64 asked_us;
  gint64 ask_again_us;
  gint64 waiting_since_us;
  gint64 hope_us;
  RedesNotice *last_reason;
};

RedesDownloadSources *
redes_download_sources_new (RedesDownloadProgress *progress,
                            const RedesClock *clock,
                            guint patience_s,
                            const RedesDownloadSourcesMediator *mediator,
                            gpointer user_data)
{
  RedesDownloadSources *self = g_new0 (RedesDownloadSources, 1);

  self->progress = progress;
  self->clock = clock;
  self->patience_s = patience_s;
  self->mediator = mediator;
  self->user_data = user_data;
  self->sources = g_ptr_array_new ();
  self->liars = g_hash_table_new_full (redes_digest_hash, redes_digest_equal, g_free, NULL);
  self->tried = g_hash_table_new_full (redes_digest_hash, redes_digest_equal, g_free, g_free);
  self->lost = g_hash_table_new_full (redes_digest_hash, redes_digest_equal, g_free, g_free);
  return self;
}

void
redes_download_sources_free (RedesDownloadSources *self)
{
  if (self == NULL)
    return;
  redes_download_sources_drop_all (self);
  g_ptr_array_unref (self->sources);
  g_hash_table_unref (self->liars);
  g_hash_table_unref (self->tried);
  g_hash_table_unref (self->lost);
  redes_notice_unref (self->last_reason);
  g_free (self);
}

guint
redes_download_sources_count (RedesDownloadSources *self)
{
  return self->sources->len;
}

static gint64
get_now_us (RedesDownloadSources *self)
{
  return redes_clock_now_us (self->clock);
}

static gboolean
has_manifest (RedesDownloadSources *self)
{
  return redes_download_progress_get_manifest (self->progress) != NULL;
}

static gboolean
is_fetching (RedesDownloadSources *self)
{
  return self->mediator->is_fetching (self->user_data);
}

static gboolean
waits_for_disk (RedesDownloadSources *self)
{
  return self->mediator->waits_for_disk (self->user_data);
}

/* The manifest is known, and what is there of the file is still being looked through. */
static gboolean
is_looking_through (RedesDownloadSources *self)
{
  return has_manifest (self) && redes_download_progress_get_picker (self->progress) == NULL;
}

static void
note_reason (RedesDownloadSources *self, const RedesNotice *reason)
{
  RedesNotice *ref = redes_notice_ref (reason);

  redes_notice_unref (self->last_reason);
  self->last_reason = ref;
}

static void
note_code (RedesDownloadSources *self, RedesNoticeCode code)
{
  redes_notice_unref (self->last_reason);
  self->last_reason = redes_notice_new (code);
}

static void
fail_with (RedesDownloadSources *self, RedesNoticeCode code)
{
  g_autoptr (RedesNotice) reason = redes_notice_new (code);

  self->mediator->fail (reason, self->user_data);
}

void
redes_download_sources_drop_all (RedesDownloadSources *self)
{
  while (self->sources->len > 0)
    redes_source_free (g_ptr_array_steal_index_fast (self->sources, self->sources->len - 1));
}

/* Finding sources. */

static gint64
get_patience_us (RedesDownloadSources *self)
{
  guint patience_s = self->patience_s;

  /* About 300 years, and no sum with it overflows. */
  return patience_s == 0 ? G_MAXINT64 / 1024 : (gint64)patience_s * G_USEC_PER_SEC;
}

static void
ask_trackers (RedesDownloadSources *self)
{
  if (self->asking)
    return;
  self->asking = TRUE;
  self->asked_us = get_now_us (self);
  self->mediator->ask (self->user_data);
}

static void
wait_for_sources (RedesDownloadSources *self)
{
  g_autoptr (RedesNotice) reason = NULL;
  gint64 now_us = get_now_us (self);
  gint64 patience_us = get_patience_us (self);
  gint64 back_off_us;

  if (self->waiting_since_us == 0)
    self->waiting_since_us = now_us;
  if (now_us - self->waiting_since_us >= patience_us)
    {
      if (self->last_reason == NULL)
        note_code (self, REDES_NOTICE_NONE_WAS_THERE);
      reason
          = redes_notice_new (REDES_NOTICE_NO_SOURCE_RETURNED, self->patience_s, self->last_reason);
      self->mediator->fail (reason, self->user_data);
      return;
    }
  back_off_us = MIN (G_USEC_PER_SEC << MIN (self->n_queries_in_vain, 4), MAX_BACK_OFF_US);
  if (self->n_queries_in_vain > MANY_QUERIES)
    back_off_us = LONG_BACK_OFF_US;
  /* The last time just when patience ends, and not long after. */
  self->ask_again_us = now_us + MIN (back_off_us, self->waiting_since_us + patience_us - now_us);
  reason = self->last_reason != NULL ? redes_notice_ref (self->last_reason)
                                     : redes_notice_new (REDES_NOTICE_NO_SOURCE_NOW);
  self->mediator->wait (reason, self->user_data);
}

static gboolean
all_manifests_refused (RedesDownloadSources *self)
{
  for (guint i = 0; i < self->sources->len; i++)
    if (!redes_source_is_manifest_refused (g_ptr_array_index (self->sources, i)))
      return FALSE;
  return TRUE;
}

/* With no source, no connection on its way and no query open: what now? */
void
redes_download_sources_consider (RedesDownloadSources *self)
{
  if (!is_fetching (self) || waits_for_disk (self) || self->asking || self->dialling > 0)
    return;
  /* Whoever has it is wanted once what is there already has been looked through. */
  if (is_looking_through (self))
    return;
  if (self->sources->len > 0)
    {
      if (!has_manifest (self) && all_manifests_refused (self))
        {
          self->n_queries_in_vain++;
          self->mediator->manifests_refused (self->user_data);
        }
      return;
    }
  if (self->n_queries_in_vain == 0)
    ask_trackers (self);
  else if (g_hash_table_size (self->liars) > 0 && !self->lost_honest_source)
    fail_with (self, REDES_NOTICE_SOURCES_LIED);
  else
    wait_for_sources (self);
}

void
redes_download_sources_answered (RedesDownloadSources *self,
                                 guint n_asked,
                                 guint n_answered,
                                 const RedesNotice *reason)
{
  self->asking = FALSE;
  if (!is_fetching (self))
    return;
  self->n_queries_in_vain++;
  if (self->sources->len == 0 && self->dialling == 0)
    {
      /* One that was begun goes on waiting, also if it was killed before its first block; and who
       * has all the time waits for a first source as for any other. */
      gboolean waits = self->had_source || has_manifest (self) || self->patience_s == 0;

      if (n_asked == 0 && !waits)
        {
          fail_with (self, REDES_NOTICE_NO_TRACKER_SET);
          return;
        }
      if (n_answered > 0 && !waits && g_hash_table_size (self->liars) == 0
          && !self->lost_honest_source)
        {
          fail_with (self, REDES_NOTICE_NOBODY_SHARES);
          return;
        }
      if (n_asked == 0)
        note_code (self, REDES_NOTICE_NO_TRACKER_SET);
      else if (n_answered == 0 && reason != NULL)
        note_reason (self, reason);
      else if (n_answered == 0)
        note_code (self, REDES_NOTICE_NO_TRACKER_ANSWERS);
      else if (self->last_reason == NULL)
        note_code (self, REDES_NOTICE_NOBODY_SHARES);
    }
  redes_download_sources_consider (self);
}

static void
drop_source (RedesDownloadSources *self, RedesSource *source, const RedesNotice *reason);

/* A connection on which nothing comes at all is dead. One that is alive may be of use for other
 * things, in both directions; only this download has had enough of it. */
static void
give_up_source (RedesDownloadSources *self, RedesSource *source, gint64 silence_us, gint64 now_us)
{
  RedesRemote *remote = redes_source_get_remote (source);
  g_autoptr (GError) error
      = redes_error_new (REDES_SWARM_ERROR, REDES_SWARM_ERROR_SILENT, REDES_NOTICE_SENT_NOTHING,
                         (int)(silence_us / G_USEC_PER_SEC));

  if (remote->interface->get_quiet_us (remote, now_us) > SILENCE_US)
    remote->interface->fail (remote, error);
  else
    drop_source (self, source, redes_error_get_notice (error));
}

static void
check_source (RedesDownloadSources *self, RedesSource *source, gint64 now_us)
{
  gint64 silence_us = redes_source_check_silence (source, now_us);
  /* One that sends blocks of other downloads may have put this one's at the end of its line. */
  RedesRemote *remote = redes_source_get_remote (source);
  gint64 remote_us = remote->interface->get_silence_us (remote, now_us);

  if (silence_us > SILENCE_US && remote_us > SNUB_US)
    give_up_source (self, source, silence_us, now_us);
  else if (silence_us > SNUB_US)
    redes_source_snub (source);
}

/* Nobody is blamed for the time in which this process was stopped. */
static void
notice_own_sleep (RedesDownloadSources *self, gint64 due_us, gint64 now_us)
{
  gint64 slept_us = now_us - due_us;

  if (!redes_was_asleep (due_us, now_us))
    return;
  for (guint i = 0; i < self->sources->len; i++)
    redes_source_forgive_silence (g_ptr_array_index (self->sources, i), now_us);
  self->hope_us += slept_us;
  if (self->waiting_since_us != 0)
    self->waiting_since_us += slept_us;
}

void
redes_download_sources_fill (RedesDownloadSources *self)
{
  for (guint i = 0; i < self->sources->len; i++)
    redes_source_fill (g_ptr_array_index (self->sources, i));
}

void
redes_download_sources_refocus (RedesDownloadSources *self)
{
  for (guint i = 0; i < self->sources->len; i++)
    redes_source_refocus (g_ptr_array_index (self->sources, i));
  redes_download_sources_fill (self);
}

/* Whether any of them may send a block, if nothing was heard of it for less than @silence_us. */
static gboolean
is_anybody_giving (RedesDownloadSources *self, gint64 silence_us, gint64 now_us)
{
  for (guint i = 0; i < self->sources->len; i++)
    if (redes_source_is_giving (g_ptr_array_index (self->sources, i), silence_us, now_us))
      return TRUE;
  return FALSE;
}

/* Sources are there, but for all of our patience none of them has had anything to send. */
static gboolean
is_stuck (RedesDownloadSources *self, gint64 now_us)
{
  gint64 patience_us = self->patience_s != 0 ? get_patience_us (self) : STUCK_US;
  RedesDownloadState state = self->mediator->get_state (self->user_data);

  if (state != REDES_DOWNLOAD_ACTIVE && (state != REDES_DOWNLOAD_FINDING || self->patience_s == 0))
    return FALSE;
  return self->sources->len > 0 && !self->mediator->is_verifying (self->user_data)
         && now_us - self->hope_us >= patience_us && !is_anybody_giving (self, SNUB_US, now_us);
}

/* One that waits has left its place to others, and is in no hurry. */
static gboolean
is_starving (RedesDownloadSources *self, gint64 now_us)
{
  RedesDownloadState state = self->mediator->get_state (self->user_data);

  if (state != REDES_DOWNLOAD_ACTIVE && state != REDES_DOWNLOAD_FINDING)
    return FALSE;
  return !self->mediator->is_verifying (self->user_data) && now_us - self->hope_us >= STARVED_US
         && !is_anybody_giving (self, STARVED_US, now_us);
}

static gboolean
should_ask_again (RedesDownloadSources *self, gint64 now_us)
{
  gint64 back_off_us;

  if (self->asking || !is_fetching (self) || waits_for_disk (self) || is_looking_through (self))
    return FALSE;
  if (now_us >= self->ask_again_us)
    return TRUE;
  /* One second after the first answer in vain, then two, four, eight. */
  back_off_us = (G_USEC_PER_SEC / 2) << MIN (self->n_queries_in_vain, 5);
  return now_us - self->asked_us >= back_off_us && is_starving (self, now_us)
         && self->mediator->may_hurry (now_us, self->user_data);
}

static void
end_stuck (RedesDownloadSources *self)
{
  RedesNoticeCode code = REDES_NOTICE_SOURCES_LACK;
  g_autoptr (RedesNotice) reason = NULL;

  for (guint i = 0; i < self->sources->len; i++)
    if (!has_manifest (self)
        || redes_source_get_n_requests (g_ptr_array_index (self->sources, i)) > 0)
      code = REDES_NOTICE_SOURCES_SEND_NOTHING;
  reason = redes_notice_new (code);
  if (self->patience_s != 0)
    self->mediator->fail (reason, self->user_data);
  else
    self->mediator->wait (reason, self->user_data);
}

void
redes_download_sources_begin_asking (RedesDownloadSources *self)
{
  self->hope_us = get_now_us (self);
  self->ask_again_us = self->hope_us + ASK_AGAIN_US;
  ask_trackers (self);
}

RedesSource *
redes_download_sources_find (RedesDownloadSources *self, const RedesPeerId *peer)
{
  for (guint i = 0; i < self->sources->len; i++)
    {
      RedesSource *source = g_ptr_array_index (self->sources, i);

      if (redes_digest_equal (redes_remote_get_id (redes_source_get_remote (source)), peer))
        return source;
    }
  return NULL;
}

/* (nullable): of the sources that have given nothing lately the one that has for the longest. */
static RedesSource *
find_idlest_source (RedesDownloadSources *self, gint64 now_us)
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
is_promising (RedesDownloadSources *self, const RedesPeerId *peer, gint64 now_us)
{
  const gint64 *tried_us = g_hash_table_lookup (self->tried, peer);
  const RedesSourceStats *given = redes_download_progress_find_sender (self->progress, peer);

  return tried_us == NULL || now_us - *tried_us >= TRY_AGAIN_US
         || (given != NULL && given->sender.blocks > 0);
}

static void
note_tried (RedesDownloadSources *self, const RedesPeerId *peer, gint64 now_us)
{
  gint64 *tried_us = g_new (gint64, 1);

  *tried_us = now_us;
  if (g_hash_table_size (self->tried) >= MAX_TRIED)
    g_hash_table_remove_all (self->tried);
  g_hash_table_replace (self->tried, redes_digest_copy (peer), tried_us);
}

static gboolean
has_place_for (RedesDownloadSources *self, const RedesPeerId *peer)
{
  gint64 now_us = get_now_us (self);

  return self->sources->len < MAX_SOURCES
         || (is_promising (self, peer, now_us) && find_idlest_source (self, now_us) != NULL);
}

gboolean
redes_download_sources_wants (RedesDownloadSources *self, const RedesPeerId *peer)
{
  return is_fetching (self) && !waits_for_disk (self) && !is_looking_through (self)
         && !g_hash_table_contains (self->liars, peer)
         && redes_download_sources_find (self, peer) == NULL && has_place_for (self, peer);
}

static void
debug_source (RedesDownloadSources *self, const char *what, const RedesPeerId *id)
{
  if (redes_debug_is_on ())
    {
      char content[REDES_CONTENT_ID_TEXT_SIZE], peer[REDES_DIGEST_HEX_SIZE];

      redes_content_id_to_text (redes_download_progress_get_content (self->progress), content);
      redes_digest_to_hex (id, peer);
      g_debug ("content %.12s: source %.12s %s, %u now", content, peer, what, self->sources->len);
    }
}

static void
remove_source (RedesDownloadSources *self, RedesSource *source)
{
  if (!g_ptr_array_remove_fast (self->sources, source))
    return;
  debug_source (self, "left", redes_remote_get_id (redes_source_get_remote (source)));
  redes_source_free (source);
  self->mediator->changed (TRUE, self->user_data);
  redes_download_sources_fill (self);
}

static void
on_manifest (RedesSource *source, RedesManifest *manifest, gpointer user_data)
{
  RedesDownloadSources *self = user_data;

  if (!has_manifest (self) && is_fetching (self))
    self->mediator->manifest (source, manifest, self->user_data);
}

static void
on_block (RedesSource *source, const RedesBlockHeader *header, GBytes *data, gpointer user_data)
{
  RedesDownloadSources *self = user_data;

  self->mediator->block (source, header, data, self->user_data);
}

static void
drop_source (RedesDownloadSources *self, RedesSource *source, const RedesNotice *reason)
{
  self->lost_honest_source = TRUE;
  note_reason (self, reason);
  remove_source (self, source);
  redes_download_sources_consider (self);
}

static void
on_refused (RedesSource *source, const RedesNotice *reason, gpointer user_data)
{
  drop_source (user_data, source, reason);
}

void
redes_download_sources_add (RedesDownloadSources *self, RedesRemote *remote)
{
  static const RedesSourceEvents events
      = { .manifest = on_manifest, .block = on_block, .refused = on_refused };
  const RedesPeerId *id = redes_remote_get_id (remote);
  gint64 now_us = get_now_us (self);
  RedesSource *source;

  if (!redes_download_sources_wants (self, id))
    return;
  if (self->sources->len >= MAX_SOURCES)
    {
      RedesSource *idlest = find_idlest_source (self, now_us);

      if (idlest == NULL)
        return;
      remove_source (self, idlest);
    }
  source = redes_source_new (remote, self->progress, self->clock, &events, self);
  g_ptr_array_add (self->sources, source);
  debug_source (self, "came", id);
  self->had_source = TRUE;
  /* One that comes again and again and gives nothing brings no new hope. */
  if (is_promising (self, id, now_us))
    self->hope_us = now_us;
  note_tried (self, id, now_us);
  self->mediator->came (self->user_data);
  redes_source_start (source, !has_manifest (self));
  self->mediator->changed (TRUE, self->user_data);
}

/* A source that was cut off is most likely to come back where it was. */
static void
note_lost (RedesDownloadSources *self, RedesRemote *remote)
{
  if (!remote->interface->is_listening (remote) || g_hash_table_size (self->lost) >= MAX_SOURCES
      || !is_fetching (self))
    return;
  g_hash_table_replace (self->lost, redes_digest_copy (redes_remote_get_id (remote)),
                        g_strdup (remote->interface->get_address (remote)));
  if (self->redial_us == 0)
    self->redial_us = get_now_us (self) + REDIAL_US;
}

/* After one second, then two, four, eight and fifteen, until a block comes from anybody. */
static void
dial_lost (RedesDownloadSources *self, gint64 now_us)
{
  GHashTableIter iter;
  gpointer key, value;

  if (self->redial_us == 0 || now_us < self->redial_us || !is_fetching (self))
    return;
  self->n_redials++;
  self->redial_us = now_us + MIN (REDIAL_US << MIN (self->n_redials, 4), MAX_BACK_OFF_US);
  g_hash_table_iter_init (&iter, self->lost);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      g_autofree char *host = NULL;
      guint16 port = 0;

      if (redes_download_sources_find (self, key) != NULL)
        g_hash_table_iter_remove (&iter);
      else if (redes_text_parse_address (value, 0, &host, &port, NULL))
        self->mediator->dial (key, host, port, self->user_data);
    }
  if (self->n_redials > MANY_QUERIES)
    g_hash_table_remove_all (self->lost);
  if (g_hash_table_size (self->lost) == 0)
    self->redial_us = 0;
}

/* Of block @index, which the source number @i is sending: whether another one has more of it, and
 * the first counts where they have the same. */
static gboolean
is_behind (RedesDownloadSources *self, guint i, guint32 index, gsize bytes)
{
  for (guint j = 0; j < self->sources->len; j++)
    {
      guint32 other_index;
      gsize other_bytes
          = redes_source_get_coming (g_ptr_array_index (self->sources, j), &other_index);

      if (j != i && other_bytes > 0 && other_index == index
          && (other_bytes > bytes || (other_bytes == bytes && j < i)))
        return TRUE;
    }
  return FALSE;
}

guint64
redes_download_sources_get_coming_bytes (RedesDownloadSources *self)
{
  guint64 sum = 0;

  for (guint i = 0; i < self->sources->len; i++)
    {
      guint32 index;
      gsize bytes = redes_source_get_coming (g_ptr_array_index (self->sources, i), &index);

      /* Towards the end two may send the same block. */
      if (bytes > 0 && !is_behind (self, i, index, bytes))
        sum += bytes;
    }
  return sum;
}

void
redes_download_sources_tick (RedesDownloadSources *self, gint64 due_us)
{
  gint64 now_us = get_now_us (self);

  notice_own_sleep (self, due_us, now_us);
  for (guint i = 0; i < self->sources->len; i++)
    redes_source_count_coming (g_ptr_array_index (self->sources, i), now_us);
  for (guint i = self->sources->len; i > 0; i--)
    if (i <= self->sources->len)
      check_source (self, g_ptr_array_index (self->sources, i - 1), now_us);
  redes_download_sources_fill (self);
  dial_lost (self, now_us);
  if (is_stuck (self, now_us))
    end_stuck (self);
  else if (should_ask_again (self, now_us))
    {
      self->ask_again_us = now_us + ASK_AGAIN_US;
      ask_trackers (self);
    }
}

gboolean
redes_download_sources_may_look_less_often (RedesDownloadSources *self)
{
  return self->sources->len == 0 && self->n_queries_in_vain > 4
         && (self->redial_us == 0 || self->n_redials > 4);
}

void
redes_download_sources_try_again_soon (RedesDownloadSources *self)
{
  gint64 now_us = get_now_us (self);

  if (!is_fetching (self))
    return;
  self->n_redials = 0;
  if (self->redial_us != 0)
    self->redial_us = now_us;
  if (self->sources->len == 0 && self->ask_again_us != 0)
    self->ask_again_us = now_us;
  if (self->mediator->get_state (self->user_data) == REDES_DOWNLOAD_WAITING)
    self->n_queries_in_vain = MIN (self->n_queries_in_vain, 1);
}

RedesSource *
redes_download_sources_find_remote (RedesDownloadSources *self, RedesRemote *remote)
{
  for (guint i = 0; i < self->sources->len; i++)
    {
      RedesSource *source = g_ptr_array_index (self->sources, i);

      if (redes_source_get_remote (source) == remote)
        return source;
    }
  return NULL;
}

static void
note_liar (RedesDownloadSources *self, RedesRemote *remote)
{
  g_hash_table_add (self->liars, redes_digest_copy (redes_remote_get_id (remote)));
}

void
redes_download_sources_lose (RedesDownloadSources *self,
                             RedesRemote *remote,
                             gboolean liar,
                             const RedesNotice *reason)
{
  RedesSource *source = redes_download_sources_find_remote (self, remote);

  if (source == NULL)
    return;
  if (liar)
    note_liar (self, remote);
  else
    {
      self->lost_honest_source = TRUE;
      note_lost (self, remote);
    }
  note_reason (self, reason);
  remove_source (self, source);
  redes_download_sources_consider (self);
}

void
redes_download_sources_refuse (RedesDownloadSources *self, RedesRemote *remote)
{
  RedesSource *source = redes_download_sources_find_remote (self, remote);

  note_liar (self, remote);
  if (source != NULL)
    remove_source (self, source);
  redes_download_sources_fill (self);
  redes_download_sources_consider (self);
}

void
redes_download_sources_note_dialling (RedesDownloadSources *self,
                                      gint change,
                                      const RedesNotice *reason)
{
  self->dialling += change;
  if (reason != NULL)
    {
      self->lost_honest_source = TRUE;
      note_reason (self, reason);
    }
  if (change < 0)
    redes_download_sources_consider (self);
}

void
redes_download_sources_begin_anew (RedesDownloadSources *self)
{
  g_hash_table_remove_all (self->liars);
  g_hash_table_remove_all (self->tried);
  self->n_queries_in_vain = 0;
  self->waiting_since_us = 0;
  self->lost_honest_source = FALSE;
  g_clear_pointer (&self->last_reason, redes_notice_unref);
}

void
redes_download_sources_open (RedesDownloadSources *self)
{
  /* One whose bits do not fit the file goes meanwhile. */
  for (guint i = self->sources->len; i > 0; i--)
    if (i <= self->sources->len)
      redes_source_set_geometry (g_ptr_array_index (self->sources, i - 1));
}

void
redes_download_sources_note_block (RedesDownloadSources *self, RedesRemote *remote, guint32 index)
{
  RedesSource *source = remote != NULL ? redes_download_sources_find_remote (self, remote) : NULL;
  RedesPicker *picker = redes_download_progress_get_picker (self->progress);

  self->hope_us = get_now_us (self);
  self->n_queries_in_vain = 0;
  self->n_redials = 0;
  self->waiting_since_us = 0;
  if (source != NULL)
    redes_source_count_block (source);
  if (picker != NULL && redes_picker_get_asked (picker, index) > 0)
    for (guint i = 0; i < self->sources->len; i++)
      redes_source_cancel (g_ptr_array_index (self->sources, i), index);
}
