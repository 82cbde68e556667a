/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/download.h"

#include "engine/base/debug.h"
#include "engine/base/error.h"
#include "engine/base/timer.h"
#include "engine/library/library.h"
#include "engine/swarm/download-disk.h"
#include "engine/swarm/download-sources.h"
#include "engine/swarm/protocol-violation.h"

#define TICK_MS 500
/* How often one looks that only waits for a source. */
#define SLOW_TICK_MS 5000
/* 16 TiB: what is kept of each block in memory must not be anybody's to choose without bound. */
#define MAX_BLOCKS (1u << 22)
/* How long a download that waits for its disk leaves it in peace. */
#define DISK_RETRY_US G_USEC_PER_SEC
#define MAX_DISK_RETRY_US (10 * G_USEC_PER_SEC)
/* Blocks that are copied at a time. */
#define LOCAL_JOBS 2u

/**
 * RedesDownload:
 * @is_stream: it has readers and no file
 * @whole: (nullable): the file under its name
 * @started: it has (or had) one of the swarm's places, and was not stopped since
 * @abandoned: the swarm has ended
 * @unwanted: it is to be removed
 * @gone: it was removed, and nothing of it is left on the disk
 * @started_us: 0 while it rests
 * @rested_us: spent before it last began to rest
 * @ticked_us: when the last tick came
 * @disk_retry_us: when it waits for the disk: when to try again; 0 = it does not
 * @second_choice: (nullable): of the right size, by another publisher than was asked for
 * @local: (nullable): the same content under another name, from which blocks are copied first
 * @next_local: the next block to copy
 * @holding: (nullable): what others can have of it
 */
struct _RedesDownload
{
  guint ref_count;
  guint id;
  RedesLink *link;
  const RedesClock *clock;
  RedesStore *store;
  RedesWorkers *workers;
  gboolean keeps_partial_files;
  gboolean is_stream;
  guint patience_s;
  const RedesDownloadMediator *mediator;
  gpointer user_data;

  RedesDownloadProgress *progress;
  RedesDownloadReaders *readers;
  RedesDownloadSources *sources;
  RedesDownloadDisk *disk;

  RedesDownloadState state;
  gboolean started;
  gboolean abandoned;
  gboolean unwanted;
  gboolean gone;
  RedesNotice *message;
  char *path;
  gint64 added_s;
  gint64 started_us;
  gint64 rested_us;
  GSource *tick;
  guint tick_ms;
  gint64 ticked_us;
  gint64 disk_retry_us;
  guint n_disk_retries;
  RedesManifest *second_choice;
  gboolean was_folder; /* some source had the manifest of a folder */
  RedesHolding *local;
  guint32 next_local;
  RedesHolding *holding;
  RedesHolding *whole;
};

static const RedesDownloadReadersMediator readers_mediator;
static const RedesDownloadSourcesMediator sources_mediator;
static const RedesDownloadDiskMediator disk_mediator;

RedesDownload *
redes_download_new (const RedesDownloadParams *params,
                    guint id,
                    const RedesLink *link,
                    const char *folder,
                    const char *target)
{
  RedesDownload *self = g_new0 (RedesDownload, 1);
  RedesDownloadDiskParams disk = { .workers = params->workers,
                                   .store = params->store,
                                   .clock = params->clock,
                                   .keeps_partial_files = params->keeps_partial_files,
                                   .is_stream = params->is_stream,
                                   .folder = folder,
                                   .target = target,
                                   .name = link->name };

  self->ref_count = 1;
  self->id = id;
  self->link = redes_link_copy (link);
  self->clock = params->clock;
  self->store = params->store;
  self->workers = params->workers;
  self->keeps_partial_files = params->keeps_partial_files;
  self->is_stream = params->is_stream;
  self->patience_s = params->patience_s;
  self->mediator = params->mediator;
  self->user_data = params->user_data;
  self->added_s = g_get_real_time () / G_USEC_PER_SEC;
  self->progress = redes_download_progress_new (&link->content);
  self->readers
      = redes_download_readers_new (self->progress, self->is_stream, &readers_mediator, self);
  self->sources = redes_download_sources_new (self->progress, self->clock, self->patience_s,
                                              &sources_mediator, self);
  disk.progress = self->progress;
  self->disk = redes_download_disk_new (&disk, &disk_mediator, self);
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
  redes_timer_clear (&self->tick);
  redes_download_sources_free (self->sources);
  redes_download_disk_free (self->disk);
  redes_download_readers_free (self->readers);
  redes_download_progress_free (self->progress);
  redes_link_free (self->link);
  redes_notice_unref (self->message);
  g_free (self->path);
  g_clear_pointer (&self->second_choice, redes_manifest_unref);
  g_clear_pointer (&self->holding, redes_holding_unref);
  g_clear_pointer (&self->whole, redes_holding_unref);
  g_clear_pointer (&self->local, redes_holding_unref);
  self->mediator->released (self->user_data);
  g_free (self);
}

static gint64
get_now_us (RedesDownload *self)
{
  return redes_clock_now_us (self->clock);
}

static void
tell_changed (RedesDownload *self, gboolean at_once)
{
  self->mediator->changed (self, at_once, self->user_data);
}

