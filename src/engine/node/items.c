/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/items-private.h"

#include "engine/base/text.h"

#include <string.h>

struct _RedesSharedItem
{
  GObject parent_instance;
  RedesHolding *holding;
  RedesManifest *manifest; /* the holding's */
  char *path;              /* made when it is first asked for */
  GPtrArray *trackers;     /* of every item together; ends with NULL */
  char *link;              /* likewise */
};

G_DEFINE_FINAL_TYPE (RedesSharedItem, redes_shared_item, G_TYPE_OBJECT)

static void
redes_shared_item_finalize (GObject *object)
{
  RedesSharedItem *self = REDES_SHARED_ITEM (object);

  redes_holding_unref (self->holding);
  g_ptr_array_unref (self->trackers);
  g_free (self->path);
  g_free (self->link);
  G_OBJECT_CLASS (redes_shared_item_parent_class)->finalize (object);
}

static void
redes_shared_item_class_init (RedesSharedItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = redes_shared_item_finalize;
}

static void
redes_shared_item_init (RedesSharedItem *self)
{
}

RedesSharedItem *
redes_shared_item_new (RedesHolding *holding, GPtrArray *trackers)
{
  RedesSharedItem *self = g_object_new (REDES_TYPE_SHARED_ITEM, NULL);

  self->holding = redes_holding_ref (holding);
  self->manifest = redes_holding_get_manifest (holding);
  self->trackers = g_ptr_array_ref (trackers);
  return self;
}

const char *
redes_shared_item_get_name (RedesSharedItem *self)
{
  return redes_manifest_get_name (self->manifest);
}

const char *
redes_shared_item_get_path (RedesSharedItem *self)
{
  if (self->path == NULL)
    self->path = redes_holding_dup_path (self->holding);
  return self->path;
}

guint64
redes_shared_item_get_size (RedesSharedItem *self)
{
  return redes_manifest_get_geometry (self->manifest)->file_size;
}

guint32
redes_shared_item_get_blocks (RedesSharedItem *self)
{
  return redes_geometry_get_n_blocks (redes_manifest_get_geometry (self->manifest));
}

const RedesContentId *
redes_shared_item_get_content (RedesSharedItem *self)
{
  return redes_manifest_get_content (self->manifest);
}

const RedesPeerId *
redes_shared_item_get_publisher (RedesSharedItem *self)
{
  return redes_manifest_get_publisher (self->manifest);
}

const char *
redes_shared_item_get_link (RedesSharedItem *self)
{
  /* Anew each time: the trackers may be others now. */
  g_free (self->link);
  self->link
      = redes_manifest_format_link (self->manifest, (const char *const *)self->trackers->pdata);
  return self->link;
}

struct _RedesResult
{
  GObject parent_instance;
  RedesLink *link;
  guint sources;
  RedesFolderTotals totals;  /* of a folder */
  GPtrArray *names;          /* of RedesResultName */
  RedesClassicFile *classic; /* of an unsigned one */
  gboolean held;
};

G_DEFINE_FINAL_TYPE (RedesResult, redes_result, G_TYPE_OBJECT)

static void
redes_result_finalize (GObject *object)
{
  redes_link_free (REDES_RESULT (object)->link);
  g_ptr_array_unref (REDES_RESULT (object)->names);
  redes_classic_file_free (REDES_RESULT (object)->classic);
  G_OBJECT_CLASS (redes_result_parent_class)->finalize (object);
}

static void
redes_result_class_init (RedesResultClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = redes_result_finalize;
}

static void
redes_result_init (RedesResult *self)
{
}

static void
result_name_free (gpointer data)
{
  RedesResultName *name = data;

  g_free (name->name);
  g_free (name);
}

static void
add_name (RedesResult *self, const char *text, guint sources, const RedesPeerId *publisher)
{
  RedesResultName *name = g_new (RedesResultName, 1);

  *name = (RedesResultName){ *publisher, g_strdup (text), sources };
  g_ptr_array_add (self->names, name);
}

RedesResult *
redes_result_new (const RedesResultEntry *row, const char *const *trackers)
{
  RedesResult *self = g_object_new (REDES_TYPE_RESULT, NULL);
  RedesLink link = { .content = row->content,
                     .is_folder = row->is_folder,
                     .name = row->name,
                     .has_publisher = TRUE,
                     .publisher = row->publisher,
                     .trackers = (char **)trackers };

  self->link = redes_link_copy (&link);
  self->sources = row->sources;
  self->totals = row->totals;
  self->names = g_ptr_array_new_with_free_func (result_name_free);
  for (guint i = 0; row->names != NULL && i < row->names->len; i++)
    {
      const RedesResultName *name = g_ptr_array_index (row->names, i);

      add_name (self, name->name, name->sources, &name->publisher);
    }
  if (self->names->len == 0)
    add_name (self, row->name, row->sources, &row->publisher);
  return self;
}

