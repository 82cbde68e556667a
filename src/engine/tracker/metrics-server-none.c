/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tracker/metrics-server.h"

#include "engine/base/error.h"

#include <errno.h>

gboolean
redes_metrics_server_is_built (void)
{
  return FALSE;
}

RedesMetricsServer *
redes_metrics_server_new (
    const char *host, guint16 port, RedesMetricsFunc func, gpointer user_data, GError **error)
{
  redes_set_error (error, REDES_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, REDES_NOTICE_TEXT,
                   g_strerror (ENOTSUP));
  return NULL;
}

void
redes_metrics_server_free (RedesMetricsServer *self)
{
}

const char *
redes_metrics_server_get_address (RedesMetricsServer *self)
{
  return NULL;
}