static void
debug_state (RedesDownload *self, RedesDownloadState state)
{
  static const char *const names[] = {
    [REDES_DOWNLOAD_FINDING] = "FINDING", [REDES_DOWNLOAD_ACTIVE] = "ACTIVE",
    [REDES_DOWNLOAD_WAITING] = "WAITING", [REDES_DOWNLOAD_FINISHING] = "FINISHING",
    [REDES_DOWNLOAD_DONE] = "DONE",       [REDES_DOWNLOAD_FAILED] = "FAILED",
    [REDES_DOWNLOAD_PAUSED] = "PAUSED",
  };

  redes_debug ("download %u: %s -> %s, %u sources", self->id, names[self->state], names[state],
               redes_download_sources_count (self->sources));
}

/* Legal: see RedesDownloadState. */
static void
set_state (RedesDownload *self, RedesDownloadState state)
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
  debug_state (self, state);
  self->state = state;
  if (state != REDES_DOWNLOAD_WAITING)
    g_clear_pointer (&self->message, redes_notice_unref);
}

/* Neither over nor paused nor being finished: wants sources and blocks. */
static gboolean
is_fetching (RedesDownload *self)
{
  return self->started && !self->abandoned && self->state != REDES_DOWNLOAD_FINISHING
         && self->state != REDES_DOWNLOAD_PAUSED && !redes_download_is_over (self);
}

static void
set_message (RedesDownload *self, const RedesNotice *reason)
{
  RedesNotice *ref = redes_notice_ref (reason);

  redes_notice_unref (self->message);
  self->message = ref;
}

static gboolean on_tick (gpointer user_data);

/* One that only waits looks less often; and sooner, when there is a moment to wait for. */
static guint
get_tick_ms (RedesDownload *self)
{
  return self->state == REDES_DOWNLOAD_WAITING && self->disk_retry_us == 0
                 && redes_download_sources_may_look_less_often (self->sources)
             ? SLOW_TICK_MS
             : TICK_MS;
}

static void
set_ticking (RedesDownload *self, gboolean ticking)
{
  guint tick_ms = ticking ? get_tick_ms (self) : 0;

  if (tick_ms == self->tick_ms)
    return;
  self->tick_ms = tick_ms;
  redes_timer_clear (&self->tick);
  if (!ticking)
    return;
  self->ticked_us = get_now_us (self);
  redes_timer_set (&self->tick, NULL, tick_ms, on_tick, self);
}

/* The state, with @reason to it; tells everybody. */
static void
set_waiting (RedesDownload *self, const RedesNotice *reason)
{
  set_state (self, REDES_DOWNLOAD_WAITING);
  set_message (self, reason);
  tell_changed (self, TRUE);
}

static void
begin_asking (RedesDownload *self)
{
  set_ticking (self, TRUE);
  redes_download_sources_begin_asking (self->sources);
}

/* Blocks: the ones that are there can be served, and the others be asked for. */

static void push_local (RedesDownload *self);

static void
open_for_blocks (RedesDownload *self)
{
  redes_download_progress_open (self->progress, g_random_int ());
  redes_download_readers_apply (self->readers);
  set_state (self, REDES_DOWNLOAD_ACTIVE);
  tell_changed (self, TRUE);
  redes_download_sources_open (self->sources);
  self->next_local = 0;
  for (guint i = 0; i < LOCAL_JOBS && self->local != NULL; i++)
    push_local (self);
}

/* Once the partial file is there, others can have what is in it. */
static void
serve_blocks (RedesDownload *self)
{
  self->holding = redes_download_disk_dup_holding (self->disk);
  self->mediator->share (self->holding, self->user_data);
}

static void
close_for_blocks (RedesDownload *self)
{
  if (self->holding != NULL)
    self->mediator->unshare (self->holding, self->user_data);
  g_clear_pointer (&self->holding, redes_holding_unref);
  redes_download_progress_close (self->progress);
}

/* Coming to an end. */

/* Nothing is fetched or served any more; the disk follows. */
static void
come_to_rest (RedesDownload *self)
{
  if (self->started_us != 0)
    self->rested_us += get_now_us (self) - self->started_us;
  self->started_us = 0;
  self->disk_retry_us = 0;
  self->n_disk_retries = 0;
  set_ticking (self, FALSE);
  redes_download_sources_drop_all (self->sources);
  close_for_blocks (self);
}

static void
fail_readers (RedesDownload *self, const RedesNotice *reason)
{
  g_autoptr (GError) error
      = redes_error_new_take (REDES_SWARM_ERROR, REDES_SWARM_ERROR_OVER, redes_notice_ref (reason));

  redes_download_readers_fail (self->readers, error);
}

static void
end_as_failed (RedesDownload *self, const RedesNotice *reason)
{
  come_to_rest (self);
  set_state (self, REDES_DOWNLOAD_FAILED);
  set_message (self, reason);
  redes_download_disk_persist (self->disk);
  fail_readers (self, reason);
}

void
redes_download_fail (RedesDownload *self, const RedesNotice *reason)
{
  g_autoptr (RedesDownload) guard = redes_download_ref (self);

  if (redes_download_is_over (self) || self->abandoned)
    return;
  end_as_failed (self, reason);
  tell_changed (self, TRUE);
  self->started = FALSE;
  redes_download_disk_advance (self->disk);
}

static void
fail_with (RedesDownload *self, RedesNoticeCode code)
{
  g_autoptr (RedesNotice) reason = redes_notice_new (code);

  redes_download_fail (self, reason);
}

static void
fail_by_error (RedesDownload *self, const GError *error)
{
  g_autoptr (RedesNotice) reason = redes_notice_new_of_error (error);

  redes_download_fail (self, reason);
}

