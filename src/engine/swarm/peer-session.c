/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/peer-session.h"

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/swarm/pending-requests.h"
#include "engine/swarm/protocol-violation.h"
#include "engine/swarm/source.h"

/* The most bytes of a BITFIELD while the file's size is not known (enough for 2 TiB). */
#define UNKNOWN_BITFIELD_BYTES (64u * 1024)
/* Contents that one remote may want to hear of. */
#define MAX_INTERESTS 4096

/* A remote counts as sending when this number of bytes of a block was received. */
#define SIGN_BYTES 4096u

/* The wire knows no content, and names the same limits. */
G_STATIC_ASSERT (REDES_WIRE_MAX_FILE_SIZE == REDES_MAX_FILE_SIZE);
G_STATIC_ASSERT (REDES_WIRE_MAX_BLOCK == REDES_MAX_BLOCK_SIZE);
G_STATIC_ASSERT (REDES_WIRE_MAX_BATCH == REDES_MAX_BATCH);

struct _RedesPeerSession
{
  RedesRemote remote;
  guint ref_count;
  RedesLibrary *library;
  RedesUploader *uploader;
  RedesSignatureMemo *memo;
  const RedesClock *clock;
  const RedesPeerSessionMediator *mediator;
  gpointer user_data;
  RedesChannel *channel;
  gboolean server;
  gboolean ready;
  gboolean closed;
  char *address;
  gint64 gave_us; /* when a block, or enough of one, came last */
  RedesBlockKey coming;
  gsize coming_bytes; /* of that block, at @gave_us */

  GHashTable *sources;   /* RedesContentId -> RedesSource */
  GHashTable *interests; /* RedesContentId: what the remote wants to hear of */
  GHashTable *askers;    /* RedesBlockKey -> RedesBlockAsker: whose answer it is */
  /* How many answers the remote still owes to what it was asked. */
  GHashTable *requests;        /* RedesBlockKey -> count */
  GHashTable *manifests_asked; /* RedesContentId -> count */
  GHashTable *bits_asked;      /* RedesContentId -> count */
  /* Contents that were of interest once: a HAVE may still be on its way. */
  GHashTable *former; /* RedesContentId */
};

RedesRemote *
redes_peer_session_as_remote (RedesPeerSession *self)
{
  return &self->remote;
}

RedesPeerSession *
redes_peer_session_from_remote (RedesRemote *remote)
{
  return (RedesPeerSession *)remote;
}

static GHashTable *
new_content_set (void)
{
  return g_hash_table_new_full (redes_content_id_hash, redes_content_id_equal, g_free, NULL);
}

/* @notice: (transfer full) */
static void
fail_out_of_order (RedesPeerSession *self, RedesNotice *notice)
{
  g_autoptr (GError) error
      = redes_error_new_take (REDES_WIRE_ERROR, REDES_WIRE_ERROR_STATE, notice);

  redes_peer_session_fail (self, error);
}

static void
reject (RedesPeerSession *self,
        const RedesContentId *content,
        guint32 index,
        RedesRejectReason reason,
        const char *words)
{
  RedesMessage message
      = { .type = REDES_MESSAGE_REJECT,
          .reject
          = { .content = *content, .index = index, .reason = (guint8)reason, .words = words } };

  redes_channel_send (self->channel, &message);
}

static void
send_content (RedesPeerSession *self, RedesMessageType type, const RedesContentId *content)
{
  redes_channel_send (self->channel, &(RedesMessage){ .type = type, .content = *content });
}

static void
send_block_message (RedesPeerSession *self,
                    RedesMessageType type,
                    const RedesContentId *content,
                    guint32 index)
{
  RedesMessage message = { .type = type, .key = { .content = *content, .index = index } };

  redes_channel_send (self->channel, &message);
}

/* What the remote asks. */

