/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/swarm.h"

#include "engine/base/error.h"
#include "engine/base/timer.h"
#include "engine/base/token-bucket.h"
#include "engine/net/admission.h"
#include "engine/net/endpoint.h"
#include "engine/swarm/ban-list.h"
#include "engine/swarm/dialer.h"
#include "engine/swarm/fetched-restore.h"
#include "engine/swarm/uploader.h"

/* Sessions that this peer made; those that others made are counted apart, so that strangers cannot
 * take the places that its own downloads need. */
#define MAX_OUTBOUND 256u
#define MAX_INBOUND 384u
#define MAX_INBOUND_PER_ADDRESS 64u
/* Many peers of one machine come from one address. */
#define MAX_INBOUND_PER_LOOPBACK_ADDRESS 320u
/* Whoever asked or was served within this time keeps its place against newcomers. */
#define KEEP_INBOUND_S 10
#define MAX_HALF_OPEN 128u
#define MAX_HALF_OPEN_PER_ADDRESS 16u
#define MAX_HALF_OPEN_PER_LOOPBACK_ADDRESS 96u
/* Connections of one kind take at most this part of the descriptors that the process may open: one
 * half, one quarter. */
#define INBOUND_PART 2u
#define HALF_OPEN_PART 4u
/* Memory for messages that have not come whole. An answer may be as long as the longest block,
 * which has 4 MiB. */
#define RECEIVE_BYTES (32u * 1024 * 1024)
#define RECEIVE_ADDRESS_BYTES (RECEIVE_BYTES / 2)
#define RECEIVE_PATIENCE_S 10
#define RECEIVE_LEAST_BYTES_PER_S 4096u
#define RECEIVE_LEAST_ALONE_BYTES_PER_S 256u
#define MAX_ACTIVE_DOWNLOADS 48u
#define MAX_READS 4u
/* Verified and written blocks lag behind the sockets by no more than this. */
#define UNWRITTEN_HIGH_BYTES (8 * 1024 * 1024)
#define UNWRITTEN_LOW_BYTES (4 * 1024 * 1024)
#define SWEEP_S 30
#define DIAL_TIMEOUT_S 10
#define MEMO_ENTRIES 4096
/* Queries for sources that are not due yet, by all downloads together; as many at once. */
#define HURRIED_PER_S 4.0
/* Reports of violations: never a flood, whatever a remote does. */
#define REPORTS_PER_S 50.0

/**
 * RedesSwarm:
 * @ref_count: downloads hold it, too: their jobs may outlast its end
 * @ended: all that is borrowed may be gone
 * @sessions: RedesPeerId -> RedesPeerSession: ready ones
 * @unknown: RedesPeerSession: HELLO has not come yet
 * @half_open: those of @unknown that others made
 * @inbound: those of @sessions that others made
 * @receive: memory for messages that have not come whole yet
 * @downloads: RedesContentId -> RedesDownload
 * @folders: RedesContentId -> RedesFolderDownload
 * @listings: the same, of those that only list a folder: beside a download of it, for they end
 * apart
 * @queue: RedesDownload: not started
 * @active: RedesDownload: has one of the places
 * @hurry: downloads that may ask for sources sooner than usual
 * @unwritten_bytes: that wait to be verified and written: above a limit no session is read from
 * @paused: whether @unwritten_bytes is above that limit
 * @reports: of violations
 */
struct _RedesSwarm
{
  guint ref_count;
  RedesSwarmEvents events;
  gpointer user_data;
  gboolean ended;

  RedesIdentity *identity;
  RedesLibrary *library;
  RedesBlockCache *cache;
  RedesWorkers *workers;
  RedesStore *store; /* nullable */
  const RedesClock *clock;
  RedesHello *hello;
  char *listen_host; /* nullable */
  gboolean keeps_partial_files;
  guint patience_s;
  guint64 max_folder_entries;
  RedesThrottle *up;
  RedesThrottle *down;
  RedesUploader *uploader;
  RedesSignatureMemo *memo;
  RedesBanList *ban_list;
  RedesDialer *dialer;
  RedesPeerRpc *rpc;

  GHashTable *sessions;
  GHashTable *unknown;
  RedesAdmission *half_open;
  RedesAdmission *inbound;
  RedesBudget *receive;
  GHashTable *downloads;
  GHashTable *folders;
  GHashTable *listings;
  GQueue queue;
  GHashTable *active;
  GSource *start_source;
  GSource *sweep_timer;
  RedesTokenBucket hurry;
  gssize unwritten_bytes;
  gboolean paused;
  RedesTokenBucket reports;
};

static const RedesPeerSessionMediator session_mediator;
static const RedesDialerMediator dialer_mediator;
static const RedesPeerRpcMediator rpc_mediator;
static const RedesDownloadMediator download_mediator;
static const RedesFolderDownloadMediator folder_mediator;
static const RedesFolderOfferMediator offer_mediator;

static gint64
get_now_us (RedesSwarm *self)
{
  return redes_clock_now_us (self->clock);
}

static void
make_places (RedesSwarm *self)
{
  RedesAdmissionLimits half_open = { .max = redes_admission_scale (MAX_HALF_OPEN, HALF_OPEN_PART),
                                     .max_per_address = MAX_HALF_OPEN_PER_ADDRESS,
                                     .max_per_loopback_address = MAX_HALF_OPEN_PER_LOOPBACK_ADDRESS,
                                     .rate = REDES_HANDSHAKE_RATE,
                                     .loopback_rate = REDES_LOOPBACK_HANDSHAKE_RATE };
  RedesAdmissionLimits inbound = { .max = redes_admission_scale (MAX_INBOUND, INBOUND_PART),
                                   .max_per_address = MAX_INBOUND_PER_ADDRESS,
                                   .max_per_loopback_address = MAX_INBOUND_PER_LOOPBACK_ADDRESS,
                                   .keep_us = KEEP_INBOUND_S * G_USEC_PER_SEC };
  RedesBudgetLimits receive = { .max_bytes = RECEIVE_BYTES,
                                .max_address_bytes = RECEIVE_ADDRESS_BYTES,
                                .patience_us = RECEIVE_PATIENCE_S * G_USEC_PER_SEC,
                                .least_bytes_per_s = RECEIVE_LEAST_BYTES_PER_S,
                                .least_alone_bytes_per_s = RECEIVE_LEAST_ALONE_BYTES_PER_S,
                                .clock = self->clock };

  self->half_open = redes_admission_new (&half_open);
  self->inbound = redes_admission_new (&inbound);
  self->receive = redes_budget_new (&receive);
}