/* It is under its name, @path (transfer full): shared from now on, and told to the store. */
static void
end_as_done (RedesDownload *self, char *path, gint64 mtime_ns)
{
  g_autoptr (RedesDownload) guard = redes_download_ref (self);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);

  self->whole = redes_holding_new_file (folder, name, mtime_ns, redes_download_get_manifest (self),
                                        redes_download_progress_get_tree (self->progress));
  come_to_rest (self);
  self->path = path;
  set_state (self, REDES_DOWNLOAD_DONE);
  /* The library may have gone by now, and the file is shared at the next start all the same. */
  redes_download_disk_persist_done (self->disk, path, folder, name, mtime_ns,
                                    redes_download_get_seconds (self));
  self->mediator->share (self->whole, self->user_data);
  tell_changed (self, TRUE);
  redes_download_readers_look_again (self->readers);
}

static void
finish (RedesDownload *self)
{
  redes_download_sources_drop_all (self->sources);
  set_state (self, REDES_DOWNLOAD_FINISHING);
  redes_download_disk_begin_finish (self->disk);
  tell_changed (self, TRUE);
  redes_download_disk_advance (self->disk);
}

/* The manifest. */

static void
take_shape (RedesDownload *self, RedesManifest *manifest)
{
  redes_download_progress_set_manifest (self->progress, manifest);
  redes_download_disk_take_journal (self->disk);
}

/* Takes @manifest as the one to go by. */
static void
begin (RedesDownload *self, RedesManifest *manifest)
{
  take_shape (self, manifest);
  redes_download_disk_persist (self->disk);
  redes_download_disk_advance (self->disk);
}

static gboolean
is_small_enough (RedesManifest *manifest)
{
  return redes_geometry_get_n_blocks (redes_manifest_get_geometry (manifest)) <= MAX_BLOCKS;
}

/* Whether it is by the publisher that the link names, if it names one. */
static gboolean
is_wanted_publisher (RedesDownload *self, RedesManifest *manifest)
{
  return !self->link->has_publisher
         || redes_digest_equal (&self->link->publisher, redes_manifest_get_publisher (manifest));
}

gboolean
redes_download_get_other_publisher (RedesDownload *self, RedesPeerId *out)
{
  if (redes_download_get_manifest (self) != NULL || self->second_choice == NULL)
    return FALSE;
  *out = *redes_manifest_get_publisher (self->second_choice);
  return TRUE;
}

void
redes_download_accept_publisher (RedesDownload *self, const RedesPeerId *publisher)
{
  g_autoptr (RedesDownload) guard = redes_download_ref (self);
  g_autoptr (RedesManifest) offered = NULL;

  if (redes_download_get_manifest (self) != NULL || redes_download_is_removed (self)
      || self->state == REDES_DOWNLOAD_DONE)
    return;
  self->link->has_publisher = TRUE;
  self->link->publisher = *publisher;
  offered = g_steal_pointer (&self->second_choice);
  redes_download_disk_persist_sync (self->disk);
  if (!is_fetching (self))
    {
      tell_changed (self, TRUE);
      return;
    }
  set_state (self, REDES_DOWNLOAD_FINDING);
  tell_changed (self, TRUE);
  if (offered != NULL && is_wanted_publisher (self, offered))
    begin (self, offered);
  else
    {
      /* Those that are there had another's; they are asked anew. */
      redes_download_sources_drop_all (self->sources);
      begin_asking (self);
    }
}

/* What the sources ask and tell. */

static RedesDownloadState
on_get_state (gpointer user_data)
{
  return redes_download_get_state (user_data);
}

static gboolean
on_is_fetching (gpointer user_data)
{
  return is_fetching (user_data);
}

static gboolean
on_waits_for_disk (gpointer user_data)
{
  RedesDownload *self = user_data;

  return self->disk_retry_us != 0;
}

/* While readers do not read, nothing is asked for, and nobody is to blame that nothing comes. */
static gboolean
on_is_verifying (gpointer user_data)
{
  RedesDownload *self = user_data;

  return redes_download_disk_is_busy (self->disk)
         || redes_download_readers_are_behind (self->readers);
}

static void
on_ask (gpointer user_data)
{
  RedesDownload *self = user_data;

  self->mediator->want_sources (self, self->user_data);
}

static void
on_dial (const RedesPeerId *id, const char *host, guint16 port, gpointer user_data)
{
  RedesDownload *self = user_data;

  self->mediator->dial (self, id, host, port, self->user_data);
}

static gboolean
on_may_hurry (gint64 now_us, gpointer user_data)
{
  RedesDownload *self = user_data;

  return self->mediator->may_hurry (now_us, self->user_data);
}

static void
on_source_came (gpointer user_data)
{
  RedesDownload *self = user_data;

  if (self->state == REDES_DOWNLOAD_WAITING)
    set_state (self, redes_download_get_manifest (self) != NULL ? REDES_DOWNLOAD_ACTIVE
                                                                : REDES_DOWNLOAD_FINDING);
  set_ticking (self, TRUE);
}

static void
on_sources_changed (gboolean at_once, gpointer user_data)
{
  tell_changed (user_data, at_once);
}

