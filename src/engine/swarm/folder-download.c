/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/folder-download.h"

#include "engine/base/error.h"
#include "engine/base/rate-meter.h"
#include "engine/base/text.h"
#include "engine/base/timer.h"
#include "engine/library/error.h"
#include "engine/library/folder-build.h"
#include "engine/swarm/folder-files.h"
#include "engine/swarm/folder-jobs.h"
#include "engine/swarm/folder-lists.h"
#include "engine/swarm/folder-sources.h"
#include "engine/swarm/folder-writer.h"
#include "engine/swarm/protocol-violation.h"

#define TICK_MS 500
#define DISK_REST_US (3 * G_USEC_PER_SEC)
/* Of what was given back, so much is looked at for a source that has it. */
#define MAX_LOOKS 64u
/* When one source has another publisher's manifest, so long for others to hand out the right one.
 */
#define OTHERS_WAIT_US (2 * G_USEC_PER_SEC)

typedef enum
{
  PHASE_CLOSED, /* the hidden folder is not open */
  PHASE_OPENING,
  PHASE_MANIFEST, /* the manifest is missing */
  PHASE_LISTS,    /* lists are missing */
  PHASE_FILES,    /* what is there already is looked at, then the rest is fetched */
  PHASE_FINISHING,
} Phase;

struct _RedesFolderDownload
{
  guint refs;
  guint id;
  RedesLink *link;
  char *folder;
  char *target; /* nullable */
  char **only;  /* nullable */
  gboolean is_list;
  RedesFolderDownloadParams params;
  gint64 added_s;

  RedesDownloadState state;
  Phase phase;
  RedesNotice *message; /* nullable */
  char *path;           /* nullable */
  gboolean is_removed;
  gboolean is_abandoned;
  gboolean is_leaving; /* what is on disk is being removed */
  gboolean is_refused; /* what came of it is of no use */
  gboolean was_file;   /* some source had the manifest of a file */
  /* Of a link without publisher: who has signed a manifest that is not true, and what of the last
   * of these was not. */
  GHashTable *false_publishers; /* set of RedesPeerId */
  RedesNotice *false_reason;    /* nullable */
  gboolean is_query_owed;       /* others have not been asked for since then */
  GSource *timer;
  gint64 due_us;
  gint64 running_since_us; /* 0: it does not run */
  gint64 spent_us;
  gint64 disk_rest_until_us;

  RedesFolderJobs *jobs;
  RedesFolderSources *sources;
  RedesFolderWriter *writer;
  RedesFolderBuild *build; /* nullable */
  gboolean is_form_new;    /* the form of names on the disk was found in this run */
  RedesManifest *manifest; /* nullable */
  RedesManifest *other;    /* nullable: by another publisher than the link's */
  RedesFolderPlan *plan;   /* nullable: as the next one, until the manifest is there */
  RedesFolderLists *lists;
  RedesFolderOffer *offer; /* nullable, also if nothing but the lists is wanted */
  RedesFolderFiles *files; /* nullable: until all lists are there */

  GQueue retry; /* of RedesFolderWish: to be asked for again, or out of turn */
  RedesRateMeter meter;
  gint64 came_us; /* when a block, or a source, came last */
};

static void go_on (RedesFolderDownload *self);
static void start_timer (RedesFolderDownload *self);
static void fill_all (RedesFolderDownload *self);

static gint64
get_now_us (RedesFolderDownload *self)
{
  return redes_clock_now_us (self->params.clock);
}

/* ---- State ---- */

static gboolean
is_running (RedesFolderDownload *self)
{
  return !self->is_abandoned && !self->is_removed
         && (self->state == REDES_DOWNLOAD_FINDING || self->state == REDES_DOWNLOAD_ACTIVE
             || self->state == REDES_DOWNLOAD_WAITING);
}

static void
put_in_store (RedesFolderDownload *self)
{
  g_autofree char *link = NULL;
  RedesStoreTransfer row = { .content = self->link->content,
                             .folder = self->folder,
                             .target = self->target,
                             .only = self->only,
                             .message = self->message,
                             .added_s = self->added_s,
                             .seconds = redes_folder_download_get_seconds (self) };

  if (self->params.store == NULL || self->is_list)
    return;
  row.link = link = redes_link_format (self->link);
  row.state = self->is_removed                       ? REDES_STORE_TRANSFER_REMOVED
              : self->state == REDES_DOWNLOAD_PAUSED ? REDES_STORE_TRANSFER_PAUSED
              : self->state == REDES_DOWNLOAD_FAILED ? REDES_STORE_TRANSFER_FAILED
                                                     : REDES_STORE_TRANSFER_RUNNING;
  redes_store_put_transfer (self->params.store, &row);
}

static void
tell (RedesFolderDownload *self, gboolean at_once)
{
  if (!self->is_abandoned)
    self->params.mediator->changed (self, at_once, self->params.user_data);
}

/* @message: (nullable) */
static void
set_state (RedesFolderDownload *self, RedesDownloadState state, const RedesNotice *message)
{
  gboolean is_timed = state == REDES_DOWNLOAD_FINDING || state == REDES_DOWNLOAD_ACTIVE
                      || state == REDES_DOWNLOAD_WAITING || state == REDES_DOWNLOAD_FINISHING;
  gint64 now_us = get_now_us (self);
  g_autoptr (RedesFolderDownload) guard = redes_folder_download_ref (self);
  g_autoptr (RedesNotice) kept = message != NULL ? redes_notice_ref (message) : NULL;

  if (self->state == state && self->message == message)
    return;
  if (is_timed && self->running_since_us == 0)
    self->running_since_us = now_us;
  else if (!is_timed && self->running_since_us != 0)
    {
      self->spent_us += now_us - self->running_since_us;
      self->running_since_us = 0;
    }
  self->state = state;
  g_clear_pointer (&self->message, redes_notice_unref);
  self->message = g_steal_pointer (&kept);
  if (state == REDES_DOWNLOAD_PAUSED || state == REDES_DOWNLOAD_FAILED)
    put_in_store (self);
  tell (self, TRUE);
}