RedesResult *
redes_result_new_unsigned (const RedesClassicFile *file)
{
  const char *const no_trackers[] = { NULL };
  RedesResultEntry row = { .name = file->name, .content = { .size_bytes = file->size } };
  g_autofree char *peers = g_strjoinv (",", file->peers);
  g_autofree char *text = g_strdup_printf ("unsigned\n%s\n%s", file->name, peers);
  RedesResult *self;

  /* So that the same from the same is one transfer; no file has it as its root. */
  redes_digest_of (text, strlen (text), &row.content.root);
  row.sources = g_strv_length (file->peers);
  self = redes_result_new (&row, no_trackers);
  self->classic = redes_classic_file_copy (file);
  return self;
}

gboolean
redes_result_is_unsigned (RedesResult *self)
{
  return self->classic != NULL;
}

const RedesClassicFile *
redes_result_get_classic_file (RedesResult *self)
{
  return self->classic;
}

void
redes_result_add_tracker (RedesResult *self, const char *tracker)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  if (g_strv_contains ((const char *const *)self->link->trackers, tracker))
    return;
  g_strv_builder_addv (builder, (const char **)self->link->trackers);
  g_strv_builder_add (builder, tracker);
  g_strfreev (self->link->trackers);
  self->link->trackers = g_strv_builder_end (builder);
}

const char *
redes_result_get_name (RedesResult *self)
{
  return self->link->name;
}

GPtrArray *
redes_result_get_names (RedesResult *self)
{
  return self->names;
}

guint64
redes_result_get_size (RedesResult *self)
{
  return self->link->is_folder ? self->totals.bytes : self->link->content.size_bytes;
}

gboolean
redes_result_is_folder (RedesResult *self)
{
  return self->link->is_folder;
}

guint
redes_result_get_n_files (RedesResult *self)
{
  return self->totals.n_files;
}

const RedesContentId *
redes_result_get_content (RedesResult *self)
{
  return &self->link->content;
}

const RedesPeerId *
redes_result_get_publisher (RedesResult *self)
{
  return &self->link->publisher;
}

guint
redes_result_get_sources (RedesResult *self)
{
  return self->sources;
}

gboolean
redes_result_is_held (RedesResult *self)
{
  return self->held;
}

void
redes_result_set_held (RedesResult *self, gboolean held)
{
  self->held = held;
}

RedesLink *
redes_result_dup_link (RedesResult *self)
{
  return redes_link_copy (self->link);
}

struct _RedesPeerItem
{
  GObject parent_instance;
  RedesEndpoint endpoint;
  char *address;
  guint how;
  gint64 seen_s;
};

G_DEFINE_FINAL_TYPE (RedesPeerItem, redes_peer_item, G_TYPE_OBJECT)

static void
redes_peer_item_finalize (GObject *object)
{
  RedesPeerItem *self = REDES_PEER_ITEM (object);

  redes_endpoint_clear (&self->endpoint);
  g_free (self->address);
  G_OBJECT_CLASS (redes_peer_item_parent_class)->finalize (object);
}

static void
redes_peer_item_class_init (RedesPeerItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = redes_peer_item_finalize;
}

static void
redes_peer_item_init (RedesPeerItem *self)
{
}

RedesPeerItem *
redes_peer_item_new (const RedesKnownPeer *peer)
{
  RedesPeerItem *self = g_object_new (REDES_TYPE_PEER_ITEM, NULL);

  redes_endpoint_init_copy (&self->endpoint, &peer->endpoint);
  self->address = redes_text_format_address (peer->endpoint.host, peer->endpoint.port);
  redes_peer_item_merge (self, peer);
  return self;
}

void
redes_peer_item_merge (RedesPeerItem *self, const RedesKnownPeer *peer)
{
  gint64 ago_us = g_get_monotonic_time () - peer->seen_us;

  self->how |= peer->how;
  self->seen_s = MAX (self->seen_s, (g_get_real_time () - ago_us) / G_USEC_PER_SEC);
}

guint
redes_peer_item_get_how (RedesPeerItem *self)
{
  return self->how;
}

gint64
redes_peer_item_get_seen_s (RedesPeerItem *self)
{
  return self->seen_s;
}

