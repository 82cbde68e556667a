/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/clock.h"
#include "engine/classic/protocol.h"

G_BEGIN_DECLS

/**
 * RedesClassicReader:
 *
 * Reads the one command of each connection of the classic protocol, and delivers it. A command has
 * no terminator: it is complete when it can be parsed and is shorter than one read, or when nothing
 * more comes for a moment. There are at most 256 connections, 5 s for a command, and a limit of
 * commands a second from one address. A reader belongs to the main context that was the thread's
 * default when it was made.
 */
typedef struct _RedesClassicReader RedesClassicReader;

/* @connection: (transfer none): for the answer; it is closed when its last reference is dropped.
 * @from: the numeric address of the other end; "127.0.0.1" for any address of this machine */
typedef void (*RedesClassicReaderFunc) (const RedesClassicCommand *command,
                                        GSocketConnection *connection,
                                        const char *from,
                                        gpointer user_data);

/* @clock: (transfer none): of that limit. @commands_per_s: the limit for one address, with bursts
 * of twice as many. Commands beyond it are delayed as long as the limit requires, at most 256 of
 * one address and 512 in all. */
RedesClassicReader *redes_classic_reader_new (const RedesClock *clock,
                                              guint commands_per_s,
                                              RedesClassicReaderFunc func,
                                              gpointer user_data);
/* @self: (nullable) */
void redes_classic_reader_free (RedesClassicReader *self);
/* Takes a connection over. Its command may be delivered before this function returns. */
void redes_classic_reader_add (RedesClassicReader *self, GSocketConnection *connection);

/* Sends @answer (transfer full) on @connection and closes it, in the background, for at most 10 s.
 */
void redes_classic_reply (GSocketConnection *connection, GBytes *answer);

G_END_DECLS
