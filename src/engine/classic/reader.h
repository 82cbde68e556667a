/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/classic/protocol.h"

G_BEGIN_DECLS

/**
 * RedesClassicReader:
 *
 * Takes connections that speak the classic protocol, reads the one command of each and hands it on.
 * A command has no end of its own: it is over when it makes sense and is shorter than one read, or
 * when nothing more comes for a moment. At most 256 connections, 5 s for a command, and so many
 * commands a second from one address. Belongs to the main context that was the thread's
 * default when it was made.
 */
typedef struct _RedesClassicReader RedesClassicReader;

/* @connection: (transfer none): to answer on; it closes when the last reference goes
 * @from: numeric; "127.0.0.1" for this machine, by whichever of its addresses it came */
typedef void (*RedesClassicReaderFunc) (const RedesClassicCommand *command,
                                        GSocketConnection *connection,
                                        const char *from,
                                        gpointer user_data);

/* @commands_per_s: from one address; twice as many may come at once. Those beyond it are held for
 * as long as they have to wait for that, 256 from one address and 512 in all. */
RedesClassicReader *
redes_classic_reader_new (guint commands_per_s, RedesClassicReaderFunc func, gpointer user_data);
/* @self: (nullable) */
void redes_classic_reader_free (RedesClassicReader *self);
/* The command may be handed on before this returns. */
void redes_classic_reader_add (RedesClassicReader *self, GSocketConnection *connection);

/* Sends @answer, which is taken, on @connection and closes it; in the background, for 10 s at
 * most. */
void redes_classic_reply (GSocketConnection *connection, GBytes *answer);

G_END_DECLS
