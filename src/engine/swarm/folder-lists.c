/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/folder-lists.h"

#include "engine/base/timer.h"

#define MAX_LISTS_AT_ONCE 64u
/* Lines of lists that are read in one go: a millisecond or two. */
#define LINES_AT_ONCE 2048u

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

struct _RedesFolderLists
{
  RedesFolderJobs *jobs;
  RedesFolderBuild *build;
  RedesFolderPlan *plan;
  RedesManifest *manifest;
  const RedesFolderListsEvents *events;
  gpointer user_data;
  GHashTable *lists; /* RedesContentId -> List */
  GHashTable *lists_by_number;
  guint last_number;
  GSource *work_timer; /* lists that came are to be read */
};

/* A list in a worker's hands. */
typedef struct
{
  RedesFolderLists *owner;
  RedesFolderBuild *build;
  RedesContentId content;
  RedesFolderTotals totals;
  GBytes *bytes; /* (nullable) */
  RedesFolder *list;
  RedesHolding *holding;
  GError *error;
} Job;

static void
list_free (gpointer data)
{
  List *list = data;

  for (guint32 i = 0; i < list->n_blocks; i++)
    g_clear_pointer (&list->blocks[i], g_bytes_unref);
  g_free (list->blocks);
  g_free (list);
}

RedesFolderLists *
redes_folder_lists_new (RedesFolderJobs *jobs,
                        RedesFolderBuild *build,
                        RedesFolderPlan *plan,
                        RedesManifest *manifest,
                        const RedesFolderListsEvents *events,
                        gpointer user_data)
{
  RedesFolderLists *self = g_new0 (RedesFolderLists, 1);

  self->jobs = jobs;
  self->build = redes_folder_build_ref (build);
  self->plan = plan;
  self->manifest = redes_manifest_ref (manifest);
  self->events = events;
  self->user_data = user_data;
  self->lists
      = g_hash_table_new_full (redes_content_id_hash, redes_content_id_equal, NULL, list_free);
  self->lists_by_number = g_hash_table_new (NULL, NULL);
  return self;
}

void
redes_folder_lists_rest (RedesFolderLists *self)
{
  redes_timer_clear (&self->work_timer);
}

void
redes_folder_lists_free (RedesFolderLists *self)
{
  redes_folder_lists_rest (self);
  g_hash_table_unref (self->lists_by_number);
  g_hash_table_unref (self->lists);
  redes_folder_build_unref (self->build);
  redes_manifest_unref (self->manifest);
  g_free (self);
}

static void
job_free (Job *job)
{
  redes_folder_build_unref (job->build);
  g_clear_pointer (&job->bytes, g_bytes_unref);
  g_clear_pointer (&job->list, redes_folder_unref);
  g_clear_pointer (&job->holding, redes_holding_unref);
  g_clear_error (&job->error);
  g_free (job);
}

static void
want_blocks (RedesFolderLists *self, const List *list)
{
  for (guint32 i = 0; i < list->n_blocks; i++)
    {
      RedesFolderWish wish = { .content = list->content,
                               .item = list->number,
                               .index = i,
                               .length = redes_geometry_get_block_length (&list->geometry, i) };

      self->events->wanted (&wish, self->user_data);
    }
}

static void
end_list (RedesFolderLists *self, List *list)
{
  g_hash_table_remove (self->lists_by_number, GUINT_TO_POINTER (list->number));
  g_hash_table_remove (self->lists, &list->content);
}

static gboolean
on_work (gpointer data)
{
  RedesFolderLists *self = data;
  g_autoptr (GError) error = NULL;

  redes_timer_clear (&self->work_timer);
  if (redes_folder_plan_work (self->plan, LINES_AT_ONCE, &error))
    self->events->read (self->user_data);
  else
    self->events->failed (error, self->user_data);
  return G_SOURCE_REMOVE;
}

static void
take_list (RedesFolderLists *self, List *list, Job *job)
{
  end_list (self, list);
  redes_folder_plan_take_list (self->plan, &job->content, job->list);
  self->events->took (job->holding, self->user_data);
}

static void
parse (Job *job)
{
  RedesManifest *manifest = job->owner->manifest;
  gboolean is_top = redes_content_id_equal (&job->content, redes_manifest_get_content (manifest));

  /* What the manifest says of the top is for the plan to compare, which tells who was wrong. */
  job->list = redes_folder_parse_proven (job->bytes, &job->content, is_top ? NULL : &job->totals,
                                         &job->error);
  if (job->list == NULL)
    return;
  job->holding
      = redes_fetched_folder_make_list (job->list, &job->content, is_top ? manifest : NULL);
}