/* What was asked for comes from nowhere now; what is being written goes on. */
static void
stop_fetching (RedesFolderDownload *self)
{
  redes_timer_clear (&self->timer);
  if (self->lists != NULL)
    redes_folder_lists_rest (self->lists);
  redes_folder_sources_drop (self->sources);
  redes_folder_writer_drop (self->writer);
}

void
redes_folder_download_fail (RedesFolderDownload *self, const RedesNotice *reason)
{
  g_autoptr (RedesFolderDownload) guard = redes_folder_download_ref (self);

  if (!is_running (self) && self->state != REDES_DOWNLOAD_FINISHING)
    return;
  stop_fetching (self);
  set_state (self, REDES_DOWNLOAD_FAILED, reason);
  go_on (self);
}

static void
fail (RedesFolderDownload *self, const RedesNotice *reason)
{
  redes_folder_download_fail (self, reason);
}

static void
fail_of_error (RedesFolderDownload *self, const GError *error)
{
  g_autoptr (RedesNotice) reason = redes_notice_new_of_error (error);

  fail (self, reason);
}

static void
wait_for (RedesFolderDownload *self, const RedesNotice *reason)
{
  if (is_running (self))
    set_state (self, REDES_DOWNLOAD_WAITING, reason);
}

/* The disk fails it: it rests, and tries again. */
static void
wait_for_disk (RedesFolderDownload *self, const GError *error)
{
  g_autoptr (RedesNotice) reason = redes_notice_new_of_error (error);

  self->disk_rest_until_us = get_now_us (self) + DISK_REST_US;
  if (self->params.store == NULL)
    fail (self, reason);
  else
    wait_for (self, reason);
}

/* ---- Jobs ---- */

static void
on_job_hold (gpointer user_data)
{
  redes_folder_download_ref (user_data);
}

static void
on_job_ended (gpointer user_data)
{
  go_on (user_data);
  redes_folder_download_unref (user_data);
}

static const RedesFolderJobsEvents jobs_events = { on_job_hold, on_job_ended };

/**
 * Job:
 * @owner: held by the jobs
 * @build: (nullable)
 * @manifest: (nullable)
 * @path: (nullable)
 * @is_form_new: whether the form of names was not known from an earlier run
 *
 * Opening, finishing and discarding what is on the disk.
 */
typedef struct
{
  RedesFolderDownload *owner;
  RedesFolderBuild *build;
  RedesManifest *manifest;
  char *path;
  gboolean is_form_new;
  GError *error;
} Job;

static void
job_free (Job *job)
{
  g_clear_pointer (&job->build, redes_folder_build_unref);
  g_clear_pointer (&job->manifest, redes_manifest_unref);
  g_clear_error (&job->error);
  g_free (job->path);
  g_free (job);
}

static Job *
job_new (RedesFolderDownload *self)
{
  Job *job = g_new0 (Job, 1);

  job->owner = self;
  if (self->build != NULL)
    job->build = redes_folder_build_ref (self->build);
  return job;
}

/* ---- Opening ---- */

static void
run_open (gpointer data)
{
  Job *job = data;
  RedesFolderDownload *self = job->owner;

  job->build = redes_folder_build_open (self->folder, &self->link->content, &job->error);
  if (job->build == NULL)
    return;
  if ((!self->is_list
       && !redes_folder_build_find_name_form (job->build, &job->is_form_new, &job->error))
      || (self->target != NULL
          && !redes_final_name_check (self->folder, self->target, &job->error)))
    {
      g_clear_pointer (&job->build, redes_folder_build_unref);
      return;
    }
  job->manifest = redes_folder_build_load_manifest (job->build);
}

static void take_manifest (RedesFolderDownload *self, RedesManifest *manifest, gboolean is_new);

static void
open_done (gpointer data)
{
  Job *job = data;
  RedesFolderDownload *self = job->owner;

  self->phase = PHASE_CLOSED;
  if (job->build != NULL)
    {
      self->build = redes_folder_build_ref (job->build);
      self->is_form_new = job->is_form_new;
      self->phase = PHASE_MANIFEST;
      if (job->manifest != NULL && is_running (self))
        take_manifest (self, job->manifest, FALSE);
    }
  else if (is_running (self)
           && g_error_matches (job->error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_NAME))
    fail_of_error (self, job->error);
  else if (is_running (self))
    wait_for_disk (self, job->error);
  job_free (job);
}

static void
open_build (RedesFolderDownload *self)
{
  self->phase = PHASE_OPENING;
  redes_folder_jobs_push (self->jobs, run_open, open_done, job_new (self));
}

/* ---- Manifest ---- */

static void
run_save_manifest (gpointer data)
{
  Job *job = data;

  redes_folder_build_save_manifest (job->build, job->manifest, &job->error);
}

/* What cannot be saved is asked for again by the next run. */
static void
save_manifest_done (gpointer data)
{
  job_free (data);
}

static const RedesFolderListsEvents lists_events;

/* What came of it is of no use: a new start begins at the top. Where the link leaves it open who
 * has signed it, and only that is not true, others are asked for theirs. */
static void
refuse_folder (RedesFolderDownload *self, const GError *error)
{
  self->is_refused = TRUE;
  if (self->link->has_publisher || !redes_folder_plan_blames_manifest (self->plan))
    {
      fail_of_error (self, error);
      return;
    }
  g_hash_table_add (self->false_publishers,
                    redes_digest_copy (redes_manifest_get_publisher (self->manifest)));
  g_clear_pointer (&self->false_reason, redes_notice_unref);
  self->false_reason = redes_notice_new_of_error (error);
  stop_fetching (self);
  set_state (self, REDES_DOWNLOAD_FINDING, NULL);
  /* What has refused it may be in the lists, which the next step frees. */
  start_timer (self);
}

