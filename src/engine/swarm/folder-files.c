/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/folder-files.h"

#include "engine/library/fetched-folder.h"

/* Files that get their names together, with one sync for all; the first waits no longer than this
 * for others. */
#define PLACE_FILES 1024u
#define PLACE_WAIT_US (2 * G_USEC_PER_SEC)
#define MAX_LOCAL_JOBS 2u

typedef enum
{
  LOOK_NEEDED,
  LOOK_RUNS,
  LOOK_DONE,
} Look;

struct _RedesFolderFiles
{
  RedesFolderJobs *jobs;
  RedesFolderBuild *build;
  RedesFolderPlan *plan;
  const RedesClock *clock;
  const RedesFolderFilesEvents *events;
  gpointer user_data;

  Look look;
  guint n_local_jobs;
  GArray *to_copy; /* of guint: items that are held here, and wait for their turn to be copied */
  gboolean is_placing;

  guint32 *missing; /* of each item: blocks that are not written */
  GHashTable *have; /* item -> RedesBitfield: of those that are partly there */
  guint next_item;
  guint32 next_index;
  GArray *staged;    /* of guint: items that are whole and wait for their names */
  GPtrArray *copies; /* of Copy */
  gint64 staged_since_us;
  guint n_done;
  guint32 n_blocks;
  guint32 blocks_done;
  guint64 bytes_done;
};

/* An item that is in the tree at @source, but not in all its places. */
typedef struct
{
  guint item;
  char *source;
} Copy;

static void
copy_free (gpointer data)
{
  Copy *copy = data;

  g_free (copy->source);
  g_free (copy);
}

static guint32
count_blocks (const RedesContentId *content)
{
  RedesGeometry geometry = { .file_size = content->size_bytes,
                             .block_size = redes_block_size_for (content->size_bytes) };

  return redes_geometry_get_n_blocks (&geometry);
}

RedesFolderFiles *
redes_folder_files_new (RedesFolderJobs *jobs,
                        RedesFolderBuild *build,
                        RedesFolderPlan *plan,
                        const RedesClock *clock,
                        const RedesFolderFilesEvents *events,
                        gpointer user_data)
{
  RedesFolderFiles *self = g_new0 (RedesFolderFiles, 1);

  self->jobs = jobs;
  self->build = redes_folder_build_ref (build);
  self->plan = plan;
  self->clock = clock;
  self->events = events;
  self->user_data = user_data;
  self->missing = g_new (guint32, MAX (redes_folder_plan_get_n_items (plan), 1));
  self->have = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)redes_bitfield_free);
  self->staged = g_array_new (FALSE, FALSE, sizeof (guint));
  self->to_copy = g_array_new (FALSE, FALSE, sizeof (guint));
  self->copies = g_ptr_array_new_with_free_func (copy_free);
  return self;
}

void
redes_folder_files_free (RedesFolderFiles *self)
{
  g_hash_table_unref (self->have);
  g_array_unref (self->staged);
  g_array_unref (self->to_copy);
  g_ptr_array_unref (self->copies);
  g_free (self->missing);
  redes_folder_build_unref (self->build);
  g_free (self);
}

/* ---- Counting ---- */

static void
stage (RedesFolderFiles *self, guint item)
{
  if (self->staged->len == 0 && self->copies->len == 0)
    self->staged_since_us = redes_clock_now_us (self->clock);
  g_array_append_val (self->staged, item);
}

static void
count_written (RedesFolderFiles *self, guint32 n_blocks, guint64 n_bytes)
{
  self->blocks_done += n_blocks;
  self->bytes_done += n_bytes;
}

/* An empty file counts as one that is missing until it has its name, but has no block. */
static void
count_item (RedesFolderFiles *self, guint item)
{
  RedesContentId content;

  redes_folder_plan_get_item (self->plan, item, &content);
  count_written (self, content.size_bytes > 0 ? self->missing[item] : 0,
                 content.size_bytes * redes_folder_plan_count_places (self->plan, item));
  self->missing[item] = 0;
}