static void
on_manifest_get (RedesPeerSession *self, const RedesContentId *content)
{
  RedesHolding *holding = redes_library_lookup (self->library, content);
  g_auto (RedesManifestParts) parts = { 0 };

  /* Of a file in a folder that was fetched nobody has signed anything. */
  if (holding == NULL || !redes_manifest_is_signed (redes_holding_get_manifest (holding)))
    {
      reject (self, content, REDES_NO_BLOCK, REDES_REJECT_UNKNOWN, "not shared here");
      return;
    }
  redes_manifest_dup_parts (redes_holding_get_manifest (holding), &parts);
  redes_channel_send (self->channel,
                      &(RedesMessage){ .type = REDES_MESSAGE_MANIFEST, .manifest = parts });
}

static void
on_interest (RedesPeerSession *self, const RedesContentId *content)
{
  RedesHolding *holding = redes_library_lookup (self->library, content);
  const RedesBitfield *blocks;
  g_autoptr (GBytes) bits = NULL;
  RedesMessage message = { .type = REDES_MESSAGE_BITFIELD, .bitfield = { .content = *content } };

  if (holding == NULL)
    {
      reject (self, content, REDES_NO_BLOCK, REDES_REJECT_UNKNOWN, "not shared here");
      return;
    }
  if (g_hash_table_size (self->interests) >= MAX_INTERESTS)
    {
      reject (self, content, REDES_NO_BLOCK, REDES_REJECT_BUSY, "too many files at once");
      return;
    }
  g_hash_table_add (self->interests, redes_content_id_copy (content));
  blocks = redes_holding_get_blocks (holding);
  bits = blocks != NULL ? redes_bitfield_to_bytes (blocks) : g_bytes_new_static ("", 0);
  message.bitfield.bits = bits;
  redes_channel_send (self->channel, &message);
  self->mediator->interested (self, content, self->user_data);
}

static void
on_request (RedesPeerSession *self, const RedesBlockKey *block)
{
  RedesHolding *holding = redes_library_lookup (self->library, &block->content);
  const RedesGeometry *geometry;

  if (holding == NULL)
    {
      reject (self, &block->content, block->index, REDES_REJECT_UNKNOWN, "not shared here");
      return;
    }
  geometry = redes_manifest_get_geometry (redes_holding_get_manifest (holding));
  if (block->index >= redes_geometry_get_n_blocks (geometry))
    {
      g_autoptr (GError) error
          = redes_error_new (REDES_WIRE_ERROR, REDES_WIRE_ERROR_VALUE, REDES_NOTICE_ASKED_BEYOND,
                             block->index, redes_geometry_get_n_blocks (geometry));

      redes_peer_session_fail (self, error);
      return;
    }
  if (!redes_holding_has_block (holding, block->index))
    reject (self, &block->content, block->index, REDES_REJECT_NOT_YET, "not here yet");
  else
    redes_uploader_request (self->uploader, &self->remote, holding, block->index);
}

static void
on_cancel (RedesPeerSession *self, const RedesBlockKey *block)
{
  redes_uploader_cancel (self->uploader, &self->remote, &block->content, block->index);
}

/* It may be a lie: the library bounds what that costs. */
static void
on_wrong (RedesPeerSession *self, const RedesBlockKey *block)
{
  redes_library_complain (self->library, redes_peer_session_get_id (self), &block->content,
                          block->index);
}

/* What it answers. */

/* (nullable): who asked for that block, or with REDES_NO_BLOCK for the manifest; it waits for it no
 * longer. */
static RedesBlockAsker *
take_asker (RedesPeerSession *self, const RedesContentId *content, guint32 index)
{
  RedesBlockKey key = { .content = *content, .index = index };
  RedesBlockAsker *asker = g_hash_table_lookup (self->askers, &key);

  if (asker != NULL)
    g_hash_table_remove (self->askers, &key);
  return asker;
}

