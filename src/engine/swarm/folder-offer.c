/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/folder-offer.h"

#include <string.h>
#include <unistd.h>

/* Files that are partly there and open, for others to have their blocks. */
#define MAX_PARTS 32u

struct _RedesFolderOffer
{
  RedesFolderJobs *jobs;
  RedesFolderBuild *build;
  gboolean is_told;
  const RedesFolderOfferMediator *mediator;
  gpointer user_data;
  RedesFetchedFolder *folder; /* nullable: until its list is there */
  GHashTable *parts;          /* RedesContentId -> Part */
};

/* What proves a block. */
typedef struct
{
  guint32 index;
  RedesDigest digest;
  RedesDigest proof[REDES_MAX_PROOF_LENGTH];
} Proof;

/* A file that is partly there. */
typedef struct
{
  RedesContentId content;
  RedesHolding *holding; /* nullable: while it is being opened */
  RedesHashTree *tree;
  GArray *pending; /* of Proof: blocks that came meanwhile */
} Part;

static void
part_free (gpointer data)
{
  Part *part = data;

  g_clear_pointer (&part->holding, redes_holding_unref);
  g_clear_pointer (&part->tree, redes_hash_tree_unref);
  g_array_unref (part->pending);
  g_free (part);
}

RedesFolderOffer *
redes_folder_offer_new (RedesFolderJobs *jobs,
                        RedesFolderBuild *build,
                        gboolean is_told,
                        const RedesFolderOfferMediator *mediator,
                        gpointer user_data)
{
  RedesFolderOffer *self = g_new0 (RedesFolderOffer, 1);

  self->jobs = jobs;
  self->build = redes_folder_build_ref (build);
  self->is_told = is_told;
  self->mediator = mediator;
  self->user_data = user_data;
  self->parts
      = g_hash_table_new_full (redes_content_id_hash, redes_content_id_equal, NULL, part_free);
  return self;
}

void
redes_folder_offer_free (RedesFolderOffer *self)
{
  if (self->folder != NULL)
    self->mediator->remove (self->folder, self->user_data);
  g_clear_pointer (&self->folder, redes_fetched_folder_unref);
  g_hash_table_unref (self->parts);
  redes_folder_build_unref (self->build);
  g_free (self);
}

void
redes_folder_offer_add_list (RedesFolderOffer *self, RedesHolding *list)
{
  g_autofree char *path = NULL;

  if (self->folder != NULL)
    {
      self->mediator->extend (self->folder, list, self->user_data);
      return;
    }
  path = redes_folder_build_dup_path (self->build);
  self->folder = redes_fetched_folder_new (path, list);
  self->mediator->add (self->folder, self->user_data);
}

/* There is something to be had. */
static void
offer (RedesFolderOffer *self, RedesHolding *holding)
{
  self->mediator->extend (self->folder, holding, self->user_data);
  if (self->is_told)
    self->mediator->announce (self->folder, self->user_data);
}

/* ---- Files that are partly there ---- */

typedef struct
{
  RedesFolderOffer *owner;
  RedesContentId content;
  int fd;
  RedesHashTree *tree;
  RedesBitfield *blocks;
} OpenJob;

static void
run_open (gpointer data)
{
  OpenJob *job = data;

  job->fd = redes_folder_build_open_part (job->owner->build, &job->content);
  if (job->fd >= 0)
    job->tree = redes_folder_build_load_proofs (job->owner->build, &job->content, &job->blocks);
}

static void
add_block (Part *part, const Proof *proof)
{
  redes_hash_tree_add_proof (part->tree, proof->index, &proof->digest, proof->proof);
  redes_holding_add_block (part->holding, proof->index);
}

static void
begin_part (Part *part, OpenJob *job)
{
  g_autoptr (RedesManifest) manifest = redes_fetched_folder_make_manifest ("file", &job->content);

  part->tree = redes_hash_tree_ref (job->tree);
  part->holding = redes_holding_new_partial (job->fd, manifest, part->tree);
  for (guint32 i = 0; i < redes_bitfield_get_size (job->blocks); i++)
    if (redes_bitfield_get (job->blocks, i))
      redes_holding_add_block (part->holding, i);
  for (guint i = 0; i < part->pending->len; i++)
    add_block (part, &g_array_index (part->pending, Proof, i));
  g_array_set_size (part->pending, 0);
}

static void
open_done (gpointer data)
{
  OpenJob *job = data;
  RedesFolderOffer *self = job->owner;
  Part *part = g_hash_table_lookup (self->parts, &job->content);

  /* It may have got its name meanwhile. */
  if (part != NULL && part->holding == NULL && job->fd >= 0)
    {
      begin_part (part, job);
      offer (self, part->holding);
    }
  if (job->fd >= 0)
    close (job->fd);
  g_clear_pointer (&job->tree, redes_hash_tree_unref);
  g_clear_pointer (&job->blocks, redes_bitfield_free);
  g_free (job);
}

static Part *
open_part (RedesFolderOffer *self, const RedesContentId *content)
{
  Part *part = g_new0 (Part, 1);
  OpenJob *job = g_new0 (OpenJob, 1);

  part->content = *content;
  part->pending = g_array_new (FALSE, FALSE, sizeof (Proof));
  g_hash_table_insert (self->parts, &part->content, part);
  job->owner = self;
  job->content = *content;
  job->fd = -1;
  redes_folder_jobs_push (self->jobs, run_open, open_done, job);
  return part;
}

void
redes_folder_offer_take_block (RedesFolderOffer *self, const RedesFolderBlock *block)
{
  Part *part = g_hash_table_lookup (self->parts, &block->wish.content);
  Proof proof = { .index = block->wish.index, .digest = block->digest };

  /* A file of one block is offered when it has its name. */
  if (self->folder == NULL || block->n_proof == 0)
    return;
  if (part == NULL)
    {
      if (g_hash_table_size (self->parts) >= MAX_PARTS)
        return;
      part = open_part (self, &block->wish.content);
    }
  memcpy (proof.proof, block->proof, block->n_proof * sizeof *block->proof);
  if (part->holding == NULL)
    {
      g_array_append_val (part->pending, proof);
      return;
    }
  add_block (part, &proof);
  self->mediator->got_block (&block->wish.content, block->wish.index, block->data, self->user_data);
}

/* ---- Whole files ---- */

static void
end_part (RedesFolderOffer *self, const RedesContentId *content)
{
  const Part *part = g_hash_table_lookup (self->parts, content);

  if (part == NULL)
    return;
  if (part->holding != NULL)
    self->mediator->shorten (self->folder, part->holding, self->user_data);
  g_hash_table_remove (self->parts, content);
}

void
redes_folder_offer_add_members (RedesFolderOffer *self, GPtrArray *members)
{
  for (guint i = 0; i < members->len && self->folder != NULL; i++)
    {
      RedesHolding *member = members->pdata[i];

      /* In this order, so that it can be had at any moment. */
      offer (self, member);
      end_part (self, redes_manifest_get_content (redes_holding_get_manifest (member)));
    }
}

RedesFetchedFolder *
redes_folder_offer_settle (RedesFolderOffer *self, const char *path)
{
  RedesFetchedFolder *moved;

  if (self->folder == NULL)
    return NULL;
  moved = redes_fetched_folder_new_moved (self->folder, path);
  self->mediator->move (self->folder, moved, self->user_data);
  g_clear_pointer (&self->folder, redes_fetched_folder_unref);
  return moved;
}