static void
on_manifest (RedesSource *source, RedesManifest *manifest, gpointer user_data)
{
  RedesDownload *self = user_data;

  /* Anybody may sign that the bytes of a file are a folder's list: who has signed that they are a
   * file's is looked for. */
  if (redes_manifest_get_folder (manifest, NULL))
    self->was_folder = TRUE;
  else if (is_small_enough (manifest) && is_wanted_publisher (self, manifest))
    {
      begin (self, manifest);
      return;
    }
  else if (self->second_choice == NULL && is_small_enough (manifest))
    self->second_choice = redes_manifest_ref (manifest);
  redes_source_refuse_manifest (source);
  redes_download_sources_consider (self->sources);
}

/* No source has the manifest of the publisher that the link names. The bytes of another's are the
 * same, but whose word they come with is for the person to choose. */
static void
on_manifests_refused (gpointer user_data)
{
  RedesDownload *self = user_data;

  if (self->second_choice == NULL)
    fail_with (self,
               self->was_folder ? REDES_NOTICE_DOWNLOAD_NO_FILE : REDES_NOTICE_DOWNLOAD_TOO_LARGE);
  else if (self->patience_s != 0)
    fail_with (self, REDES_NOTICE_OTHER_PUBLISHER);
  else
    {
      g_autoptr (RedesNotice) reason = redes_notice_new (REDES_NOTICE_OTHER_PUBLISHER);

      set_waiting (self, reason);
      set_ticking (self, TRUE);
    }
}

static void
on_wait (const RedesNotice *reason, gpointer user_data)
{
  RedesDownload *self = user_data;

  set_waiting (self, reason);
  set_ticking (self, TRUE);
}

static void
on_fail (const RedesNotice *reason, gpointer user_data)
{
  redes_download_fail (user_data, reason);
}

/* A liar is no source of this download any more; what else it shares may be in order. */
static void
refuse_block (RedesDownload *self, RedesRemote *remote, guint32 index, RedesNoticeCode reason)
{
  g_autoptr (GError) error
      = redes_error_new (REDES_SWARM_ERROR, REDES_SWARM_ERROR_WRONG_BLOCK, reason);

  self->mediator->wrong_block (self, remote, index, error, self->user_data);
  if (!remote->interface->is_closed (remote))
    remote->interface->complain (remote, &self->link->content, index);
  redes_download_sources_refuse (self->sources, remote);
}

static void
verify (RedesDownload *self,
        RedesRemote *remote,
        GBytes *data,
        RedesHolding *local,
        const RedesBlockHeader *header)
{
  const RedesGeometry *geometry = redes_download_progress_get_geometry (self->progress);

  self->mediator->add_unwritten (redes_geometry_get_block_length (geometry, header->index),
                                 self->user_data);
  redes_download_disk_write (self->disk, remote, data, local, header);
}

static void
on_block (RedesSource *source, const RedesBlockHeader *header, GBytes *data, gpointer user_data)
{
  RedesDownload *self = user_data;
  const RedesGeometry *geometry = redes_download_progress_get_geometry (self->progress);
  g_autoptr (RedesRemote) remote = redes_remote_ref (redes_source_get_remote (source));

  if (!redes_download_progress_expects (self->progress, header->index))
    {
      redes_source_settle (source, header->index);
      redes_source_fill (source);
      return;
    }
  if (g_bytes_get_size (data) != redes_geometry_get_block_length (geometry, header->index)
      || header->n_proof != redes_geometry_get_proof_length (geometry))
    {
      redes_source_settle (source, header->index);
      refuse_block (self, remote, header->index, REDES_NOTICE_WRONG_LENGTH);
      return;
    }
  if (!redes_geometry_check_padding (geometry, header->index, header->proof, header->n_proof))
    {
      redes_source_settle (source, header->index);
      refuse_block (self, remote, header->index, REDES_NOTICE_WRONG_PADDING);
      return;
    }
  redes_download_progress_note_arrival (self->progress, header->index);
  redes_source_settle (source, header->index);
  verify (self, remote, data, NULL, header);
  redes_source_fill (source);
}

static const RedesDownloadSourcesMediator sources_mediator = {
  .get_state = on_get_state,
  .is_fetching = on_is_fetching,
  .waits_for_disk = on_waits_for_disk,
  .is_verifying = on_is_verifying,
  .ask = on_ask,
  .dial = on_dial,
  .may_hurry = on_may_hurry,
  .came = on_source_came,
  .changed = on_sources_changed,
  .manifest = on_manifest,
  .manifests_refused = on_manifests_refused,
  .block = on_block,
  .wait = on_wait,
  .fail = on_fail,
};

/* Copying: blocks of a file that is shared here under another name, verified like all others,
 * instead of asking others for them. */

/* The file is not what it was: others are asked. */
static void
give_up_local (RedesDownload *self)
{
  if (self->local == NULL)
    return;
  self->mediator->doubt (self->local, self->user_data);
  g_clear_pointer (&self->local, redes_holding_unref);
  if (is_fetching (self))
    begin_asking (self);
}

static void
push_local (RedesDownload *self)
{
  const RedesGeometry *geometry = redes_download_progress_get_geometry (self->progress);
  RedesBlockHeader header = { .content = self->link->content };

  self->next_local = redes_download_progress_find_missing (self->progress, self->next_local);
  if (self->next_local == redes_download_progress_get_n_blocks (self->progress))
    return;
  header.index = self->next_local++;
  if (!redes_holding_get_proof (self->local, header.index, header.proof))
    {
      give_up_local (self);
      return;
    }
  header.n_proof = redes_geometry_get_proof_length (geometry);
  redes_download_progress_note_arrival (self->progress, header.index);
  verify (self, NULL, NULL, self->local, &header);
}

