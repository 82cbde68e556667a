/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/swarm-private.h"

#include "engine/swarm/download-private.h"
#include "engine/swarm/protocol-violation.h"
#include "engine/swarm/peer-session.h"
#include "engine/swarm/peer-rpc.h"

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
/* Of the descriptors that the process may open. */
#define INBOUND_PART 2u
#define HALF_OPEN_PART 4u
/* Memory for messages that have not come whole: as long as the answers may be, a block has 4 MiB.
 */
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
#define MEMO_ENTRIES 4096
/* Queries for sources that are not due yet, by all downloads together; as many at once. */
#define HURRIED_PER_S 4.0
/* Reports of violations: never a flood, whatever a remote does. */
#define REPORTS_PER_S 50

G_DEFINE_QUARK (redes_swarm_error, redes_swarm_error)

static void
make_places (RedesSwarm *self)
{
  RedesAdmissionLimits half_open
      = { .max = redes_admission_scale (MAX_HALF_OPEN, HALF_OPEN_PART),
          .max_per_address = MAX_HALF_OPEN_PER_ADDRESS,
          .max_per_loopback_address = MAX_HALF_OPEN_PER_LOOPBACK_ADDRESS };
  RedesAdmissionLimits inbound = { .max = redes_admission_scale (MAX_INBOUND, INBOUND_PART),
                                   .max_per_address = MAX_INBOUND_PER_ADDRESS,
                                   .max_per_loopback_address = MAX_INBOUND_PER_LOOPBACK_ADDRESS,
                                   .keep_us = KEEP_INBOUND_S * G_USEC_PER_SEC };
  RedesBudgetLimits receive = { .max_bytes = RECEIVE_BYTES,
                                .max_address_bytes = RECEIVE_ADDRESS_BYTES,
                                .patience_us = RECEIVE_PATIENCE_S * G_USEC_PER_SEC,
                                .least_bytes_per_s = RECEIVE_LEAST_BYTES_PER_S,
                                .least_alone_bytes_per_s = RECEIVE_LEAST_ALONE_BYTES_PER_S };

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
  self->hello = redes_hello_new (params->nickname, params->port);
  self->keeps_partial_files = params->keeps_partial_files && params->store == NULL;
  self->patience_s = params->patience_s;
  self->up = redes_throttle_new (params->max_up_bytes_per_s);
  self->down = redes_throttle_new (params->max_down_bytes_per_s);
  self->uploader = redes_uploader_new (self->library, self->cache, MAX_READS);
  self->memo = redes_signature_memo_new (MEMO_ENTRIES);
  self->ban_list = redes_ban_list_new ();
  self->sessions = g_hash_table_new_full (redes_digest_hash, redes_digest_equal, g_free,
                                          (GDestroyNotify)redes_peer_session_unref);
  self->unknown
      = g_hash_table_new_full (NULL, NULL, (GDestroyNotify)redes_peer_session_unref, NULL);
  make_places (self);
  self->dialer = redes_dialer_new (self, params->listen_host);
  self->rpc = redes_peer_rpc_new (self);
  self->downloads = g_hash_table_new_full (redes_content_id_hash, redes_content_id_equal, NULL,
                                           (GDestroyNotify)redes_download_unref);
  g_queue_init (&self->queue);
  self->active = g_hash_table_new (NULL, NULL);
  redes_token_bucket_set_rate (&self->reports, REPORTS_PER_S, g_get_monotonic_time ());
  return self;
}

RedesSwarm *
redes_swarm_ref (RedesSwarm *self)
{
  self->ref_count++;
  return self;
}

static void
clear_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

void
redes_swarm_unref (RedesSwarm *self)
{
  if (--self->ref_count > 0)
    return;
  redes_identity_unref (self->identity);
  redes_hello_free (self->hello);
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
  g_hash_table_unref (self->active);
  g_free (self);
}

