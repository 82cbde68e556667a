/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/folder-download.h"

#include "engine/base/error.h"
#include "engine/base/rate-meter.h"
#include "engine/base/timer.h"
#include "engine/library/folder-build.h"
#include "engine/library/library.h"
#include "engine/swarm/protocol-violation.h"

#include <string.h>

#define TICK_MS 500
#define SNUB_US (4 * G_USEC_PER_SEC)
#define SILENT_US (20 * G_USEC_PER_SEC)
#define MAX_SOURCES 64u
/* Blocks that one job of a worker verifies and writes, and jobs at once. */
#define JOB_BLOCKS 256u
#define JOB_BYTES (4u * 1024 * 1024)
#define MAX_JOBS 3u
/* Files that get their names together, with one sync for all; the first waits no longer than this
 * for others. */
#define PLACE_FILES 1024u
#define PLACE_WAIT_US (2 * G_USEC_PER_SEC)
#define DISK_REST_US (3 * G_USEC_PER_SEC)
/* Sources are asked for again when there is none: at first after this, then twice as late. */
#define FIRST_ASK_US (2 * G_USEC_PER_SEC)
#define MAX_ASK_US (60 * G_USEC_PER_SEC)
#define ASK_MORE_US (30 * G_USEC_PER_SEC)
/* Who lacks more contents of the folder than this is no source of it. */
#define MAX_LACKS 256u
/* Of what was given back, so much is looked at for a source that has it. */
#define MAX_LOOKS 64u
#define MAX_LOCAL_JOBS 2u
/* When one source has another publisher's manifest, so long for others to hand out the right one.
 */
#define OTHERS_WAIT_US (2 * G_USEC_PER_SEC)
/* Numbers of lists, beside those of files. */
#define FIRST_LIST (1u << 30)
#define MAX_LISTS_AT_ONCE 64u
/* Lines of lists that are read in one go: a millisecond or two. */
#define LINES_AT_ONCE 2048u

typedef enum
{
  PHASE_CLOSED, /* the hidden folder is not open */
  PHASE_OPENING,
  PHASE_MANIFEST, /* the manifest is missing */
  PHASE_LISTS,    /* lists are missing */
  PHASE_LOOKING,  /* what is there already? */
  PHASE_FILES,
  PHASE_FINISHING,
} Phase;

/* A list on its way. */
typedef struct
{
  RedesContentId content;
  RedesFolderTotals totals;
  RedesGeometry geometry;
  guint number;
  GBytes **blocks;
  guint32 n_blocks;
  guint32 n_missing;
} List;

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
  GSource *timer;
  GSource *work_timer; /* lists that came are to be read */
  gint64 due_us;
  gint64 running_since_us; /* 0: it does not run */
  gint64 spent_us;

  RedesFolderBuild *build; /* nullable */
  RedesManifest *manifest; /* nullable */
  RedesManifest *other;    /* nullable: by another publisher than the link's */
  RedesFolderPlan *plan;   /* nullable */
  GHashTable *lists;       /* RedesContentId -> List: those on their way */
  GHashTable *lists_by_number;
  guint last_list;

  guint n_jobs; /* of all kinds */
  guint n_write_jobs;
  guint n_local_jobs;
  gboolean is_placing;
  GQueue received; /* of Received */
  guint64 received_bytes;
  gint64 disk_rest_until_us;

  guint32 *missing; /* of each item: blocks that are not written */
  GHashTable *have; /* item -> RedesBitfield: of those that are partly there */
  guint next_item;
  guint32 next_index;
  GQueue retry;      /* of RedesFolderWish */
  GArray *staged;    /* of guint: items that are whole and wait for their names */
  GPtrArray *copies; /* of Copy */
  gint64 staged_since_us;
  guint files_done;
  guint32 n_blocks;
  guint32 blocks_done;
  guint64 bytes_done;
  RedesRateMeter meter;

  GHashTable *sources; /* RedesPeerId -> RedesFolderSource */
  GHashTable *stats;
  GHashTable *refused; /* set of RedesPeerId: they lied, or lack too much */
  guint last_number;
  guint n_dialling;
  gboolean is_asking;
  gboolean had_source;
  gint64 ask_at_us;
  gint64 ask_wait_us;
  gint64 came_us; /* when a block, or a source, came last */
};

/* A block as it came. */
typedef struct
{
  RedesFolderWish wish;
  RedesPeerId peer;
  RedesDigest proof[REDES_MAX_PROOF_LENGTH];
  guint n_proof;
  GBytes *data;
  gboolean is_right;
  gboolean is_written;
} Received;

/* An item that is in the tree at @source, but not in all its places. */
typedef struct
{
  guint item;
  char *source;
} Copy;

static void go_on (RedesFolderDownload *self);
static void fill_all (RedesFolderDownload *self);
static const RedesFolderSourceEvents source_events;

static gint64
get_now_us (RedesFolderDownload *self)
{
  return redes_clock_now_us (self->params.clock);
}

static void
received_free (gpointer data)
{
  Received *received = data;

  g_bytes_unref (received->data);
  g_free (received);
}

static void
copy_free (gpointer data)
{
  Copy *copy = data;

  g_free (copy->source);
  g_free (copy);
}