/* From an earlier run, if there is one that is right. */
static void
run_load (gpointer data)
{
  Job *job = data;

  job->bytes = redes_folder_build_load_list (job->build, &job->content);
  if (job->bytes != NULL)
    parse (job);
}

static void
load_done (gpointer data)
{
  Job *job = data;
  RedesFolderLists *self = job->owner;
  List *list = g_hash_table_lookup (self->lists, &job->content);

  if (job->list != NULL)
    take_list (self, list, job);
  else
    want_blocks (self, list);
  job_free (job);
}

static void
run_parse (gpointer data)
{
  Job *job = data;

  parse (job);
  if (job->list != NULL)
    redes_folder_build_save_list (job->build, &job->content, job->bytes, NULL);
}

static void
parse_done (gpointer data)
{
  Job *job = data;
  RedesFolderLists *self = job->owner;
  List *list = g_hash_table_lookup (self->lists, &job->content);

  if (job->list != NULL)
    take_list (self, list, job);
  else
    {
      /* Its bytes are what the publisher signed, so nobody else can have a better one. */
      end_list (self, list);
      self->events->failed (job->error, self->user_data);
    }
  job_free (job);
}

/* @bytes: (nullable) */
static Job *
job_new (RedesFolderLists *self, const List *list, GBytes *bytes)
{
  Job *job = g_new0 (Job, 1);

  job->owner = self;
  job->build = redes_folder_build_ref (self->build);
  job->content = list->content;
  job->totals = list->totals;
  job->bytes = bytes != NULL ? g_bytes_ref (bytes) : NULL;
  return job;
}

static void
join (RedesFolderLists *self, List *list)
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
  redes_folder_jobs_push (self->jobs, run_parse, parse_done, job_new (self, list, bytes));
}

void
redes_folder_lists_take (RedesFolderLists *self, const RedesFolderWish *wish, GBytes *data)
{
  List *list = g_hash_table_lookup (self->lists_by_number, GUINT_TO_POINTER (wish->item));

  if (list == NULL || list->n_missing == 0 || list->blocks[wish->index] != NULL)
    return;
  list->blocks[wish->index] = g_bytes_ref (data);
  if (--list->n_missing == 0)
    join (self, list);
}

gboolean
redes_folder_lists_want (RedesFolderLists *self, const RedesFolderWish *wish)
{
  const List *list = g_hash_table_lookup (self->lists_by_number, GUINT_TO_POINTER (wish->item));

  return list != NULL && list->n_missing > 0 && list->blocks[wish->index] == NULL;
}

static void
begin (RedesFolderLists *self, const RedesContentId *content, const RedesFolderTotals *totals)
{
  List *list = g_new0 (List, 1);

  list->content = *content;
  list->totals = *totals;
  list->geometry = (RedesGeometry){ .file_size = content->size_bytes,
                                    .block_size = redes_block_size_for (content->size_bytes) };
  list->number = REDES_FOLDER_FIRST_LIST + self->last_number++;
  list->n_blocks = list->n_missing = redes_geometry_get_n_blocks (&list->geometry);
  list->blocks = g_new0 (GBytes *, list->n_blocks);
  g_hash_table_insert (self->lists, &list->content, list);
  g_hash_table_insert (self->lists_by_number, GUINT_TO_POINTER (list->number), list);
  redes_folder_jobs_push (self->jobs, run_load, load_done, job_new (self, list, NULL));
}

void
redes_folder_lists_fetch (RedesFolderLists *self)
{
  RedesFolderTotals totals;
  RedesContentId content;

  while (g_hash_table_size (self->lists) < MAX_LISTS_AT_ONCE
         && redes_folder_plan_next_list (self->plan, self->lists, &content, &totals))
    begin (self, &content, &totals);
  if (redes_folder_plan_has_work (self->plan) && self->work_timer == NULL)
    redes_timer_set_soon (&self->work_timer, NULL, on_work, self);
}

gboolean
redes_folder_lists_are_whole (RedesFolderLists *self)
{
  return redes_folder_plan_is_whole (self->plan) && g_hash_table_size (self->lists) == 0;
}