static void
on_manifest (RedesPeerSession *self, const RedesManifestParts *parts)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (RedesManifest) manifest = redes_manifest_from_parts (parts, &error);
  RedesBlockAsker *asker;
  RedesSource *source;

  if (manifest == NULL || !redes_manifest_verify (manifest, self->memo, &error))
    {
      g_autoptr (GError) violation = redes_error_new_take (
          REDES_SWARM_ERROR, REDES_SWARM_ERROR_WRONG_MANIFEST, redes_notice_new_of_error (error));

      redes_peer_session_fail (self, violation);
      return;
    }
  if (!redes_pending_requests_take_content (self->manifests_asked,
                                            redes_manifest_get_content (manifest)))
    {
      fail_out_of_order (self, redes_notice_new (REDES_NOTICE_FRAME_NOT_ASKED, "MANIFEST"));
      return;
    }
  asker = take_asker (self, redes_manifest_get_content (manifest), REDES_NO_BLOCK);
  if (asker != NULL)
    {
      asker->manifest (asker, manifest);
      return;
    }
  source = redes_peer_session_get_source (self, redes_manifest_get_content (manifest));
  if (source != NULL)
    redes_source_on_manifest (source, manifest);
}

static void
on_bitfield (RedesPeerSession *self, const RedesWireBitfield *bitfield)
{
  RedesSource *source;

  if (!redes_pending_requests_take_content (self->bits_asked, &bitfield->content))
    {
      fail_out_of_order (self, redes_notice_new (REDES_NOTICE_FRAME_NOT_ASKED, "BITFIELD"));
      return;
    }
  source = redes_peer_session_get_source (self, &bitfield->content);
  if (source != NULL)
    redes_source_on_bitfield (source, bitfield->bits);
}

static void
on_have (RedesPeerSession *self, const RedesBlockKey *block)
{
  RedesSource *source = redes_peer_session_get_source (self, &block->content);

  if (source != NULL)
    redes_source_on_have (source, block->index);
  else if (!g_hash_table_contains (self->former, &block->content))
    fail_out_of_order (self, redes_notice_new (REDES_NOTICE_HAVE_NOT_ASKED));
}

/* (transfer full): in words of our own where we know the reason, for they are in the language of
 * who reads them. */
static RedesNotice *
make_reject_reason (const RedesWireReject *answer)
{
  g_autofree char *printable = NULL;

  switch (answer->reason)
    {
    case REDES_REJECT_UNKNOWN:
      return redes_notice_new (REDES_NOTICE_REJECT_UNKNOWN);
    case REDES_REJECT_UNREADABLE:
      return redes_notice_new (REDES_NOTICE_REJECT_UNREADABLE);
    default:
      printable = redes_text_make_printable (answer->words, 120);
      return redes_notice_new (REDES_NOTICE_REFUSES, printable);
    }
}

static void
on_reject (RedesPeerSession *self, const RedesWireReject *answer)
{
  RedesBlockKey block = { .content = answer->content, .index = answer->index };
  RedesBlockAsker *asker;
  RedesSource *source;

  if (block.index == REDES_NO_BLOCK)
    {
      /* A peer that does not know the content refuses both queries, in the order asked. */
      if (!redes_pending_requests_take_content (self->manifests_asked, &block.content)
          && !redes_pending_requests_take_content (self->bits_asked, &block.content))
        {
          fail_out_of_order (self, redes_notice_new (REDES_NOTICE_REJECT_NOT_ASKED));
          return;
        }
    }
  else if (!redes_pending_requests_take_block (self->requests, &block))
    {
      fail_out_of_order (self, redes_notice_new (REDES_NOTICE_BLOCK_ANSWER_NOT_ASKED, "REJECT"));
      return;
    }
  asker = take_asker (self, &block.content, block.index);
  if (asker != NULL)
    {
      g_autoptr (RedesNotice) notice = make_reject_reason (answer);

      asker->rejected (asker, &block.content, block.index, answer->reason, notice);
      return;
    }
  source = redes_peer_session_get_source (self, &block.content);
  if (source != NULL)
    {
      g_autoptr (RedesNotice) notice = make_reject_reason (answer);

      redes_source_on_reject (source, block.index, answer->reason, notice);
    }
}