RedesSwarm *
redes_swarm_new (const RedesSwarmParams *params, const RedesSwarmEvents *events, gpointer user_data)
{
  RedesSwarm *self = g_new0 (RedesSwarm, 1);

  self->ref_count = 1;
  self->events = *events;
  self->user_data = user_data;
  self->identity = redes_identity_ref (params->identity);
  self->library = params->library;
  self->cache = params->cache;
  self->workers = params->workers;
  self->store = params->store;
  self->clock = params->clock != NULL ? params->clock : redes_clock_get_system ();
  self->listen_host = g_strdup (params->listen_host);
  self->hello = redes_hello_new (params->nickname, params->port);
  self->keeps_partial_files = params->keeps_partial_files && params->store == NULL;
  self->patience_s = params->patience_s;
  self->max_folder_entries = params->max_folder_entries;
  self->up = redes_throttle_new (params->max_up_bytes_per_s, self->clock);
  self->down = redes_throttle_new (params->max_down_bytes_per_s, self->clock);
  self->uploader = redes_uploader_new (self->library, self->cache, self->clock, MAX_READS);
  self->memo = redes_signature_memo_new (MEMO_ENTRIES);
  self->ban_list = redes_ban_list_new ();
  self->sessions = g_hash_table_new_full (redes_digest_hash, redes_digest_equal, g_free,
                                          (GDestroyNotify)redes_peer_session_unref);
  self->unknown
      = g_hash_table_new_full (NULL, NULL, (GDestroyNotify)redes_peer_session_unref, NULL);
  make_places (self);
  self->dialer = redes_dialer_new (&dialer_mediator, self->clock, self);
  self->rpc = redes_peer_rpc_new (&rpc_mediator, self->clock, self);
  self->downloads = g_hash_table_new_full (redes_content_id_hash, redes_content_id_equal, NULL,
                                           (GDestroyNotify)redes_download_unref);
  self->folders = g_hash_table_new_full (redes_content_id_hash, redes_content_id_equal, NULL,
                                         (GDestroyNotify)redes_folder_download_unref);
  self->listings = g_hash_table_new_full (redes_content_id_hash, redes_content_id_equal, NULL,
                                          (GDestroyNotify)redes_folder_download_unref);
  g_queue_init (&self->queue);
  self->active = g_hash_table_new (NULL, NULL);
  redes_token_bucket_init (&self->hurry, HURRIED_PER_S, HURRIED_PER_S, get_now_us (self));
  redes_token_bucket_init (&self->reports, REPORTS_PER_S, REPORTS_PER_S, get_now_us (self));
  return self;
}

static void
swarm_unref (RedesSwarm *self)
{
  if (--self->ref_count > 0)
    return;
  redes_identity_unref (self->identity);
  redes_hello_free (self->hello);
  g_free (self->listen_host);
  redes_signature_memo_free (self->memo);
  redes_ban_list_free (self->ban_list);
  redes_throttle_unref (self->up);
  redes_throttle_unref (self->down);
  g_hash_table_unref (self->sessions);
  g_hash_table_unref (self->unknown);
  redes_admission_free (self->half_open);
  redes_admission_free (self->inbound);
  redes_budget_unref (self->receive);
  g_hash_table_unref (self->downloads);
  g_hash_table_unref (self->folders);
  g_hash_table_unref (self->listings);
  g_hash_table_unref (self->active);
  g_free (self);
}

static GPtrArray *list_folders (RedesSwarm *self);

void
redes_swarm_free (RedesSwarm *self)
{
  g_autoptr (GPtrArray) folders = NULL;
  GHashTableIter iter;
  gpointer value;

  if (self == NULL)
    return;
  self->ended = TRUE;
  self->events = (RedesSwarmEvents){ 0 };
  redes_timer_clear (&self->start_source);
  redes_timer_clear (&self->sweep_timer);
  g_queue_clear (&self->queue);

  g_hash_table_iter_init (&iter, self->downloads);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    redes_download_abandon (value);
  folders = list_folders (self);
  for (guint i = 0; i < folders->len; i++)
    redes_folder_download_abandon (folders->pdata[i]);
  g_clear_pointer (&self->dialer, redes_dialer_free);
  g_clear_pointer (&self->rpc, redes_peer_rpc_free);
  g_hash_table_iter_init (&iter, self->sessions);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    redes_peer_session_close (value);
  g_hash_table_iter_init (&iter, self->unknown);
  while (g_hash_table_iter_next (&iter, &value, NULL))
    redes_peer_session_close (value);
  g_clear_pointer (&self->uploader, redes_uploader_free);
  g_hash_table_remove_all (self->sessions);
  g_hash_table_remove_all (self->unknown);
  g_hash_table_remove_all (self->downloads);
  g_hash_table_remove_all (self->folders);
  g_hash_table_remove_all (self->listings);
  swarm_unref (self);
}

/* Sessions. */

static RedesPeerSession *
take_connection (RedesSwarm *self,
                 GSocketConnection *connection,
                 gboolean server,
                 const RedesPeerId *expected)
{
  RedesPeerSessionParams params = { .identity = self->identity,
                                    .hello = self->hello,
                                    .up = self->up,
                                    .down = self->down,
                                    .receive = self->receive,
                                    .library = self->library,
                                    .uploader = self->uploader,
                                    .memo = self->memo,
                                    .clock = self->clock,
                                    .mediator = &session_mediator,
                                    .user_data = self };
  RedesPeerSession *session = redes_peer_session_new (&params, connection, server, expected);

  g_hash_table_add (self->unknown, session);
  return session;
}

RedesPeerSession *
redes_swarm_take_connection (RedesSwarm *self,
                             GSocketConnection *connection,
                             const RedesPeerId *expected)
{
  return take_connection (self, connection, FALSE, expected);
}