/* @have: of it: blocks of an earlier run */
static void
count_part (RedesFolderFiles *self, guint item, const RedesBitfield *have)
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
count_all (RedesFolderFiles *self)
{
  self->n_blocks = 0;
  self->blocks_done = 0;
  self->bytes_done = 0;
  for (guint i = 0; i < redes_folder_plan_get_n_items (self->plan); i++)
    {
      RedesContentId content;

      redes_folder_plan_get_item (self->plan, i, &content);
      self->missing[i] = count_blocks (&content);
      self->n_blocks += self->missing[i];
      /* The mark of an empty file that has no name yet. */
      if (content.size_bytes == 0)
        self->missing[i] = 1;
    }
}

/* (transfer full) (nullable): for handing out a file that has its name; %NULL: it is empty, or it
 * is not known what proves it */
static RedesHolding *
make_member (RedesFolderBuild *build, const RedesFolderPlace *place)
{
  g_autofree char *root = redes_folder_build_dup_tree_path (build);
  g_autoptr (RedesHashTree) tree = NULL;

  if (place->content.size_bytes == 0)
    return NULL;
  if (count_blocks (&place->content) > 1)
    {
      tree = redes_folder_build_load_tree (build, &place->content);
      if (tree == NULL)
        return NULL;
    }
  return redes_fetched_folder_make_member (root, place->path, &place->content, place->time_s, tree);
}

static void
add_member (GPtrArray *members, RedesFolderBuild *build, const RedesFolderPlace *place)
{
  RedesHolding *member = make_member (build, place);

  if (member != NULL)
    g_ptr_array_add (members, member);
}

/* ---- What is there already ---- */

/**
 * LookJob:
 * @whole: (element-type guint): items that are in the tree
 * @copies: (element-type Copy): those of them that are not in all their places
 * @have: item -> RedesBitfield: those that are partly there
 * @members: (element-type RedesHolding): of those that are whole
 * @n_files: places that are whole
 */
typedef struct
{
  RedesFolderFiles *owner;
  GArray *whole;
  GPtrArray *copies;
  GHashTable *have;
  GPtrArray *members;
  guint n_files;
  GError *error;
} LookJob;

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

static gboolean
has_right_bytes (RedesFolderBuild *build, const RedesFolderPlace *place)
{
  g_autoptr (RedesHolding) member = make_member (build, place);

  for (guint32 i = 0; member != NULL && i < count_blocks (&place->content); i++)
    if (!redes_holding_check_block (member, i))
      return FALSE;
  return member != NULL || place->content.size_bytes == 0;
}

/* A disk that keeps no times says nothing of whether the file is as it was. */
static gboolean
is_there (RedesFolderBuild *build, const RedesFolderPlace *place)
{
  gboolean has_time = FALSE;

  return redes_folder_build_has_file (build, place->path, place->content.size_bytes, place->time_s,
                                      &has_time)
         && (has_time || has_right_bytes (build, place));
}