static gboolean
is_signed_falsely (RedesFolderDownload *self, RedesManifest *manifest)
{
  return g_hash_table_contains (self->false_publishers, redes_manifest_get_publisher (manifest));
}

static void
drop_plan (RedesFolderDownload *self)
{
  g_clear_pointer (&self->offer, redes_folder_offer_free);
  g_clear_pointer (&self->lists, redes_folder_lists_free);
  g_clear_pointer (&self->plan, redes_folder_plan_free);
  g_queue_clear_full (&self->retry, g_free);
  self->is_refused = FALSE;
}

static void
begin_plan (RedesFolderDownload *self)
{
  RedesFolderLimits limits;
  RedesFolderTotals totals;
  g_autoptr (GError) error = NULL;

  redes_manifest_get_folder (self->manifest, &totals);
  redes_folder_limits_init (&limits, self->params.max_entries);
  self->plan = redes_folder_plan_new (&self->link->content, &totals, self->link->inside,
                                      (const char *const *)self->only, &limits);
  redes_folder_plan_set_name_form (self->plan, redes_folder_build_get_name_form (self->build));
  self->lists = redes_folder_lists_new (self->jobs, self->build, self->plan, self->manifest,
                                        &lists_events, self);
  if (!self->is_list)
    self->offer = redes_folder_offer_new (self->jobs, self->build,
                                          self->only == NULL && self->link->inside == NULL,
                                          self->params.offer, self->params.user_data);
  if (!redes_folder_plan_work (self->plan, 0, &error))
    refuse_folder (self, error);
}

/* After redes_folder_jobs_get_n_running() is 0. */
static void
begin_plan_anew (RedesFolderDownload *self)
{
  drop_plan (self);
  if (!is_signed_falsely (self, self->manifest))
    {
      begin_plan (self);
      return;
    }
  g_clear_pointer (&self->manifest, redes_manifest_unref);
  self->phase = PHASE_MANIFEST;
  /* Those that were found before were dropped. */
  self->is_query_owed = TRUE;
  redes_folder_sources_ask_now (self->sources);
}

static void
take_manifest (RedesFolderDownload *self, RedesManifest *manifest, gboolean is_new)
{
  if (self->manifest != NULL)
    return;
  if (self->link->has_publisher
      && !redes_digest_equal (&self->link->publisher, redes_manifest_get_publisher (manifest)))
    {
      g_clear_pointer (&self->other, redes_manifest_unref);
      self->other = redes_manifest_ref (manifest);
      return;
    }
  self->manifest = redes_manifest_ref (manifest);
  self->phase = PHASE_LISTS;
  if (is_new)
    {
      Job *job = job_new (self);

      job->manifest = redes_manifest_ref (manifest);
      redes_folder_jobs_push (self->jobs, run_save_manifest, save_manifest_done, job);
    }
  begin_plan (self);
  tell (self, TRUE);
}

/* ---- What is missing ---- */

static void
on_wanted (const RedesFolderWish *wish, gpointer user_data)
{
  RedesFolderDownload *self = user_data;

  g_queue_push_tail (&self->retry, g_memdup2 (wish, sizeof *wish));
}

static void
on_given_back (const RedesFolderWish *wish, gpointer user_data)
{
  RedesFolderDownload *self = user_data;

  g_queue_push_head (&self->retry, g_memdup2 (wish, sizeof *wish));
}

static void
on_took_list (RedesHolding *holding, gpointer user_data)
{
  RedesFolderDownload *self = user_data;

  if (self->offer != NULL && !self->is_abandoned)
    redes_folder_offer_add_list (self->offer, holding);
}

static void
on_list_failed (const GError *error, gpointer user_data)
{
  refuse_folder (user_data, error);
}

static void
on_list_read (gpointer user_data)
{
  g_autoptr (RedesFolderDownload) guard = redes_folder_download_ref (user_data);

  go_on (user_data);
}

static const RedesFolderListsEvents lists_events
    = { .wanted = on_wanted, .took = on_took_list, .read = on_list_read, .failed = on_list_failed };

static void
on_looked (guint n_files, gpointer user_data)
{
  RedesFolderDownload *self = user_data;

  if (n_files > 0 && !self->is_abandoned)
    self->params.mediator->resumed (self, n_files, self->params.user_data);
}

static void
on_placed (GPtrArray *members, gpointer user_data)
{
  RedesFolderDownload *self = user_data;

  if (self->offer != NULL && !self->is_abandoned)
    redes_folder_offer_add_members (self->offer, members);
}

static RedesHolding *
on_lookup (const RedesContentId *content, gpointer user_data)
{
  RedesFolderDownload *self = user_data;

  return self->params.mediator->lookup (content, self->params.user_data);
}

/* What was asked for is not what will be missing after the next look. */
static void
on_files_failed (const GError *error, gpointer user_data)
{
  RedesFolderDownload *self = user_data;

  redes_folder_sources_drop (self->sources);
  redes_folder_sources_ask_now (self->sources);
  g_queue_clear_full (&self->retry, g_free);
  if (is_running (self))
    wait_for_disk (self, error);
}

static gboolean
on_is_running (gpointer user_data)
{
  return is_running (user_data);
}

static const RedesFolderFilesEvents files_events = { .is_running = on_is_running,
                                                     .looked = on_looked,
                                                     .wanted = on_wanted,
                                                     .lookup = on_lookup,
                                                     .placed = on_placed,
                                                     .failed = on_files_failed };

static void run_discard (gpointer data);

static void
list_discarded (gpointer data)
{
  Job *job = data;
  RedesFolderDownload *self = job->owner;

  g_clear_pointer (&self->build, redes_folder_build_unref);
  self->phase = PHASE_CLOSED;
  if (self->state == REDES_DOWNLOAD_FINISHING && !self->is_abandoned)
    set_state (self, REDES_DOWNLOAD_DONE, NULL);
  job_free (job);
}