static void
end_for_others (RedesPeerSession *session)
{
  g_autoptr (GError) error
      = redes_error_new (REDES_NET_ERROR, REDES_NET_ERROR_CLOSED, REDES_NOTICE_MADE_ROOM);

  redes_peer_session_fail (session, error);
}

/* Gives @session, which another peer made, a place in @places. Returns: %FALSE if it gets none. */
static gboolean
take_place (RedesSwarm *self, RedesAdmission *places, RedesPeerSession *session)
{
  RedesPeerSession *leaving = redes_admission_enter (
      places, session, redes_channel_get_host (redes_peer_session_get_channel (session)),
      get_now_us (self));

  if (leaving != NULL && leaving != session)
    end_for_others (leaving);
  return leaving != session;
}

/* The same for a session that is ready; @old: (nullable): the one that it replaces. */
static gboolean
take_inbound_place (RedesSwarm *self, RedesPeerSession *session, RedesPeerSession *old)
{
  gboolean had_place;

  if (!redes_peer_session_is_server (session))
    return TRUE;
  /* Nobody else makes room for a peer that has a place. */
  had_place = old != NULL && redes_admission_leave (self->inbound, old);
  if (take_place (self, self->inbound, session))
    return TRUE;
  if (had_place)
    take_place (self, self->inbound, old);
  return FALSE;
}

void
redes_swarm_accept (RedesSwarm *self, GSocketConnection *connection)
{
  RedesPeerSession *session = take_connection (self, connection, TRUE, NULL);

  if (!take_place (self, self->half_open, session))
    end_for_others (session);
}

static gboolean on_sweep (gpointer user_data);

static void
start_sweeping (RedesSwarm *self)
{
  if (self->sweep_timer != NULL)
    return;
  redes_timer_set_seconds (&self->sweep_timer, NULL, SWEEP_S, on_sweep, self);
}

/* Of two connections between the same two peers both ends must keep the same one: that of the peer
 * with the smaller id. Of two made by the same peer, the new one: the old one is dead and does not
 * know it. */
static gboolean
is_better (RedesSwarm *self, RedesPeerSession *session, RedesPeerSession *old)
{
  gboolean new_in = redes_peer_session_is_server (session);
  gboolean we_are_smaller = redes_digest_compare (redes_identity_get_peer_id (self->identity),
                                                  redes_peer_session_get_id (session))
                            < 0;

  if (new_in == redes_peer_session_is_server (old))
    return TRUE;
  return new_in ? !we_are_smaller : we_are_smaller;
}

/* (transfer full) (element-type RedesFolderDownload): with those that only list a folder. */
static GPtrArray *
list_folders (RedesSwarm *self)
{
  GHashTable *const tables[] = { self->folders, self->listings };
  GPtrArray *folders = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_folder_download_unref);
  GHashTableIter iter;
  gpointer value;

  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      g_hash_table_iter_init (&iter, tables[i]);
      while (g_hash_table_iter_next (&iter, NULL, &value))
        g_ptr_array_add (folders, redes_folder_download_ref (value));
    }
  return folders;
}

static void
lose_for_folders (RedesSwarm *self,
                  RedesPeerSession *session,
                  gboolean liar,
                  const RedesNotice *reason)
{
  g_autoptr (GPtrArray) folders = list_folders (self);

  /* One that never got so far as to say who it is was no source. */
  for (guint i = 0; i < folders->len && redes_peer_session_get_id (session) != NULL; i++)
    redes_folder_download_lose_peer (folders->pdata[i], redes_peer_session_as_remote (session),
                                     liar, reason);
}

static void
lose_session (RedesSwarm *self, RedesPeerSession *session, gboolean liar, const RedesNotice *reason)
{
  g_autoptr (GPtrArray) downloads
      = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_download_unref);
  GHashTableIter iter;
  gpointer value;

  redes_uploader_remove (self->uploader, redes_peer_session_as_remote (session));
  redes_peer_rpc_lose_session (self->rpc, session, reason);
  /* A list of its own: to lose a source may end a download. */
  g_hash_table_iter_init (&iter, self->downloads);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (downloads, redes_download_ref (value));
  for (guint i = 0; i < downloads->len; i++)
    redes_download_lose_peer (g_ptr_array_index (downloads, i),
                              redes_peer_session_as_remote (session), liar, reason);
  lose_for_folders (self, session, liar, reason);
}

/* It is taken out of the table before anybody hears of it: whoever is told may look there at once
 * for a session to use. */
static void
end_idle_session (RedesSwarm *self, RedesPeerSession *session)
{
  g_autoptr (RedesNotice) reason = redes_notice_new (REDES_NOTICE_FELL_SILENT);

  g_hash_table_remove (self->sessions, redes_peer_session_get_id (session));
  redes_peer_session_close (session);
  lose_session (self, session, FALSE, reason);
}

void
redes_swarm_sweep (RedesSwarm *self)
{
  gint64 now_us = get_now_us (self);
  g_autoptr (GPtrArray) idle
      = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_peer_session_unref);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->sessions);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      RedesPeerSession *session = value;
      gint64 last_us
          = redes_channel_get_last_received_us (redes_peer_session_get_channel (session));

      if (redes_peer_session_is_idle (session) && now_us - last_us > SWEEP_S * G_USEC_PER_SEC)
        g_ptr_array_add (idle, redes_peer_session_ref (session));
    }
  for (guint i = 0; i < idle->len; i++)
    if (!redes_peer_session_is_closed (g_ptr_array_index (idle, i)))
      end_idle_session (self, g_ptr_array_index (idle, i));
}

static gboolean
on_sweep (gpointer user_data)
{
  RedesSwarm *self = user_data;

  redes_swarm_sweep (self);
  if (g_hash_table_size (self->sessions) > 0)
    return G_SOURCE_CONTINUE;
  redes_timer_clear (&self->sweep_timer);
  return G_SOURCE_REMOVE;
}

