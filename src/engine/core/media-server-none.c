/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/core/media-server.h"

#include "engine/base/error.h"

struct _RedesMediaServer
{
  char unused;
};

RedesMediaServer *
redes_media_server_new (void)
{
  return g_new0 (RedesMediaServer, 1);
}

void
redes_media_server_free (RedesMediaServer *self)
{
  g_free (self);
}

char *
redes_media_server_serve (RedesMediaServer *self,
                          RedesDownload *download,
                          const char *name,
                          GError **error)
{
  redes_set_error (error, REDES_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, REDES_NOTICE_NO_MEDIA_SERVER);
  return NULL;
}

void
redes_media_server_withdraw (RedesMediaServer *self, RedesDownload *download)
{
}
