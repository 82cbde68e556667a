/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/content/link.h"
#include "engine/core/core-events.h"
#include "engine/swarm/download-readers.h"

G_BEGIN_DECLS

/* As redes_core_download(), but of a file that goes to redes_core_read() alone: nothing is written.
 */
void redes_core_stream (RedesCore *self, guint transfer_id, const RedesLink *link);
/**
 * redes_core_read:
 * @offset: in bytes, at the beginning of a block of the file: see redes_block_size_for()
 * @func: called once, perhaps before this returns. Errors: as redes_download_read()
 *
 * Reads a block of a file that is being downloaded, and waits until it is there. No other question
 * about this transfer may be open.
 */
void redes_core_read (RedesCore *self,
                      guint transfer_id,
                      guint64 offset,
                      RedesDownloadReadFunc func,
                      gpointer user_data);
/* (transfer full): see redes_media_server_serve(). Errors: of it, and REDES_SWARM_ERROR_OVER if no
 * file is being downloaded under @transfer_id. */
char *redes_core_serve_stream (RedesCore *self, guint transfer_id, GError **error);

G_END_DECLS