/* The plan is whole, and does not change any more. */
static void
look_at_item (LookJob *job, guint item)
{
  RedesFolderBuild *build = job->owner->build;
  RedesFolderPlan *plan = job->owner->plan;
  guint at = redes_folder_plan_get_first_place (plan, item);
  g_autofree char *there = NULL;
  guint n_there = 0;
  RedesContentId content;
  RedesFolderPlace *place;
  RedesBitfield *blocks;

  while ((place = redes_folder_plan_next_place (plan, &at)) != NULL)
    {
      if (is_there (build, place))
        {
          n_there++;
          if (there == NULL)
            {
              there = g_strdup (place->path);
              add_member (job->members, build, place);
            }
        }
      redes_folder_place_free (place);
    }
  if (there != NULL)
    {
      job->n_files += n_there;
      g_array_append_val (job->whole, item);
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
  blocks = redes_folder_build_check (build, &content);
  if (blocks != NULL)
    g_hash_table_insert (job->have, GUINT_TO_POINTER (item), blocks);
}

/* A file that can never be written there is known before any is fetched. */
static gboolean
check_largest (LookJob *job)
{
  RedesFolderPlan *plan = job->owner->plan;
  guint64 largest = 0;

  for (guint i = 0; i < redes_folder_plan_get_n_items (plan); i++)
    {
      RedesContentId content;

      redes_folder_plan_get_item (plan, i, &content);
      largest = MAX (largest, content.size_bytes);
    }
  return redes_folder_build_check_size (job->owner->build, largest, &job->error);
}

static void
run_look (gpointer data)
{
  LookJob *job = data;
  RedesFolderPlan *plan = job->owner->plan;
  guint at = 0;
  char *folder;

  if (!check_largest (job))
    return;
  while ((folder = redes_folder_plan_next_folder (plan, &at)) != NULL)
    {
      gboolean is_made = redes_folder_build_make_folder (job->owner->build, folder, &job->error);

      g_free (folder);
      if (!is_made)
        return;
    }
  for (guint i = 0; i < redes_folder_plan_get_n_items (plan); i++)
    look_at_item (job, i);
}

static void
take_parts (RedesFolderFiles *self, GHashTable *parts)
{
  GHashTableIter iter;
  gpointer key;
  gpointer value;

  g_hash_table_iter_init (&iter, parts);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      guint item = GPOINTER_TO_UINT (key);

      count_part (self, item, value);
      g_hash_table_iter_steal (&iter);
      g_hash_table_insert (self->have, key, value);
      if (self->missing[item] == 0)
        stage (self, item);
    }
}

/* An empty file has no block that could come. */
static void
stage_empty (RedesFolderFiles *self)
{
  for (guint i = 0; i < redes_folder_plan_get_n_items (self->plan); i++)
    {
      RedesContentId content;

      redes_folder_plan_get_item (self->plan, i, &content);
      if (content.size_bytes > 0 || self->missing[i] == 0)
        continue;
      self->missing[i] = 0;
      stage (self, i);
    }
}

static void
look_done (gpointer data)
{
  LookJob *job = data;
  RedesFolderFiles *self = job->owner;

  if (job->error != NULL)
    {
      self->look = LOOK_NEEDED;
      self->events->failed (job->error, self->user_data);
    }
  else
    {
      self->look = LOOK_DONE;
      for (guint i = 0; i < job->whole->len; i++)
        count_item (self, g_array_index (job->whole, guint, i));
      self->n_done = job->n_files;
      take_parts (self, job->have);
      stage_empty (self);
      if (job->copies->len > 0)
        {
          g_ptr_array_unref (self->copies);
          self->copies = g_ptr_array_ref (job->copies);
          self->staged_since_us = 0;
        }
      self->events->looked (self->n_done, self->user_data);
      self->events->placed (job->members, self->user_data);
    }
  g_ptr_array_unref (job->members);
  g_array_unref (job->whole);
  g_ptr_array_unref (job->copies);
  g_hash_table_unref (job->have);
  g_clear_error (&job->error);
  g_free (job);
}

void
redes_folder_files_look (RedesFolderFiles *self)
{
  LookJob *job;

  if (self->look != LOOK_NEEDED)
    return;
  self->look = LOOK_RUNS;
  count_all (self);
  job = g_new0 (LookJob, 1);
  job->owner = self;
  job->whole = g_array_new (FALSE, FALSE, sizeof (guint));
  job->copies = g_ptr_array_new_with_free_func (copy_free);
  job->have = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)redes_bitfield_free);
  job->members = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_holding_unref);
  redes_folder_jobs_push (self->jobs, run_look, look_done, job);
}

gboolean
redes_folder_files_are_known (RedesFolderFiles *self)
{
  return self->look == LOOK_DONE;
}

/* ---- Files that are here already ---- */

typedef struct
{
  RedesFolderFiles *owner;
  guint item;
  RedesContentId content;
  RedesHolding *holding;
  gboolean is_right;
} CopyJob;

