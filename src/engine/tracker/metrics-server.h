/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * RedesMetricsServer:
 *
 * Answers `GET /metrics` with a text in the format of OpenMetrics, and nothing else. It is plain
 * HTTP, open to everybody who can reach its address: which address that is, whoever runs the
 * tracker decides. It has 16 connections at most, each closed after 10 seconds of silence. The
 * thread in which it was made.
 */
typedef struct _RedesMetricsServer RedesMetricsServer;

/* Returns: (transfer full): the text as it is now */
typedef char *(*RedesMetricsFunc) (gpointer user_data);

/* Whether this program was built with libsoup, without which there is no such server. */
gboolean redes_metrics_server_is_built (void);

/**
 * redes_metrics_server_new:
 * @host: numeric, or "" for every address
 * @port: 0: any free one
 *
 * Errors: REDES_IO_ERROR: the port is in use or not allowed, the address is not this machine's;
 * there is no libsoup (G_IO_ERROR_NOT_SUPPORTED)
 */
RedesMetricsServer *redes_metrics_server_new (
    const char *host, guint16 port, RedesMetricsFunc func, gpointer user_data, GError **error);
/* @self: (nullable). Connections end. */
void redes_metrics_server_free (RedesMetricsServer *self);

/* HOST:PORT */
const char *redes_metrics_server_get_address (RedesMetricsServer *self);

G_END_DECLS