static void
on_block (RedesPeerSession *self, const RedesWireBlock *block)
{
  const RedesBlockHeader *header = &block->header;
  RedesBlockKey key = { .content = header->content, .index = header->index };
  RedesBlockAsker *asker;
  RedesSource *source;

  if (!redes_pending_requests_take_block (self->requests, &key))
    {
      fail_out_of_order (self, redes_notice_new (REDES_NOTICE_BLOCK_ANSWER_NOT_ASKED, "BLOCK"));
      return;
    }
  self->gave_us = redes_clock_now_us (self->clock);
  asker = take_asker (self, &key.content, key.index);
  if (asker != NULL)
    {
      asker->block (asker, header, block->data);
      return;
    }
  source = redes_peer_session_get_source (self, &key.content);
  if (source != NULL)
    redes_source_on_block (source, header, block->data);
}

/* How long the BITFIELD of @content may be. */
static gsize
get_bitfield_limit (RedesPeerSession *self, const RedesContentId *content)
{
  RedesSource *source = redes_peer_session_get_source (self, content);
  const RedesGeometry *known = source != NULL ? redes_source_get_geometry (source) : NULL;
  RedesGeometry geometry = { .file_size = content->size_bytes,
                             .block_size = redes_block_size_for (content->size_bytes) };

  if (source == NULL)
    return UNKNOWN_BITFIELD_BYTES;
  if (known != NULL)
    geometry = *known;
  return redes_message_get_max_bitfield (redes_geometry_get_n_blocks (&geometry));
}

static gsize
get_longest_bitfield (RedesPeerSession *self)
{
  gsize limit = 0;
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->bits_asked);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    limit = MAX (limit, get_bitfield_limit (self, key));
  return limit;
}

/* Before memory is set aside for a message: only answers that are owed may come. */
static gsize
on_limit (RedesChannel *channel, guint8 type, gpointer user_data)
{
  RedesPeerSession *self = user_data;
  gboolean is_owed;

  switch (type)
    {
    case REDES_MESSAGE_MANIFEST:
      is_owed = g_hash_table_size (self->manifests_asked) > 0;
      break;
    case REDES_MESSAGE_BITFIELD:
      return get_longest_bitfield (self);
    case REDES_MESSAGE_HAVE:
      is_owed = g_hash_table_size (self->sources) > 0 || g_hash_table_size (self->former) > 0;
      break;
    case REDES_MESSAGE_BLOCK:
      is_owed = g_hash_table_size (self->requests) > 0;
      break;
    case REDES_MESSAGE_REJECT:
      is_owed = g_hash_table_size (self->requests) > 0
                || g_hash_table_size (self->manifests_asked) > 0
                || g_hash_table_size (self->bits_asked) > 0;
      break;
    case REDES_MESSAGE_PEER_RESULTS:
    case REDES_MESSAGE_FOUND:
    case REDES_MESSAGE_SHARES:
    case REDES_MESSAGE_PEERS_MET:
    case REDES_MESSAGE_REFUSE:
      return self->mediator->get_query_limit (self, type, self->user_data);
    default:
      is_owed = TRUE;
      break;
    }
  return is_owed ? G_MAXSIZE : 0;
}

/* Whether a message says that a session is of use to anybody: not that its remote is still there.
 */
static gboolean
is_activity (RedesMessageType type)
{
  return type != REDES_MESSAGE_PONG && type != REDES_MESSAGE_NO_INTEREST
         && type != REDES_MESSAGE_CANCEL;
}

