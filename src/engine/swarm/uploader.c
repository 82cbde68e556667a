/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/uploader.h"

#include "engine/base/error.h"
#include "engine/net/budget.h"
#include "engine/net/channel.h"

#define MAX_WAITING_REQUESTS 1024
#define PEER_QUEUE_BYTES (512u * 1024)
/* Blocks that are read, or wait to be sent, for all peers together and for one address, and the
 * rate at which a peer has to receive them while others wait for that memory. */
#define BUDGET_BYTES (32u * 1024 * 1024)
#define BUDGET_ADDRESS_BYTES (BUDGET_BYTES / 2)
#define PATIENCE_S 15
#define LEAST_BYTES_PER_S 4096u

struct _RedesUploader
{
  RedesLibrary *library;
  RedesBlockCache *cache;
  const RedesClock *clock;
  RedesBudget *budget;
  GHashTable *peer_queues; /* RedesRemote -> PeerQueue */
  GQueue line;             /* of PeerQueue: those with requests and room, as they are served */
  guint max_reads;
  guint reads;
  gboolean serving;
};

/* Reference-counted, as a read may outlast the conversation. */
typedef struct
{
  guint ref_count;
  RedesUploader *uploader; /* NULL once removed */
  RedesRemote *remote;
  GQueue requests; /* Request: they wait */
  GQueue reads;    /* Request: being read from disk */
  gsize read_bytes;
  RedesBudgetHolder holder;
  gsize granted_bytes; /* what the budget has given it for its next block */
  gboolean in_line;
} PeerQueue;

typedef struct
{
  PeerQueue *queue;
  RedesHolding *holding;
  guint32 index;
  gboolean cancelled;
} Request;

static void serve (RedesUploader *self);

static PeerQueue *
peer_queue_ref (PeerQueue *queue)
{
  queue->ref_count++;
  return queue;
}

static void
peer_queue_unref (PeerQueue *queue)
{
  if (--queue->ref_count > 0)
    return;
  redes_remote_unref (queue->remote);
  g_free (queue);
}

static void
request_free (Request *request)
{
  redes_holding_unref (request->holding);
  g_free (request);
}

static const RedesContentId *
request_get_content (const Request *request)
{
  return redes_manifest_get_content (redes_holding_get_manifest (request->holding));
}

static gsize
request_get_length (const Request *request)
{
  return redes_geometry_get_block_length (
      redes_manifest_get_geometry (redes_holding_get_manifest (request->holding)), request->index);
}

static void
peer_queue_remove (gpointer data)
{
  PeerQueue *queue = data;

  if (queue->in_line)
    g_queue_remove (&queue->uploader->line, queue);
  queue->in_line = FALSE;
  redes_budget_leave (queue->uploader->budget, &queue->holder);
  queue->uploader = NULL;
  g_queue_clear_full (&queue->requests, (GDestroyNotify)request_free);
  peer_queue_unref (queue);
}

RedesUploader *
redes_uploader_new (RedesLibrary *library,
                    RedesBlockCache *cache,
                    const RedesClock *clock,
                    guint max_reads)
{
  RedesBudgetLimits limits = { .max_bytes = BUDGET_BYTES,
                               .max_address_bytes = BUDGET_ADDRESS_BYTES,
                               .patience_us = PATIENCE_S * G_USEC_PER_SEC,
                               .least_bytes_per_s = LEAST_BYTES_PER_S,
                               .clock = clock };
  RedesUploader *self = g_new0 (RedesUploader, 1);

  self->library = library;
  self->cache = cache;
  self->clock = clock;
  self->budget = redes_budget_new (&limits);
  self->max_reads = max_reads;
  self->peer_queues = g_hash_table_new_full (NULL, NULL, NULL, peer_queue_remove);
  g_queue_init (&self->line);
  return self;
}

void
redes_uploader_free (RedesUploader *self)
{
  if (self == NULL)
    return;
  /* What one gives back is not for those that go after it. */
  self->serving = TRUE;
  g_hash_table_unref (self->peer_queues);
  redes_budget_unref (self->budget);
  g_free (self);
}

static gboolean
peer_queue_has_room (PeerQueue *queue)
{
  gsize busy = queue->remote->interface->get_queued (queue->remote) + queue->read_bytes;
  Request *next = g_queue_peek_head (&queue->requests);

  if (next == NULL || queue->holder.waiting)
    return FALSE;
  /* While others wait for memory, a queue has one block, or as many small ones as make one. */
  if (redes_budget_is_short (queue->uploader->budget))
    return busy == 0 || busy + request_get_length (next) <= PEER_QUEUE_BYTES / 2;
  return busy + request_get_length (next) <= MAX (PEER_QUEUE_BYTES, 2 * request_get_length (next));
}

