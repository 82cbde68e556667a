/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/notice.h"
#include "engine/tracker/error.h"
#include "engine/wire/frame.h"

G_BEGIN_DECLS

/**
 * RedesTrackerAnswerFunc:
 * @rows: (nullable) (transfer none): RedesResultEntry for a search, RedesEndpoint for a list;
 * for sources a GPtrArray of RedesEndpoint for each content; %NULL on error
 * @total: how many there are in all; for sources: how many different peers
 *
 * Called exactly once, never before the query's call has returned.
 */
typedef void (*RedesTrackerAnswerFunc) (GPtrArray *rows,
                                        guint total,
                                        const GError *error,
                                        gpointer user_data);

/**
 * RedesTrackerGuestsFunc:
 * @files: (transfer none) (element-type RedesWireGuestFile): what peers of the original system say
 *   they have under the words of a search: unsigned and unproven. Those whom the tracker may not
 *   tell of are left out
 *
 * Called before a search's RedesTrackerAnswerFunc, and only when there are such files.
 */
typedef void (*RedesTrackerGuestsFunc) (GPtrArray *files, gpointer user_data);

/**
 * RedesQueries:
 *
 * The queries that a client has put to its tracker and that are not answered yet. The object gives
 * them serials, sends them when it may, matches answers to them, and ends those that wait for too
 * long. It knows no connection, and sends by calling a function of its owner. It belongs to the
 * main context that was the thread's default when it was made.
 *
 * Each query's function is called exactly once, never before the call that asked has returned.
 */
typedef struct _RedesQueries RedesQueries;

typedef void (*RedesQueriesSendFunc) (const RedesMessage *query, gpointer user_data);

RedesQueries *redes_queries_new (RedesQueriesSendFunc send, gpointer user_data);
/* Answers the queries that wait with G_IO_ERROR_CANCELLED. The function may be called inside a
 * query's function that a timer has called; whoever calls one of the functions below keeps the
 * object alive until that returns. */
void redes_queries_free (RedesQueries *self);

/* @host: (nullable): the tracker's numeric address: of peers that somebody at such an address may
 * not tell of (see redes_address_may_tell()) nothing is believed. %NULL = all is. */
void redes_queries_set_origin (RedesQueries *self, const char *host);

/* Returns: a serial for one of the client's own messages, which no query has; never 0 */
guint32 redes_queries_next_serial (RedesQueries *self);

/* @guests: (nullable) */
void redes_queries_search (RedesQueries *self,
                           const char *words,
                           guint first,
                           guint n_rows,
                           guint timeout_ms,
                           RedesTrackerGuestsFunc guests,
                           RedesTrackerAnswerFunc func,
                           gpointer user_data);
void redes_queries_sources (RedesQueries *self,
                            const RedesContentId *contents,
                            guint n_contents,
                            guint timeout_ms,
                            RedesTrackerAnswerFunc func,
                            gpointer user_data);
void redes_queries_list (RedesQueries *self,
                         guint timeout_ms,
                         RedesTrackerAnswerFunc func,
                         gpointer user_data);

/* Sends the queries that wait. New ones are sent at once from now on. */
void redes_queries_open (RedesQueries *self);
/* New queries wait from now on. */
void redes_queries_wait (RedesQueries *self);
/* Answers all queries with @error. New ones are answered with it, too, from now on. */
void redes_queries_fail (RedesQueries *self, const GError *error);

/* The most bytes that the body of an answer of @type (GUESTS, RESULTS, PEERS, HOLDERS or ERROR) may
 * have now; 0: the tracker owes no answer. */
gsize redes_queries_get_limit (RedesQueries *self, guint8 type);

/**
 * redes_queries_take:
 * @message: GUESTS, RESULTS, PEERS, HOLDERS or ERROR; its rows may be taken
 *
 * An answer to a query that is not there any more is dropped.
 *
 * Returns: %FALSE if it is no answer to what was asked: REDES_WIRE_ERROR_STATE
 */
gboolean redes_queries_take (RedesQueries *self, RedesMessage *message, GError **error);

/* Returns: (transfer full): why the tracker refuses. A refusal that is known here is worded here,
 * in the language of who reads it. */
RedesNotice *redes_queries_make_refusal (const RedesWireRefusal *refusal);

G_END_DECLS