static void
on_message (RedesChannel *channel, RedesMessage *message, gpointer user_data)
{
  g_autoptr (RedesPeerSession) self = redes_peer_session_ref (user_data);

  if (is_activity (message->type))
    self->mediator->active (self, self->user_data);
  switch (message->type)
    {
    case REDES_MESSAGE_MANIFEST_GET:
      on_manifest_get (self, &message->content);
      break;
    case REDES_MESSAGE_INTEREST:
      on_interest (self, &message->content);
      break;
    case REDES_MESSAGE_NO_INTEREST:
      g_hash_table_remove (self->interests, &message->content);
      break;
    case REDES_MESSAGE_REQUEST:
      on_request (self, &message->key);
      break;
    case REDES_MESSAGE_CANCEL:
      on_cancel (self, &message->key);
      break;
    case REDES_MESSAGE_MANIFEST:
      on_manifest (self, &message->manifest);
      break;
    case REDES_MESSAGE_BITFIELD:
      on_bitfield (self, &message->bitfield);
      break;
    case REDES_MESSAGE_HAVE:
      on_have (self, &message->key);
      break;
    case REDES_MESSAGE_REJECT:
      on_reject (self, &message->reject);
      break;
    case REDES_MESSAGE_BLOCK:
      on_block (self, &message->block);
      break;
    case REDES_MESSAGE_WRONG:
      on_wrong (self, &message->key);
      break;
    default:
      self->mediator->query (self, message, self->user_data);
      break;
    }
}

static void
note_address (RedesPeerSession *self)
{
  g_free (self->address);
  self->address = redes_text_format_address (redes_channel_get_host (self->channel),
                                             redes_peer_session_get_port (self));
}

static void
on_ready (RedesChannel *channel, gpointer user_data)
{
  g_autoptr (RedesPeerSession) self = redes_peer_session_ref (user_data);

  self->ready = TRUE;
  note_address (self);
  self->mediator->ready (self, self->user_data);
}

static void
on_drained (RedesChannel *channel, gpointer user_data)
{
  RedesPeerSession *self = user_data;

  redes_uploader_drained (self->uploader, &self->remote);
}

static void
on_sent (RedesChannel *channel, gpointer user_data)
{
  RedesPeerSession *self = user_data;

  self->mediator->active (self, self->user_data);
  redes_uploader_drained (self->uploader, &self->remote);
}

static void
on_closed (RedesChannel *channel, const GError *error, gpointer user_data)
{
  g_autoptr (RedesPeerSession) self = redes_peer_session_ref (user_data);

  redes_peer_session_fail (self, error);
}

RedesPeerSession *
redes_peer_session_ref (RedesPeerSession *self)
{
  self->ref_count++;
  return self;
}

void
redes_peer_session_unref (RedesPeerSession *self)
{
  if (--self->ref_count > 0)
    return;
  redes_channel_close (self->channel);
  redes_channel_unref (self->channel);
  g_hash_table_unref (self->sources);
  g_hash_table_unref (self->askers);
  g_hash_table_unref (self->interests);
  g_hash_table_unref (self->requests);
  g_hash_table_unref (self->manifests_asked);
  g_hash_table_unref (self->bits_asked);
  g_hash_table_unref (self->former);
  g_free (self->address);
  g_free (self);
}

gboolean
redes_peer_session_is_server (RedesPeerSession *self)
{
  return self->server;
}

gboolean
redes_peer_session_is_ready (RedesPeerSession *self)
{
  return self->ready && !self->closed;
}

gboolean
redes_peer_session_is_closed (RedesPeerSession *self)
{
  return self->closed;
}

const RedesPeerId *
redes_peer_session_get_id (RedesPeerSession *self)
{
  return redes_channel_get_remote_id (self->channel);
}

const char *
redes_peer_session_get_nickname (RedesPeerSession *self)
{
  const RedesHello *hello = redes_channel_get_hello (self->channel);

  return hello != NULL ? hello->nickname : "";
}

