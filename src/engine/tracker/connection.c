/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tracker/connection.h"

#include "engine/base/error.h"
#include "engine/base/peer-id.h"
#include "engine/base/text.h"
#include "engine/tracker/directory.h"

static const char *const state_names[] = {
  [REDES_CONNECTION_GREETING] = "GREETING",
  [REDES_CONNECTION_CONNECTED] = "CONNECTED",
  [REDES_CONNECTION_REGISTERING] = "REGISTERING",
  [REDES_CONNECTION_REGISTERED] = "REGISTERED",
  [REDES_CONNECTION_GONE] = "GONE",
};

#define TO(state) (1u << REDES_CONNECTION_##state)

/* Back to CONNECTED: a refused REGISTER, or UNREGISTER. */
static const guint state_edges[] = {
  [REDES_CONNECTION_GREETING] = TO (CONNECTED) | TO (GONE),
  [REDES_CONNECTION_CONNECTED] = TO (REGISTERING) | TO (GONE),
  [REDES_CONNECTION_REGISTERING] = TO (REGISTERED) | TO (CONNECTED) | TO (GONE),
  [REDES_CONNECTION_REGISTERED] = TO (REGISTERING) | TO (CONNECTED) | TO (GONE),
  [REDES_CONNECTION_GONE] = 0,
};

RedesConnection *
redes_connection_new (gpointer owner, gint64 now_us)
{
  RedesConnection *self = g_new0 (RedesConnection, 1);

  self->ref_count = 1;
  self->owner = owner;
  self->state = REDES_CONNECTION_GREETING;
  self->heard_us = now_us;
  self->link.data = self;
  return self;
}

void
redes_connection_take_channel (RedesConnection *self, RedesChannel *channel, RedesSites *sites)
{
  self->channel = channel;
  self->sites = sites;
  self->site = redes_sites_enter (sites, redes_channel_get_host (channel));
}

RedesConnection *
redes_connection_ref (RedesConnection *self)
{
  self->ref_count++;
  return self;
}

void
redes_connection_unref (RedesConnection *self)
{
  if (--self->ref_count > 0)
    return;
  redes_sites_leave (self->sites, self->site);
  g_free (self);
}

void
redes_connection_set_state (RedesConnection *self, RedesConnectionState state)
{
  if ((state_edges[self->state] & (1u << state)) == 0)
    {
      g_critical ("tracker connection: %s -> %s is not allowed", state_names[self->state],
                  state_names[state]);
      return;
    }
  self->state = state;
  if (state != REDES_CONNECTION_GONE)
    return;
  if (self->is_held)
    g_queue_remove (&self->site->held, self);
  self->is_held = FALSE;
  redes_channel_close (self->channel);
  g_clear_pointer (&self->channel, redes_channel_unref);
}

RedesNotice *
redes_connection_describe (RedesConnection *self)
{
  const RedesHello *hello = redes_channel_get_hello (self->channel);
  g_autofree char *address = redes_text_format_address (
      redes_channel_get_host (self->channel),
      hello != NULL && hello->port != 0 ? hello->port : redes_channel_get_port (self->channel));
  g_autofree char *nickname = NULL;
  g_autofree char *id = NULL;

  if (hello == NULL)
    return redes_notice_new_text (address);
  nickname = redes_text_make_printable (hello->nickname, 40);
  id = redes_peer_id_dup_short (redes_channel_get_remote_id (self->channel), 2);
  if (*nickname == '\0')
    return redes_notice_new (REDES_NOTICE_LOG_SOMEONE, id, address);
  return redes_notice_new (REDES_NOTICE_LOG_WHO, nickname, id, address);
}

gboolean
redes_connection_is_violation (const GError *error)
{
  return error->domain != G_IO_ERROR && error->domain != REDES_IO_ERROR
         && !g_error_matches (error, REDES_NET_ERROR, REDES_NET_ERROR_CLOSED);
}

RedesTrackerRefusal
redes_connection_refusal_for (const GError *error)
{
  if (g_error_matches (error, REDES_IO_ERROR, G_IO_ERROR_NO_SPACE))
    return REDES_REFUSAL_FULL;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return REDES_REFUSAL_NOT_REGISTERED;
  return REDES_REFUSAL_MANIFEST;
}