/* The downloads that had @old as a source go on with @session. */
static void
replace_session (RedesSwarm *self, RedesPeerSession *old, RedesPeerSession *session)
{
  g_autoptr (RedesNotice) reason = redes_notice_new (REDES_NOTICE_NEW_CONNECTION);
  g_autoptr (RedesPeerSession) guard = redes_peer_session_ref (old);
  g_autoptr (GPtrArray) moved = g_ptr_array_new ();
  g_autoptr (GPtrArray) folders = list_folders (self);
  g_autoptr (GPtrArray) moved_folders = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->downloads);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (redes_peer_session_get_source (old, redes_download_get_content (value)) != NULL)
      {
        redes_download_dialling (value, 1, NULL);
        g_ptr_array_add (moved, value);
      }
  for (guint i = 0; i < folders->len; i++)
    if (redes_folder_download_get_source (folders->pdata[i], redes_peer_session_get_id (old))
        != NULL)
      g_ptr_array_add (moved_folders, folders->pdata[i]);
  redes_peer_session_close (old);
  redes_peer_rpc_move (self->rpc, old, session);
  lose_session (self, old, FALSE, reason);
  g_hash_table_replace (self->sessions, redes_digest_copy (redes_peer_session_get_id (session)),
                        redes_peer_session_ref (session));
  for (guint i = 0; i < moved->len; i++)
    {
      redes_download_add_peer (g_ptr_array_index (moved, i),
                               redes_peer_session_as_remote (session));
      redes_download_dialling (g_ptr_array_index (moved, i), -1, NULL);
    }
  for (guint i = 0; i < moved_folders->len; i++)
    redes_folder_download_add_peer (moved_folders->pdata[i],
                                    redes_peer_session_as_remote (session));
}

static void
on_session_ready (RedesPeerSession *session, gpointer user_data)
{
  RedesSwarm *self = user_data;
  g_autoptr (RedesPeerSession) guard = redes_peer_session_ref (session);
  const RedesPeerId *id = redes_peer_session_get_id (session);
  RedesPeerSession *old = g_hash_table_lookup (self->sessions, id);

  g_hash_table_remove (self->unknown, session);
  redes_admission_leave (self->half_open, session);
  if (redes_ban_list_is_banned (self->ban_list, id, get_now_us (self)))
    {
      g_autoptr (RedesNotice) banned = redes_notice_new (REDES_NOTICE_BANNED);

      redes_peer_session_close (session);
      redes_dialer_settle (self->dialer, id, NULL, banned);
      return;
    }
  if (old != NULL && !is_better (self, session, old))
    {
      redes_peer_session_close (session);
      session = old;
    }
  else if (!take_inbound_place (self, session, old))
    {
      redes_peer_session_close (session);
      return;
    }
  else if (old != NULL)
    replace_session (self, old, session);
  else
    g_hash_table_replace (self->sessions, redes_digest_copy (id), redes_peer_session_ref (session));
  redes_channel_set_reading (redes_peer_session_get_channel (session), !self->paused);
  start_sweeping (self);
  redes_dialer_settle (self->dialer, id, redes_peer_session_as_remote (session), NULL);
  if (self->events.met != NULL)
    self->events.met (session, self->user_data);
}

/* Tells of a violation. @block: its index, or -1; @download: (nullable) */
static void
report (RedesSwarm *self,
        const RedesPeerId *peer,
        const char *address,
        gint64 block,
        const GError *error,
        RedesDownload *download)
{
  g_autofree char *reason = NULL;

  if (self->events.violation == NULL || !redes_token_bucket_try (&self->reports, get_now_us (self)))
    return;
  reason = g_strdup_printf ("%s: %s", redes_protocol_violation_get_name (error), error->message);
  self->events.violation (peer, address, block, reason, download, self->user_data);
}

static void
on_session_ending (RedesPeerSession *session, gpointer user_data)
{
  RedesSwarm *self = user_data;

  redes_admission_leave (self->half_open, session);
  redes_admission_leave (self->inbound, session);
}

static void
on_session_closed (RedesPeerSession *session, const GError *error, gpointer user_data)
{
  g_autoptr (RedesNotice) reason = redes_notice_new_of_error (error);
  RedesSwarm *self = user_data;
  g_autoptr (RedesPeerSession) guard = redes_peer_session_ref (session);
  const RedesPeerId *id = redes_peer_session_get_id (session);

  if (self->ended)
    return;
  if (redes_protocol_violation_breaks_rule (error))
    {
      report (self, id, redes_peer_session_get_address (session), -1, error, NULL);
      if (id != NULL && error->domain != REDES_NET_ERROR)
        redes_ban_list_strike (self->ban_list, id, get_now_us (self));
    }
  g_hash_table_remove (self->unknown, session);
  if (id != NULL && g_hash_table_lookup (self->sessions, id) == session)
    {
      g_hash_table_remove (self->sessions, id);
      if (self->events.parted != NULL)
        self->events.parted (id, self->user_data);
    }
  lose_session (self, session, redes_protocol_violation_is_lie (error), reason);
  redes_dialer_lose (self->dialer, redes_peer_session_as_remote (session), reason);
}

static void
on_session_active (RedesPeerSession *session, gpointer user_data)
{
  RedesSwarm *self = user_data;

  redes_admission_touch (self->inbound, session, get_now_us (self));
}

static void
on_session_interested (RedesPeerSession *session, const RedesContentId *content, gpointer user_data)
{
  RedesSwarm *self = user_data;
  RedesDownload *download = g_hash_table_lookup (self->downloads, content);

  if (download != NULL)
    redes_download_add_peer (download, redes_peer_session_as_remote (session));
}

static void
on_session_query (RedesPeerSession *session, RedesMessage *message, gpointer user_data)
{
  RedesSwarm *self = user_data;

  redes_peer_rpc_take (self->rpc, session, message);
}

static gsize
on_session_get_query_limit (RedesPeerSession *session, guint8 type, gpointer user_data)
{
  RedesSwarm *self = user_data;

  return redes_peer_rpc_get_limit (self->rpc, session, type);
}

static const RedesPeerSessionMediator session_mediator = {
  .ready = on_session_ready,
  .ending = on_session_ending,
  .closed = on_session_closed,
  .active = on_session_active,
  .interested = on_session_interested,
  .query = on_session_query,
  .get_query_limit = on_session_get_query_limit,
};