guint16
redes_peer_session_get_port (RedesPeerSession *self)
{
  const RedesHello *hello = redes_channel_get_hello (self->channel);

  return hello != NULL && hello->port != 0 ? hello->port : redes_channel_get_port (self->channel);
}

const char *
redes_peer_session_get_address (RedesPeerSession *self)
{
  return self->address;
}

RedesChannel *
redes_peer_session_get_channel (RedesPeerSession *self)
{
  return self->channel;
}

void
redes_peer_session_close (RedesPeerSession *self)
{
  if (self->closed)
    return;
  self->closed = TRUE;
  self->mediator->ending (self, self->user_data);
  redes_channel_close (self->channel);
}

void
redes_peer_session_fail (RedesPeerSession *self, const GError *error)
{
  g_autoptr (RedesPeerSession) guard = redes_peer_session_ref (self);

  if (self->closed)
    return;
  redes_peer_session_close (self);
  self->mediator->closed (self, error, self->user_data);
}

gboolean
redes_peer_session_is_idle (RedesPeerSession *self)
{
  return g_hash_table_size (self->sources) == 0 && g_hash_table_size (self->askers) == 0
         && g_hash_table_size (self->requests) == 0 && g_hash_table_size (self->interests) == 0
         && !redes_uploader_is_serving (self->uploader, &self->remote);
}

RedesSource *
redes_peer_session_get_source (RedesPeerSession *self, const RedesContentId *content)
{
  return g_hash_table_lookup (self->sources, content);
}

void
redes_peer_session_send_have (RedesPeerSession *self, const RedesContentId *content, guint32 index)
{
  send_block_message (self, REDES_MESSAGE_HAVE, content, index);
}

gboolean
redes_peer_session_is_interested (RedesPeerSession *self, const RedesContentId *content)
{
  return g_hash_table_contains (self->interests, content);
}

/* What sources and uploader ask of it. */

static RedesRemote *
remote_ref (RedesRemote *remote)
{
  redes_peer_session_ref (redes_peer_session_from_remote (remote));
  return remote;
}

static void
remote_unref (RedesRemote *remote)
{
  redes_peer_session_unref (redes_peer_session_from_remote (remote));
}

static const RedesPeerId *
remote_get_id (RedesRemote *remote)
{
  return redes_peer_session_get_id (redes_peer_session_from_remote (remote));
}

static const char *
remote_get_nickname (RedesRemote *remote)
{
  return redes_peer_session_get_nickname (redes_peer_session_from_remote (remote));
}

static const char *
remote_get_host (RedesRemote *remote)
{
  return redes_channel_get_host (redes_peer_session_from_remote (remote)->channel);
}

static const char *
remote_get_address (RedesRemote *remote)
{
  return redes_peer_session_get_address (redes_peer_session_from_remote (remote));
}

static gboolean
remote_is_listening (RedesRemote *remote)
{
  const RedesHello *hello
      = redes_channel_get_hello (redes_peer_session_from_remote (remote)->channel);

  return hello != NULL && hello->port != 0;
}

static gboolean
remote_is_closed (RedesRemote *remote)
{
  return redes_peer_session_from_remote (remote)->closed;
}

static void
remote_fail (RedesRemote *remote, const GError *error)
{
  redes_peer_session_fail (redes_peer_session_from_remote (remote), error);
}

static void
remote_attach (RedesRemote *remote, const RedesContentId *content, RedesSource *source)
{
  RedesPeerSession *self = redes_peer_session_from_remote (remote);

  g_hash_table_insert (self->sources, redes_content_id_copy (content), source);
  redes_pending_requests_add_content (self->bits_asked, content);
  send_content (self, REDES_MESSAGE_INTEREST, content);
}

static void
remote_detach (RedesRemote *remote, const RedesContentId *content)
{
  RedesPeerSession *self = redes_peer_session_from_remote (remote);

  if (!g_hash_table_remove (self->sources, content) || self->closed)
    return;
  g_hash_table_add (self->former, redes_content_id_copy (content));
  send_content (self, REDES_MESSAGE_NO_INTEREST, content);
}