/* Gives back what it does not need any more. */
static void
settle_budget (RedesUploader *self, PeerQueue *queue)
{
  gsize held = queue->remote->interface->get_held (queue->remote);

  redes_budget_set (self->budget, &queue->holder, held + queue->read_bytes + queue->granted_bytes,
                    redes_clock_now_us (self->clock));
}

/* Memory for its next block. %FALSE: it stands in the budget's line. */
static gboolean
take_memory (RedesUploader *self, PeerQueue *queue)
{
  gsize length = request_get_length (g_queue_peek_head (&queue->requests));
  gsize granted = queue->granted_bytes;

  queue->granted_bytes = 0;
  if (granted >= length)
    return TRUE;
  if (granted > 0)
    settle_budget (self, queue);
  return redes_budget_ask (self->budget, &queue->holder, length, redes_clock_now_us (self->clock));
}

static void
on_memory (gpointer user_data)
{
  PeerQueue *queue = user_data;
  RedesUploader *self = queue->uploader;

  queue->granted_bytes = queue->holder.wanted_bytes;
  if (queue->in_line)
    g_queue_remove (&self->line, queue);
  /* It has waited for its turn already. */
  queue->in_line = TRUE;
  g_queue_push_head (&self->line, queue);
  serve (self);
}

static void
on_too_slow (gpointer user_data)
{
  PeerQueue *queue = user_data;
  g_autoptr (RedesRemote) remote = redes_remote_ref (queue->remote);
  g_autoptr (GError) error
      = redes_error_new (REDES_NET_ERROR, REDES_NET_ERROR_TIMEOUT, REDES_NOTICE_TAKES_TOO_SLOWLY);

  remote->interface->fail (remote, error);
}

static guint64
get_taken (gpointer user_data)
{
  PeerQueue *queue = user_data;

  return queue->remote->interface->get_taken (queue->remote);
}

static void
line_up (RedesUploader *self, PeerQueue *queue)
{
  if (queue->in_line || !peer_queue_has_room (queue))
    return;
  queue->in_line = TRUE;
  g_queue_push_tail (&self->line, queue);
}

static void
answer (Request *request, GBytes *bytes, const GError *error)
{
  RedesRemote *remote = request->queue->remote;
  RedesManifest *manifest = redes_holding_get_manifest (request->holding);
  RedesBlockHeader header = { .content = *request_get_content (request), .index = request->index };

  if (request->cancelled)
    remote->interface->reject (remote, &header.content, request->index, REDES_REJECT_CANCELLED,
                               "cancelled");
  else if (bytes == NULL)
    {
      g_debug ("block %u: %s", request->index, error->message);
      if (redes_holding_is_file (request->holding) && request->queue->uploader->library != NULL)
        redes_library_doubt (request->queue->uploader->library, request->holding);
      remote->interface->reject (remote, &header.content, request->index, REDES_REJECT_UNREADABLE,
                                 "the file cannot be read any more");
    }
  else if (!redes_holding_get_proof (request->holding, request->index, header.proof))
    remote->interface->reject (remote, &header.content, request->index, REDES_REJECT_NOT_YET,
                               "not here yet");
  else
    {
      header.n_proof = redes_geometry_get_proof_length (redes_manifest_get_geometry (manifest));
      remote->interface->send_block (remote, &header, bytes);
    }
}

static GBytes *
read_block (gpointer data, GError **error)
{
  Request *request = data;

  return redes_holding_read (request->holding, request->index, error);
}

static void
read_cb (GBytes *bytes, const GError *error, gpointer user_data)
{
  Request *request = user_data;
  PeerQueue *queue = request->queue;
  RedesUploader *self = queue->uploader;

  g_queue_remove (&queue->reads, request);
  queue->read_bytes -= request_get_length (request);
  if (self != NULL)
    {
      self->reads--;
      answer (request, bytes, error);
      settle_budget (self, queue);
      line_up (self, queue);
    }
  request_free (request);
  peer_queue_unref (queue);
  if (self != NULL)
    serve (self);
}

static Request *
request_copy (const Request *request)
{
  Request *copy = g_new0 (Request, 1);

  copy->holding = redes_holding_ref (request->holding);
  copy->index = request->index;
  return copy;
}

static void
start_read (RedesUploader *self, PeerQueue *queue)
{
  Request *request = g_queue_pop_head (&queue->requests);

  self->reads++;
  peer_queue_ref (queue);
  queue->read_bytes += request_get_length (request);
  g_queue_push_tail (&queue->reads, request);
  /* The reader works in another thread, and may outlast the request: it has a copy of its own. */
  redes_block_cache_get (self->cache, request_get_content (request), request->index, read_block,
                         request_copy (request), (GDestroyNotify)request_free, read_cb, request);
}

