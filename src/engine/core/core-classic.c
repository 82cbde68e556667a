/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/core/core-classic-private.h"

#include "engine/core/core-state-private.h"
#include "engine/lookup/classic-provider.h"

/* What the core has to do with the original system's peers. */

static void
on_sorted (GSocketConnection *connection, guint8 byte, gpointer user_data)
{
  RedesCore *self = user_data;

  if (byte == REDES_FIRST_BYTE_TLS)
    redes_swarm_accept (self->swarm, connection);
  else
    redes_classic_peer_accept (self->classic, connection);
}

static void
on_tracker_changed (const char *address,
                    RedesTrackerState state,
                    const RedesNotice *reason,
                    gboolean found,
                    gpointer user_data)
{
  RedesCore *self = user_data;

  self->events.classic_tracker_changed (address, state, reason, found, self->user_data);
}

static void
on_tracker_dropped (const char *address, gpointer user_data)
{
  RedesCore *self = user_data;

  self->events.classic_tracker_dropped (address, self->user_data);
}

void
redes_core_join_classic (RedesCore *self)
{
  static const RedesClassicPeerEvents events
      = { .tracker_changed = on_tracker_changed, .tracker_dropped = on_tracker_dropped };

  if (!self->config->classic)
    return;
  self->classic
      = redes_classic_peer_new (self->config, self->cache, redes_swarm_get_up (self->swarm),
                                self->clock, self->port, &events, self);
  self->classic_provider = redes_classic_provider_new (self->classic);
  redes_lookup_add_provider (self->lookup, self->classic_provider);
  self->sniffer = redes_protocol_sniffer_new (self->clock, on_sorted, self);
}

static void
leave (RedesCore *self)
{
  g_clear_pointer (&self->sniffer, redes_protocol_sniffer_free);
  if (self->classic_provider != NULL)
    redes_lookup_remove_provider (self->lookup, g_steal_pointer (&self->classic_provider));
  g_clear_pointer (&self->classic, redes_classic_peer_free);
}

void
redes_core_leave_classic (RedesCore *self)
{
  g_hash_table_remove_all (self->unsigned_transfers);
  leave (self);
}

void
redes_core_rejoin_classic (RedesCore *self)
{
  g_autoptr (GPtrArray) holdings = NULL;

  leave (self);
  redes_core_join_classic (self);
  if (self->classic == NULL)
    return;
  holdings = redes_library_list (self->library);
  for (guint i = 0; i < holdings->len; i++)
    redes_classic_peer_add (self->classic, g_ptr_array_index (holdings, i));
}

static void
fail_unsigned (RedesCore *self)
{
  g_autoptr (RedesNotice) reason = redes_notice_new (REDES_NOTICE_CLASSIC_OFF);
  g_autoptr (GList) downloads = g_hash_table_get_values (self->unsigned_transfers);

  for (GList *l = downloads; l != NULL; l = l->next)
    redes_classic_download_fail (l->data, reason);
}

void
redes_core_configure_classic (RedesCore *self, const RedesConfig *old)
{
  gboolean rejoins = self->config->classic != old->classic;

  /* Without names of trackers it looks for its own on the local network. */
  if (self->config->lan != old->lan && !redes_classic_is_any_named (self->config))
    rejoins = TRUE;
  if (rejoins)
    redes_core_rejoin_classic (self);
  else if (self->classic != NULL
           && !g_strv_equal ((const char *const *)self->config->classic_trackers,
                             (const char *const *)old->classic_trackers))
    redes_classic_peer_set_trackers (self->classic);
  if (!self->config->classic && old->classic)
    fail_unsigned (self);
}

static void
on_unsigned_changed (RedesTransferSnapshot *snapshot, gpointer user_data)
{
  RedesCore *self = user_data;
  gpointer id = GUINT_TO_POINTER (snapshot->id);
  gboolean over
      = snapshot->state == REDES_TRANSFER_DONE || snapshot->state == REDES_TRANSFER_FAILED;

  self->events.transfer_changed (snapshot, self->user_data);
  /* What it has left on the disk is removed with it. */
  if (over)
    g_hash_table_remove (self->unsigned_transfers, id);
}

void
redes_core_download_unsigned (RedesCore *self,
                              guint transfer_id,
                              const RedesClassicFile *file,
                              const char *folder)
{
  g_hash_table_replace (self->unsigned_transfers, GUINT_TO_POINTER (transfer_id),
                        redes_classic_download_new (transfer_id, file, folder, self->disk_workers,
                                                    redes_swarm_get_down (self->swarm), self->clock,
                                                    on_unsigned_changed, self));
  /* The original system may have been switched off while the call was on its way. */
  if (self->classic == NULL)
    fail_unsigned (self);
}

gboolean
redes_core_cancel_unsigned (RedesCore *self, guint transfer_id)
{
  RedesClassicDownload *download
      = g_hash_table_lookup (self->unsigned_transfers, GUINT_TO_POINTER (transfer_id));

  if (download == NULL)
    return FALSE;
  redes_classic_download_fail (download, NULL);
  return TRUE;
}