void
redes_swarm_free (RedesSwarm *self)
{
  GHashTableIter iter;
  gpointer value;

  if (self == NULL)
    return;
  self->ended = TRUE;
  self->events = (RedesSwarmEvents){ 0 };
  clear_source (&self->start_source);
  clear_source (&self->sweep_timer);
  g_queue_clear (&self->queue);

  g_hash_table_iter_init (&iter, self->downloads);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    redes_download_abandon (value);
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
  redes_swarm_unref (self);
}

/* Sessions. */

void
redes_swarm_take_session (RedesSwarm *self, RedesPeerSession *session)
{
  g_hash_table_add (self->unknown, session);
}

static void
end_for_others (RedesPeerSession *session)
{
  g_autoptr (GError) error = g_error_new_literal (REDES_NET_ERROR, REDES_NET_ERROR_CLOSED,
                                                  "it made room for another peer");

  redes_peer_session_fail (session, error);
}

/* Gives @session, which another peer made, a place in @places. Returns: %FALSE if it gets none. */
static gboolean
take_place (RedesAdmission *places, RedesPeerSession *session)
{
  RedesPeerSession *leaving = redes_admission_enter (
      places, session, redes_channel_get_host (redes_peer_session_get_channel (session)),
      g_get_monotonic_time ());

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
  if (take_place (self->inbound, session))
    return TRUE;
  if (had_place)
    take_place (self->inbound, old);
  return FALSE;
}

void
redes_swarm_accept (RedesSwarm *self, GSocketConnection *connection)
{
  RedesPeerSession *session = redes_peer_session_new (self, connection, TRUE, NULL);

  redes_swarm_take_session (self, session);
  if (!take_place (self->half_open, session))
    end_for_others (session);
}

static gboolean on_sweep (gpointer user_data);

static void
start_sweeping (RedesSwarm *self)
{
  if (self->sweep_timer != NULL)
    return;
  self->sweep_timer = g_timeout_source_new_seconds (SWEEP_S);
  g_source_set_callback (self->sweep_timer, on_sweep, self, NULL);
  g_source_attach (self->sweep_timer, g_main_context_get_thread_default ());
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

static void
lose_session (RedesSwarm *self, RedesPeerSession *session, gboolean liar, const char *words)
{
  g_autoptr (GPtrArray) downloads
      = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_download_unref);
  GHashTableIter iter;
  gpointer value;

  redes_uploader_remove (self->uploader, session);
  redes_peer_rpc_lose_session (self->rpc, session, words);
  /* A list of its own: to lose a source may end a download. */
  g_hash_table_iter_init (&iter, self->downloads);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (downloads, redes_download_ref (value));
  for (guint i = 0; i < downloads->len; i++)
    redes_download_lose_peer (g_ptr_array_index (downloads, i), session, liar, words);
}

/* It is taken out of the table before anybody hears of it: whoever is told may look there at once
 * for a session to use. */
static void
end_idle_session (RedesSwarm *self, RedesPeerSession *session)
{
  g_hash_table_remove (self->sessions, redes_peer_session_get_id (session));
  redes_peer_session_close (session);
  lose_session (self, session, FALSE, "it fell silent");
}

void
redes_swarm_sweep (RedesSwarm *self, gint64 now_us)
{
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

  redes_swarm_sweep (self, g_get_monotonic_time ());
  if (g_hash_table_size (self->sessions) > 0)
    return G_SOURCE_CONTINUE;
  g_clear_pointer (&self->sweep_timer, g_source_unref);
  return G_SOURCE_REMOVE;
}

/* The downloads that had @old as a source go on with @session. */
static void
replace_session (RedesSwarm *self, RedesPeerSession *old, RedesPeerSession *session)
{
  g_autoptr (RedesPeerSession) guard = redes_peer_session_ref (old);
  g_autoptr (GPtrArray) moved = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->downloads);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (redes_peer_session_get_source (old, redes_download_get_content (value)) != NULL)
      {
        redes_download_dialling (value, 1, NULL);
        g_ptr_array_add (moved, value);
      }
  redes_peer_session_close (old);
  redes_peer_rpc_move (self->rpc, old, session);
  lose_session (self, old, FALSE, "the connection was made anew");
  g_hash_table_replace (self->sessions, redes_digest_copy (redes_peer_session_get_id (session)),
                        redes_peer_session_ref (session));
  for (guint i = 0; i < moved->len; i++)
    {
      redes_download_add_peer (g_ptr_array_index (moved, i), session);
      redes_download_dialling (g_ptr_array_index (moved, i), -1, NULL);
    }
}