/* Connections that this peer makes. */

typedef struct
{
  RedesSwarm *swarm;
  RedesPeerId id;
} Dial;

static void
dial_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autofree Dial *dial = user_data;
  RedesSwarm *self = dial->swarm;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection = redes_dial_finish (result, &error);

  /* Nobody waits for it any more, and the swarm may be gone. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (connection == NULL)
    {
      g_autoptr (RedesNotice) reason = redes_notice_new_of_error (error);

      redes_dialer_settle (self->dialer, &dial->id, NULL, reason);
    }
  else
    redes_dialer_note_connected (
        self->dialer, &dial->id,
        redes_peer_session_as_remote (redes_swarm_take_connection (self, connection, &dial->id)));
}

static void
on_connect (const RedesPeerId *id,
            const char *host,
            guint16 port,
            GCancellable *cancellable,
            gpointer user_data)
{
  RedesSwarm *self = user_data;
  Dial *dial = g_new (Dial, 1);

  *dial = (Dial){ .swarm = self, .id = *id };
  redes_dial_from_async (self->listen_host, host, port, DIAL_TIMEOUT_S, cancellable, dial_cb, dial);
}

static const RedesDialerMediator dialer_mediator = { .connect = on_connect };

/* Queries beyond blocks. */

/* %FALSE: it broke the rules a short while ago, or is this peer itself. */
static gboolean
may_meet (RedesSwarm *self, const RedesPeerId *id)
{
  return !redes_digest_equal (id, redes_identity_get_peer_id (self->identity))
         && !redes_ban_list_is_banned (self->ban_list, id, get_now_us (self));
}

static RedesPeerSession *
on_find (const RedesPeerId *id, gpointer user_data)
{
  return redes_swarm_find_session (user_data, id);
}

typedef struct
{
  RedesSwarm *swarm;
  guint32 serial;
} Meeting;

static void
met_cb (RedesRemote *remote, const RedesNotice *reason, gpointer user_data)
{
  Meeting *meeting = user_data;

  redes_peer_rpc_met (meeting->swarm->rpc, meeting->serial,
                      remote != NULL ? redes_peer_session_from_remote (remote) : NULL, reason);
}

static gboolean
on_meet (const RedesPeerId *id, const char *host, guint16 port, guint32 serial, gpointer user_data)
{
  RedesSwarm *self = user_data;
  Meeting *meeting;

  if (!may_meet (self, id))
    return FALSE;
  meeting = g_new (Meeting, 1);
  *meeting = (Meeting){ .swarm = self, .serial = serial };
  return redes_dialer_meet (self->dialer, id, host, port, met_cb, meeting, g_free);
}

static guint
on_query (RedesPeerSession *session, const RedesMessage *query, gpointer user_data)
{
  RedesSwarm *self = user_data;

  return self->events.query != NULL ? self->events.query (session, query, self->user_data) : 0;
}

static const RedesPeerRpcMediator rpc_mediator
    = { .find = on_find, .meet = on_meet, .query = on_query };

/* Downloads. */

static gboolean
on_start (gpointer user_data)
{
  RedesSwarm *self = user_data;

  redes_timer_clear (&self->start_source);
  while (g_hash_table_size (self->active) < MAX_ACTIVE_DOWNLOADS
         && !g_queue_is_empty (&self->queue))
    {
      g_autoptr (RedesDownload) download = redes_download_ref (g_queue_pop_head (&self->queue));

      g_hash_table_add (self->active, download);
      redes_download_start (download);
    }
  return G_SOURCE_REMOVE;
}

/* From the main loop, so that nobody finds a download started inside a call of his own. */
static void
start_some (RedesSwarm *self)
{
  if (self->start_source != NULL || g_queue_is_empty (&self->queue)
      || g_hash_table_size (self->active) >= MAX_ACTIVE_DOWNLOADS)
    return;
  redes_timer_set_soon (&self->start_source, NULL, on_start, self);
}

static void
enqueue (RedesSwarm *self, RedesDownload *download)
{
  g_queue_push_tail (&self->queue, download);
  start_some (self);
}

/* @folder: (nullable): %NULL: it has no file, but readers */
static RedesDownload *
make_download (
    RedesSwarm *self, guint id, const RedesLink *link, const char *folder, const char *target)
{
  RedesDownloadParams params = { .workers = self->workers,
                                 .store = folder != NULL ? self->store : NULL,
                                 .clock = self->clock,
                                 .keeps_partial_files = folder != NULL && self->keeps_partial_files,
                                 .patience_s = self->patience_s,
                                 .is_stream = folder == NULL,
                                 .mediator = &download_mediator,
                                 .user_data = self };
  RedesDownload *download = redes_download_new (&params, id, link, folder, target);

  /* Until the download is released. */
  self->ref_count++;
  g_hash_table_replace (self->downloads, (gpointer)redes_download_get_content (download), download);
  return download;
}

RedesDownload *
redes_swarm_download (
    RedesSwarm *self, guint id, const RedesLink *link, const char *folder, const char *target)
{
  RedesDownload *download = g_hash_table_lookup (self->downloads, &link->content);

  if (download != NULL && redes_download_is_removed (download))
    redes_download_set_successor (download);
  else if (download != NULL && redes_download_get_state (download) != REDES_DOWNLOAD_DONE
           && (self->store != NULL || !redes_download_is_over (download)))
    {
      redes_download_resume (download);
      return download;
    }
  download = make_download (self, id, link, folder, target);
  redes_download_put_first (download);
  enqueue (self, download);
  return download;
}

RedesDownload *
redes_swarm_stream (RedesSwarm *self, guint id, const RedesLink *link)
{
  return redes_swarm_download (self, id, link, NULL, NULL);
}

