/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/core/core-publishers-private.h"

#include "engine/core/core-state-private.h"

gboolean
redes_core_refuse_blocked (RedesCore *self, RedesDownload *download)
{
  g_autoptr (RedesNotice) reason = NULL;
  RedesManifest *manifest = redes_download_get_manifest (download);
  const RedesLink *link = redes_download_get_link (download);
  gboolean blocked
      = manifest != NULL
            ? g_hash_table_contains (self->blocked, redes_manifest_get_publisher (manifest))
            : link->has_publisher && g_hash_table_contains (self->blocked, &link->publisher);

  if (!blocked || redes_download_is_over (download))
    return FALSE;
  reason = redes_notice_new (REDES_NOTICE_PUBLISHER_BLOCKED);
  redes_download_fail (download, reason);
  return TRUE;
}

gboolean
redes_core_refuse_blocked_folder (RedesCore *self, RedesFolderDownload *download)
{
  RedesManifest *manifest = redes_folder_download_get_manifest (download);
  g_autoptr (RedesNotice) reason = NULL;

  if (manifest == NULL || redes_folder_download_is_over (download)
      || !g_hash_table_contains (self->blocked, redes_manifest_get_publisher (manifest)))
    return FALSE;
  reason = redes_notice_new (REDES_NOTICE_PUBLISHER_BLOCKED);
  redes_folder_download_fail (download, reason);
  return TRUE;
}

void
redes_core_set_publisher (RedesCore *self,
                          const RedesPeerId *id,
                          const char *name,
                          RedesPublisherTrust trust)
{
  g_autoptr (GList) downloads = NULL;
  g_autoptr (GList) folders = NULL;

  if (self->store != NULL)
    redes_store_put_publisher (self->store, id, name, trust);
  if (trust != REDES_PUBLISHER_BLOCKED)
    {
      g_hash_table_remove (self->blocked, id);
      return;
    }
  g_hash_table_add (self->blocked, redes_digest_copy (id));
  downloads = g_hash_table_get_values (self->transfers);
  for (GList *l = downloads; l != NULL; l = l->next)
    redes_core_refuse_blocked (self, l->data);
  folders = g_hash_table_get_values (self->folder_transfers);
  for (GList *l = folders; l != NULL; l = l->next)
    redes_core_refuse_blocked_folder (self, l->data);
}

static void
restore_publisher (const RedesPeerId *id,
                   const char *name,
                   RedesPublisherTrust trust,
                   gpointer user_data)
{
  RedesCore *self = user_data;

  if (trust == REDES_PUBLISHER_BLOCKED)
    g_hash_table_add (self->blocked, redes_digest_copy (id));
  self->events.publisher (id, name, trust, self->user_data);
}

gboolean
redes_core_restore_publishers (RedesCore *self, GError **error)
{
  return redes_store_each_publisher (self->store, restore_publisher, self, error);
}