void
redes_swarm_session_ready (RedesSwarm *self, RedesPeerSession *session)
{
  g_autoptr (RedesPeerSession) guard = redes_peer_session_ref (session);
  const RedesPeerId *id = redes_peer_session_get_id (session);
  RedesPeerSession *old = g_hash_table_lookup (self->sessions, id);

  g_hash_table_remove (self->unknown, session);
  redes_admission_leave (self->half_open, session);
  if (redes_ban_list_is_banned (self->ban_list, id, g_get_monotonic_time ()))
    {
      redes_peer_session_close (session);
      redes_dialer_settle (self->dialer, id, NULL, "it broke the rules a short while ago");
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
  redes_dialer_settle (self->dialer, id, session, NULL);
  if (self->events.met != NULL)
    self->events.met (session, self->user_data);
}

void
redes_swarm_report (RedesSwarm *self,
                    RedesPeerSession *session,
                    gint64 block,
                    const GError *error,
                    RedesDownload *download)
{
  g_autofree char *reason = NULL;
  gint64 now_us = g_get_monotonic_time ();

  if (self->events.violation == NULL || redes_token_bucket_peek (&self->reports, 1, now_us) == 0)
    return;
  redes_token_bucket_take (&self->reports, 1, now_us);
  reason = g_strdup_printf ("%s: %s", redes_protocol_violation_get_name (error), error->message);
  self->events.violation (redes_peer_session_get_id (session),
                          redes_peer_session_get_address (session), block, reason, download,
                          self->user_data);
}

void
redes_swarm_session_closed (RedesSwarm *self, RedesPeerSession *session, const GError *error)
{
  g_autoptr (RedesPeerSession) guard = redes_peer_session_ref (session);
  const RedesPeerId *id = redes_peer_session_get_id (session);

  if (self->ended)
    return;
  if (redes_protocol_violation_is_one (error))
    {
      redes_swarm_report (self, session, -1, error, NULL);
      if (id != NULL && error->domain != REDES_NET_ERROR)
        redes_ban_list_strike (self->ban_list, id, g_get_monotonic_time ());
    }
  g_hash_table_remove (self->unknown, session);
  if (id != NULL && g_hash_table_lookup (self->sessions, id) == session)
    {
      g_hash_table_remove (self->sessions, id);
      if (self->events.parted != NULL)
        self->events.parted (id, self->user_data);
    }
  lose_session (self, session, redes_protocol_violation_is_lie (error), error->message);
  redes_dialer_session_closed (self->dialer, session, error->message);
}

/* Downloads. */

static gboolean
on_start (gpointer user_data)
{
  RedesSwarm *self = user_data;

  g_clear_pointer (&self->start_source, g_source_unref);
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
  self->start_source = g_idle_source_new ();
  g_source_set_priority (self->start_source, G_PRIORITY_DEFAULT);
  g_source_set_callback (self->start_source, on_start, self, NULL);
  g_source_attach (self->start_source, g_main_context_get_thread_default ());
}

void
redes_swarm_enqueue (RedesSwarm *self, RedesDownload *download)
{
  g_queue_push_tail (&self->queue, download);
  start_some (self);
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
  download = redes_download_new (self, id, link, folder, target);
  g_hash_table_replace (self->downloads, (gpointer)redes_download_get_content (download), download);
  /* What an earlier one has left says nothing of this one's partial file. */
  redes_download_forget_all (download);
  redes_download_persist_sync (download);
  redes_swarm_enqueue (self, download);
  return download;
}

RedesDownload *
redes_swarm_restore (RedesSwarm *self, guint id, const RedesStoreTransfer *stored)
{
  g_autoptr (RedesLink) link = redes_link_parse (stored->link, NULL);
  RedesDownload *download;

  if (link == NULL || !redes_content_id_equal (&link->content, &stored->content)
      || g_hash_table_contains (self->downloads, &link->content))
    return NULL;
  download = redes_download_new (self, id, link, stored->folder, stored->target);
  g_hash_table_replace (self->downloads, (gpointer)redes_download_get_content (download), download);
  redes_download_restore_progress (download, stored);
  if (redes_download_get_state (download) == REDES_DOWNLOAD_FINDING)
    redes_swarm_enqueue (self, download);
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

void
redes_swarm_download_resumed (RedesSwarm *self,
                              RedesDownload *download,
                              guint32 n_kept,
                              guint32 n_doubtful)
{
  if (self->events.download_resumed != NULL)
    self->events.download_resumed (download, n_kept, n_doubtful, self->user_data);
}

void
redes_swarm_want_sources (RedesSwarm *self, RedesDownload *download)
{
  if (self->events.want_sources != NULL)
    self->events.want_sources (download, self->user_data);
}

gboolean
redes_swarm_may_hurry (RedesSwarm *self, gint64 now_us)
{
  self->hurry += (gdouble)(now_us - self->hurry_us) * HURRIED_PER_S / G_USEC_PER_SEC;
  self->hurry = MIN (self->hurry, HURRIED_PER_S);
  self->hurry_us = now_us;
  if (self->hurry < 1)
    return FALSE;
  self->hurry -= 1;
  return TRUE;
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
redes_swarm_download_changed (RedesSwarm *self, RedesDownload *download, gboolean at_once)
{
  g_autoptr (RedesDownload) guard = redes_download_ref (download);

  if (self->ended)
    return;
  if (at_once)
    settle_place (self, download);
  if (self->events.download_changed != NULL)
    self->events.download_changed (download, at_once, self->user_data);
}

void
redes_swarm_offer_source (RedesSwarm *self,
                          RedesDownload *download,
                          const RedesPeerId *id,
                          const char *host,
                          guint16 port)
{
  RedesPeerSession *session = g_hash_table_lookup (self->sessions, id);

  if (!redes_download_wants_peer (download, id)
      || redes_digest_equal (id, redes_identity_get_peer_id (self->identity))
      || redes_ban_list_is_banned (self->ban_list, id, g_get_monotonic_time ()))
    return;
  if (session != NULL)
    {
      redes_download_add_peer (download, session);
      return;
    }
  if (port != 0
      && g_hash_table_size (self->sessions) - redes_admission_get_n_members (self->inbound)
             < MAX_OUTBOUND)
    redes_dialer_want (self->dialer, id, host, port, download);
}

void
redes_swarm_try_again_now (RedesSwarm *self)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->downloads);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    redes_download_try_again_soon (value);
}

void
redes_swarm_notice_interest (RedesSwarm *self,
                             RedesPeerSession *session,
                             const RedesContentId *content)
{
  RedesDownload *download = g_hash_table_lookup (self->downloads, content);

  if (download != NULL)
    redes_download_add_peer (download, session);
}

gboolean
redes_swarm_announce_block (RedesSwarm *self, const RedesContentId *content, guint32 index)
{
  gboolean anybody = FALSE;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->sessions);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (redes_peer_session_is_interested (value, content))
      {
        redes_peer_session_send_have (value, content, index);
        anybody = TRUE;
      }
  return anybody;
}

void
redes_swarm_add_unwritten (RedesSwarm *self, gssize bytes)
{
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

void
redes_swarm_set_limits (RedesSwarm *self, guint64 max_up_bytes_per_s, guint64 max_down_bytes_per_s)
{
  redes_throttle_set_rate (self->up, max_up_bytes_per_s);
  redes_throttle_set_rate (self->down, max_down_bytes_per_s);
}