static void
list_free (gpointer data)
{
  List *list = data;

  for (guint32 i = 0; i < list->n_blocks; i++)
    g_clear_pointer (&list->blocks[i], g_bytes_unref);
  g_free (list->blocks);
  g_free (list);
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

static void
drop_sources (RedesFolderDownload *self)
{
  g_hash_table_remove_all (self->sources);
}

static void
stop_timer (RedesFolderDownload *self)
{
  redes_timer_clear (&self->timer);
  redes_timer_clear (&self->work_timer);
}

static void
drop_received (RedesFolderDownload *self)
{
  Received *received;

  while ((received = g_queue_pop_head (&self->received)) != NULL)
    {
      g_queue_push_head (&self->retry, g_memdup2 (&received->wish, sizeof received->wish));
      received_free (received);
    }
  if (self->received_bytes > 0)
    self->params.mediator->add_unwritten (-(gssize)self->received_bytes, self->params.user_data);
  self->received_bytes = 0;
}

/* What was asked for comes from nowhere now; what is being written goes on. */
static void
stop_fetching (RedesFolderDownload *self)
{
  stop_timer (self);
  drop_sources (self);
  drop_received (self);
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

typedef struct _Job Job;
struct _Job
{
  RedesFolderDownload *owner;
  void (*run) (Job *job);
  void (*done) (Job *job, RedesFolderDownload *self);
  void (*clear) (Job *job); /* nullable */
  GError *error;

  /* What some kinds need. */
  RedesFolderBuild *build;
  RedesManifest *manifest;
  RedesContentId content;
  RedesFolderTotals totals;
  guint item;
  GBytes *bytes;
  RedesFolder *list;
  GPtrArray *blocks; /* of Received */
  guint64 n_bytes;
  GPtrArray *files;  /* of RedesFolderBuildFile */
  GPtrArray *copies; /* of Copy */
  GArray *items;     /* of guint */
  GHashTable *have;
  RedesHolding *holding;
  char *path;
  guint n_files;
  gboolean is_right;
};

static void
run_job (gpointer data)
{
  Job *job = data;

  job->run (job);
}

static void
job_done (gpointer data)
{
  Job *job = data;
  RedesFolderDownload *self = job->owner;

  self->n_jobs--;
  job->done (job, self);
  if (job->clear != NULL)
    job->clear (job);
  g_clear_pointer (&job->build, redes_folder_build_unref);
  g_clear_pointer (&job->manifest, redes_manifest_unref);
  g_clear_pointer (&job->bytes, g_bytes_unref);
  g_clear_pointer (&job->list, redes_folder_unref);
  g_clear_pointer (&job->blocks, g_ptr_array_unref);
  g_clear_pointer (&job->files, g_ptr_array_unref);
  g_clear_pointer (&job->copies, g_ptr_array_unref);
  g_clear_pointer (&job->items, g_array_unref);
  g_clear_pointer (&job->have, g_hash_table_unref);
  g_clear_pointer (&job->holding, redes_holding_unref);
  g_clear_error (&job->error);
  g_free (job->path);
  g_free (job);
  go_on (self);
  redes_folder_download_unref (self);
}

static Job *
job_new (RedesFolderDownload *self,
         void (*run) (Job *job),
         void (*done) (Job *job, RedesFolderDownload *self))
{
  Job *job = g_new0 (Job, 1);

  job->owner = redes_folder_download_ref (self);
  job->run = run;
  job->done = done;
  if (self->build != NULL)
    job->build = redes_folder_build_ref (self->build);
  return job;
}

static void
job_push (Job *job)
{
  job->owner->n_jobs++;
  redes_workers_push (job->owner->params.workers, run_job, job_done, job);
}

/* ---- Opening ---- */

static char *
dup_own_folder (RedesFolderDownload *self)
{
  return g_strdup (self->folder);
}

static void
run_open (Job *job)
{
  job->build = redes_folder_build_open (job->path, &job->content, &job->error);
  if (job->build != NULL)
    job->manifest = redes_folder_build_load_manifest (job->build);
}

static void take_manifest (RedesFolderDownload *self, RedesManifest *manifest, gboolean is_new);

static void
open_done (Job *job, RedesFolderDownload *self)
{
  self->phase = PHASE_CLOSED;
  if (job->build == NULL)
    {
      if (is_running (self))
        wait_for_disk (self, job->error);
      return;
    }
  self->build = redes_folder_build_ref (job->build);
  self->phase = PHASE_MANIFEST;
  if (job->manifest != NULL && is_running (self))
    take_manifest (self, job->manifest, FALSE);
}

static void
open_build (RedesFolderDownload *self)
{
  Job *job = job_new (self, run_open, open_done);

  self->phase = PHASE_OPENING;
  job->path = dup_own_folder (self);
  job->content = self->link->content;
  job_push (job);
}

/* ---- Manifest ---- */

static void
run_save_manifest (Job *job)
{
  redes_folder_build_save_manifest (job->build, job->manifest, &job->error);
}

/* What cannot be saved is asked for again by the next run. */
static void
save_manifest_done (Job *job, RedesFolderDownload *self)
{
}

/* What came of it is of no use: a new start begins at the top. */
static void
refuse_folder (RedesFolderDownload *self, const GError *error)
{
  g_clear_pointer (&self->plan, redes_folder_plan_free);
  g_hash_table_remove_all (self->lists_by_number);
  g_hash_table_remove_all (self->lists);
  fail_of_error (self, error);
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
  if (!redes_folder_plan_work (self->plan, 0, &error))
    refuse_folder (self, error);
}

static void
take_manifest (RedesFolderDownload *self, RedesManifest *manifest, gboolean is_new)
{
  RedesFolderTotals totals;

  if (self->manifest != NULL)
    return;
  if (!redes_manifest_get_folder (manifest, &totals))
    {
      g_autoptr (RedesNotice) reason = redes_notice_new (REDES_NOTICE_DOWNLOAD_NO_FOLDER);

      fail (self, reason);
      return;
    }
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
      Job *job = job_new (self, run_save_manifest, save_manifest_done);

      job->manifest = redes_manifest_ref (manifest);
      job_push (job);
    }
  begin_plan (self);
  tell (self, TRUE);
}

/* ---- Lists ---- */

static void
begin_list (RedesFolderDownload *self,
            const RedesContentId *content,
            const RedesFolderTotals *totals)
{
  List *list = g_new0 (List, 1);

  list->content = *content;
  list->totals = *totals;
  list->geometry = (RedesGeometry){ .file_size = content->size_bytes,
                                    .block_size = redes_block_size_for (content->size_bytes) };
  list->number = FIRST_LIST + self->last_list++;
  list->n_blocks = list->n_missing = redes_geometry_get_n_blocks (&list->geometry);
  list->blocks = g_new0 (GBytes *, list->n_blocks);
  g_hash_table_insert (self->lists, &list->content, list);
  g_hash_table_insert (self->lists_by_number, GUINT_TO_POINTER (list->number), list);
}

static void
want_list_blocks (RedesFolderDownload *self, const List *list)
{
  for (guint32 i = 0; i < list->n_blocks; i++)
    {
      RedesFolderWish wish = { .content = list->content,
                               .item = list->number,
                               .index = i,
                               .length = redes_geometry_get_block_length (&list->geometry, i) };

      g_queue_push_tail (&self->retry, g_memdup2 (&wish, sizeof wish));
    }
}

/* From an earlier run, if there is one that is right. */
static void
run_load_list (Job *job)
{
  job->bytes = redes_folder_build_load_list (job->build, &job->content);
  if (job->bytes != NULL)
    job->list = redes_folder_parse_proven (job->bytes, &job->content, &job->totals, &job->error);
}

static void
run_parse_list (Job *job)
{
  job->list = redes_folder_parse_proven (job->bytes, &job->content, &job->totals, &job->error);
  if (job->list != NULL)
    redes_folder_build_save_list (job->build, &job->content, job->bytes, NULL);
}

static void
take_list (RedesFolderDownload *self, Job *job)
{
  List *list = g_hash_table_lookup (self->lists, &job->content);

  if (list != NULL)
    {
      g_hash_table_remove (self->lists_by_number, GUINT_TO_POINTER (list->number));
      g_hash_table_remove (self->lists, &job->content);
    }
  redes_folder_plan_take_list (self->plan, &job->content, job->list);
}

static gboolean
on_work (gpointer data)
{
  RedesFolderDownload *self = data;
  g_autoptr (RedesFolderDownload) guard = redes_folder_download_ref (self);
  g_autoptr (GError) error = NULL;

  redes_timer_clear (&self->work_timer);
  if (!is_running (self) || self->phase != PHASE_LISTS || self->plan == NULL)
    return G_SOURCE_REMOVE;
  if (!redes_folder_plan_work (self->plan, LINES_AT_ONCE, &error))
    refuse_folder (self, error);
  go_on (self);
  return G_SOURCE_REMOVE;
}

static void
load_list_done (Job *job, RedesFolderDownload *self)
{
  List *list = g_hash_table_lookup (self->lists, &job->content);

  if (self->phase != PHASE_LISTS || self->plan == NULL || list == NULL)
    return;
  if (job->list != NULL)
    take_list (self, job);
  else
    {
      want_list_blocks (self, list);
      fill_all (self);
    }
}

/* Its bytes are what the publisher signed, so nobody else can have a better one. */
static void
parse_list_done (Job *job, RedesFolderDownload *self)
{
  if (self->phase != PHASE_LISTS || self->plan == NULL || !is_running (self))
    return;
  if (job->list != NULL)
    take_list (self, job);
  else
    refuse_folder (self, job->error);
}

static void
push_list_job (RedesFolderDownload *self, const List *list, GBytes *bytes)
{
  Job *job = bytes != NULL ? job_new (self, run_parse_list, parse_list_done)
                           : job_new (self, run_load_list, load_list_done);

  job->content = list->content;
  job->totals = list->totals;
  job->bytes = bytes != NULL ? g_bytes_ref (bytes) : NULL;
  job_push (job);
}

static void
join_list (RedesFolderDownload *self, List *list)
{
  GByteArray *whole = g_byte_array_sized_new ((guint)list->content.size_bytes);
  g_autoptr (GBytes) bytes = NULL;

  for (guint32 i = 0; i < list->n_blocks; i++)
    {
      gsize len;
      const guint8 *data = g_bytes_get_data (list->blocks[i], &len);

      g_byte_array_append (whole, data, (guint)len);
      g_clear_pointer (&list->blocks[i], g_bytes_unref);
    }
  bytes = g_byte_array_free_to_bytes (whole);
  push_list_job (self, list, bytes);
}

static void
take_list_block (RedesFolderDownload *self, const Received *received)
{
  List *list = g_hash_table_lookup (self->lists_by_number, GUINT_TO_POINTER (received->wish.item));

  if (list == NULL || list->blocks[received->wish.index] != NULL || list->n_missing == 0)
    return;
  list->blocks[received->wish.index] = g_bytes_ref (received->data);
  if (--list->n_missing == 0)
    join_list (self, list);
}

static void
fetch_lists (RedesFolderDownload *self)
{
  RedesFolderTotals totals;
  RedesContentId content;

  while (self->phase == PHASE_LISTS && g_hash_table_size (self->lists) < MAX_LISTS_AT_ONCE
         && redes_folder_plan_next_list (self->plan, self->lists, &content, &totals))
    {
      begin_list (self, &content, &totals);
      push_list_job (self, g_hash_table_lookup (self->lists, &content), NULL);
    }
}

/* ---- What is there already ---- */

static guint32
count_blocks (const RedesContentId *content)
{
  RedesGeometry geometry = { .file_size = content->size_bytes,
                             .block_size = redes_block_size_for (content->size_bytes) };

  return redes_geometry_get_n_blocks (&geometry);
}

static RedesFolderBuildFile *
new_build_file (const RedesFolderPlace *place, const char *source)
{
  RedesFolderBuildFile *file = g_new (RedesFolderBuildFile, 1);

  *file = (RedesFolderBuildFile){ .content = place->content,
                                  .source = g_strdup (source),
                                  .path = g_strdup (place->path),
                                  .time_s = place->time_s,
                                  .is_executable = place->is_executable };
  return file;
}

/* The plan is whole, and does not change any more. */
static void
look_at_item (Job *job, RedesFolderPlan *plan, guint item)
{
  guint at = redes_folder_plan_get_first_place (plan, item);
  g_autofree char *there = NULL;
  guint n_there = 0;
  RedesContentId content;
  RedesFolderPlace *place;
  RedesBitfield *blocks;

  while ((place = redes_folder_plan_next_place (plan, &at)) != NULL)
    {
      if (redes_folder_build_has_file (job->build, place->path, place->content.size_bytes,
                                       place->time_s))
        {
          n_there++;
          if (there == NULL)
            there = g_strdup (place->path);
        }
      redes_folder_place_free (place);
    }
  if (there != NULL)
    {
      job->n_files += n_there;
      g_array_append_val (job->items, item);
      if (n_there < redes_folder_plan_count_places (plan, item))
        {
          Copy *copy = g_new (Copy, 1);

          *copy = (Copy){ item, g_steal_pointer (&there) };
          g_ptr_array_add (job->copies, copy);
        }
      return;
    }
  redes_folder_plan_get_item (plan, item, &content);
  if (count_blocks (&content) < 2)
    return;
  blocks = redes_folder_build_check (job->build, &content);
  if (blocks != NULL)
    g_hash_table_insert (job->have, GUINT_TO_POINTER (item), blocks);
}

static void
run_look (Job *job)
{
  RedesFolderPlan *plan = job->owner->plan;
  guint at = 0;
  char *folder;

  while ((folder = redes_folder_plan_next_folder (plan, &at)) != NULL)
    {
      gboolean is_there = redes_folder_build_make_folder (job->build, folder, &job->error);

      g_free (folder);
      if (!is_there)
        return;
    }
  for (guint i = 0; i < redes_folder_plan_get_n_items (plan); i++)
    look_at_item (job, plan, i);
}

static void
stage (RedesFolderDownload *self, guint item)
{
  if (self->staged->len == 0 && self->copies->len == 0)
    self->staged_since_us = get_now_us (self);
  g_array_append_val (self->staged, item);
}

static void
count_written (RedesFolderDownload *self, guint32 n_blocks, guint64 n_bytes)
{
  self->blocks_done += n_blocks;
  self->bytes_done += n_bytes;
}

/* An empty file counts as one that is missing until it has its name, but has no block. */
static void
count_item (RedesFolderDownload *self, guint item)
{
  RedesContentId content;

  redes_folder_plan_get_item (self->plan, item, &content);
  count_written (self, content.size_bytes > 0 ? self->missing[item] : 0,
                 content.size_bytes * redes_folder_plan_count_places (self->plan, item));
  self->missing[item] = 0;
}

/* @have: of it: blocks of an earlier run */
static void
count_part (RedesFolderDownload *self, guint item, const RedesBitfield *have)
{
  guint n_places = redes_folder_plan_count_places (self->plan, item);
  RedesContentId content;
  RedesGeometry geometry;

  redes_folder_plan_get_item (self->plan, item, &content);
  geometry = (RedesGeometry){ content.size_bytes, redes_block_size_for (content.size_bytes) };
  for (guint32 i = 0; i < redes_bitfield_get_size (have); i++)
    if (redes_bitfield_get (have, i))
      {
        self->missing[item]--;
        count_written (self, 1, (guint64)redes_geometry_get_block_length (&geometry, i) * n_places);
      }
}

static void
look_done (Job *job, RedesFolderDownload *self)
{
  GHashTableIter iter;
  gpointer key;
  gpointer value;

  if (job->error != NULL)
    {
      self->phase = PHASE_LISTS;
      if (is_running (self))
        wait_for_disk (self, job->error);
      return;
    }
  self->phase = PHASE_FILES;
  for (guint i = 0; i < job->items->len; i++)
    count_item (self, g_array_index (job->items, guint, i));
  self->files_done = job->n_files;
  g_hash_table_iter_init (&iter, job->have);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      guint item = GPOINTER_TO_UINT (key);

      count_part (self, item, value);
      g_hash_table_iter_steal (&iter);
      g_hash_table_insert (self->have, key, value);
      if (self->missing[item] == 0)
        stage (self, item);
    }
  for (guint i = 0; i < redes_folder_plan_get_n_items (self->plan); i++)
    {
      RedesContentId content;

      redes_folder_plan_get_item (self->plan, i, &content);
      /* An empty file has no block that could come. */
      if (content.size_bytes == 0 && self->missing[i] == 1)
        {
          self->missing[i] = 0;
          stage (self, i);
        }
    }
  if (job->copies->len > 0)
    {
      g_ptr_array_unref (self->copies);
      self->copies = g_ptr_array_ref (job->copies);
      self->staged_since_us = 0;
    }
  if (self->files_done > 0 && !self->is_abandoned)
    self->params.mediator->resumed (self, self->files_done, self->params.user_data);
  fill_all (self);
}