static void
remote_ask_manifest (RedesRemote *remote, const RedesContentId *content)
{
  RedesPeerSession *self = redes_peer_session_from_remote (remote);

  redes_pending_requests_add_content (self->manifests_asked, content);
  send_content (self, REDES_MESSAGE_MANIFEST_GET, content);
}

static void
remote_request (RedesRemote *remote, const RedesContentId *content, guint32 index, guint32 length)
{
  RedesPeerSession *self = redes_peer_session_from_remote (remote);
  RedesBlockKey key = { .content = *content, .index = index };

  redes_pending_requests_add_block (self->requests, &key);
  redes_channel_raise_max_block (self->channel, length);
  send_block_message (self, REDES_MESSAGE_REQUEST, content, index);
}

static void
remote_cancel (RedesRemote *remote, const RedesContentId *content, guint32 index)
{
  send_block_message (redes_peer_session_from_remote (remote), REDES_MESSAGE_CANCEL, content,
                      index);
}

static gboolean
remote_ask (RedesRemote *remote,
            RedesBlockAsker *asker,
            const RedesContentId *content,
            guint32 index,
            guint32 length)
{
  RedesPeerSession *self = redes_peer_session_from_remote (remote);
  RedesBlockKey key = { .content = *content, .index = index };

  if (g_hash_table_contains (self->askers, &key))
    return FALSE;
  g_hash_table_insert (self->askers, g_memdup2 (&key, sizeof key), asker);
  if (index == REDES_NO_BLOCK)
    remote_ask_manifest (remote, content);
  else
    remote_request (remote, content, index, length);
  return TRUE;
}

static gboolean
is_of_asker (gpointer key, gpointer value, gpointer asker)
{
  return value == asker;
}

static void
remote_forget (RedesRemote *remote, RedesBlockAsker *asker)
{
  g_hash_table_foreach_remove (redes_peer_session_from_remote (remote)->askers, is_of_asker, asker);
}

static void
remote_complain (RedesRemote *remote, const RedesContentId *content, guint32 index)
{
  send_block_message (redes_peer_session_from_remote (remote), REDES_MESSAGE_WRONG, content, index);
}

static gint64
remote_get_silence_us (RedesRemote *remote, gint64 now_us)
{
  RedesPeerSession *self = redes_peer_session_from_remote (remote);
  RedesBlockKey key = { 0 };
  gsize bytes = redes_channel_get_block_progress (self->channel, &key.content, &key.index);

  if (bytes > 0 && g_hash_table_contains (self->requests, &key))
    {
      if (key.index != self->coming.index
          || !redes_digest_equal (&key.content, &self->coming.content)
          || bytes < self->coming_bytes)
        self->coming_bytes = 0;
      self->coming = key;
      if (bytes >= self->coming_bytes + SIGN_BYTES)
        {
          self->coming_bytes = bytes;
          self->gave_us = now_us;
        }
    }
  return MAX (now_us - self->gave_us, 0);
}

static void
remote_forgive_silence (RedesRemote *remote, gint64 now_us)
{
  redes_peer_session_from_remote (remote)->gave_us = now_us;
}

static gint64
remote_get_quiet_us (RedesRemote *remote, gint64 now_us)
{
  return now_us
         - redes_channel_get_last_received_us (redes_peer_session_from_remote (remote)->channel);
}

static gboolean
remote_is_held_back (RedesRemote *remote)
{
  return redes_channel_is_held_back (redes_peer_session_from_remote (remote)->channel);
}

static gsize
remote_get_block_progress (RedesRemote *remote, RedesContentId *content, guint32 *index)
{
  return redes_channel_get_block_progress (redes_peer_session_from_remote (remote)->channel,
                                           content, index);
}