/* For handing it out. */
static void
note_proofs (CopyJob *job, RedesHashTree *tree, const RedesDigest *digests)
{
  const RedesGeometry *geometry = redes_hash_tree_get_geometry (tree);
  guint n_proof = redes_geometry_get_proof_length (geometry);
  RedesDigest proof[REDES_MAX_PROOF_LENGTH];

  for (guint32 i = 0; n_proof > 0 && i < redes_geometry_get_n_blocks (geometry); i++)
    if (redes_hash_tree_get_proof (tree, i, proof))
      redes_folder_build_note_block (job->owner->build, &job->content, i, &digests[i], proof,
                                     n_proof);
}

static gboolean
copy_held (CopyJob *job)
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
      if (!redes_folder_build_write (job->owner->build, &job->content,
                                     (guint64)i * geometry.block_size, data, NULL))
        return FALSE;
    }
  tree = redes_hash_tree_new_from_blocks (&geometry, digests);
  if (!redes_digest_equal (redes_hash_tree_get_root (tree), &job->content.root))
    return FALSE;
  note_proofs (job, tree, digests);
  return TRUE;
}

static void
run_copy (gpointer data)
{
  CopyJob *job = data;

  job->is_right = copy_held (job);
}

static void
want_item (RedesFolderFiles *self, guint item)
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

      self->events->wanted (&wish, self->user_data);
    }
}

static void copy_more (RedesFolderFiles *self);

static void
copy_done (gpointer data)
{
  CopyJob *job = data;
  RedesFolderFiles *self = job->owner;

  self->n_local_jobs--;
  if (self->look == LOOK_DONE && self->missing[job->item] > 0)
    {
      if (job->is_right)
        {
          count_item (self, job->item);
          stage (self, job->item);
        }
      else
        want_item (self, job->item);
    }
  redes_holding_unref (job->holding);
  g_free (job);
  copy_more (self);
}

/* (nullable) (transfer none) */
static RedesHolding *
find_held (RedesFolderFiles *self, const RedesContentId *content)
{
  RedesHolding *holding = self->events->lookup (content, self->user_data);

  return holding != NULL && (redes_holding_is_file (holding) || redes_holding_is_member (holding))
             ? holding
             : NULL;
}

static void
push_copy (RedesFolderFiles *self, guint item, const RedesContentId *content, RedesHolding *holding)
{
  CopyJob *job;

  job = g_new0 (CopyJob, 1);
  job->owner = self;
  job->item = item;
  job->content = *content;
  job->holding = redes_holding_ref (holding);
  self->n_local_jobs++;
  redes_folder_jobs_push (self->jobs, run_copy, copy_done, job);
}

/* Those that wait; what is not held any more is asked for. */
static void
copy_more (RedesFolderFiles *self)
{
  while (self->look == LOOK_DONE && self->n_local_jobs < MAX_LOCAL_JOBS && self->to_copy->len > 0
         && self->events->is_running (self->user_data))
    {
      guint item = g_array_index (self->to_copy, guint, self->to_copy->len - 1);
      RedesContentId content;
      RedesHolding *holding;

      g_array_set_size (self->to_copy, self->to_copy->len - 1);
      if (self->missing[item] == 0)
        continue;
      redes_folder_plan_get_item (self->plan, item, &content);
      holding = find_held (self, &content);
      if (holding != NULL)
        push_copy (self, item, &content, holding);
      else
        want_item (self, item);
    }
}

/* Whether it is copied from what is held here, now or when its turn comes: nobody is asked for what
 * is here, however many files that are. */
static gboolean
copy_locally (RedesFolderFiles *self, guint item, const RedesContentId *content)
{
  if (find_held (self, content) == NULL)
    return FALSE;
  g_array_append_val (self->to_copy, item);
  copy_more (self);
  return TRUE;
}

/* ---- What to ask for ---- */