static void run_discard (Job *job);

static void
list_discarded (Job *job, RedesFolderDownload *self)
{
  g_clear_pointer (&self->build, redes_folder_build_unref);
  self->phase = PHASE_CLOSED;
  if (self->state == REDES_DOWNLOAD_FINISHING && !self->is_abandoned)
    set_state (self, REDES_DOWNLOAD_DONE, NULL);
}

/* Nothing of it stays on the disk. */
static void
finish_list (RedesFolderDownload *self)
{
  stop_fetching (self);
  self->phase = PHASE_FINISHING;
  self->is_leaving = TRUE;
  set_state (self, REDES_DOWNLOAD_FINISHING, NULL);
  job_push (job_new (self, run_discard, list_discarded));
}

/* All lists are there. */
static void
look (RedesFolderDownload *self)
{
  guint n = redes_folder_plan_get_n_items (self->plan);
  Job *job;

  if (self->is_list)
    {
      finish_list (self);
      return;
    }
  g_free (self->missing);
  self->missing = g_new (guint32, MAX (n, 1));
  self->n_blocks = 0;
  for (guint i = 0; i < n; i++)
    {
      RedesContentId content;

      redes_folder_plan_get_item (self->plan, i, &content);
      self->missing[i] = count_blocks (&content);
      self->n_blocks += self->missing[i];
      /* The mark of an empty file that has no name yet. */
      if (content.size_bytes == 0)
        self->missing[i] = 1;
    }
  self->phase = PHASE_LOOKING;
  job = job_new (self, run_look, look_done);
  job->copies = g_ptr_array_new_with_free_func (copy_free);
  job->items = g_array_new (FALSE, FALSE, sizeof (guint));
  job->have = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)redes_bitfield_free);
  job_push (job);
  tell (self, TRUE);
}

