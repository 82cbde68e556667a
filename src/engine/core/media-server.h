/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/swarm/download.h"

G_BEGIN_DECLS

/**
 * RedesMediaServer:
 *
 * Lets programs of this machine read a file while it is being downloaded: an HTTP server that
 * listens on the loopback address alone, answers GET and HEAD, also of a part of the file (Range),
 * and waits for what is not there yet. The address of a file has a random part of 128 bits, which
 * is the permission to read it; no page of a web browser can guess it, nor learn it from here.
 * Engine's thread.
 *
 * Without libsoup there is none: then redes_media_server_serve() fails.
 */
typedef struct _RedesMediaServer RedesMediaServer;

/* It begins to listen with the first redes_media_server_serve(). */
RedesMediaServer *redes_media_server_new (void);
/* All connections end. */
void redes_media_server_free (RedesMediaServer *self);

/**
 * redes_media_server_serve:
 * @name: what the file is called: the end of the address
 *
 * Errors: G_IO_ERROR or REDES_IO_ERROR: nothing can be listened at, or there is no libsoup.
 *
 * Returns: (transfer full): the address, `http://127.0.0.1:PORT/…`, which is the same at each call
 *   and valid until redes_media_server_withdraw()
 */
char *redes_media_server_serve (RedesMediaServer *self,
                                RedesDownload *download,
                                const char *name,
                                GError **error);
/* Nothing of @download, which need not be served, can be read any more. */
void redes_media_server_withdraw (RedesMediaServer *self, RedesDownload *download);

G_END_DECLS