/* Returns: whether there is anything to copy. */
static gboolean
begin_local (RedesDownload *self)
{
  RedesHolding *holding = self->mediator->lookup (&self->link->content, self->user_data);
  RedesManifest *manifest;

  if (holding == NULL || !redes_holding_is_file (holding))
    return FALSE;
  manifest = redes_holding_get_manifest (holding);
  if (!is_wanted_publisher (self, manifest))
    return FALSE;
  self->local = redes_holding_ref (holding);
  set_ticking (self, TRUE);
  begin (self, manifest);
  return TRUE;
}

/* What readers ask. */

typedef struct
{
  RedesDownload *download;
  RedesHolding *holding;
  guint32 index;
  guint64 serial;
  GBytes *data;
  GError *error;
} ReadJob;

static void
run_read (gpointer data)
{
  ReadJob *job = data;

  job->data = redes_holding_read (job->holding, job->index, &job->error);
}

static void
read_done (gpointer data)
{
  ReadJob *job = data;

  redes_download_readers_give (job->download->readers, job->serial, job->data, job->error);
  g_clear_pointer (&job->data, g_bytes_unref);
  g_clear_error (&job->error);
  redes_holding_unref (job->holding);
  redes_download_unref (job->download);
  g_free (job);
}

static gboolean
on_fetch (guint32 index, guint64 serial, gpointer user_data)
{
  RedesDownload *self = user_data;
  RedesHolding *holding = self->whole != NULL ? self->whole : self->holding;
  ReadJob *job;

  if (holding == NULL || !redes_holding_has_block (holding, index))
    return FALSE;
  job = g_new0 (ReadJob, 1);
  job->download = redes_download_ref (self);
  job->holding = redes_holding_ref (holding);
  job->index = index;
  job->serial = serial;
  /* A person waits for it. */
  redes_workers_push_urgent (self->workers, run_read, read_done, job);
  return TRUE;
}

static void
on_moved (gboolean is_seek, gpointer user_data)
{
  RedesDownload *self = user_data;

  if (redes_download_progress_get_picker (self->progress) == NULL)
    return;
  if (is_seek)
    redes_download_sources_refocus (self->sources);
  else
    redes_download_sources_fill (self->sources);
}

static const RedesDownloadReadersMediator readers_mediator
    = { .fetch = on_fetch, .moved = on_moved };

/* What the disk asks and tells. */

static void
on_disk_ref (gpointer user_data)
{
  redes_download_ref (user_data);
}

static void
on_disk_unref (gpointer user_data)
{
  redes_download_unref (user_data);
}

static RedesDiskGoal
on_get_goal (gpointer user_data)
{
  RedesDownload *self = user_data;

  if (self->unwanted)
    return REDES_DISK_GOAL_DISCARDED;
  if (self->state == REDES_DOWNLOAD_FINISHING)
    return REDES_DISK_GOAL_FINISHED;
  if (self->state == REDES_DOWNLOAD_FAILED
      || (self->abandoned && self->state != REDES_DOWNLOAD_DONE))
    return redes_download_disk_keeps (self->disk) ? REDES_DISK_GOAL_CLOSED
                                                  : REDES_DISK_GOAL_DISCARDED;
  return redes_download_get_manifest (self) != NULL && is_fetching (self)
                 && self->disk_retry_us == 0
             ? REDES_DISK_GOAL_OPEN
             : REDES_DISK_GOAL_CLOSED;
}

static gboolean
on_is_unwanted (gpointer user_data)
{
  return redes_download_is_removed (user_data);
}

static gboolean
on_is_done (gpointer user_data)
{
  return redes_download_get_state (user_data) == REDES_DOWNLOAD_DONE;
}

static RedesStoreTransferState
get_stored_state (RedesDownload *self)
{
  if (self->unwanted)
    return REDES_STORE_TRANSFER_REMOVED;
  if (self->state == REDES_DOWNLOAD_PAUSED)
    return REDES_STORE_TRANSFER_PAUSED;
  return self->state == REDES_DOWNLOAD_FAILED ? REDES_STORE_TRANSFER_FAILED
                                              : REDES_STORE_TRANSFER_RUNNING;
}

static void
on_describe (RedesStoreTransfer *transfer, gpointer user_data)
{
  RedesDownload *self = user_data;

  transfer->link = redes_link_format (self->link);
  transfer->state = get_stored_state (self);
  if (self->state == REDES_DOWNLOAD_FAILED)
    transfer->message = self->message;
  transfer->added_s = self->added_s;
  transfer->seconds = redes_download_get_seconds (self);
}

static void
on_begun (gpointer user_data)
{
  RedesDownload *self = user_data;

  open_for_blocks (self);
  if (redes_download_progress_is_full (self->progress))
    finish (self);
}

static void
on_made (gpointer user_data)
{
  RedesDownload *self = user_data;

  if (redes_download_progress_get_picker (self->progress) == NULL)
    return;
  serve_blocks (self);
  redes_download_sources_fill (self->sources);
}

static void
on_noticed (const RedesNotice *notice, gpointer user_data)
{
  RedesDownload *self = user_data;

  self->mediator->noticed (self, notice, self->user_data);
}

static void
on_resumed (guint32 n_kept, guint32 n_doubtful, gpointer user_data)
{
  RedesDownload *self = user_data;

  self->mediator->resumed (self, n_kept, n_doubtful, self->user_data);
}