/* ---- Blocks ---- */

/* Whether it is the block, proven by what a list says of its file. */
static gboolean
verify (Received *received, RedesDigest *digest)
{
  const RedesFolderWish *wish = &received->wish;
  RedesGeometry geometry = { .file_size = wish->content.size_bytes,
                             .block_size = redes_block_size_for (wish->content.size_bytes) };
  gsize len;
  const guint8 *data = g_bytes_get_data (received->data, &len);

  if (len != redes_geometry_get_block_length (&geometry, wish->index)
      || received->n_proof != redes_geometry_get_proof_length (&geometry))
    return FALSE;
  redes_geometry_hash_block (&geometry, wish->index, data, len, digest);
  return redes_geometry_check_proof (&geometry, wish->index, digest, received->proof,
                                     received->n_proof, &wish->content.root);
}

static void
run_write (Job *job)
{
  for (guint i = 0; i < job->blocks->len; i++)
    {
      Received *received = job->blocks->pdata[i];
      const RedesFolderWish *wish = &received->wish;
      RedesDigest digest;

      received->is_right = verify (received, &digest);
      if (!received->is_right || wish->item >= FIRST_LIST)
        continue;
      received->is_written
          = job->error == NULL
            && redes_folder_build_write (job->build, &wish->content,
                                         (guint64)wish->index
                                             * redes_block_size_for (wish->content.size_bytes),
                                         received->data, &job->error);
      if (received->is_written && received->n_proof > 0)
        redes_folder_build_note_block (job->build, &wish->content, wish->index, &digest,
                                       received->proof, received->n_proof);
    }
}

static void
give_back (RedesFolderDownload *self, const RedesFolderWish *wish)
{
  g_queue_push_head (&self->retry, g_memdup2 (wish, sizeof *wish));
}

static void
punish (RedesFolderDownload *self, const Received *received)
{
  RedesFolderSource *source = g_hash_table_lookup (self->sources, &received->peer);
  g_autoptr (GError) error = NULL;

  g_hash_table_add (self->refused, redes_digest_copy (&received->peer));
  if (source == NULL || self->is_abandoned)
    return;
  redes_set_error (&error, REDES_SWARM_ERROR, REDES_SWARM_ERROR_WRONG_BLOCK,
                   REDES_NOTICE_WRONG_SIGNATURE);
  redes_folder_source_get_remote (source)->interface->complain (
      redes_folder_source_get_remote (source), &received->wish.content, received->wish.index);
  self->params.mediator->wrong_block (self, redes_folder_source_get_remote (source),
                                      received->wish.index, error, self->params.user_data);
  g_hash_table_remove (self->sources, &received->peer);
}