static void
serve (RedesUploader *self)
{
  /* A block that is in the cache comes back from within start_read(). */
  if (self->serving)
    return;
  self->serving = TRUE;
  while (self->reads < self->max_reads && !g_queue_is_empty (&self->line))
    {
      PeerQueue *queue = g_queue_pop_head (&self->line);

      queue->in_line = FALSE;
      if (queue->granted_bytes > 0 && g_queue_is_empty (&queue->requests))
        {
          queue->granted_bytes = 0;
          settle_budget (self, queue);
          continue;
        }
      if ((queue->granted_bytes == 0 && !peer_queue_has_room (queue)) || !take_memory (self, queue))
        continue;
      peer_queue_ref (queue);
      start_read (self, queue);
      if (queue->uploader != NULL)
        line_up (self, queue);
      peer_queue_unref (queue);
    }
  self->serving = FALSE;
}

static PeerQueue *
ensure_peer_queue (RedesUploader *self, RedesRemote *remote)
{
  PeerQueue *queue = g_hash_table_lookup (self->peer_queues, remote);

  if (queue != NULL)
    return queue;
  queue = g_new0 (PeerQueue, 1);
  queue->ref_count = 1;
  queue->uploader = self;
  queue->remote = redes_remote_ref (remote);
  redes_budget_holder_init (&queue->holder, remote->interface->get_host (remote), on_memory,
                            on_too_slow, get_taken, queue);
  g_queue_init (&queue->requests);
  g_queue_init (&queue->reads);
  g_hash_table_insert (self->peer_queues, remote, queue);
  return queue;
}

void
redes_uploader_request (RedesUploader *self,
                        RedesRemote *remote,
                        RedesHolding *holding,
                        guint32 index)
{
  PeerQueue *queue = ensure_peer_queue (self, remote);
  Request *request;

  if (g_queue_get_length (&queue->requests) >= MAX_WAITING_REQUESTS)
    {
      remote->interface->reject (remote,
                                 redes_manifest_get_content (redes_holding_get_manifest (holding)),
                                 index, REDES_REJECT_BUSY, "too many requests wait already");
      return;
    }
  request = g_new0 (Request, 1);
  request->queue = queue;
  request->holding = redes_holding_ref (holding);
  request->index = index;
  g_queue_push_tail (&queue->requests, request);
  line_up (self, queue);
  serve (self);
}

static Request *
find_request (GQueue *queue, const RedesContentId *content, guint32 index)
{
  for (GList *l = queue->head; l != NULL; l = l->next)
    {
      Request *request = l->data;

      if (request->index == index
          && redes_content_id_equal (request_get_content (request), content))
        return request;
    }
  return NULL;
}

void
redes_uploader_cancel (RedesUploader *self,
                       RedesRemote *remote,
                       const RedesContentId *content,
                       guint32 index)
{
  PeerQueue *queue = g_hash_table_lookup (self->peer_queues, remote);
  Request *request;

  if (queue == NULL)
    return;
  request = find_request (&queue->requests, content, index);
  if (request != NULL)
    {
      g_queue_remove (&queue->requests, request);
      remote->interface->reject (remote, content, index, REDES_REJECT_CANCELLED, "cancelled");
      request_free (request);
      return;
    }
  request = find_request (&queue->reads, content, index);
  if (request != NULL)
    request->cancelled = TRUE;
  else if (remote->interface->unsend_block (remote, content, index))
    {
      remote->interface->reject (remote, content, index, REDES_REJECT_CANCELLED, "cancelled");
      settle_budget (self, queue);
    }
}

void
redes_uploader_drained (RedesUploader *self, RedesRemote *remote)
{
  PeerQueue *queue = g_hash_table_lookup (self->peer_queues, remote);

  if (queue == NULL)
    return;
  settle_budget (self, queue);
  line_up (self, queue);
  serve (self);
}

void
redes_uploader_remove (RedesUploader *self, RedesRemote *remote)
{
  PeerQueue *queue = g_hash_table_lookup (self->peer_queues, remote);

  if (queue == NULL)
    return;
  self->reads -= g_queue_get_length (&queue->reads);
  g_hash_table_remove (self->peer_queues, remote);
  /* Its reads are nobody's turn any more: others may have waited for them. */
  serve (self);
}

gboolean
redes_uploader_is_serving (RedesUploader *self, RedesRemote *remote)
{
  PeerQueue *queue = g_hash_table_lookup (self->peer_queues, remote);

  return queue != NULL
         && (!g_queue_is_empty (&queue->requests) || !g_queue_is_empty (&queue->reads)
             || remote->interface->get_queued (remote) > 0);
}