static void
on_checking (gpointer user_data)
{
  tell_changed (user_data, FALSE);
}

static void
on_checked (gpointer user_data)
{
  RedesDownload *self = user_data;

  self->n_disk_retries = 0;
  if (redes_download_progress_is_full (self->progress))
    {
      finish (self);
      return;
    }
  open_for_blocks (self);
  serve_blocks (self);
  begin_asking (self);
  redes_download_readers_look_again (self->readers);
}

static void
on_found (char *path, gint64 mtime_ns, gpointer user_data)
{
  RedesDownload *self = user_data;

  if (self->state == REDES_DOWNLOAD_FINDING || self->state == REDES_DOWNLOAD_WAITING)
    end_as_done (self, path, mtime_ns);
  else
    g_free (path);
}

static void
on_finished (char *path, gint64 mtime_ns, gpointer user_data)
{
  RedesDownload *self = user_data;

  if (!self->is_stream)
    {
      end_as_done (self, path, mtime_ns);
      return;
    }
  come_to_rest (self);
  set_state (self, REDES_DOWNLOAD_DONE);
  tell_changed (self, TRUE);
}

static void
on_discarded (gboolean is_out_of_reach, gpointer user_data)
{
  RedesDownload *self = user_data;

  self->gone = TRUE;
  self->mediator->gone (self, self->user_data);
}

/* With a store the download waits and tries again, or says so while it is paused; without one that
 * is its end. */
static void
on_disk_failed (const GError *error, gpointer user_data)
{
  RedesDownload *self = user_data;
  g_autoptr (RedesNotice) reason = redes_notice_new_of_error (error);
  gint64 pause_us = MIN (DISK_RETRY_US << MIN (self->n_disk_retries, 4), MAX_DISK_RETRY_US);

  if (self->abandoned && self->state == REDES_DOWNLOAD_FINISHING)
    {
      /* The next start tries again; to do so now could go on for ever. */
      set_state (self, REDES_DOWNLOAD_WAITING);
      return;
    }
  /* To try a name again that the disk refuses would be in vain. */
  if (self->store == NULL
      || (g_error_matches (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_NAME)
          && is_fetching (self)))
    {
      fail_by_error (self, error);
      return;
    }
  if (self->abandoned || self->disk_retry_us != 0)
    return;
  if (self->state == REDES_DOWNLOAD_PAUSED)
    {
      set_message (self, reason);
      tell_changed (self, TRUE);
      return;
    }
  if (!is_fetching (self) && self->state != REDES_DOWNLOAD_FINISHING)
    return;

  self->disk_retry_us = get_now_us (self) + pause_us;
  redes_download_sources_drop_all (self->sources);
  close_for_blocks (self);
  set_ticking (self, TRUE);
  set_waiting (self, reason);
  redes_download_disk_advance (self->disk);
}

static void
retry_disk (RedesDownload *self, gint64 now_us)
{
  if (now_us < self->disk_retry_us)
    return;
  self->disk_retry_us = 0;
  self->n_disk_retries++;
  redes_download_disk_advance (self->disk);
}

static void
on_journal_read (RedesManifest *manifest, const GError *error, gpointer user_data)
{
  RedesDownload *self = user_data;

  if (error != NULL)
    fail_by_error (self, error);
  else if (is_fetching (self) && manifest != NULL && is_wanted_publisher (self, manifest))
    {
      take_shape (self, manifest);
      set_ticking (self, TRUE);
    }
  else if (is_fetching (self))
    begin_asking (self);
}

static void
record_block (RedesDownload *self, const RedesWrittenBlock *block)
{
  RedesRemote *remote = block->remote;
  guint32 index = block->header.index;
  RedesSourceStats *sender = NULL;

  if (remote != NULL)
    sender = redes_download_progress_ensure_sender (self->progress, redes_remote_get_id (remote),
                                                    remote->interface->get_nickname (remote),
                                                    remote->interface->get_address (remote));
  redes_download_progress_record (self->progress, index, &block->digest, block->header.proof,
                                  block->length, sender, get_now_us (self));
  redes_download_disk_note_block (self->disk, block, sender);
  redes_download_sources_note_block (self->sources, remote, index);
  if (self->holding != NULL)
    redes_holding_add_block (self->holding, index);
  if (!self->is_stream)
    self->mediator->got_block (self, index, block->data, self->user_data);
  redes_download_readers_note_block (self->readers, index, block->data);
  /* The sources have some of what was missing after all. */
  if (self->state == REDES_DOWNLOAD_WAITING && redes_download_sources_count (self->sources) > 0)
    set_state (self, REDES_DOWNLOAD_ACTIVE);
  if (redes_download_progress_is_full (self->progress) && is_fetching (self)
      && self->disk_retry_us == 0)
    finish (self);
  else
    tell_changed (self, FALSE);
}

static void
take_verified (RedesDownload *self, const RedesWrittenBlock *block)
{
  if (block->error != NULL)
    on_disk_failed (block->error, self);
  else if (block->matches)
    record_block (self, block);
  else
    {
      redes_download_progress_refuse_arrival (self->progress, block->header.index);
      if (block->remote == NULL)
        give_up_local (self);
      else
        refuse_block (self, block->remote, block->header.index, REDES_NOTICE_WRONG_SIGNATURE);
    }
}

