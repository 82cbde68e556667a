/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/core/core-private.h"

/* Trackers that only links have named. */
#define MAX_LINK_TRACKERS 32u

static void
use_trackers_of_link (RedesCore *self, const RedesLink *link)
{
  for (guint i = 0; link->trackers[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;

      if (self->tracker_order->len >= g_strv_length (self->config->trackers) + MAX_LINK_TRACKERS)
        return;
      /* Being named in a link is no reason to tell that tracker what this peer shares. */
      if (!redes_core_add_tracker (self, link->trackers[i], NULL, FALSE, &error))
        g_debug ("a link's tracker: %s", error->message);
      /* One that was found is used for more than that from now on. */
      else
        g_hash_table_remove (self->found_trackers,
                             g_hash_table_lookup (self->trackers, link->trackers[i]));
    }
}

static void
restore_transfer (RedesCore *self, const RedesStoreTransfer *stored)
{
  guint id = REDES_CORE_FIRST_RESTORED_ID + ++self->last_restored_id;
  RedesDownload *download = redes_swarm_restore (self->swarm, id, stored);

  if (download == NULL)
    return;
  if (redes_download_is_removed (download))
    {
      redes_swarm_forget (self->swarm, download);
      return;
    }
  use_trackers_of_link (self, redes_download_get_link (download));
  g_hash_table_insert (self->transfers, GUINT_TO_POINTER (id), download);
  self->events.transfer_restored (redes_download_get_link (download),
                                  redes_download_snapshot_new (id, download, FALSE),
                                  self->user_data);
}

void
redes_core_restore (RedesCore *self)
{
  g_autoptr (GPtrArray) transfers = NULL;
  g_autoptr (GError) error = NULL;

  if (self->store == NULL)
    return;
  if (redes_core_restore_publishers (self, &error) && redes_library_restore (self->library, &error))
    transfers = redes_store_list_transfers (self->store, &error);
  for (guint i = 0; transfers != NULL && i < transfers->len; i++)
    restore_transfer (self, g_ptr_array_index (transfers, i));
  if (error != NULL)
    self->events.notice (error->message, self->user_data);
}

void
redes_core_download (RedesCore *self,
                     guint transfer_id,
                     const RedesLink *link,
                     const char *folder,
                     const char *target)
{
  RedesDownload *download;

  use_trackers_of_link (self, link);
  download = redes_swarm_download (self->swarm, transfer_id, link, folder, target);
  g_hash_table_insert (self->transfers, GUINT_TO_POINTER (redes_download_get_id (download)),
                       download);
}

static RedesDownload *
find_download (RedesCore *self, guint transfer_id)
{
  return g_hash_table_lookup (self->transfers, GUINT_TO_POINTER (transfer_id));
}

void
redes_core_accept_publisher (RedesCore *self, guint transfer_id, const RedesPeerId *publisher)
{
  RedesDownload *download = find_download (self, transfer_id);

  if (download == NULL)
    return;
  redes_download_accept_publisher (download, publisher);
  /* One that was given up for it goes on with it. */
  if (redes_download_get_state (download) == REDES_DOWNLOAD_FAILED)
    redes_download_resume (download);
}

void
redes_core_pause (RedesCore *self, guint transfer_id)
{
  RedesDownload *download = find_download (self, transfer_id);

  if (download != NULL)
    redes_download_pause (download);
}

void
redes_core_resume (RedesCore *self, guint transfer_id)
{
  RedesDownload *download = find_download (self, transfer_id);

  if (download != NULL)
    redes_download_resume (download);
}

void
redes_core_remove (RedesCore *self, guint transfer_id)
{
  RedesDownload *download = find_download (self, transfer_id);

  if (redes_core_cancel_unsigned (self, transfer_id) || download == NULL)
    self->events.transfer_removed (transfer_id, self->user_data);
  /* One that is being given its name is as good as done. */
  else if (redes_download_get_state (download) == REDES_DOWNLOAD_FINISHING)
    g_hash_table_add (self->leaving, GUINT_TO_POINTER (transfer_id));
  else
    redes_download_remove (download);
}

GPtrArray *
redes_core_list_history (
    RedesCore *self, gint64 above, gint64 below, guint max_rows, GError **error)
{
  if (self->store == NULL)
    return g_ptr_array_new ();
  return redes_store_list_history (self->store, above, below, max_rows, error);
}

void
redes_core_remove_history (RedesCore *self, GArray *ids, gint64 below)
{
  if (self->store != NULL)
    redes_store_remove_history (self->store, (const gint64 *)(void *)ids->data, ids->len, below);
}