static void
remote_reject (RedesRemote *remote,
               const RedesContentId *content,
               guint32 index,
               RedesRejectReason reason,
               const char *words)
{
  reject (redes_peer_session_from_remote (remote), content, index, reason, words);
}

static void
remote_send_block (RedesRemote *remote, const RedesBlockHeader *header, GBytes *data)
{
  redes_channel_send_block (redes_peer_session_from_remote (remote)->channel, header, data);
}

static gboolean
remote_unsend_block (RedesRemote *remote, const RedesContentId *content, guint32 index)
{
  return redes_channel_unsend_block (redes_peer_session_from_remote (remote)->channel, content,
                                     index);
}

static gsize
remote_get_queued (RedesRemote *remote)
{
  return redes_channel_get_queued (redes_peer_session_from_remote (remote)->channel);
}

static gsize
remote_get_held (RedesRemote *remote)
{
  return redes_channel_get_held (redes_peer_session_from_remote (remote)->channel);
}

static guint64
remote_get_taken (RedesRemote *remote)
{
  return redes_channel_get_taken (redes_peer_session_from_remote (remote)->channel);
}

static const RedesRemoteInterface remote_interface = {
  .ref = remote_ref,
  .unref = remote_unref,
  .get_id = remote_get_id,
  .get_nickname = remote_get_nickname,
  .get_host = remote_get_host,
  .get_address = remote_get_address,
  .is_listening = remote_is_listening,
  .is_closed = remote_is_closed,
  .fail = remote_fail,
  .attach = remote_attach,
  .detach = remote_detach,
  .ask_manifest = remote_ask_manifest,
  .request = remote_request,
  .cancel = remote_cancel,
  .ask = remote_ask,
  .forget = remote_forget,
  .complain = remote_complain,
  .get_silence_us = remote_get_silence_us,
  .forgive_silence = remote_forgive_silence,
  .get_quiet_us = remote_get_quiet_us,
  .is_held_back = remote_is_held_back,
  .get_block_progress = remote_get_block_progress,
  .reject = remote_reject,
  .send_block = remote_send_block,
  .unsend_block = remote_unsend_block,
  .get_queued = remote_get_queued,
  .get_held = remote_get_held,
  .get_taken = remote_get_taken,
};

RedesPeerSession *
redes_peer_session_new (const RedesPeerSessionParams *params,
                        GSocketConnection *connection,
                        gboolean server,
                        const RedesPeerId *expected)
{
  static const RedesChannelEvents events = { .ready = on_ready,
                                             .message = on_message,
                                             .limit = on_limit,
                                             .drained = on_drained,
                                             .sent = on_sent,
                                             .closed = on_closed };
  RedesPeerSession *self = g_new0 (RedesPeerSession, 1);
  RedesChannelParams channel = { .clock = params->clock,
                                 .identity = params->identity,
                                 .hello = params->hello,
                                 .link = REDES_LINK_PEER,
                                 .server = server,
                                 .expected = expected,
                                 .up = params->up,
                                 .down = params->down,
                                 .receive = params->receive };

  self->remote.interface = &remote_interface;
  self->ref_count = 1;
  self->library = params->library;
  self->uploader = params->uploader;
  self->memo = params->memo;
  self->clock = params->clock;
  self->mediator = params->mediator;
  self->user_data = params->user_data;
  self->server = server;
  self->sources
      = g_hash_table_new_full (redes_content_id_hash, redes_content_id_equal, g_free, NULL);
  self->askers = redes_pending_requests_new_blocks ();
  self->interests = new_content_set ();
  self->manifests_asked = redes_pending_requests_new_contents ();
  self->bits_asked = redes_pending_requests_new_contents ();
  self->former = new_content_set ();
  self->requests = redes_pending_requests_new_blocks ();
  self->channel = redes_channel_new (connection, &channel, &events, self);
  note_address (self);
  return self;
}
