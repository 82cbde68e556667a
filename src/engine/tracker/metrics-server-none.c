/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tracker/metrics-server.h"

gboolean
redes_metrics_server_is_built (void)
{
  return FALSE;
}

RedesMetricsServer *
redes_metrics_server_new (
    const char *host, guint16 port, RedesMetricsFunc func, gpointer user_data, GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                       "Metrics cannot be told: this program was built without libsoup");
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