/* A block on its way to the disk, and to the store. */
typedef struct
{
  RedesDownload *download;
  gsize length;
} Burden;

static void
lay_down (gpointer data)
{
  Burden *burden = data;
  RedesDownload *self = burden->download;

  self->mediator->add_unwritten (-(gssize)burden->length, self->user_data);
  redes_download_unref (self);
  g_free (burden);
}

/* What is on disk and not remembered would be fetched again after a crash, so blocks count as
 * unwritten until both are done, and the sockets wait for a store that falls behind. */
static void
lay_down_when_remembered (RedesDownload *self, gsize length)
{
  Burden *burden = g_new (Burden, 1);

  *burden = (Burden){ redes_download_ref (self), length };
  redes_download_disk_when_remembered (self->disk, lay_down, burden);
}

static void
on_written (const RedesWrittenBlock *block, gpointer user_data)
{
  RedesDownload *self = user_data;

  /* What was written counts, even if nobody waits for it now. */
  if (!self->unwanted && self->state != REDES_DOWNLOAD_DONE)
    take_verified (self, block);
  lay_down_when_remembered (self, block->length);
  if (self->local != NULL && redes_download_progress_get_picker (self->progress) != NULL)
    push_local (self);
}

static const RedesDownloadDiskMediator disk_mediator = {
  .ref = on_disk_ref,
  .unref = on_disk_unref,
  .get_goal = on_get_goal,
  .is_unwanted = on_is_unwanted,
  .is_done = on_is_done,
  .describe = on_describe,
  .begun = on_begun,
  .made = on_made,
  .resumed = on_resumed,
  .noticed = on_noticed,
  .checking = on_checking,
  .checked = on_checked,
  .found = on_found,
  .written = on_written,
  .finished = on_finished,
  .discarded = on_discarded,
  .failed = on_disk_failed,
  .journal_read = on_journal_read,
};

static gboolean
on_tick (gpointer user_data)
{
  g_autoptr (RedesDownload) self = redes_download_ref (user_data);
  gint64 now_us = get_now_us (self);
  gint64 due_us = self->ticked_us + (gint64)self->tick_ms * 1000;

  self->ticked_us = now_us;
  redes_download_sources_tick (self->sources, due_us);
  if (self->disk_retry_us != 0)
    retry_disk (self, now_us);
  redes_download_disk_tick (self->disk);
  if (self->state == REDES_DOWNLOAD_ACTIVE)
    tell_changed (self, FALSE);
  /* It may have been stopped, or set to another pace, meanwhile. */
  return G_SOURCE_CONTINUE;
}

/* What a person, and the swarm, want of it. */

void
redes_download_put_first (RedesDownload *self)
{
  redes_download_disk_forget (self->disk);
  redes_download_disk_persist_sync (self->disk);
}

void
redes_download_restore (RedesDownload *self, const RedesStoreTransfer *stored)
{
  self->added_s = stored->added_s;
  self->rested_us = (gint64)(stored->seconds * G_USEC_PER_SEC);
  if (stored->manifest != NULL)
    take_shape (self, stored->manifest);
  redes_download_disk_restore (self->disk, stored);
  switch (stored->state)
    {
    case REDES_STORE_TRANSFER_PAUSED:
      set_state (self, REDES_DOWNLOAD_PAUSED);
      break;
    case REDES_STORE_TRANSFER_FAILED:
      set_state (self, REDES_DOWNLOAD_FAILED);
      set_message (self, stored->message);
      break;
    case REDES_STORE_TRANSFER_REMOVED:
      redes_download_remove (self);
      break;
    case REDES_STORE_TRANSFER_RUNNING:
    default:
      break;
    }
}