/* A block of a file is on the disk. */
static void
take_written (RedesFolderDownload *self, const Received *received)
{
  guint item = received->wish.item;
  RedesBitfield *have = g_hash_table_lookup (self->have, GUINT_TO_POINTER (item));
  RedesSourceStats *stats = g_hash_table_lookup (self->stats, &received->peer);
  guint32 n_blocks = count_blocks (&received->wish.content);

  if (self->phase != PHASE_FILES || self->missing[item] == 0)
    return;
  if (have == NULL && n_blocks > 1)
    {
      have = redes_bitfield_new (n_blocks);
      g_hash_table_insert (self->have, GUINT_TO_POINTER (item), have);
    }
  if (have != NULL && !redes_bitfield_set (have, received->wish.index))
    return;
  if (stats != NULL)
    stats->blocks++;
  count_written (
      self, 1, (guint64)received->wish.length * redes_folder_plan_count_places (self->plan, item));
  if (--self->missing[item] == 0)
    stage (self, item);
}

static void
write_done (Job *job, RedesFolderDownload *self)
{
  self->n_write_jobs--;
  self->params.mediator->add_unwritten (-(gssize)job->n_bytes, self->params.user_data);
  for (guint i = 0; i < job->blocks->len; i++)
    {
      const Received *received = job->blocks->pdata[i];

      if (!received->is_right)
        {
          give_back (self, &received->wish);
          punish (self, received);
        }
      else if (received->wish.item >= FIRST_LIST)
        take_list_block (self, received);
      else if (received->is_written)
        take_written (self, received);
      else
        give_back (self, &received->wish);
    }
  if (job->error != NULL && is_running (self))
    wait_for_disk (self, job->error);
}

static void
write_some (RedesFolderDownload *self)
{
  while (self->n_write_jobs < MAX_JOBS && !g_queue_is_empty (&self->received))
    {
      Job *job = job_new (self, run_write, write_done);

      job->blocks = g_ptr_array_new_with_free_func (received_free);
      while (job->blocks->len < JOB_BLOCKS && job->n_bytes < JOB_BYTES
             && !g_queue_is_empty (&self->received))
        {
          Received *received = g_queue_pop_head (&self->received);

          job->n_bytes += g_bytes_get_size (received->data);
          g_ptr_array_add (job->blocks, received);
        }
      self->received_bytes -= job->n_bytes;
      self->n_write_jobs++;
      job_push (job);
    }
}

/* ---- Files that are here already ---- */

static gboolean
copy_held (Job *job)
{
  RedesGeometry geometry = { .file_size = job->content.size_bytes,
                             .block_size = redes_block_size_for (job->content.size_bytes) };
  guint32 n_blocks = redes_geometry_get_n_blocks (&geometry);
  g_autofree RedesDigest *digests = g_new (RedesDigest, n_blocks);
  g_autoptr (RedesHashTree) tree = NULL;

  for (guint32 i = 0; i < n_blocks; i++)
    {
      g_autoptr (GBytes) data = redes_holding_read (job->holding, i, NULL);
      gsize len;
      const guint8 *bytes;

      if (data == NULL)
        return FALSE;
      bytes = g_bytes_get_data (data, &len);
      if (len != redes_geometry_get_block_length (&geometry, i))
        return FALSE;
      redes_geometry_hash_block (&geometry, i, bytes, len, &digests[i]);
      if (!redes_folder_build_write (job->build, &job->content, (guint64)i * geometry.block_size,
                                     data, NULL))
        return FALSE;
    }
  tree = redes_hash_tree_new_from_blocks (&geometry, digests);
  return redes_digest_equal (redes_hash_tree_get_root (tree), &job->content.root);
}

static void
run_copy_held (Job *job)
{
  job->is_right = copy_held (job);
}

static void
want_item (RedesFolderDownload *self, guint item)
{
  RedesContentId content;
  RedesGeometry geometry;

  redes_folder_plan_get_item (self->plan, item, &content);
  geometry = (RedesGeometry){ content.size_bytes, redes_block_size_for (content.size_bytes) };
  for (guint32 i = 0; i < redes_geometry_get_n_blocks (&geometry); i++)
    {
      RedesFolderWish wish = { .content = content,
                               .item = item,
                               .index = i,
                               .length = redes_geometry_get_block_length (&geometry, i) };

      g_queue_push_tail (&self->retry, g_memdup2 (&wish, sizeof wish));
    }
}

static void
copy_held_done (Job *job, RedesFolderDownload *self)
{
  self->n_local_jobs--;
  if (self->missing[job->item] == 0)
    return;
  if (!job->is_right)
    {
      want_item (self, job->item);
      return;
    }
  count_item (self, job->item);
  stage (self, job->item);
}

/* Whether it is copied from what is shared here. */
static gboolean
copy_locally (RedesFolderDownload *self, guint item, const RedesContentId *content)
{
  RedesHolding *holding = self->params.mediator->lookup (content, self->params.user_data);
  Job *job;

  if (holding == NULL || !redes_holding_is_file (holding) || self->n_local_jobs >= MAX_LOCAL_JOBS)
    return FALSE;
  job = job_new (self, run_copy_held, copy_held_done);
  job->item = item;
  job->content = *content;
  job->holding = redes_holding_ref (holding);
  self->n_local_jobs++;
  job_push (job);
  return TRUE;
}

/* ---- What to ask for ---- */

static gboolean
is_wish_open (RedesFolderDownload *self, const RedesFolderWish *wish)
{
  RedesBitfield *have;

  if (wish->item >= FIRST_LIST)
    {
      const List *list = g_hash_table_lookup (self->lists_by_number, GUINT_TO_POINTER (wish->item));

      return list != NULL && list->n_missing > 0 && list->blocks[wish->index] == NULL;
    }
  if (self->phase != PHASE_FILES || self->missing[wish->item] == 0)
    return FALSE;
  have = g_hash_table_lookup (self->have, GUINT_TO_POINTER (wish->item));
  return have == NULL || !redes_bitfield_get (have, wish->index);
}

/* What was given back and is still wanted. */
static gboolean
ask_again (RedesFolderDownload *self, RedesFolderSource *source)
{
  guint n_looks = 0;
  GList *link = self->retry.head;

  while (link != NULL && n_looks++ < MAX_LOOKS)
    {
      GList *next = link->next;
      RedesFolderWish *wish = link->data;

      if (!is_wish_open (self, wish))
        {
          g_queue_delete_link (&self->retry, link);
          g_free (wish);
        }
      else if (!redes_folder_source_lacks (source, wish->item)
               && redes_folder_source_ask (source, wish))
        {
          g_queue_delete_link (&self->retry, link);
          g_free (wish);
          return TRUE;
        }
      link = next;
    }
  return FALSE;
}