const RedesPeerId *
redes_peer_item_get_id (RedesPeerItem *self)
{
  return &self->endpoint.id;
}

const char *
redes_peer_item_get_nickname (RedesPeerItem *self)
{
  return self->endpoint.nickname;
}

const char *
redes_peer_item_get_address (RedesPeerItem *self)
{
  return self->address;
}

struct _RedesTrackerItem
{
  GObject parent_instance;
  char *address;
  RedesTrackerState state;
  RedesNotice *reason;
  gboolean found;
};

G_DEFINE_FINAL_TYPE (RedesTrackerItem, redes_tracker_item, G_TYPE_OBJECT)

static void
redes_tracker_item_finalize (GObject *object)
{
  RedesTrackerItem *self = REDES_TRACKER_ITEM (object);

  g_free (self->address);
  redes_notice_unref (self->reason);
  G_OBJECT_CLASS (redes_tracker_item_parent_class)->finalize (object);
}

static void
redes_tracker_item_class_init (RedesTrackerItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = redes_tracker_item_finalize;
}

static void
redes_tracker_item_init (RedesTrackerItem *self)
{
}

RedesTrackerItem *
redes_tracker_item_new (const char *address, RedesTrackerState state, const RedesNotice *reason)
{
  RedesTrackerItem *self = g_object_new (REDES_TYPE_TRACKER_ITEM, NULL);

  self->address = g_strdup (address);
  self->state = state;
  self->reason = redes_notice_ref (reason);
  return self;
}

const char *
redes_tracker_item_get_address (RedesTrackerItem *self)
{
  return self->address;
}

RedesTrackerState
redes_tracker_item_get_state (RedesTrackerItem *self)
{
  return self->state;
}

const RedesNotice *
redes_tracker_item_get_reason (RedesTrackerItem *self)
{
  return self->reason;
}

const char *
redes_tracker_item_get_error_message (RedesTrackerItem *self)
{
  return redes_notice_get_english (self->reason);
}

gboolean
redes_tracker_item_is_found (RedesTrackerItem *self)
{
  return self->found;
}

void
redes_tracker_item_set_found (RedesTrackerItem *self, gboolean found)
{
  self->found = found;
}

struct _RedesHistoryItem
{
  GObject parent_instance;
  RedesStoreDownload *row;
};

G_DEFINE_FINAL_TYPE (RedesHistoryItem, redes_history_item, G_TYPE_OBJECT)

static void
redes_history_item_finalize (GObject *object)
{
  redes_store_download_free (REDES_HISTORY_ITEM (object)->row);
  G_OBJECT_CLASS (redes_history_item_parent_class)->finalize (object);
}

static void
redes_history_item_class_init (RedesHistoryItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = redes_history_item_finalize;
}

static void
redes_history_item_init (RedesHistoryItem *self)
{
}

RedesHistoryItem *
redes_history_item_new (RedesStoreDownload *row)
{
  RedesHistoryItem *self = g_object_new (REDES_TYPE_HISTORY_ITEM, NULL);

  self->row = row;
  return self;
}

gint64
redes_history_item_get_id (RedesHistoryItem *self)
{
  return self->row->id;
}

const char *
redes_history_item_get_name (RedesHistoryItem *self)
{
  return self->row->name;
}

const char *
redes_history_item_get_path (RedesHistoryItem *self)
{
  return self->row->path;
}

const RedesContentId *
redes_history_item_get_content (RedesHistoryItem *self)
{
  return &self->row->content;
}

guint64
redes_history_item_get_size (RedesHistoryItem *self)
{
  return self->row->content.size_bytes;
}

guint32
redes_history_item_get_blocks (RedesHistoryItem *self)
{
  return self->row->blocks;
}

gint64
redes_history_item_get_finished_s (RedesHistoryItem *self)
{
  return self->row->finished_s;
}

gdouble
redes_history_item_get_seconds (RedesHistoryItem *self)
{
  return self->row->seconds;
}

guint
redes_history_item_get_n_peers (RedesHistoryItem *self)
{
  return self->row->senders->len;
}

const RedesPeerId *
redes_history_item_get_peer (RedesHistoryItem *self,
                             guint index,
                             const char **nickname,
                             guint *blocks)
{
  const RedesSender *sender;

  g_return_val_if_fail (index < self->row->senders->len, NULL);

  sender = g_ptr_array_index (self->row->senders, index);
  *nickname = sender->nickname;
  *blocks = sender->blocks;
  return &sender->peer;
}