RedesDownload *
redes_swarm_restore (RedesSwarm *self, guint id, const RedesStoreTransfer *stored)
{
  g_autoptr (RedesLink) link = redes_link_parse (stored->link, NULL);
  RedesDownload *download;

  if (link == NULL || !redes_content_id_equal (&link->content, &stored->content)
      || g_hash_table_contains (self->downloads, &link->content))
    return NULL;
  download = make_download (self, id, link, stored->folder, stored->target);
  redes_download_restore (download, stored);
  if (redes_download_get_state (download) == REDES_DOWNLOAD_FINDING)
    enqueue (self, download);
  return download;
}

void
redes_swarm_forget (RedesSwarm *self, RedesDownload *download)
{
  const RedesContentId *content = redes_download_get_content (download);

  g_queue_remove (&self->queue, download);
  g_hash_table_remove (self->active, download);
  /* Whoever wants the same content again has to know of one that is still being removed. */
  if (g_hash_table_lookup (self->downloads, content) == download
      && !redes_download_is_leaving (download))
    g_hash_table_remove (self->downloads, content);
}

static void
release_download (gpointer data)
{
  redes_download_unref (data);
}

/* A connection that a download wanted has come to something. */
static void
dialled_cb (RedesRemote *remote, const RedesNotice *reason, gpointer user_data)
{
  if (remote != NULL)
    redes_download_add_peer (user_data, remote);
  redes_download_dialling (user_data, -1, reason);
}

/* One that waits or rests leaves its place to others. */
static void
settle_place (RedesSwarm *self, RedesDownload *download)
{
  switch (redes_download_get_state (download))
    {
    case REDES_DOWNLOAD_FINDING:
      break;
    case REDES_DOWNLOAD_ACTIVE:
    case REDES_DOWNLOAD_FINISHING:
      g_hash_table_add (self->active, download);
      break;
    case REDES_DOWNLOAD_WAITING:
    case REDES_DOWNLOAD_DONE:
    case REDES_DOWNLOAD_FAILED:
    case REDES_DOWNLOAD_PAUSED:
    default:
      g_hash_table_remove (self->active, download);
      g_queue_remove (&self->queue, download);
      start_some (self);
      break;
    }
}

void
redes_swarm_offer_source (RedesSwarm *self,
                          RedesDownload *download,
                          const RedesPeerId *id,
                          const char *host,
                          guint16 port)
{
  RedesPeerSession *session = g_hash_table_lookup (self->sessions, id);

  if (!redes_download_wants_peer (download, id) || !may_meet (self, id))
    return;
  if (session != NULL)
    {
      redes_download_add_peer (download, redes_peer_session_as_remote (session));
      return;
    }
  if (port != 0
      && g_hash_table_size (self->sessions) - redes_admission_get_n_members (self->inbound)
             < MAX_OUTBOUND
      && redes_dialer_want (self->dialer, id, host, port, dialled_cb, redes_download_ref (download),
                            release_download))
    redes_download_dialling (download, 1, NULL);
}

void
redes_swarm_try_again_now (RedesSwarm *self)
{
  g_autoptr (GPtrArray) folders = list_folders (self);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->downloads);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    redes_download_try_again_soon (value);
  for (guint i = 0; i < folders->len; i++)
    redes_folder_download_try_again_soon (folders->pdata[i]);
}

/* What downloads ask. After the end nothing borrowed is touched. */

static void
on_want_sources (RedesDownload *download, gpointer user_data)
{
  RedesSwarm *self = user_data;

  if (self->events.want_sources != NULL)
    self->events.want_sources (download, self->user_data);
}

static void
on_dial (RedesDownload *download,
         const RedesPeerId *id,
         const char *host,
         guint16 port,
         gpointer user_data)
{
  redes_swarm_offer_source (user_data, download, id, host, port);
}

static gboolean
on_may_hurry (gint64 now_us, gpointer user_data)
{
  RedesSwarm *self = user_data;

  return redes_token_bucket_try (&self->hurry, now_us);
}

static void
on_enqueue (RedesDownload *download, gpointer user_data)
{
  enqueue (user_data, download);
}

static void
on_download_changed (RedesDownload *download, gboolean at_once, gpointer user_data)
{
  RedesSwarm *self = user_data;
  g_autoptr (RedesDownload) guard = redes_download_ref (download);

  if (self->ended)
    return;
  if (at_once)
    settle_place (self, download);
  if (self->events.download_changed != NULL)
    self->events.download_changed (download, at_once, self->user_data);
}

static void
on_noticed (const RedesNotice *notice, gpointer user_data)
{
  RedesSwarm *self = user_data;

  if (self->events.noticed != NULL)
    self->events.noticed (notice, self->user_data);
}

static void
on_download_noticed (RedesDownload *download, const RedesNotice *notice, gpointer user_data)
{
  on_noticed (notice, user_data);
}

static void
on_download_resumed (RedesDownload *download,
                     guint32 n_kept,
                     guint32 n_doubtful,
                     gpointer user_data)
{
  RedesSwarm *self = user_data;

  if (self->events.download_resumed != NULL)
    self->events.download_resumed (download, n_kept, n_doubtful, self->user_data);
}

static void
on_wrong_block (RedesDownload *download,
                RedesRemote *remote,
                guint32 index,
                const GError *error,
                gpointer user_data)
{
  report (user_data, redes_remote_get_id (remote), remote->interface->get_address (remote), index,
          error, download);
}

static void
on_download_gone (RedesDownload *download, gpointer user_data)
{
  redes_swarm_forget (user_data, download);
}

static RedesHolding *
on_lookup (const RedesContentId *content, gpointer user_data)
{
  RedesSwarm *self = user_data;

  return self->ended ? NULL : redes_library_lookup (self->library, content);
}

static void
on_share (RedesHolding *holding, gpointer user_data)
{
  RedesSwarm *self = user_data;

  if (!self->ended)
    redes_library_add (self->library, holding);
}

static void
on_unshare (RedesHolding *holding, gpointer user_data)
{
  RedesSwarm *self = user_data;

  if (!self->ended)
    redes_library_remove (self->library, holding);
}

static void
on_doubt (RedesHolding *holding, gpointer user_data)
{
  RedesSwarm *self = user_data;

  if (!self->ended)
    redes_library_doubt (self->library, holding);
}