static void
next_item (RedesFolderDownload *self)
{
  self->next_item++;
  self->next_index = 0;
}

/* The next block that nobody was asked for yet. */
static gboolean
find_fresh (RedesFolderDownload *self, RedesFolderWish *wish)
{
  guint n = redes_folder_plan_get_n_items (self->plan);

  while (self->next_item < n)
    {
      guint item = self->next_item;
      RedesGeometry geometry;

      if (self->missing[item] == 0)
        {
          next_item (self);
          continue;
        }
      redes_folder_plan_get_item (self->plan, item, &wish->content);
      geometry = (RedesGeometry){ wish->content.size_bytes,
                                  redes_block_size_for (wish->content.size_bytes) };
      if (self->next_index == 0 && copy_locally (self, item, &wish->content))
        {
          next_item (self);
          continue;
        }
      if (self->next_index >= redes_geometry_get_n_blocks (&geometry))
        {
          next_item (self);
          continue;
        }
      wish->item = item;
      wish->index = self->next_index++;
      wish->length = redes_geometry_get_block_length (&geometry, wish->index);
      if (is_wish_open (self, wish))
        return TRUE;
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
      if (self->phase != PHASE_FILES || !find_fresh (self, &wish))
        return;
      if (redes_folder_source_lacks (source, wish.item) || !redes_folder_source_ask (source, &wish))
        g_queue_push_tail (&self->retry, g_memdup2 (&wish, sizeof wish));
    }
}

static void
fill_all (RedesFolderDownload *self)
{
  g_autoptr (GList) sources = g_hash_table_get_values (self->sources);

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
  take_manifest (self, manifest, TRUE);
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
  Received *received = g_new0 (Received, 1);
  gsize n_bytes = g_bytes_get_size (data);
  g_autoptr (RedesFolderDownload) guard = redes_folder_download_ref (self);

  received->wish = *wish;
  received->peer = *redes_remote_get_id (redes_folder_source_get_remote (source));
  received->n_proof = MIN (header->n_proof, REDES_MAX_PROOF_LENGTH);
  memcpy (received->proof, header->proof, received->n_proof * sizeof *received->proof);
  received->data = g_bytes_ref (data);
  g_queue_push_tail (&self->received, received);
  self->received_bytes += n_bytes;
  self->came_us = get_now_us (self);
  redes_rate_meter_add (&self->meter, n_bytes, self->came_us);
  self->params.mediator->add_unwritten ((gssize)n_bytes, self->params.user_data);
  if (self->state != REDES_DOWNLOAD_ACTIVE && is_running (self))
    set_state (self, REDES_DOWNLOAD_ACTIVE, NULL);
  write_some (self);
}

static void
on_source_given_back (RedesFolderSource *source, const RedesFolderWish *wish, gpointer user_data)
{
  give_back (user_data, wish);
}

static void
on_source_lacks (RedesFolderSource *source, const RedesFolderWish *wish, gpointer user_data)
{
  RedesFolderDownload *self = user_data;

  /* Others may be asked for what it lacks. */
  self->ask_at_us = MIN (self->ask_at_us, get_now_us (self) + FIRST_ASK_US);
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

/* ---- Names ---- */

static gboolean
place_gathered (Job *job)
{
  if (!redes_folder_build_place (job->build, job->files, &job->error))
    return FALSE;
  job->n_files += job->files->len;
  g_ptr_array_set_size (job->files, 0);
  return TRUE;
}

/* Gathers the places where the item is missing, and gives names to some of them at a time: a folder
 * may have very many files with the same content. @there: (nullable): it is in the tree there */
static gboolean
place_item (Job *job, RedesFolderPlan *plan, guint item, const char *there)
{
  g_autofree char *source = g_strdup (there);
  guint at = redes_folder_plan_get_first_place (plan, item);
  RedesFolderPlace *place;
  gboolean is_right = TRUE;

  while (is_right && (place = redes_folder_plan_next_place (plan, &at)) != NULL)
    {
      if (there == NULL
          || !redes_folder_build_has_file (job->build, place->path, place->content.size_bytes,
                                           place->time_s))
        g_ptr_array_add (job->files, new_build_file (place, source));
      if (job->files->len >= PLACE_FILES)
        {
          is_right = place_gathered (job);
          if (source == NULL)
            source = g_strdup (place->path);
        }
      redes_folder_place_free (place);
    }
  return is_right;
}

static void
run_place (Job *job)
{
  RedesFolderPlan *plan = job->owner->plan;

  job->files = g_ptr_array_new_with_free_func (redes_folder_build_file_free);
  for (guint i = 0; i < job->copies->len; i++)
    {
      const Copy *copy = job->copies->pdata[i];

      if (!place_item (job, plan, copy->item, copy->source))
        return;
    }
  for (guint i = 0; i < job->items->len; i++)
    if (!place_item (job, plan, g_array_index (job->items, guint, i), NULL))
      return;
  place_gathered (job);
}

static void
place_done (Job *job, RedesFolderDownload *self)
{
  self->is_placing = FALSE;
  if (job->error == NULL)
    {
      self->files_done += job->n_files;
      for (guint i = 0; i < job->items->len; i++)
        g_hash_table_remove (self->have, GUINT_TO_POINTER (g_array_index (job->items, guint, i)));
      return;
    }
  /* What is there then, and what is not, is for a new look to say. */
  g_array_set_size (self->staged, 0);
  g_ptr_array_set_size (self->copies, 0);
  g_queue_clear_full (&self->retry, g_free);
  self->next_item = self->next_index = 0;
  self->blocks_done = 0;
  self->bytes_done = 0;
  self->phase = PHASE_LISTS;
  self->ask_at_us = 0;
  drop_sources (self);
  if (is_running (self))
    wait_for_disk (self, job->error);
}

static gboolean
is_all_written (RedesFolderDownload *self)
{
  return self->blocks_done >= self->n_blocks;
}

static void
place_some (RedesFolderDownload *self)
{
  Job *job;

  if (self->is_placing || self->phase != PHASE_FILES || self->staged->len + self->copies->len == 0
      || get_now_us (self) < self->disk_rest_until_us)
    return;
  if (!is_all_written (self) && self->staged->len + self->copies->len < PLACE_FILES
      && get_now_us (self) < self->staged_since_us + PLACE_WAIT_US)
    return;
  self->is_placing = TRUE;
  job = job_new (self, run_place, place_done);
  job->items = g_steal_pointer (&self->staged);
  job->copies = g_steal_pointer (&self->copies);
  self->staged = g_array_new (FALSE, FALSE, sizeof (guint));
  self->copies = g_ptr_array_new_with_free_func (copy_free);
  job_push (job);
}

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
run_finish (Job *job)
{
  RedesFolderDownload *self = job->owner;

  job->path = redes_folder_build_finish (job->build, redes_folder_plan_get_single (self->plan),
                                         get_final_name (self), self->target, NULL, &job->error);
}

static void
source_row_free (gpointer data)
{
  redes_store_source_free (data);
}

static void
remember_done (RedesFolderDownload *self)
{
  g_autoptr (GPtrArray) sources = g_ptr_array_new_with_free_func (source_row_free);
  g_autofree char *name = g_path_get_basename (self->path);
  RedesStoreDownload row = { .content = self->link->content,
                             .name = name,
                             .path = self->path,
                             .blocks = self->n_blocks,
                             .finished_s = g_get_real_time () / G_USEC_PER_SEC,
                             .seconds = redes_folder_download_get_seconds (self),
                             .sources = sources };
  GHashTableIter iter;
  gpointer value;

  if (self->params.store == NULL)
    return;
  g_hash_table_iter_init (&iter, self->stats);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const RedesSourceStats *stats = value;
      RedesStoreSource *source = g_new0 (RedesStoreSource, 1);

      source->peer = stats->peer;
      source->nickname = g_strdup (stats->nickname);
      source->address = g_strdup (stats->address);
      source->blocks = stats->blocks;
      g_ptr_array_add (sources, source);
    }
  redes_store_begin (self->params.store);
  redes_store_add_history (self->params.store, &row);
  redes_store_remove_transfer (self->params.store, &self->link->content);
  redes_store_end (self->params.store);
}

