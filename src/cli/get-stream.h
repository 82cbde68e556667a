/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/session.h"

G_BEGIN_DECLS

/**
 * RedesGetStream:
 *
 * Writes a file to the standard output while it is being downloaded, in its order, and asks for no
 * more than its reader takes.
 */
typedef struct _RedesGetStream RedesGetStream;

/* @finished: called when all of the file was written, and not if it cannot be */
RedesGetStream *redes_get_stream_new (RedesSession *session,
                                      const RedesLink *link,
                                      void (*finished) (gpointer user_data),
                                      gpointer user_data);
/* After the session has ended. @self: (nullable) */
void redes_get_stream_free (RedesGetStream *self);
RedesTransfer *redes_get_stream_get_transfer (RedesGetStream *self);
/* To be called when the transfer has changed. */
void redes_get_stream_look (RedesGetStream *self);

G_END_DECLS