/* Tells those interested. Who is interested in one block will ask for it, so it is kept at hand. */
static void
tell_block (const RedesContentId *content, guint32 index, GBytes *data, gpointer user_data)
{
  RedesSwarm *self = user_data;
  gboolean anybody = FALSE;
  GHashTableIter iter;
  gpointer value;

  if (self->ended)
    return;
  g_hash_table_iter_init (&iter, self->sessions);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (redes_peer_session_is_interested (value, content))
      {
        redes_peer_session_send_have (value, content, index);
        anybody = TRUE;
      }
  if (anybody)
    redes_block_cache_put (self->cache, content, index, data);
}

static void
on_got_block (RedesDownload *download, guint32 index, GBytes *data, gpointer user_data)
{
  tell_block (redes_download_get_content (download), index, data, user_data);
}

static void
on_add_unwritten (gssize bytes, gpointer user_data)
{
  RedesSwarm *self = user_data;
  GHashTableIter iter;
  gpointer value;
  gboolean pause;

  self->unwritten_bytes += bytes;
  pause = self->unwritten_bytes > (self->paused ? UNWRITTEN_LOW_BYTES : UNWRITTEN_HIGH_BYTES);
  if (pause == self->paused)
    return;
  self->paused = pause;
  g_hash_table_iter_init (&iter, self->sessions);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    redes_channel_set_reading (redes_peer_session_get_channel (value), !pause);
}

static void
on_released (gpointer user_data)
{
  swarm_unref (user_data);
}

static const RedesDownloadMediator download_mediator = {
  .want_sources = on_want_sources,
  .dial = on_dial,
  .may_hurry = on_may_hurry,
  .enqueue = on_enqueue,
  .changed = on_download_changed,
  .resumed = on_download_resumed,
  .noticed = on_download_noticed,
  .wrong_block = on_wrong_block,
  .gone = on_download_gone,
  .lookup = on_lookup,
  .share = on_share,
  .unshare = on_unshare,
  .doubt = on_doubt,
  .got_block = on_got_block,
  .add_unwritten = on_add_unwritten,
  .released = on_released,
};

/* Folders. */

static GHashTable *
get_folder_table (RedesSwarm *self, gboolean is_list)
{
  return is_list ? self->listings : self->folders;
}

static RedesFolderDownload *
make_folder (RedesSwarm *self,
             guint id,
             const RedesLink *link,
             const char *folder,
             const char *target,
             const RedesFolderChoice *choice)
{
  RedesFolderDownloadParams params = { .workers = self->workers,
                                       .store = self->store,
                                       .clock = self->clock,
                                       .keeps_partial_files = self->keeps_partial_files,
                                       .patience_s = self->patience_s,
                                       .max_entries = self->max_folder_entries,
                                       .mediator = &folder_mediator,
                                       .offer = &offer_mediator,
                                       .user_data = self };
  RedesFolderDownload *download
      = redes_folder_download_new (&params, id, link, folder, target, choice);

  /* Until the download is released. */
  self->ref_count++;
  g_hash_table_replace (get_folder_table (self, choice->is_list),
                        (gpointer)&redes_folder_download_get_link (download)->content, download);
  return download;
}

RedesFolderDownload *
redes_swarm_download_folder (RedesSwarm *self,
                             guint id,
                             const RedesLink *link,
                             const char *folder,
                             const char *target,
                             const RedesFolderChoice *choice)
{
  RedesFolderDownload *download
      = g_hash_table_lookup (get_folder_table (self, choice->is_list), &link->content);

  if (download != NULL && !redes_folder_download_is_removed (download)
      && redes_folder_download_get_state (download) != REDES_DOWNLOAD_DONE)
    {
      redes_folder_download_resume (download);
      return download;
    }
  download = make_folder (self, id, link, folder, target, choice);
  redes_folder_download_start (download);
  return download;
}

RedesFolderDownload *
redes_swarm_restore_folder (RedesSwarm *self, guint id, const RedesStoreTransfer *stored)
{
  g_autoptr (RedesLink) link = redes_link_parse (stored->link, NULL);
  RedesFolderChoice choice = { 0 };
  RedesFolderDownload *download;

  if (link == NULL || !link->is_folder || !redes_content_id_equal (&link->content, &stored->content)
      || g_hash_table_contains (self->folders, &link->content))
    return NULL;
  choice.only = stored->only;
  download = make_folder (self, id, link, stored->folder, stored->target, &choice);
  redes_folder_download_restore (download, stored);
  return download;
}

void
redes_swarm_forget_folder (RedesSwarm *self, RedesFolderDownload *download)
{
  const RedesContentId *content = &redes_folder_download_get_link (download)->content;
  GHashTable *table = get_folder_table (self, redes_folder_download_lists_only (download));

  if (g_hash_table_lookup (table, content) == download)
    g_hash_table_remove (table, content);
}

static void
release_folder (gpointer data)
{
  redes_folder_download_unref (data);
}

static void
folder_dialled_cb (RedesRemote *remote, const RedesNotice *reason, gpointer user_data)
{
  if (remote != NULL)
    redes_folder_download_add_peer (user_data, remote);
  redes_folder_download_dialling (user_data, -1);
}

void
redes_swarm_offer_folder_source (RedesSwarm *self,
                                 RedesFolderDownload *download,
                                 const RedesPeerId *id,
                                 const char *host,
                                 guint16 port)
{
  RedesPeerSession *session = g_hash_table_lookup (self->sessions, id);

  if (!redes_folder_download_wants_peer (download, id) || !may_meet (self, id))
    return;
  if (session != NULL)
    redes_folder_download_add_peer (download, redes_peer_session_as_remote (session));
  else if (port != 0
           && g_hash_table_size (self->sessions) - redes_admission_get_n_members (self->inbound)
                  < MAX_OUTBOUND
           && redes_dialer_want (self->dialer, id, host, port, folder_dialled_cb,
                                 redes_folder_download_ref (download), release_folder))
    redes_folder_download_dialling (download, 1);
}

static void
on_folder_want_sources (RedesFolderDownload *download, gpointer user_data)
{
  RedesSwarm *self = user_data;

  if (self->events.want_folder_sources != NULL)
    self->events.want_folder_sources (download, self->user_data);
}