/* Nothing of it stays on the disk. A list that is still being saved would come back after the rest
 * was removed: then this is done at the next step. */
static void
finish_list (RedesFolderDownload *self)
{
  if (redes_folder_jobs_get_n_running (self->jobs) > 0)
    return;
  stop_fetching (self);
  self->phase = PHASE_FINISHING;
  self->is_leaving = TRUE;
  set_state (self, REDES_DOWNLOAD_FINISHING, NULL);
  redes_folder_jobs_push (self->jobs, run_discard, list_discarded, job_new (self));
}

static const char *get_final_name (RedesFolderDownload *self);

/* Once in all runs: that some names will be other ones on the disk. */
static void
tell_names (RedesFolderDownload *self)
{
  const char *name = get_final_name (self);
  g_autofree char *folder = NULL;
  g_autofree char *shown = NULL;
  g_autoptr (RedesNotice) notice = NULL;

  if (!self->is_form_new || redes_folder_build_get_name_form (self->build) == REDES_NAME_FORM_ANY
      || (!redes_folder_plan_depends_on_name_form (self->plan)
          && !redes_final_name_depends_on_form (name)))
    return;
  self->is_form_new = FALSE;
  folder = redes_text_display_path (self->folder);
  shown = redes_text_display_name (name);
  notice = redes_notice_new (REDES_NOTICE_NAMES_REPLACED, folder, shown);
  self->params.mediator->noticed (notice, self->params.user_data);
}

/* All lists are there. */
static void
begin_files (RedesFolderDownload *self)
{
  if (self->is_list)
    {
      finish_list (self);
      return;
    }
  self->phase = PHASE_FILES;
  tell_names (self);
  self->files = redes_folder_files_new (self->jobs, self->build, self->plan, self->params.clock,
                                        &files_events, self);
  redes_folder_files_look (self->files);
  tell (self, TRUE);
}

/* ---- Blocks ---- */

static void
on_add_unwritten (gssize bytes, gpointer user_data)
{
  RedesFolderDownload *self = user_data;

  self->params.mediator->add_unwritten (bytes, self->params.user_data);
}

static void
on_took_block (const RedesFolderBlock *block, gpointer user_data)
{
  RedesFolderDownload *self = user_data;

  if (redes_folder_wish_is_list (&block->wish))
    redes_folder_lists_take (self->lists, &block->wish, block->data);
  else if (redes_folder_files_take (self->files, &block->wish))
    {
      redes_folder_sources_count_block (self->sources, &block->peer);
      if (!self->is_abandoned)
        redes_folder_offer_take_block (self->offer, block);
    }
}

static void
on_wrong_block (const RedesFolderBlock *block, gpointer user_data)
{
  RedesFolderDownload *self = user_data;
  RedesFolderSource *source = redes_folder_sources_get (self->sources, &block->peer);
  g_autoptr (RedesRemote) remote = NULL;
  g_autoptr (GError) error = NULL;

  if (source != NULL)
    remote = redes_remote_ref (redes_folder_source_get_remote (source));
  redes_folder_sources_refuse (self->sources, &block->peer);
  if (remote == NULL || self->is_abandoned)
    return;
  redes_set_error (&error, REDES_SWARM_ERROR, REDES_SWARM_ERROR_WRONG_BLOCK,
                   REDES_NOTICE_WRONG_SIGNATURE);
  remote->interface->complain (remote, &block->wish.content, block->wish.index);
  self->params.mediator->wrong_block (self, remote, block->wish.index, error,
                                      self->params.user_data);
}

static void
on_write_failed (const GError *error, gpointer user_data)
{
  RedesFolderDownload *self = user_data;

  if (is_running (self))
    wait_for_disk (self, error);
}

static const RedesFolderWriterEvents writer_events = { .add_unwritten = on_add_unwritten,
                                                       .took = on_took_block,
                                                       .wrong = on_wrong_block,
                                                       .given_back = on_given_back,
                                                       .failed = on_write_failed };

static void
write_some (RedesFolderDownload *self)
{
  if (self->build != NULL)
    redes_folder_writer_go_on (self->writer, self->build);
}

/* ---- What to ask for ---- */

static gboolean
is_wish_open (RedesFolderDownload *self, const RedesFolderWish *wish)
{
  if (redes_folder_wish_is_list (wish))
    return redes_folder_lists_want (self->lists, wish);
  return self->files != NULL && redes_folder_files_want (self->files, wish);
}

/* What was given back and is still wanted. */
static gboolean
ask_again (RedesFolderDownload *self, RedesFolderSource *source)
{
  guint n_looks = MIN (MAX_LOOKS, self->retry.length);

  for (; n_looks > 0; n_looks--)
    {
      RedesFolderWish *wish = g_queue_pop_head (&self->retry);

      if (!is_wish_open (self, wish))
        g_free (wish);
      else if (!redes_folder_source_lacks (source, wish->item)
               && redes_folder_source_ask (source, wish))
        {
          g_free (wish);
          return TRUE;
        }
      /* Behind the others, so that those are looked at, too. */
      else
        g_queue_push_tail (&self->retry, wish);
    }
  return FALSE;
}

static void
fill (RedesFolderDownload *self, RedesFolderSource *source)
{
  RedesFolderWish wish = { 0 };

  if (!is_running (self) || get_now_us (self) < self->disk_rest_until_us)
    return;
  while (redes_folder_source_has_room (source))
    {
      if (ask_again (self, source))
        continue;
      if (self->files == NULL || !redes_folder_files_next (self->files, &wish))
        return;
      if (redes_folder_source_lacks (source, wish.item) || !redes_folder_source_ask (source, &wish))
        on_wanted (&wish, self);
    }
}