gboolean
redes_folder_files_want (RedesFolderFiles *self, const RedesFolderWish *wish)
{
  RedesBitfield *have;

  if (self->look != LOOK_DONE || self->missing[wish->item] == 0)
    return FALSE;
  have = g_hash_table_lookup (self->have, GUINT_TO_POINTER (wish->item));
  return have == NULL || !redes_bitfield_get (have, wish->index);
}

static void
next_item (RedesFolderFiles *self)
{
  self->next_item++;
  self->next_index = 0;
}

gboolean
redes_folder_files_next (RedesFolderFiles *self, RedesFolderWish *wish)
{
  guint n = redes_folder_plan_get_n_items (self->plan);

  while (self->look == LOOK_DONE && self->next_item < n)
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
      if ((self->next_index == 0 && copy_locally (self, item, &wish->content))
          || self->next_index >= redes_geometry_get_n_blocks (&geometry))
        {
          next_item (self);
          continue;
        }
      wish->item = item;
      wish->index = self->next_index++;
      wish->length = redes_geometry_get_block_length (&geometry, wish->index);
      if (redes_folder_files_want (self, wish))
        return TRUE;
    }
  return FALSE;
}

gboolean
redes_folder_files_take (RedesFolderFiles *self, const RedesFolderWish *wish)
{
  guint item = wish->item;
  RedesBitfield *have = g_hash_table_lookup (self->have, GUINT_TO_POINTER (item));
  guint32 n_blocks = count_blocks (&wish->content);

  if (self->look != LOOK_DONE || self->missing[item] == 0)
    return FALSE;
  if (have == NULL && n_blocks > 1)
    {
      have = redes_bitfield_new (n_blocks);
      g_hash_table_insert (self->have, GUINT_TO_POINTER (item), have);
    }
  if (have != NULL && !redes_bitfield_set (have, wish->index))
    return FALSE;
  count_written (self, 1,
                 (guint64)wish->length * redes_folder_plan_count_places (self->plan, item));
  if (--self->missing[item] == 0)
    stage (self, item);
  return TRUE;
}

/* ---- Names ---- */

/**
 * PlaceJob:
 * @items: (element-type guint): whole ones
 * @copies: (element-type Copy)
 * @files: (element-type RedesFolderBuildFile): those that get their names next
 * @n_files: those that have got them
 * @members: (element-type RedesHolding): of @items
 */
typedef struct
{
  RedesFolderFiles *owner;
  GArray *items;
  GPtrArray *copies;
  GPtrArray *files;
  guint n_files;
  GPtrArray *members;
  GError *error;
} PlaceJob;

static gboolean
place_gathered (PlaceJob *job)
{
  if (!redes_folder_build_place (job->owner->build, job->files, &job->error))
    return FALSE;
  job->n_files += job->files->len;
  g_ptr_array_set_size (job->files, 0);
  return TRUE;
}

/* Gathers the places where the item is missing, and gives names to some of them at a time: a folder
 * may have very many files with the same content. @there: (nullable): it is in the tree there */
