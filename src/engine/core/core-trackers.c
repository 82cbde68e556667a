/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/core/core-trackers-private.h"

#include "engine/base/text.h"
#include "engine/core/core-state-private.h"

void
redes_core_drop_tracker (RedesCore *self, RedesTrackerClient *client)
{
  g_autofree char *address = g_strdup (redes_tracker_client_get_address (client));

  redes_tracker_table_remove (self->trackers, client);
  self->events.tracker_dropped (address, self->user_data);
}

void
redes_core_remove_tracker (RedesCore *self, const char *address)
{
  RedesTrackerClient *client = redes_tracker_table_lookup (self->trackers, address);

  if (client != NULL)
    redes_tracker_table_remove (self->trackers, client);
}

/* A tracker that was found may turn out to be one that is used anyway, by a name of its own: of two
 * clients each would be thrown out by the other's registration. */
static void
settle_registered (RedesCore *self, RedesTrackerClient *client)
{
  const RedesPeerId *id = redes_tracker_client_get_remote_id (client);
  RedesTrackerClient *other
      = id != NULL ? redes_tracker_table_lookup_id (self->trackers, id, client) : NULL;

  if (other != NULL && redes_tracker_table_is_found (self->trackers, other)
      && !redes_tracker_table_is_found (self->trackers, client))
    redes_core_drop_tracker (self, other);
  redes_tracker_table_believe (self->trackers, client);
  if (id != NULL && self->peer_finder != NULL)
    redes_peer_finder_tracker_answers (self->peer_finder, id);
}

static GPtrArray *
list_files (gpointer user_data)
{
  RedesCore *self = user_data;
  GPtrArray *manifests = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_manifest_unref);
  g_autoptr (GPtrArray) holdings = redes_library_list (self->library);
  g_autoptr (GPtrArray) folders = redes_library_list_all_folders (self->library);
  GHashTableIter iter;
  gpointer key;

  for (guint i = 0; i < holdings->len; i++)
    g_ptr_array_add (manifests, redes_manifest_ref (
                                    redes_holding_get_manifest (g_ptr_array_index (holdings, i))));
  for (guint i = 0; i < folders->len; i++)
    g_ptr_array_add (manifests,
                     redes_manifest_ref (redes_holding_get_manifest (folders->pdata[i])));
  g_hash_table_iter_init (&iter, self->announced);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_ptr_array_add (manifests, redes_manifest_ref (redes_download_get_manifest (key)));
  return manifests;
}

static void
on_tracker_state (RedesTrackerClient *client,
                  RedesTrackerState state,
                  const GError *error,
                  gpointer user_data)
{
  RedesCore *self = user_data;
  g_autoptr (RedesNotice) reason = NULL;

  if (state == REDES_TRACKER_REGISTERED)
    settle_registered (self, client);
  if (!redes_tracker_table_is_believed (self->trackers, client))
    return;
  reason = error != NULL ? redes_notice_new_of_error (error) : NULL;
  self->events.tracker_changed (redes_tracker_client_get_address (client), state, reason,
                                self->user_data);
}

/* Whether this peer listens at IPv4 alone and @host is IPv6, or the other way round. */
static gboolean
is_other_family (RedesCore *self, const char *host)
{
  g_autoptr (GInetAddress) own = g_inet_address_new_from_string (self->config->listen_host);
  g_autoptr (GInetAddress) seen = g_inet_address_new_from_string (host);

  return own != NULL && seen != NULL
         && g_inet_address_get_family (own) != g_inet_address_get_family (seen);
}

/* Others are told of that address, so nobody can fetch from this peer. */
static void
on_reach_told (RedesTrackerClient *client,
               gboolean reachable,
               const char *host,
               guint16 port,
               gpointer user_data)
{
  RedesCore *self = user_data;
  g_autofree char *address = NULL;
  g_autoptr (RedesNotice) notice = NULL;

  if (reachable || !redes_tracker_table_is_believed (self->trackers, client))
    return;
  address = redes_text_format_address (host, port);
  if (is_other_family (self, host))
    notice = redes_notice_new (REDES_NOTICE_REACH_OTHER_FAMILY,
                               redes_tracker_client_get_address (client), address,
                               self->config->listen_host);
  else
    notice = redes_notice_new (REDES_NOTICE_REACH_FAILED, redes_tracker_client_get_address (client),
                               address);
  self->events.notice (notice, self->user_data);
}

gboolean
redes_core_add_tracker (RedesCore *self,
                        const char *address,
                        const RedesPeerId *expected,
                        gboolean found,
                        gboolean register_peer,
                        GError **error)
{
  RedesTrackerClientParams params
      = { .clock = self->clock,
          .identity = self->identity,
          .address = address,
          .expected = expected,
          .nickname = self->config->nickname,
          .listen_host = self->config->listen ? self->config->listen_host : NULL,
          .port = self->port,
          .register_peer = register_peer,
          .list_files = list_files,
          .state_changed = on_tracker_state,
          .reach_told = on_reach_told,
          .user_data = self };
  RedesTrackerClient *client;

  if (redes_tracker_table_lookup (self->trackers, address) != NULL)
    return TRUE;
  client = redes_tracker_client_new (&params, error);
  if (client == NULL)
    return FALSE;
  redes_tracker_table_add (self->trackers, client, found);
  return TRUE;
}

void
redes_core_tell_trackers (RedesCore *self,
                          RedesManifest *manifest,
                          void (*tell) (RedesTrackerClient *, RedesManifest *))
{
  GPtrArray *trackers = redes_tracker_table_get_all (self->trackers);

  for (guint i = 0; i < trackers->len; i++)
    tell (g_ptr_array_index (trackers, i), manifest);
}