void
redes_download_start (RedesDownload *self)
{
  gboolean is_new = redes_download_get_manifest (self) == NULL;

  self->started = TRUE;
  self->started_us = get_now_us (self);
  redes_download_disk_persist (self->disk);
  if (is_new && redes_download_disk_read_journal (self->disk))
    return;
  if (is_new && (self->is_stream || !begin_local (self)))
    begin_asking (self);
  else
    {
      set_ticking (self, TRUE);
      redes_download_disk_advance (self->disk);
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
  set_state (self, REDES_DOWNLOAD_PAUSED);
  redes_download_disk_persist_sync (self->disk);
  tell_changed (self, TRUE);
  self->started = FALSE;
  redes_download_disk_advance (self->disk);
}

void
redes_download_resume (RedesDownload *self)
{
  g_autoptr (RedesDownload) guard = redes_download_ref (self);

  if ((self->state != REDES_DOWNLOAD_PAUSED && self->state != REDES_DOWNLOAD_FAILED)
      || self->unwanted || self->abandoned)
    return;
  /* A second chance for everybody: that is what a person asks for. */
  redes_download_sources_begin_anew (self->sources);
  set_state (self, REDES_DOWNLOAD_FINDING);
  redes_download_disk_persist_sync (self->disk);
  tell_changed (self, TRUE);
  self->mediator->enqueue (self, self->user_data);
}

void
redes_download_remove (RedesDownload *self)
{
  g_autoptr (RedesNotice) reason = NULL;
  g_autoptr (RedesDownload) guard = redes_download_ref (self);

  if (self->state == REDES_DOWNLOAD_FINISHING || self->state == REDES_DOWNLOAD_DONE
      || self->unwanted || self->abandoned)
    return;
  self->unwanted = TRUE;
  reason = redes_notice_new (REDES_NOTICE_DOWNLOAD_REMOVED);
  end_as_failed (self, reason);
  redes_download_disk_persist_sync (self->disk);
  tell_changed (self, TRUE);
  self->started = FALSE;
  redes_download_disk_advance (self->disk);
}

void
redes_download_abandon (RedesDownload *self)
{
  gboolean is_kept = self->store != NULL || self->keeps_partial_files;

  /* A whole file comes to its end, by a worker that may be about to give it its name. */
  self->abandoned = is_kept || self->state == REDES_DOWNLOAD_FINISHING;
  if (is_kept && self->state != REDES_DOWNLOAD_FINISHING)
    come_to_rest (self);
  if (self->abandoned)
    {
      g_autoptr (RedesNotice) reason = redes_notice_new (REDES_NOTICE_PEER_STOPS);

      redes_download_disk_persist (self->disk);
      fail_readers (self, reason);
    }
  else if (!redes_download_is_over (self))
    {
      g_autoptr (RedesNotice) reason = redes_notice_new (REDES_NOTICE_PEER_STOPS);

      end_as_failed (self, reason);
    }
  redes_download_disk_advance (self->disk);
}

RedesDownloadReader *
redes_download_add_reader (RedesDownload *self)
{
  return redes_download_readers_add (self->readers);
}

void
redes_download_remove_reader (RedesDownload *self, RedesDownloadReader *reader)
{
  g_autoptr (RedesDownload) guard = redes_download_ref (self);

  redes_download_readers_remove (self->readers, reader);
}

void
redes_download_read (RedesDownload *self,
                     RedesDownloadReader *reader,
                     guint32 index,
                     RedesDownloadReadFunc func,
                     gpointer user_data)
{
  g_autoptr (RedesDownload) guard = redes_download_ref (self);

  if (self->state == REDES_DOWNLOAD_FAILED)
    {
      g_autoptr (GError) error = redes_error_new_take (REDES_SWARM_ERROR, REDES_SWARM_ERROR_OVER,
                                                       redes_notice_ref (self->message));

      func (NULL, error, user_data);
      return;
    }
  redes_download_readers_read (self->readers, reader, index, func, user_data);
}

void
redes_download_query_answered (RedesDownload *self,
                               guint n_asked,
                               guint n_answered,
                               const RedesNotice *reason)
{
  redes_download_sources_answered (self->sources, n_asked, n_answered, reason);
}

gboolean
redes_download_wants_peer (RedesDownload *self, const RedesPeerId *peer)
{
  return redes_download_sources_wants (self->sources, peer);
}

void
redes_download_add_peer (RedesDownload *self, RedesRemote *remote)
{
  redes_download_sources_add (self->sources, remote);
}

void
redes_download_lose_peer (RedesDownload *self,
                          RedesRemote *remote,
                          gboolean liar,
                          const RedesNotice *reason)
{
  redes_download_sources_lose (self->sources, remote, liar, reason);
}

void
redes_download_dialling (RedesDownload *self, gint change, const RedesNotice *reason)
{
  redes_download_sources_note_dialling (self->sources, change, reason);
}

void
redes_download_try_again_soon (RedesDownload *self)
{
  if (!is_fetching (self))
    return;
  redes_download_sources_try_again_soon (self->sources);
  set_ticking (self, TRUE);
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
redes_download_is_stream (RedesDownload *self)
{
  return self->is_stream;
}

gboolean
redes_download_is_leaving (RedesDownload *self)
{
  return self->unwanted && !self->gone;
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
  return redes_download_progress_get_manifest (self->progress);
}

guint32
redes_download_get_blocks_done (RedesDownload *self)
{
  return redes_download_progress_get_blocks_done (self->progress);
}

guint64
redes_download_get_bytes_done (RedesDownload *self)
{
  return redes_download_progress_get_bytes_done (self->progress);
}

guint64
redes_download_get_bytes_coming (RedesDownload *self)
{
  const RedesContentId *content = redes_download_progress_get_content (self->progress);
  guint64 bytes = redes_download_progress_get_unsettled_bytes (self->progress)
                  + redes_download_sources_get_coming_bytes (self->sources);

  return MIN (bytes, content->size_bytes - redes_download_get_bytes_done (self));
}

gdouble
redes_download_get_rate (RedesDownload *self)
{
  return self->started_us == 0
             ? 0.0
             : redes_download_progress_get_rate (self->progress, get_now_us (self));
}

gdouble
redes_download_get_seconds (RedesDownload *self)
{
  gint64 spent_us = self->rested_us;

  if (self->started_us != 0)
    spent_us += get_now_us (self) - self->started_us;
  return spent_us / (gdouble)G_USEC_PER_SEC;
}

const char *
redes_download_get_path (RedesDownload *self)
{
  return self->path;
}

const RedesNotice *
redes_download_get_message (RedesDownload *self)
{
  return self->message;
}

GList *
redes_download_list_source_stats (RedesDownload *self)
{
  return redes_download_progress_list_source_stats (self->progress);
}

gboolean
redes_download_get_block (RedesDownload *self, guint32 index, guint8 *sender)
{
  return redes_download_progress_get_block (self->progress, index, sender);
}

RedesSource *
redes_download_get_source (RedesDownload *self, const RedesPeerId *peer)
{
  return redes_download_sources_find (self->sources, peer);
}

void
redes_download_set_successor (RedesDownload *self)
{
  redes_download_disk_disown (self->disk);
}