static gboolean
place_item (PlaceJob *job, guint item, const char *there)
{
  RedesFolderPlan *plan = job->owner->plan;
  g_autofree char *source = g_strdup (there);
  guint at = redes_folder_plan_get_first_place (plan, item);
  RedesFolderPlace *place;
  gboolean is_right = TRUE;

  while (is_right && (place = redes_folder_plan_next_place (plan, &at)) != NULL)
    {
      if (there == NULL || !is_there (job->owner->build, place))
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
make_members (PlaceJob *job)
{
  for (guint i = 0; i < job->items->len; i++)
    {
      guint at = redes_folder_plan_get_first_place (job->owner->plan,
                                                    g_array_index (job->items, guint, i));
      RedesFolderPlace *place = redes_folder_plan_next_place (job->owner->plan, &at);

      add_member (job->members, job->owner->build, place);
      redes_folder_place_free (place);
    }
}

static void
run_place (gpointer data)
{
  PlaceJob *job = data;

  for (guint i = 0; i < job->copies->len; i++)
    {
      const Copy *copy = job->copies->pdata[i];

      if (!place_item (job, copy->item, copy->source))
        return;
    }
  for (guint i = 0; i < job->items->len; i++)
    if (!place_item (job, g_array_index (job->items, guint, i), NULL))
      return;
  if (place_gathered (job))
    make_members (job);
}

/* What is there, and what is not, is for a new look to say. */
static void
forget_all (RedesFolderFiles *self)
{
  g_array_set_size (self->staged, 0);
  g_ptr_array_set_size (self->copies, 0);
  g_hash_table_remove_all (self->have);
  self->next_item = 0;
  self->next_index = 0;
  g_array_set_size (self->to_copy, 0);
  self->blocks_done = 0;
  self->bytes_done = 0;
  self->look = LOOK_NEEDED;
}

static void
place_done (gpointer data)
{
  PlaceJob *job = data;
  RedesFolderFiles *self = job->owner;

  self->is_placing = FALSE;
  if (job->error == NULL)
    {
      self->n_done += job->n_files;
      for (guint i = 0; i < job->items->len; i++)
        g_hash_table_remove (self->have, GUINT_TO_POINTER (g_array_index (job->items, guint, i)));
      self->events->placed (job->members, self->user_data);
    }
  else
    {
      forget_all (self);
      self->events->failed (job->error, self->user_data);
    }
  g_array_unref (job->items);
  g_ptr_array_unref (job->copies);
  g_ptr_array_unref (job->members);
  g_ptr_array_unref (job->files);
  g_clear_error (&job->error);
  g_free (job);
}

void
redes_folder_files_place (RedesFolderFiles *self)
{
  guint n;
  PlaceJob *job;

  copy_more (self);
  n = self->staged->len + self->copies->len;
  if (self->is_placing || self->look != LOOK_DONE || n == 0)
    return;
  if (self->blocks_done < self->n_blocks && n < PLACE_FILES
      && redes_clock_now_us (self->clock) < self->staged_since_us + PLACE_WAIT_US)
    return;
  self->is_placing = TRUE;
  job = g_new0 (PlaceJob, 1);
  job->owner = self;
  job->items = g_steal_pointer (&self->staged);
  job->copies = g_steal_pointer (&self->copies);
  job->files = g_ptr_array_new_with_free_func (redes_folder_build_file_free);
  job->members = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_holding_unref);
  self->staged = g_array_new (FALSE, FALSE, sizeof (guint));
  self->copies = g_ptr_array_new_with_free_func (copy_free);
  redes_folder_jobs_push (self->jobs, run_place, place_done, job);
}

gboolean
redes_folder_files_are_whole (RedesFolderFiles *self)
{
  return self->look == LOOK_DONE && !self->is_placing
         && self->n_done >= redes_folder_plan_get_n_files (self->plan);
}

gboolean
redes_folder_files_are_busy (RedesFolderFiles *self)
{
  return self->look == LOOK_RUNS || self->is_placing || self->n_local_jobs > 0
         || self->to_copy->len > 0;
}

guint8
redes_folder_files_get_fill (RedesFolderFiles *self, guint item)
{
  const RedesBitfield *have;

  if (self->look != LOOK_DONE || item >= redes_folder_plan_get_n_items (self->plan))
    return 0;
  if (self->missing[item] == 0)
    return 255;
  have = g_hash_table_lookup (self->have, GUINT_TO_POINTER (item));
  if (have == NULL)
    return 0;
  /* Rounded down, so that only a whole one looks whole. */
  return (guint8)((guint64)255 * (redes_bitfield_get_size (have) - self->missing[item])
                  / redes_bitfield_get_size (have));
}

guint
redes_folder_files_get_n_done (RedesFolderFiles *self)
{
  return self->n_done;
}

guint32
redes_folder_files_get_blocks (RedesFolderFiles *self)
{
  return self->n_blocks;
}

guint32
redes_folder_files_get_blocks_done (RedesFolderFiles *self)
{
  return self->blocks_done;
}

guint64
redes_folder_files_get_bytes_done (RedesFolderFiles *self)
{
  return self->bytes_done;
}