static void
finish_done (Job *job, RedesFolderDownload *self)
{
  if (job->path == NULL)
    {
      self->phase = PHASE_FILES;
      if (self->state == REDES_DOWNLOAD_FINISHING && !self->is_abandoned)
        fail_of_error (self, job->error);
      return;
    }
  g_free (self->path);
  self->path = g_strdup (job->path);
  self->phase = PHASE_CLOSED;
  g_clear_pointer (&self->build, redes_folder_build_unref);
  if (self->is_abandoned)
    return;
  remember_done (self);
  set_state (self, REDES_DOWNLOAD_DONE, NULL);
}

static void
finish (RedesFolderDownload *self)
{
  stop_fetching (self);
  self->phase = PHASE_FINISHING;
  set_state (self, REDES_DOWNLOAD_FINISHING, NULL);
  job_push (job_new (self, run_finish, finish_done));
}

static void
run_discard (Job *job)
{
  if (job->build == NULL)
    job->build = redes_folder_build_open (job->path, &job->content, NULL);
  if (job->build != NULL)
    redes_folder_build_discard (job->build);
}

static void
discard_done (Job *job, RedesFolderDownload *self)
{
  g_clear_pointer (&self->build, redes_folder_build_unref);
  self->phase = PHASE_CLOSED;
  if (!self->is_removed || self->is_abandoned)
    return;
  if (self->params.store != NULL)
    redes_store_remove_transfer (self->params.store, &self->link->content);
  self->params.mediator->gone (self, self->params.user_data);
}

/* Once, when nothing is written there any more. */
static void
discard (RedesFolderDownload *self)
{
  Job *job;

  if (self->is_leaving || self->n_jobs > 0)
    return;
  self->is_leaving = TRUE;
  job = job_new (self, run_discard, discard_done);
  job->path = dup_own_folder (self);
  job->content = self->link->content;
  job_push (job);
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
  if (is_to_be_discarded (self))
    {
      discard (self);
      return;
    }
  if (!is_running (self))
    return;
  start_timer (self);
  if (self->phase == PHASE_CLOSED && get_now_us (self) >= self->disk_rest_until_us)
    open_build (self);
  if (self->phase == PHASE_LISTS && self->plan == NULL)
    begin_plan (self);
  if (self->phase == PHASE_LISTS && self->plan != NULL)
    {
      if (redes_folder_plan_has_work (self->plan) && self->work_timer == NULL)
        redes_timer_set_soon (&self->work_timer, NULL, on_work, self);
      if (redes_folder_plan_is_whole (self->plan) && g_hash_table_size (self->lists) == 0)
        {
          if (get_now_us (self) >= self->disk_rest_until_us)
            look (self);
        }
      else
        fetch_lists (self);
    }
  if (!is_running (self))
    return;
  write_some (self);
  place_some (self);
  fill_all (self);
  if (self->phase == PHASE_FILES && !self->is_placing
      && self->files_done >= redes_folder_plan_get_n_files (self->plan))
    finish (self);
}

static void
ask_for_sources (RedesFolderDownload *self, gint64 now_us)
{
  if (self->is_asking || now_us < self->ask_at_us)
    return;
  self->is_asking = TRUE;
  self->ask_at_us = now_us + ASK_MORE_US;
  self->params.mediator->want_sources (self, self->params.user_data);
}

/* With nobody there, or nobody who gives anything. */
static void
consider (RedesFolderDownload *self, gint64 now_us)
{
  gint64 patience_us = (gint64)self->params.patience_s * G_USEC_PER_SEC;
  gboolean is_other = self->manifest == NULL && self->other != NULL;
  g_autoptr (RedesNotice) reason = NULL;

  if (!is_running (self) || self->n_write_jobs > 0 || self->n_local_jobs > 0 || self->is_placing
      || now_us < self->disk_rest_until_us || self->phase == PHASE_LOOKING
      || self->phase == PHASE_OPENING || (is_other && now_us < self->came_us + OTHERS_WAIT_US))
    return;
  if (!is_other && (g_hash_table_size (self->sources) > 0 || self->n_dialling > 0))
    {
      if (patience_us == 0 || now_us - self->came_us < patience_us)
        return;
      reason = redes_notice_new (REDES_NOTICE_SOURCES_SEND_NOTHING);
    }
  else if (self->is_asking)
    return;
  else
    reason = redes_notice_new (is_other            ? REDES_NOTICE_OTHER_PUBLISHER
                               : !self->had_source ? REDES_NOTICE_NOBODY_SHARES
                                                   : REDES_NOTICE_NO_SOURCE_NOW);
  if (patience_us > 0 && (is_other || !self->had_source || now_us - self->came_us >= patience_us))
    fail (self, reason);
  else if (self->state != REDES_DOWNLOAD_WAITING)
    wait_for (self, reason);
}

