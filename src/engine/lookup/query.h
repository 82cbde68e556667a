/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/clock.h"
#include "engine/base/notice.h"
#include "engine/classic/search.h"
#include "engine/lookup/provider.h"
#include "engine/lookup/rows.h"

G_BEGIN_DECLS

typedef enum
{
  REDES_LOOKUP_SEARCH,
  REDES_LOOKUP_FIND_SOURCES,
  REDES_LOOKUP_LIST,
  REDES_LOOKUP_BROWSE,
} RedesLookupKind;

/**
 * RedesLookupTally:
 * @reason: (nullable): why those who did not answer did not; of trackers only
 * @total: of a search: the most that one of them says it has
 * @n_rows: of a search: up to where all have answered who have at all: fewer than was asked for
 *   when one of them broke off
 * @unsigned_files: (nullable) (element-type RedesClassicFile): of a search: what peers of the
 *   original system offer, each name once; %NULL: nothing
 *
 * Who was asked a query, and answered.
 */
typedef struct
{
  guint trackers_asked;
  guint trackers_answered;
  guint peers_asked;
  guint peers_answered;
  const RedesNotice *reason;
  guint total;
  guint n_rows;
  GPtrArray *unsigned_files;
} RedesLookupTally;

/**
 * RedesLookupResult:
 * @rows: (element-type RedesResultEntry): of a search, merged by content and ranked (see
 *   redes_ranking_merge()); of browsing, in the peer's order. (element-type RedesKnownPeer): of a
 *   list, each peer once. Whoever wants to keep it steals it, as a whole:
 *   another thread may take it over
 * @contents: (element-type RedesContentId), @origins: (element-type utf8): of a search: which
 *   tracker, by its address, named which content
 * @guests: (nullable) (array zero-terminated=1): of a list: `HOST:PORT` of those that trackers of
 * the original system name, who have proven nothing; %NULL: no such tracker has answered
 * @error: (nullable): %G_IO_ERROR_CANCELLED: the query was cancelled. Of browsing also: why the
 * peer gave no list, as redes_peer_rpc_ask() has it
 *
 * How a query ended. Valid during the callback, but for what is stolen.
 */
typedef struct
{
  GPtrArray *rows;
  GPtrArray *contents;
  GPtrArray *origins;
  char **guests;
  const RedesLookupTally *tally;
  const GError *error;
} RedesLookupResult;

/* Called once for each query, never before the call that began it has returned. */
typedef void (*RedesLookupFunc) (RedesLookupResult *result, gpointer user_data);
/* Whether it is still of interest whether @peer has the content. */
typedef gboolean (*RedesLookupWantedFunc) (const RedesPeerId *peer, gpointer user_data);
/* @source has the content: told as soon as somebody says so, while others are still asked; perhaps
 * more than once of the same peer. */
typedef void (*RedesLookupSourceFunc) (const RedesEndpoint *source, gpointer user_data);

/**
 * RedesLookupQuery:
 *
 * One query, on its way to everyone whom the providers ask. It merges what comes, counts who was
 * asked and who answered, and ends when all have ended, when it is cancelled, or when those who are
 * left have given nothing for too long. Engine's thread.
 */

/* What is asked: for providers. */

RedesLookupKind redes_lookup_query_get_kind (const RedesLookupQuery *self);
/* Of a search. */
const char *redes_lookup_query_get_words (const RedesLookupQuery *self);
/* Of a search: from which row on, of each one's answers. */
guint redes_lookup_query_get_first (const RedesLookupQuery *self);
/* Of finding sources. */
const RedesContentId *redes_lookup_query_get_content (const RedesLookupQuery *self);
/* (array zero-terminated=1): trackers that may be asked, but for this content alone. */
const char *const *redes_lookup_query_get_link_trackers (const RedesLookupQuery *self);
/* Whether it still matters whether @peer has the content. */
gboolean redes_lookup_query_wants (const RedesLookupQuery *self, const RedesPeerId *peer);
/* By the clock of its lookup. */
gint64 redes_lookup_query_now_us (const RedesLookupQuery *self);
/* Of browsing: whom; and (nullable) `HOST:PORT` where it listens. */
const RedesPeerId *redes_lookup_query_get_peer (const RedesLookupQuery *self);
const char *redes_lookup_query_get_address (const RedesLookupQuery *self);

/**
 * RedesLookupAsk:
 *
 * One who was asked one query, until that one's end. The provider owns it: what it is given after
 * the query has ended is dropped, so that a provider need not care.
 */
typedef struct _RedesLookupAsk RedesLookupAsk;

/**
 * redes_lookup_query_ask:
 * @origin: the address by which a link can name whom is asked; "": none. Copied
 *
 * Counts one who is asked. Returns: (transfer full): to be ended by redes_lookup_ask_end(), or
 * by redes_lookup_ask_take_rows() returning 0, never before the provider's function has returned
 * unless it is answered by then
 */
RedesLookupAsk *
redes_lookup_query_ask (RedesLookupQuery *self, RedesLookupProvider *provider, const char *origin);

/* (nullable): %NULL when the query has ended: the answer is of no use any more. */
RedesLookupQuery *redes_lookup_ask_get_query (const RedesLookupAsk *self);
/* Of a search or browsing: the row that comes next, and how many there are to be asked for in one
 * message; 0 when nothing is wanted any more. */
guint redes_lookup_ask_get_next_row (const RedesLookupAsk *self);
guint redes_lookup_ask_get_page_rows (const RedesLookupAsk *self);

/**
 * redes_lookup_ask_take_rows:
 * @rows: (transfer full) (element-type RedesResultEntry or RedesKnownPeer): one batch
 * @total: how many it says it has
 *
 * Returns: %TRUE if it is to be asked for redes_lookup_ask_get_page_rows() more rows; %FALSE: this
 * was its end, and @self is freed
 */
gboolean redes_lookup_ask_take_rows (RedesLookupAsk *self, GPtrArray *rows, guint total);
/* It says that @source has the content. */
void redes_lookup_ask_take_source (RedesLookupAsk *self, const RedesEndpoint *source);
/* What the original system has for a search, at most %REDES_LOOKUP_MAX_UNSIGNED names for a query.
 * The peers of one name are put together. @file: (transfer full) (nullable) */
void redes_lookup_ask_take_unsigned (RedesLookupAsk *self, RedesClassicFile *file);
#define REDES_LOOKUP_MAX_UNSIGNED 64u
/* Passes on to all providers what peers of the original system are said to have, see
 * RedesLookupProviderClass.offer. */
void redes_lookup_ask_offer (RedesLookupAsk *self, const char *name, const char *const *addresses);
/* Whom trackers of the original system list, at most once for a query. @guests: (transfer full)
 * (nullable): as in RedesLookupResult */
void redes_lookup_ask_take_guests (RedesLookupAsk *self, char **guests);
/* Its end. @error: (nullable): why it has given nothing, or not all. Frees @self. */
void redes_lookup_ask_end (RedesLookupAsk *self, const GError *error);

G_END_DECLS