static void
on_folder_changed (RedesFolderDownload *download, gboolean at_once, gpointer user_data)
{
  RedesSwarm *self = user_data;
  g_autoptr (RedesFolderDownload) guard = redes_folder_download_ref (download);

  if (!self->ended && self->events.folder_changed != NULL)
    self->events.folder_changed (download, at_once, self->user_data);
}

static void
on_folder_resumed (RedesFolderDownload *download, guint n_files, gpointer user_data)
{
  RedesSwarm *self = user_data;

  if (self->events.folder_resumed != NULL)
    self->events.folder_resumed (download, n_files, self->user_data);
}

static void
on_folder_wrong_block (RedesFolderDownload *download,
                       RedesRemote *remote,
                       guint32 index,
                       const GError *error,
                       gpointer user_data)
{
  report (user_data, redes_remote_get_id (remote), remote->interface->get_address (remote), index,
          error, NULL);
}

static void
on_folder_gone (RedesFolderDownload *download, gpointer user_data)
{
  redes_swarm_forget_folder (user_data, download);
}

static const RedesFolderDownloadMediator folder_mediator = {
  .want_sources = on_folder_want_sources,
  .changed = on_folder_changed,
  .resumed = on_folder_resumed,
  .noticed = on_noticed,
  .wrong_block = on_folder_wrong_block,
  .gone = on_folder_gone,
  .lookup = on_lookup,
  .add_unwritten = on_add_unwritten,
  .released = on_released,
};

/* What is offered of folders. */

static void
on_add_fetched (RedesFetchedFolder *folder, gpointer user_data)
{
  RedesSwarm *self = user_data;

  if (!self->ended)
    redes_library_add_fetched (self->library, folder);
}

static void
on_extend_fetched (RedesFetchedFolder *folder, RedesHolding *holding, gpointer user_data)
{
  RedesSwarm *self = user_data;

  if (!self->ended)
    redes_library_extend_fetched (self->library, folder, holding);
}

static void
on_shorten_fetched (RedesFetchedFolder *folder, RedesHolding *holding, gpointer user_data)
{
  RedesSwarm *self = user_data;

  if (!self->ended)
    redes_library_shorten_fetched (self->library, folder, holding);
}

static void
on_announce_fetched (RedesFetchedFolder *folder, gpointer user_data)
{
  RedesSwarm *self = user_data;

  if (!self->ended)
    redes_library_announce_fetched (self->library, folder);
}

static void
on_move_fetched (RedesFetchedFolder *folder, RedesFetchedFolder *moved, gpointer user_data)
{
  RedesSwarm *self = user_data;

  if (!self->ended)
    redes_library_move_fetched (self->library, folder, moved);
}

static void
on_remove_fetched (RedesFetchedFolder *folder, gpointer user_data)
{
  RedesSwarm *self = user_data;

  if (!self->ended)
    redes_library_remove_fetched (self->library, folder);
}

static const RedesFolderOfferMediator offer_mediator = { .add = on_add_fetched,
                                                         .extend = on_extend_fetched,
                                                         .shorten = on_shorten_fetched,
                                                         .announce = on_announce_fetched,
                                                         .move = on_move_fetched,
                                                         .remove = on_remove_fetched,
                                                         .got_block = tell_block };

typedef struct
{
  RedesSwarm *swarm;
  RedesStoreFetched *stored;
  RedesFetchedFolder *folder;
} RestoreJob;

static void
run_restore (gpointer data)
{
  RestoreJob *job = data;

  job->folder = redes_fetched_restore (job->stored, job->swarm->max_folder_entries);
}

static void
restore_done (gpointer data)
{
  RestoreJob *job = data;
  RedesSwarm *self = job->swarm;

  /* One whose place is empty may be there again when this peer starts the next time. */
  if (job->folder != NULL && !self->ended)
    {
      redes_library_add_fetched (self->library, job->folder);
      if (job->stored->only == NULL && job->stored->inside == NULL)
        redes_library_announce_fetched (self->library, job->folder);
    }
  g_clear_pointer (&job->folder, redes_fetched_folder_unref);
  redes_store_fetched_free (job->stored);
  g_free (job);
  swarm_unref (self);
}

gboolean
redes_swarm_restore_fetched (RedesSwarm *self, GError **error)
{
  g_autoptr (GPtrArray) all = redes_store_list_fetched (self->store, error);

  if (all == NULL)
    return FALSE;
  g_ptr_array_set_free_func (all, NULL);
  for (guint i = 0; i < all->len; i++)
    {
      RestoreJob *job = g_new0 (RestoreJob, 1);

      job->swarm = self;
      job->stored = all->pdata[i];
      self->ref_count++;
      redes_workers_push (self->workers, run_restore, restore_done, job);
    }
  return TRUE;
}

void
redes_swarm_set_limits (RedesSwarm *self, guint64 max_up_bytes_per_s, guint64 max_down_bytes_per_s)
{
  redes_throttle_set_rate (self->up, max_up_bytes_per_s);
  redes_throttle_set_rate (self->down, max_down_bytes_per_s);
}

void
redes_swarm_set_hello (RedesSwarm *self, const char *nickname, guint16 port)
{
  redes_hello_free (self->hello);
  self->hello = redes_hello_new (nickname, port);
}

guint
redes_swarm_get_n_sessions (RedesSwarm *self)
{
  return g_hash_table_size (self->sessions);
}

GPtrArray *
redes_swarm_list_sessions (RedesSwarm *self)
{
  GPtrArray *sessions = g_ptr_array_sized_new (g_hash_table_size (self->sessions));
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->sessions);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (sessions, value);
  return sessions;
}

RedesPeerSession *
redes_swarm_find_session (RedesSwarm *self, const RedesPeerId *id)
{
  return g_hash_table_lookup (self->sessions, id);
}

RedesPeerRpc *
redes_swarm_get_rpc (RedesSwarm *self)
{
  return self->rpc;
}

RedesThrottle *
redes_swarm_get_up (RedesSwarm *self)
{
  return self->up;
}

RedesThrottle *
redes_swarm_get_down (RedesSwarm *self)
{
  return self->down;
}
