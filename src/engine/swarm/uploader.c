/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/uploader.h"

#include "engine/swarm/peer-session.h"

#define MAX_WAITING_REQUESTS 1024
#define LANE_BYTES (512u * 1024)

struct _RedesUploader
{
  RedesLibrary *library;
  RedesBlockCache *cache;
  GHashTable *peer_queues; /* RedesPeerSession -> Lane */
  GQueue line;             /* lanes that have requests and room, in the order of their turns */
  guint max_reads;
  guint reads;
  gboolean serving;
};

/* Reference-counted, as a read may outlast its session. */
typedef struct
{
  guint ref_count;
  RedesUploader *uploader; /* NULL once removed */
  RedesPeerSession *session;
  GQueue requests; /* Request: they wait */
  GQueue reads;    /* Request: being read from disk */
  gsize read_bytes;
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
  redes_peer_session_unref (queue->session);
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
  queue->uploader = NULL;
  g_queue_clear_full (&queue->requests, (GDestroyNotify)request_free);
  peer_queue_unref (queue);
}

RedesUploader *
redes_uploader_new (RedesLibrary *library, RedesBlockCache *cache, guint max_reads)
{
  RedesUploader *self = g_new0 (RedesUploader, 1);

  self->library = library;
  self->cache = cache;
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
  g_hash_table_unref (self->peer_queues);
  g_free (self);
}

static gboolean
peer_queue_has_room (PeerQueue *queue)
{
  gsize busy = redes_channel_get_queued (redes_peer_session_get_channel (queue->session))
               + queue->read_bytes;
  Request *next = g_queue_peek_head (&queue->requests);

  return next != NULL
         && busy + request_get_length (next) <= MAX (LANE_BYTES, 2 * request_get_length (next));
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
  RedesPeerSession *session = request->queue->session;
  RedesManifest *manifest = redes_holding_get_manifest (request->holding);
  RedesBlockHeader header = { .content = *request_get_content (request), .index = request->index };

  if (request->cancelled)
    redes_peer_session_reject (session, &header.content, request->index, REDES_REJECT_CANCELLED,
                               "cancelled");
  else if (bytes == NULL)
    {
      g_debug ("block %u: %s", request->index, error->message);
      if (redes_holding_is_file (request->holding))
        redes_library_doubt (request->queue->uploader->library, request->holding);
      redes_peer_session_reject (session, &header.content, request->index, REDES_REJECT_UNREADABLE,
                                 "the file cannot be read any more");
    }
  else if (!redes_holding_get_proof (request->holding, request->index, header.proof))
    redes_peer_session_reject (session, &header.content, request->index, REDES_REJECT_NOT_YET,
                               "not here yet");
  else
    {
      header.n_proof = redes_geometry_get_proof_length (redes_manifest_get_geometry (manifest));
      redes_channel_send_block (redes_peer_session_get_channel (session), &header, bytes);
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
      if (!peer_queue_has_room (queue))
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
ensure_peer_queue (RedesUploader *self, RedesPeerSession *session)
{
  PeerQueue *queue = g_hash_table_lookup (self->peer_queues, session);

  if (queue != NULL)
    return queue;
  queue = g_new0 (PeerQueue, 1);
  queue->ref_count = 1;
  queue->uploader = self;
  queue->session = redes_peer_session_ref (session);
  g_queue_init (&queue->requests);
  g_queue_init (&queue->reads);
  g_hash_table_insert (self->peer_queues, session, queue);
  return queue;
}

void
redes_uploader_request (RedesUploader *self,
                        RedesPeerSession *session,
                        RedesHolding *holding,
                        guint32 index)
{
  PeerQueue *queue = ensure_peer_queue (self, session);
  Request *request;

  if (g_queue_get_length (&queue->requests) >= MAX_WAITING_REQUESTS)
    {
      redes_peer_session_reject (session,
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
                       RedesPeerSession *session,
                       const RedesContentId *content,
                       guint32 index)
{
  PeerQueue *queue = g_hash_table_lookup (self->peer_queues, session);
  Request *request;

  if (queue == NULL)
    return;
  request = find_request (&queue->requests, content, index);
  if (request != NULL)
    {
      g_queue_remove (&queue->requests, request);
      redes_peer_session_reject (session, content, index, REDES_REJECT_CANCELLED, "cancelled");
      request_free (request);
      return;
    }
  request = find_request (&queue->reads, content, index);
  if (request != NULL)
    request->cancelled = TRUE;
  else if (redes_channel_unsend_block (redes_peer_session_get_channel (session), content, index))
    redes_peer_session_reject (session, content, index, REDES_REJECT_CANCELLED, "cancelled");
}

void
redes_uploader_drained (RedesUploader *self, RedesPeerSession *session)
{
  PeerQueue *queue = g_hash_table_lookup (self->peer_queues, session);

  if (queue == NULL)
    return;
  line_up (self, queue);
  serve (self);
}

void
redes_uploader_remove (RedesUploader *self, RedesPeerSession *session)
{
  PeerQueue *queue = g_hash_table_lookup (self->peer_queues, session);

  if (queue == NULL)
    return;
  self->reads -= g_queue_get_length (&queue->reads);
  g_hash_table_remove (self->peer_queues, session);
  /* Its reads are nobody's turn any more: others may have waited for them. */
  serve (self);
}

gboolean
redes_uploader_is_serving (RedesUploader *self, RedesPeerSession *session)
{
  PeerQueue *queue = g_hash_table_lookup (self->peer_queues, session);

  return queue != NULL
         && (!g_queue_is_empty (&queue->requests) || !g_queue_is_empty (&queue->reads)
             || redes_channel_get_queued (redes_peer_session_get_channel (session)) > 0);
}
