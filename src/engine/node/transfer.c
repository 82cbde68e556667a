/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/transfer-private.h"

struct _RedesTransfer
{
  GObject parent_instance;
  RedesLink *link;
  gboolean is_unsigned;
  RedesTransferSnapshot *now;
};

G_DEFINE_FINAL_TYPE (RedesTransfer, redes_transfer, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
redes_transfer_finalize (GObject *object)
{
  RedesTransfer *self = REDES_TRANSFER (object);

  redes_link_free (self->link);
  redes_transfer_snapshot_free (self->now);
  G_OBJECT_CLASS (redes_transfer_parent_class)->finalize (object);
}

static void
redes_transfer_class_init (RedesTransferClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = redes_transfer_finalize;

  /**
   * RedesTransfer::changed:
   *
   * Something that its getters tell is not as it was.
   */
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
redes_transfer_init (RedesTransfer *self)
{
}

RedesTransfer *
redes_transfer_new (guint id, const RedesLink *link)
{
  RedesTransfer *self = g_object_new (REDES_TYPE_TRANSFER, NULL);

  self->link = redes_link_copy (link);
  self->now = g_new0 (RedesTransferSnapshot, 1);
  self->now->id = id;
  self->now->sources = redes_transfer_sources_new ();
  return self;
}

void
redes_transfer_update (RedesTransfer *self, RedesTransferSnapshot *snapshot)
{
  RedesTransferSnapshot old = *self->now;

  *self->now = *snapshot;
  *snapshot = old;
  /* That does not change, and is not told each time. */
  if (self->now->tree == NULL)
    self->now->tree = g_steal_pointer (&snapshot->tree);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

void
redes_transfer_mark_unsigned (RedesTransfer *self)
{
  self->is_unsigned = TRUE;
}

gboolean
redes_transfer_is_unsigned (RedesTransfer *self)
{
  return self->is_unsigned;
}

guint
redes_transfer_get_id (RedesTransfer *self)
{
  return self->now->id;
}

RedesTransferState
redes_transfer_get_state (RedesTransfer *self)
{
  return self->now->state;
}

gboolean
redes_transfer_is_over (RedesTransfer *self)
{
  return self->now->state == REDES_TRANSFER_DONE || self->now->state == REDES_TRANSFER_FAILED;
}

const char *
redes_transfer_get_name (RedesTransfer *self)
{
  if (self->link->name != NULL && *self->link->name != '\0')
    return self->link->name;
  return self->now->name != NULL ? self->now->name : "";
}

const char *
redes_transfer_get_published_name (RedesTransfer *self)
{
  const char *published = self->now->name;

  return g_strcmp0 (published, redes_transfer_get_name (self)) != 0 ? published : NULL;
}

const RedesContentId *
redes_transfer_get_content (RedesTransfer *self)
{
  return &self->link->content;
}

const RedesLink *
redes_transfer_get_link (RedesTransfer *self)
{
  return self->link;
}

gboolean
redes_transfer_get_publisher (RedesTransfer *self, RedesPeerId *out)
{
  if (self->now->has_publisher)
    *out = self->now->publisher;
  return self->now->has_publisher;
}

gboolean
redes_transfer_get_other_publisher (RedesTransfer *self, RedesPeerId *out)
{
  if (self->now->has_other_publisher)
    *out = self->now->other_publisher;
  return self->now->has_other_publisher;
}

void
redes_transfer_set_wanted_publisher (RedesTransfer *self, const RedesPeerId *publisher)
{
  self->link->has_publisher = TRUE;
  self->link->publisher = *publisher;
}

guint64
redes_transfer_get_size (RedesTransfer *self)
{
  return self->link->is_folder ? self->now->bytes_total : self->link->content.size_bytes;
}

gboolean
redes_transfer_is_folder (RedesTransfer *self)
{
  return self->link->is_folder;
}

guint
redes_transfer_get_n_files (RedesTransfer *self)
{
  return self->now->n_files;
}

guint
redes_transfer_get_n_files_done (RedesTransfer *self)
{
  return self->now->n_files_done;
}

GPtrArray *
redes_transfer_get_tree (RedesTransfer *self)
{
  return self->now->tree;
}

GBytes *
redes_transfer_get_fills (RedesTransfer *self)
{
  return self->now->fills;
}

guint64
redes_transfer_get_bytes_done (RedesTransfer *self)
{
  return self->now->bytes_done;
}

guint64
redes_transfer_get_bytes_received (RedesTransfer *self)
{
  return self->now->bytes_done + self->now->bytes_coming;
}

gboolean
redes_transfer_was_there (RedesTransfer *self)
{
  return self->now->was_there;
}

guint32
redes_transfer_get_blocks (RedesTransfer *self)
{
  return self->now->blocks;
}

guint32
redes_transfer_get_blocks_done (RedesTransfer *self)
{
  return self->now->blocks_done;
}

gdouble
redes_transfer_get_rate_bytes_per_s (RedesTransfer *self)
{
  return self->now->rate_bytes_per_s;
}

gdouble
redes_transfer_get_seconds (RedesTransfer *self)
{
  return self->now->seconds;
}

const char *
redes_transfer_get_path (RedesTransfer *self)
{
  return self->now->path;
}

const RedesNotice *
redes_transfer_get_reason (RedesTransfer *self)
{
  return self->now->reason;
}

const char *
redes_transfer_get_error_message (RedesTransfer *self)
{
  return redes_notice_get_english (self->now->reason);
}

GPtrArray *
redes_transfer_get_sources (RedesTransfer *self)
{
  return self->now->sources;
}

GBytes *
redes_transfer_get_block_map (RedesTransfer *self)
{
  return self->now->block_map;
}