static void
fill_all (RedesFolderDownload *self)
{
  g_autoptr (GList) sources = redes_folder_sources_list (self->sources);

  for (GList *l = sources; l != NULL; l = l->next)
    {
      if (self->manifest == NULL && self->phase == PHASE_MANIFEST)
        redes_folder_source_ask_manifest (l->data, &self->link->content);
      fill (self, l->data);
    }
}

/* ---- What sources tell ---- */

static void
on_source_manifest (RedesFolderSource *source, RedesManifest *manifest, gpointer user_data)
{
  RedesFolderDownload *self = user_data;
  g_autoptr (RedesFolderDownload) guard = redes_folder_download_ref (self);

  if (self->phase != PHASE_MANIFEST || !is_running (self))
    return;
  /* Anybody may sign that a folder's list is a file, or that more is in it than there is: who has
   * signed what is true is looked for. */
  if (redes_manifest_get_folder (manifest, NULL) && !is_signed_falsely (self, manifest))
    take_manifest (self, manifest, TRUE);
  else
    {
      self->was_file |= !redes_manifest_get_folder (manifest, NULL);
      redes_folder_sources_refuse (self->sources,
                                   redes_remote_get_id (redes_folder_source_get_remote (source)));
      redes_folder_sources_ask_soon (self->sources);
    }
  if (is_running (self))
    go_on (self);
}

static void
on_source_block (RedesFolderSource *source,
                 const RedesFolderWish *wish,
                 const RedesBlockHeader *header,
                 GBytes *data,
                 gpointer user_data)
{
  RedesFolderDownload *self = user_data;
  g_autoptr (RedesFolderDownload) guard = redes_folder_download_ref (self);

  redes_folder_writer_add (self->writer, wish,
                           redes_remote_get_id (redes_folder_source_get_remote (source)), header,
                           data);
  self->came_us = get_now_us (self);
  redes_rate_meter_add (&self->meter, g_bytes_get_size (data), self->came_us);
  if (self->state != REDES_DOWNLOAD_ACTIVE && is_running (self))
    set_state (self, REDES_DOWNLOAD_ACTIVE, NULL);
  write_some (self);
}

static void
on_source_given_back (RedesFolderSource *source, const RedesFolderWish *wish, gpointer user_data)
{
  on_given_back (wish, user_data);
}

/* Others may be asked for what it lacks. */
static void
on_source_lacks (RedesFolderSource *source, const RedesFolderWish *wish, gpointer user_data)
{
  RedesFolderDownload *self = user_data;

  redes_folder_sources_ask_soon (self->sources);
}

static void
on_source_fill (RedesFolderSource *source, gpointer user_data)
{
  fill (user_data, source);
}

static const RedesFolderSourceEvents source_events = { .manifest = on_source_manifest,
                                                       .block = on_source_block,
                                                       .given_back = on_source_given_back,
                                                       .lacks = on_source_lacks,
                                                       .fill = on_source_fill };

/* ---- The end ---- */

static const char *
get_final_name (RedesFolderDownload *self)
{
  const char *part = redes_folder_plan_get_part_name (self->plan);

  if (part != NULL)
    return part;
  return self->link->name != NULL && *self->link->name != '\0'
             ? self->link->name
             : redes_manifest_get_name (self->manifest);
}

static void
run_finish (gpointer data)
{
  Job *job = data;
  RedesFolderDownload *self = job->owner;

  job->path = redes_folder_build_finish (job->build, redes_folder_plan_get_single (self->plan),
                                         get_final_name (self), self->target, NULL, &job->error);
}

static void
remember_done (RedesFolderDownload *self)
{
  g_autoptr (GPtrArray) senders = redes_folder_sources_list_senders (self->sources);
  g_autofree char *name = g_path_get_basename (self->path);
  RedesStoreDownload row = { .content = self->link->content,
                             .name = name,
                             .path = self->path,
                             .blocks = redes_folder_download_get_blocks (self),
                             .finished_s = g_get_real_time () / G_USEC_PER_SEC,
                             .seconds = redes_folder_download_get_seconds (self),
                             .senders = senders };

  if (self->params.store == NULL)
    return;
  redes_store_begin (self->params.store);
  redes_store_add_history (self->params.store, &row);
  redes_store_remove_transfer (self->params.store, &self->link->content);
  redes_store_end (self->params.store);
}

/* Others can have it from here, in later runs, too. A single file is no folder. */
static void
offer_for_good (RedesFolderDownload *self)
{
  g_autoptr (RedesFetchedFolder) folder = NULL;

  if (redes_folder_plan_get_single (self->plan) != NULL)
    return;
  folder = redes_folder_offer_settle (self->offer, self->path);
  if (folder == NULL)
    return;
  if (self->only == NULL && self->link->inside == NULL)
    self->params.offer->announce (folder, self->params.user_data);
  if (self->params.store != NULL)
    redes_store_put_fetched (
        self->params.store, redes_fetched_folder_describe (folder, self->link->inside, self->only));
}

static void
finish_done (gpointer data)
{
  Job *job = data;
  RedesFolderDownload *self = job->owner;

  if (job->path == NULL)
    {
      self->phase = PHASE_FILES;
      if (self->state == REDES_DOWNLOAD_FINISHING && !self->is_abandoned)
        fail_of_error (self, job->error);
      job_free (job);
      return;
    }
  g_free (self->path);
  self->path = g_steal_pointer (&job->path);
  self->phase = PHASE_CLOSED;
  g_clear_pointer (&self->build, redes_folder_build_unref);
  job_free (job);
  if (self->is_abandoned)
    return;
  offer_for_good (self);
  remember_done (self);
  set_state (self, REDES_DOWNLOAD_DONE, NULL);
}