static void
look_at_sources (RedesFolderDownload *self, gint64 now_us)
{
  g_autoptr (GList) sources = g_hash_table_get_values (self->sources);

  for (GList *l = sources; l != NULL; l = l->next)
    {
      RedesFolderSource *source = l->data;
      gint64 silence_us = redes_folder_source_get_silence (source, now_us);

      if (silence_us >= SILENT_US || redes_folder_source_count_lacks (source) > MAX_LACKS)
        {
          if (silence_us < SILENT_US)
            g_hash_table_add (self->refused, redes_digest_copy (redes_remote_get_id (
                                                 redes_folder_source_get_remote (source))));
          g_hash_table_remove (self->sources,
                               redes_remote_get_id (redes_folder_source_get_remote (source)));
        }
      else if (silence_us >= SNUB_US)
        redes_folder_source_snub (source);
    }
}

static gboolean
on_tick (gpointer data)
{
  RedesFolderDownload *self = data;
  g_autoptr (RedesFolderDownload) guard = redes_folder_download_ref (self);
  gint64 now_us = get_now_us (self);
  g_autoptr (GList) sources = NULL;

  redes_timer_clear (&self->timer);
  if (!is_running (self))
    return G_SOURCE_REMOVE;
  /* This process was silent, and not they. */
  if (now_us > self->due_us + G_USEC_PER_SEC)
    {
      sources = g_hash_table_get_values (self->sources);
      for (GList *l = sources; l != NULL; l = l->next)
        redes_folder_source_forgive (l->data, now_us);
    }
  look_at_sources (self, now_us);
  ask_for_sources (self, now_us);
  go_on (self);
  consider (self, now_us);
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
  self->lists
      = g_hash_table_new_full (redes_content_id_hash, redes_content_id_equal, NULL, list_free);
  self->lists_by_number = g_hash_table_new (NULL, NULL);
  self->have = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)redes_bitfield_free);
  self->staged = g_array_new (FALSE, FALSE, sizeof (guint));
  self->copies = g_ptr_array_new_with_free_func (copy_free);
  self->sources = g_hash_table_new_full (redes_digest_hash, redes_digest_equal, g_free,
                                         (GDestroyNotify)redes_folder_source_free);
  self->stats = redes_source_stats_new ();
  self->refused = g_hash_table_new_full (redes_digest_hash, redes_digest_equal, g_free, NULL);
  self->ask_wait_us = FIRST_ASK_US;
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
  g_hash_table_unref (self->sources);
  g_queue_clear_full (&self->retry, g_free);
  g_hash_table_unref (self->stats);
  g_hash_table_unref (self->refused);
  g_hash_table_unref (self->lists_by_number);
  g_hash_table_unref (self->lists);
  g_hash_table_unref (self->have);
  g_array_unref (self->staged);
  g_ptr_array_unref (self->copies);
  g_free (self->missing);
  g_clear_pointer (&self->plan, redes_folder_plan_free);
  g_clear_pointer (&self->build, redes_folder_build_unref);
  g_clear_pointer (&self->manifest, redes_manifest_unref);
  g_clear_pointer (&self->other, redes_manifest_unref);
  g_clear_pointer (&self->message, redes_notice_unref);
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
      ask_for_sources (self, self->came_us);
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
  g_hash_table_remove_all (self->refused);
  self->disk_rest_until_us = 0;
  self->ask_at_us = 0;
  self->ask_wait_us = FIRST_ASK_US;
  self->came_us = get_now_us (self);
  set_state (self, REDES_DOWNLOAD_FINDING, NULL);
  put_in_store (self);
  ask_for_sources (self, self->came_us);
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

guint
redes_folder_download_get_files_done (RedesFolderDownload *self)
{
  return self->files_done;
}

guint32
redes_folder_download_get_blocks (RedesFolderDownload *self)
{
  return self->n_blocks;
}

guint32
redes_folder_download_get_blocks_done (RedesFolderDownload *self)
{
  return self->blocks_done;
}

guint64
redes_folder_download_get_bytes_done (RedesFolderDownload *self)
{
  return self->bytes_done;
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
  return g_hash_table_get_values (self->stats);
}

RedesFolderSource *
redes_folder_download_get_source (RedesFolderDownload *self, const RedesPeerId *peer)
{
  return g_hash_table_lookup (self->sources, peer);
}

void
redes_folder_download_query_answered (RedesFolderDownload *self,
                                      guint n_asked,
                                      guint n_answered,
                                      const RedesNotice *reason)
{
  gint64 now_us = get_now_us (self);

  self->is_asking = FALSE;
  if (!is_running (self))
    return;
  if (g_hash_table_size (self->sources) == 0 && self->n_dialling == 0)
    {
      self->ask_at_us = now_us + self->ask_wait_us;
      self->ask_wait_us = MIN (2 * self->ask_wait_us, MAX_ASK_US);
      consider (self, now_us);
    }
}

gboolean
redes_folder_download_wants_peer (RedesFolderDownload *self, const RedesPeerId *peer)
{
  return is_running (self) && g_hash_table_size (self->sources) < MAX_SOURCES
         && !g_hash_table_contains (self->sources, peer)
         && !g_hash_table_contains (self->refused, peer);
}

void
redes_folder_download_add_peer (RedesFolderDownload *self, RedesRemote *remote)
{
  const RedesPeerId *id = redes_remote_get_id (remote);
  RedesFolderSource *source;
  RedesSourceStats *stats;

  if (!redes_folder_download_wants_peer (self, id))
    return;
  source = redes_folder_source_new (remote, self->params.clock, &source_events, self);
  stats = redes_source_stats_ensure (self->stats, id, remote->interface->get_nickname (remote),
                                     remote->interface->get_address (remote));
  if (stats->number == 0 && self->last_number < G_MAXUINT8)
    stats->number = (guint8)++self->last_number;
  g_hash_table_insert (self->sources, redes_digest_copy (id), source);
  self->had_source = TRUE;
  self->came_us = get_now_us (self);
  self->ask_wait_us = FIRST_ASK_US;
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
  const RedesPeerId *id = redes_remote_get_id (remote);
  RedesFolderSource *source = id != NULL ? g_hash_table_lookup (self->sources, id) : NULL;
  g_autoptr (RedesFolderDownload) guard = NULL;

  if (source == NULL || redes_folder_source_get_remote (source) != remote)
    return;
  if (liar)
    g_hash_table_add (self->refused, redes_digest_copy (id));
  guard = redes_folder_download_ref (self);
  g_hash_table_remove (self->sources, id);
  self->ask_at_us = MIN (self->ask_at_us, get_now_us (self) + FIRST_ASK_US);
  fill_all (self);
  if (is_running (self))
    tell (self, TRUE);
}

void
redes_folder_download_dialling (RedesFolderDownload *self, gint change)
{
  self->n_dialling = (guint)((gint)self->n_dialling + change);
  if (self->n_dialling == 0)
    consider (self, get_now_us (self));
}

void
redes_folder_download_try_again_soon (RedesFolderDownload *self)
{
  self->ask_at_us = 0;
}