void
redes_connection_send_ok (RedesConnection *self, guint32 serial)
{
  redes_channel_send (self->channel, &(RedesMessage){ .type = REDES_MESSAGE_OK, .serial = serial });
}

void
redes_connection_send_error (RedesConnection *self,
                             guint32 serial,
                             RedesTrackerRefusal refusal,
                             const char *words)
{
  RedesMessage message
      = { .type = REDES_MESSAGE_ERROR,
          .refusal = { .serial = serial, .refusal = (guint8)refusal, .words = words } };

  redes_channel_send (self->channel, &message);
}

void
redes_connection_send_results (RedesConnection *self,
                               guint32 serial,
                               guint total,
                               RedesWireRows *rows)
{
  RedesMessage message = { .type = REDES_MESSAGE_RESULTS,
                           .results = { .serial = serial, .total = total, .packed = rows } };

  redes_channel_send (self->channel, &message);
}

/* (transfer full) (element-type RedesEndpoint): of @peers those from @first on, @n_rows at most. */
static GPtrArray *
make_endpoints (GPtrArray *peers, guint first, guint n_rows)
{
  GPtrArray *endpoints = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_endpoint_free);

  for (guint i = first; i < peers->len && i - first < n_rows; i++)
    {
      RedesChannel *peer = ((RedesConnection *)g_ptr_array_index (peers, i))->channel;
      const RedesHello *hello = redes_channel_get_hello (peer);

      g_ptr_array_add (endpoints,
                       redes_endpoint_new (redes_channel_get_remote_id (peer), hello->nickname,
                                           redes_channel_get_host (peer), hello->port));
    }
  return endpoints;
}

void
redes_connection_send_peers (
    RedesConnection *self, guint32 serial, guint total, GPtrArray *peers, guint first, guint n_rows)
{
  g_autoptr (GPtrArray) endpoints = make_endpoints (peers, first, n_rows);
  RedesMessage message = { .type = REDES_MESSAGE_PEERS,
                           .peers = { .serial = serial, .total = total, .peers = endpoints } };

  redes_channel_send (self->channel, &message);
}

void
redes_connection_send_holders (RedesConnection *self,
                               guint32 serial,
                               GPtrArray *peers,
                               GPtrArray *places)
{
  g_autoptr (GPtrArray) endpoints = make_endpoints (peers, 0, peers->len);
  RedesMessage message = { .type = REDES_MESSAGE_HOLDERS,
                           .holders = { .serial = serial, .peers = endpoints, .places = places } };

  redes_channel_send (self->channel, &message);
}

/* Who has to wait because of itself is read from again by its own answers, who has to because of
 * others at its address, or of all, by theirs. */
static void
update_reading (RedesConnection *self)
{
  gboolean is_full = redes_sites_is_full (self->sites, self->site);

  if (self->load >= REDES_CONNECTION_MAX_LOAD || is_full)
    redes_channel_set_reading (self->channel, FALSE);
  else if (self->load < REDES_CONNECTION_RESUME_LOAD && !self->is_held)
    redes_channel_set_reading (self->channel, TRUE);
  if (is_full && !self->is_held)
    {
      self->is_held = TRUE;
      g_queue_push_tail (&self->site->held, self);
    }
}

static void
resume (gpointer data, gpointer user_data)
{
  RedesConnection *self = data;

  self->is_held = FALSE;
  update_reading (self);
}

RedesRequest *
redes_request_new (RedesConnection *connection, guint load, guint32 serial)
{
  RedesRequest *self = g_new0 (RedesRequest, 1);

  self->connection = redes_connection_ref (connection);
  self->load = load;
  self->serial = serial;
  self->registration = connection->registration;
  connection->load += load;
  redes_sites_add_load (connection->sites, connection->site, load);
  update_reading (connection);
  return self;
}

void
redes_request_free (RedesRequest *self)
{
  RedesConnection *connection = self->connection;

  connection->load -= self->load;
  redes_sites_drop_load (connection->sites, connection->site, self->load, resume, NULL);
  if (connection->state != REDES_CONNECTION_GONE)
    update_reading (connection);
  redes_connection_unref (connection);
  g_free (self->words);
  g_clear_pointer (&self->contents, g_array_unref);
  g_free (self);
}