static void
finish (RedesFolderDownload *self)
{
  stop_fetching (self);
  self->phase = PHASE_FINISHING;
  set_state (self, REDES_DOWNLOAD_FINISHING, NULL);
  redes_folder_jobs_push (self->jobs, run_finish, finish_done, job_new (self));
}

static void
run_discard (gpointer data)
{
  Job *job = data;

  if (job->build == NULL)
    job->build = redes_folder_build_open (job->owner->folder, &job->owner->link->content, NULL);
  if (job->build == NULL)
    return;
  /* A download that was interrupted may have its files there. */
  if (job->owner->is_list)
    redes_folder_build_discard_lists (job->build);
  else
    redes_folder_build_discard (job->build);
}

static void
discard_done (gpointer data)
{
  Job *job = data;
  RedesFolderDownload *self = job->owner;

  g_clear_pointer (&self->build, redes_folder_build_unref);
  self->phase = PHASE_CLOSED;
  job_free (job);
  if (!self->is_removed || self->is_abandoned)
    return;
  /* The row of one that only lists the folder would be a download's. */
  if (self->params.store != NULL && !self->is_list)
    redes_store_remove_transfer (self->params.store, &self->link->content);
  self->params.mediator->gone (self, self->params.user_data);
}

/* Once, when nothing is written there any more. */
static void
discard (RedesFolderDownload *self)
{
  if (self->is_leaving || redes_folder_jobs_get_n_running (self->jobs) > 0)
    return;
  self->is_leaving = TRUE;
  g_clear_pointer (&self->offer, redes_folder_offer_free);
  redes_folder_jobs_push (self->jobs, run_discard, discard_done, job_new (self));
}

/* Whether what is on the disk is of no use any more. */
static gboolean
is_to_be_discarded (RedesFolderDownload *self)
{
  if (self->is_removed)
    return TRUE;
  if (self->build == NULL || self->is_abandoned)
    return FALSE;
  if (self->is_list)
    return self->state == REDES_DOWNLOAD_FAILED;
  return self->state == REDES_DOWNLOAD_FAILED && self->params.store == NULL
         && !self->params.keeps_partial_files;
}

/* ---- One step after the other ---- */

static gboolean on_tick (gpointer data);

static void
start_timer (RedesFolderDownload *self)
{
  if (self->timer != NULL)
    return;
  self->due_us = get_now_us (self) + TICK_MS * 1000;
  redes_timer_set (&self->timer, NULL, TICK_MS, on_tick, self);
}

static void
go_on (RedesFolderDownload *self)
{
  gboolean is_disk_resting = get_now_us (self) < self->disk_rest_until_us;

  if (is_to_be_discarded (self))
    {
      discard (self);
      return;
    }
  if (!is_running (self))
    return;
  start_timer (self);
  if (self->is_refused)
    {
      if (redes_folder_jobs_get_n_running (self->jobs) > 0)
        return;
      begin_plan_anew (self);
      if (!is_running (self))
        return;
    }
  if (self->phase == PHASE_CLOSED && !is_disk_resting)
    open_build (self);
  if (self->phase == PHASE_LISTS)
    {
      if (!redes_folder_lists_are_whole (self->lists))
        redes_folder_lists_fetch (self->lists);
      else
        begin_files (self);
    }
  if (!is_running (self))
    return;
  write_some (self);
  if (self->phase == PHASE_FILES && !is_disk_resting)
    {
      redes_folder_files_look (self->files);
      redes_folder_files_place (self->files);
    }
  fill_all (self);
  if (self->phase == PHASE_FILES && redes_folder_files_are_whole (self->files))
    finish (self);
}

static void
ask_for_sources (RedesFolderDownload *self)
{
  if (!redes_folder_sources_begin_to_ask (self->sources))
    return;
  self->is_query_owed = FALSE;
  self->params.mediator->want_sources (self, self->params.user_data);
}

/* Whether it does anything that no source has to help with. */
static gboolean
is_busy (RedesFolderDownload *self)
{
  return self->phase == PHASE_OPENING || redes_folder_writer_is_busy (self->writer)
         || (self->files != NULL && redes_folder_files_are_busy (self->files));
}

/* With nobody there, or nobody who gives anything. */
static void
consider (RedesFolderDownload *self)
{
  gint64 now_us = get_now_us (self);
  gint64 patience_us = (gint64)self->params.patience_s * G_USEC_PER_SEC;
  gboolean is_other = self->manifest == NULL && self->other != NULL;
  gboolean is_false = self->manifest == NULL && self->false_reason != NULL;
  gboolean is_file = self->manifest == NULL && self->was_file;
  gboolean had_source = redes_folder_sources_were_any (self->sources);
  g_autoptr (RedesNotice) reason = NULL;

  if (!is_running (self) || is_busy (self) || self->is_query_owed
      || now_us < self->disk_rest_until_us || (is_other && now_us < self->came_us + OTHERS_WAIT_US))
    return;
  if (!is_other && redes_folder_sources_are_any (self->sources))
    {
      if (patience_us == 0 || now_us - self->came_us < patience_us)
        return;
      reason = redes_notice_new (REDES_NOTICE_SOURCES_SEND_NOTHING);
    }
  else if (redes_folder_sources_are_asked_for (self->sources))
    return;
  else
    reason = is_false ? redes_notice_ref (self->false_reason)
                      : redes_notice_new (is_other      ? REDES_NOTICE_OTHER_PUBLISHER
                                          : is_file     ? REDES_NOTICE_DOWNLOAD_NO_FOLDER
                                          : !had_source ? REDES_NOTICE_NOBODY_SHARES
                                                        : REDES_NOTICE_NO_SOURCE_NOW);
  if (patience_us > 0
      && (is_other || is_false || is_file || !had_source || now_us - self->came_us >= patience_us))
    fail (self, reason);
  else if (self->state != REDES_DOWNLOAD_WAITING)
    wait_for (self, reason);
}

