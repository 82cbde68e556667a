/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/config.h"

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
  self->nickname = g_strdup ("");
  self->trackers = g_new0 (char *, 1);
  self->cache_bytes = REDES_DEFAULT_CACHE_BYTES;
  self->rsa_bits = REDES_DEFAULT_RSA_BITS;
  self->lan_interfaces = g_new0 (char *, 1);
  self->classic_trackers = g_new0 (char *, 1);
  self->accepted_trackers = g_new0 (char *, 1);
  self->refused_trackers = g_new0 (char *, 1);
  return self;
}

/* Gives @self texts and lists of its own, where it has those of another configuration. */
static void
own_texts (RedesConfig *self)
{
  self->listen_host = g_strdup (self->listen_host);
  self->data_dir = g_strdup (self->data_dir);
  self->download_dir = g_strdup (self->download_dir);
  self->nickname = g_strdup (self->nickname);
  self->trackers = g_strdupv (self->trackers);
  self->lan_interfaces = g_strdupv (self->lan_interfaces);
  self->accepted_trackers = g_strdupv (self->accepted_trackers);
  self->refused_trackers = g_strdupv (self->refused_trackers);
  self->classic_trackers = g_strdupv (self->classic_trackers);
}

static void
clear_texts (RedesConfig *self)
{
  g_free (self->listen_host);
  g_free (self->data_dir);
  g_free (self->download_dir);
  g_free (self->nickname);
  g_strfreev (self->trackers);
  g_strfreev (self->lan_interfaces);
  g_strfreev (self->accepted_trackers);
  g_strfreev (self->refused_trackers);
  g_strfreev (self->classic_trackers);
}

RedesConfig *
redes_config_copy (const RedesConfig *self)
{
  RedesConfig *copy = g_memdup2 (self, sizeof *self);

  own_texts (copy);
  return copy;
}

void
redes_config_assign (RedesConfig *self, const RedesConfig *from)
{
  RedesConfig old = *self;

  *self = *from;
  own_texts (self);
  clear_texts (&old);
}

void
redes_config_keep_start_only (RedesConfig *self, const RedesConfig *running)
{
  g_free (self->listen_host);
  self->listen_host = g_strdup (running->listen_host);
  g_free (self->data_dir);
  self->data_dir = g_strdup (running->data_dir);
  g_strfreev (self->lan_interfaces);
  self->lan_interfaces = g_strdupv (running->lan_interfaces);
  self->listen = running->listen;
  self->rsa_bits = running->rsa_bits;
  self->keeps_partial_files = running->keeps_partial_files;
  self->patience_s = running->patience_s;
  self->max_folder_entries = running->max_folder_entries;
  self->niceness = running->niceness;
}

void
redes_config_free (RedesConfig *self)
{
  if (self == NULL)
    return;
  clear_texts (self);
  g_free (self);
}
