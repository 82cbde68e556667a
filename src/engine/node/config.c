/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/config.h"

#include "engine/identity/identity.h"

RedesConfig *
redes_config_new (void)
{
  RedesConfig *self = g_new0 (RedesConfig, 1);
  const char *downloads = g_get_user_special_dir (G_USER_DIRECTORY_DOWNLOAD);

  self->listen_host = g_strdup ("");
  self->listen_port = REDES_DEFAULT_PORT;
  self->listen = TRUE;
  self->data_dir = g_build_filename (g_get_user_data_dir (), "redes", NULL);
  self->download_dir = downloads != NULL ? g_strdup (downloads)
                                         : g_build_filename (g_get_home_dir (), "Downloads", NULL);
  self->nickname = g_strdup (g_get_user_name ());
  self->trackers = g_new0 (char *, 1);
  self->cache_bytes = REDES_DEFAULT_CACHE_BYTES;
  self->rsa_bits = REDES_IDENTITY_BITS;
  self->lan_interfaces = g_new0 (char *, 1);
  self->classic_trackers = g_new0 (char *, 1);
  self->use_found_trackers = TRUE;
  self->refused_trackers = g_new0 (char *, 1);
  self->browsable = TRUE;
  return self;
}

RedesConfig *
redes_config_copy (const RedesConfig *self)
{
  RedesConfig *copy = g_memdup2 (self, sizeof *self);

  copy->listen_host = g_strdup (self->listen_host);
  copy->data_dir = g_strdup (self->data_dir);
  copy->download_dir = g_strdup (self->download_dir);
  copy->nickname = g_strdup (self->nickname);
  copy->trackers = g_strdupv (self->trackers);
  copy->lan_interfaces = g_strdupv (self->lan_interfaces);
  copy->refused_trackers = g_strdupv (self->refused_trackers);
  copy->classic_trackers = g_strdupv (self->classic_trackers);
  return copy;
}

void
redes_config_free (RedesConfig *self)
{
  if (self == NULL)
    return;
  g_free (self->listen_host);
  g_free (self->data_dir);
  g_free (self->download_dir);
  g_free (self->nickname);
  g_strfreev (self->trackers);
  g_strfreev (self->lan_interfaces);
  g_strfreev (self->refused_trackers);
  g_strfreev (self->classic_trackers);
  g_free (self);
}