static gboolean
on_tick (gpointer data)
{
  RedesFolderDownload *self = data;
  g_autoptr (RedesFolderDownload) guard = redes_folder_download_ref (self);

  redes_timer_clear (&self->timer);
  if (!is_running (self))
    return G_SOURCE_REMOVE;
  redes_folder_sources_check (self->sources, get_now_us (self) > self->due_us + G_USEC_PER_SEC);
  ask_for_sources (self);
  go_on (self);
  consider (self);
  if (is_running (self))
    tell (self, FALSE);
  return G_SOURCE_REMOVE;
}

/* ---- From outside ---- */

RedesFolderDownload *
redes_folder_download_new (const RedesFolderDownloadParams *params,
                           guint id,
                           const RedesLink *link,
                           const char *folder,
                           const char *target,
                           const RedesFolderChoice *choice)
{
  RedesFolderDownload *self = g_new0 (RedesFolderDownload, 1);

  self->refs = 1;
  self->id = id;
  self->link = redes_link_copy (link);
  self->folder = g_strdup (folder);
  self->target = g_strdup (target);
  if (choice != NULL)
    {
      self->only = g_strdupv (choice->only);
      self->is_list = choice->is_list;
    }
  self->params = *params;
  self->added_s = g_get_real_time () / G_USEC_PER_SEC;
  self->state = REDES_DOWNLOAD_FINDING;
  self->jobs = redes_folder_jobs_new (params->workers, &jobs_events, self);
  self->sources = redes_folder_sources_new (params->clock, &source_events, self);
  self->false_publishers
      = g_hash_table_new_full (redes_digest_hash, redes_digest_equal, g_free, NULL);
  self->writer = redes_folder_writer_new (self->jobs, &writer_events, self);
  return self;
}

RedesFolderDownload *
redes_folder_download_ref (RedesFolderDownload *self)
{
  self->refs++;
  return self;
}

void
redes_folder_download_unref (RedesFolderDownload *self)
{
  const RedesFolderDownloadMediator *mediator = self->params.mediator;
  gpointer user_data = self->params.user_data;

  if (--self->refs > 0)
    return;
  /* Nothing is held any more, so what is given back is nobody's. */
  self->refs = 1;
  stop_fetching (self);
  redes_folder_sources_free (self->sources);
  redes_folder_writer_free (self->writer);
  g_clear_pointer (&self->files, redes_folder_files_free);
  g_clear_pointer (&self->offer, redes_folder_offer_free);
  g_clear_pointer (&self->lists, redes_folder_lists_free);
  redes_folder_jobs_free (self->jobs);
  g_queue_clear_full (&self->retry, g_free);
  g_clear_pointer (&self->plan, redes_folder_plan_free);
  g_clear_pointer (&self->build, redes_folder_build_unref);
  g_clear_pointer (&self->manifest, redes_manifest_unref);
  g_clear_pointer (&self->other, redes_manifest_unref);
  g_clear_pointer (&self->message, redes_notice_unref);
  g_clear_pointer (&self->false_reason, redes_notice_unref);
  g_hash_table_unref (self->false_publishers);
  redes_link_free (self->link);
  g_strfreev (self->only);
  g_free (self->folder);
  g_free (self->target);
  g_free (self->path);
  g_free (self);
  mediator->released (user_data);
}

void
redes_folder_download_restore (RedesFolderDownload *self, const RedesStoreTransfer *stored)
{
  static const RedesDownloadState states[] = {
    [REDES_STORE_TRANSFER_RUNNING] = REDES_DOWNLOAD_FINDING,
    [REDES_STORE_TRANSFER_PAUSED] = REDES_DOWNLOAD_PAUSED,
    [REDES_STORE_TRANSFER_FAILED] = REDES_DOWNLOAD_FAILED,
    [REDES_STORE_TRANSFER_REMOVED] = REDES_DOWNLOAD_FAILED,
  };

  self->state = states[stored->state];
  self->is_removed = stored->state == REDES_STORE_TRANSFER_REMOVED;
  self->message = stored->message != NULL ? redes_notice_ref (stored->message) : NULL;
  self->added_s = stored->added_s;
  self->spent_us = (gint64)(stored->seconds * G_USEC_PER_SEC);
}

void
redes_folder_download_start (RedesFolderDownload *self)
{
  self->came_us = get_now_us (self);
  if (is_running (self))
    {
      self->running_since_us = self->came_us;
      put_in_store (self);
      ask_for_sources (self);
    }
  go_on (self);
}

void
redes_folder_download_pause (RedesFolderDownload *self)
{
  if (!is_running (self))
    return;
  stop_fetching (self);
  set_state (self, REDES_DOWNLOAD_PAUSED, NULL);
}

void
redes_folder_download_resume (RedesFolderDownload *self)
{
  if (self->is_removed || self->is_abandoned
      || (self->state != REDES_DOWNLOAD_PAUSED && self->state != REDES_DOWNLOAD_FAILED))
    return;
  redes_folder_sources_begin_anew (self->sources);
  g_hash_table_remove_all (self->false_publishers);
  g_clear_pointer (&self->false_reason, redes_notice_unref);
  self->was_file = FALSE;
  self->disk_rest_until_us = 0;
  self->came_us = get_now_us (self);
  set_state (self, REDES_DOWNLOAD_FINDING, NULL);
  put_in_store (self);
  ask_for_sources (self);
  go_on (self);
}

void
redes_folder_download_remove (RedesFolderDownload *self)
{
  g_autoptr (RedesFolderDownload) guard = redes_folder_download_ref (self);
  g_autoptr (RedesNotice) reason = redes_notice_new (REDES_NOTICE_DOWNLOAD_REMOVED);

  if (self->is_removed || self->state == REDES_DOWNLOAD_FINISHING
      || self->state == REDES_DOWNLOAD_DONE)
    return;
  stop_fetching (self);
  self->is_removed = TRUE;
  set_state (self, REDES_DOWNLOAD_FAILED, reason);
  go_on (self);
}

