/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/lookup/tracker-table.h"

struct _RedesTrackerTable
{
  GHashTable *by_address; /* address -> RedesTrackerClient */
  GPtrArray *order;
  GHashTable *found; /* RedesTrackerClient -> whether it is believed */
};

RedesTrackerTable *
redes_tracker_table_new (void)
{
  RedesTrackerTable *self = g_new0 (RedesTrackerTable, 1);

  self->by_address = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                            (GDestroyNotify)redes_tracker_client_free);
  self->order = g_ptr_array_new ();
  self->found = g_hash_table_new (NULL, NULL);
  return self;
}

void
redes_tracker_table_clear (RedesTrackerTable *self)
{
  g_hash_table_remove_all (self->found);
  g_ptr_array_set_size (self->order, 0);
  g_hash_table_remove_all (self->by_address);
}

void
redes_tracker_table_free (RedesTrackerTable *self)
{
  if (self == NULL)
    return;
  redes_tracker_table_clear (self);
  g_hash_table_unref (self->by_address);
  g_ptr_array_unref (self->order);
  g_hash_table_unref (self->found);
  g_free (self);
}

void
redes_tracker_table_add (RedesTrackerTable *self, RedesTrackerClient *client, gboolean found)
{
  const char *address = redes_tracker_client_get_address (client);

  g_return_if_fail (!g_hash_table_contains (self->by_address, address));

  g_hash_table_insert (self->by_address, g_strdup (address), client);
  g_ptr_array_add (self->order, client);
  if (found)
    g_hash_table_insert (self->found, client, NULL);
}

void
redes_tracker_table_remove (RedesTrackerTable *self, RedesTrackerClient *client)
{
  g_autofree char *address = g_strdup (redes_tracker_client_get_address (client));

  g_hash_table_remove (self->found, client);
  g_ptr_array_remove (self->order, client);
  g_hash_table_remove (self->by_address, address);
}

RedesTrackerClient *
redes_tracker_table_lookup (RedesTrackerTable *self, const char *address)
{
  return g_hash_table_lookup (self->by_address, address);
}

RedesTrackerClient *
redes_tracker_table_lookup_id (RedesTrackerTable *self,
                               const RedesPeerId *id,
                               const RedesTrackerClient *except)
{
  for (guint i = 0; i < self->order->len; i++)
    {
      RedesTrackerClient *client = g_ptr_array_index (self->order, i);
      const RedesPeerId *remote = redes_tracker_client_get_remote_id (client);

      if (client != except && remote != NULL && redes_digest_equal (remote, id))
        return client;
    }
  return NULL;
}

GPtrArray *
redes_tracker_table_get_all (RedesTrackerTable *self)
{
  return self->order;
}

gboolean
redes_tracker_table_is_found (RedesTrackerTable *self, const RedesTrackerClient *client)
{
  return g_hash_table_contains (self->found, client);
}

gboolean
redes_tracker_table_is_believed (RedesTrackerTable *self, const RedesTrackerClient *client)
{
  gpointer believed;

  return !g_hash_table_lookup_extended (self->found, client, NULL, &believed) || believed != NULL;
}

void
redes_tracker_table_believe (RedesTrackerTable *self, RedesTrackerClient *client)
{
  if (g_hash_table_contains (self->found, client))
    g_hash_table_insert (self->found, client, GINT_TO_POINTER (TRUE));
}