void
redes_folder_download_abandon (RedesFolderDownload *self)
{
  self->is_abandoned = TRUE;
  stop_fetching (self);
}

guint
redes_folder_download_get_id (RedesFolderDownload *self)
{
  return self->id;
}

RedesDownloadState
redes_folder_download_get_state (RedesFolderDownload *self)
{
  return self->state;
}

gboolean
redes_folder_download_is_over (RedesFolderDownload *self)
{
  return self->state == REDES_DOWNLOAD_DONE || self->state == REDES_DOWNLOAD_FAILED;
}

gboolean
redes_folder_download_is_removed (RedesFolderDownload *self)
{
  return self->is_removed;
}

gboolean
redes_folder_download_lists_only (RedesFolderDownload *self)
{
  return self->is_list;
}

const RedesLink *
redes_folder_download_get_link (RedesFolderDownload *self)
{
  return self->link;
}

RedesManifest *
redes_folder_download_get_manifest (RedesFolderDownload *self)
{
  return self->manifest;
}

RedesFolderPlan *
redes_folder_download_get_plan (RedesFolderDownload *self)
{
  return self->plan != NULL && redes_folder_plan_is_whole (self->plan) ? self->plan : NULL;
}

gboolean
redes_folder_download_get_other_publisher (RedesFolderDownload *self, RedesPeerId *out)
{
  if (self->other == NULL || self->manifest != NULL)
    return FALSE;
  *out = *redes_manifest_get_publisher (self->other);
  return TRUE;
}

void
redes_folder_download_accept_publisher (RedesFolderDownload *self, const RedesPeerId *publisher)
{
  if (self->manifest != NULL)
    return;
  self->link->has_publisher = TRUE;
  self->link->publisher = *publisher;
  put_in_store (self);
  if (self->other != NULL && self->phase == PHASE_MANIFEST)
    take_manifest (self, self->other, TRUE);
  go_on (self);
}

guint8
redes_folder_download_get_fill (RedesFolderDownload *self, guint item)
{
  if (self->state == REDES_DOWNLOAD_DONE)
    return 255;
  return self->files != NULL ? redes_folder_files_get_fill (self->files, item) : 0;
}

guint
redes_folder_download_get_files_done (RedesFolderDownload *self)
{
  return self->files != NULL ? redes_folder_files_get_n_done (self->files) : 0;
}

guint32
redes_folder_download_get_blocks (RedesFolderDownload *self)
{
  return self->files != NULL ? redes_folder_files_get_blocks (self->files) : 0;
}

guint32
redes_folder_download_get_blocks_done (RedesFolderDownload *self)
{
  return self->files != NULL ? redes_folder_files_get_blocks_done (self->files) : 0;
}

guint64
redes_folder_download_get_bytes_done (RedesFolderDownload *self)
{
  return self->files != NULL ? redes_folder_files_get_bytes_done (self->files) : 0;
}

gdouble
redes_folder_download_get_rate (RedesFolderDownload *self)
{
  return is_running (self) ? redes_rate_meter_get (&self->meter, get_now_us (self)) : 0;
}

gdouble
redes_folder_download_get_seconds (RedesFolderDownload *self)
{
  gint64 us = self->spent_us;

  if (self->running_since_us != 0)
    us += get_now_us (self) - self->running_since_us;
  return (gdouble)us / G_USEC_PER_SEC;
}

const char *
redes_folder_download_get_path (RedesFolderDownload *self)
{
  return self->path;
}

const RedesNotice *
redes_folder_download_get_message (RedesFolderDownload *self)
{
  return self->message;
}

GList *
redes_folder_download_list_source_stats (RedesFolderDownload *self)
{
  return redes_folder_sources_list_stats (self->sources);
}

RedesFolderSource *
redes_folder_download_get_source (RedesFolderDownload *self, const RedesPeerId *peer)
{
  return redes_folder_sources_get (self->sources, peer);
}

void
redes_folder_download_query_answered (RedesFolderDownload *self,
                                      guint n_asked,
                                      guint n_answered,
                                      const RedesNotice *reason)
{
  redes_folder_sources_end_to_ask (self->sources);
  if (self->is_query_owed)
    redes_folder_sources_ask_now (self->sources);
  if (is_running (self) && !redes_folder_sources_are_any (self->sources))
    consider (self);
}

gboolean
redes_folder_download_wants_peer (RedesFolderDownload *self, const RedesPeerId *peer)
{
  return is_running (self) && redes_folder_sources_want (self->sources, peer);
}

void
redes_folder_download_add_peer (RedesFolderDownload *self, RedesRemote *remote)
{
  RedesFolderSource *source;

  if (!is_running (self))
    return;
  source = redes_folder_sources_add (self->sources, remote);
  if (source == NULL)
    return;
  self->came_us = get_now_us (self);
  if (self->manifest == NULL && self->phase == PHASE_MANIFEST)
    redes_folder_source_ask_manifest (source, &self->link->content);
  fill (self, source);
  tell (self, TRUE);
}

void
redes_folder_download_lose_peer (RedesFolderDownload *self,
                                 RedesRemote *remote,
                                 gboolean liar,
                                 const RedesNotice *reason)
{
  g_autoptr (RedesFolderDownload) guard = redes_folder_download_ref (self);

  if (!redes_folder_sources_lose (self->sources, remote, liar))
    return;
  fill_all (self);
  if (is_running (self))
    tell (self, TRUE);
}

void
redes_folder_download_dialling (RedesFolderDownload *self, gint change)
{
  redes_folder_sources_dialling (self->sources, change);
  if (!redes_folder_sources_are_dialled (self->sources))
    consider (self);
}

void
redes_folder_download_try_again_soon (RedesFolderDownload *self)
{
  redes_folder_sources_ask_now (self->sources);
}
