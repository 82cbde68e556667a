/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/notice.h"
#include "engine/net/channel.h"
#include "engine/tracker/sites.h"

G_BEGIN_DECLS

/**
 * RedesConnectionState:
 * @REDES_CONNECTION_GREETING: TLS and HELLO are under way
 * @REDES_CONNECTION_CONNECTED: it may ask, and register
 * @REDES_CONNECTION_REGISTERING: its files are being verified
 * @REDES_CONNECTION_REGISTERED: it is in LIST, SEARCH and SOURCES
 * @REDES_CONNECTION_GONE: closed; only answers under way still refer to it
 */
typedef enum
{
  REDES_CONNECTION_GREETING,
  REDES_CONNECTION_CONNECTED,
  REDES_CONNECTION_REGISTERING,
  REDES_CONNECTION_REGISTERED,
  REDES_CONNECTION_GONE,
} RedesConnectionState;

/**
 * RedesConnection:
 * @owner: the tracker
 * @channel: (nullable): %NULL when GONE
 * @link: its place in the tracker's line of those heard
 * @heard_us: when something was last received from it, in microseconds of the tracker's clock
 * @load: its work in flight, see REDES_CONNECTION_MAX_LOAD
 * @sites, @site: what is counted for its address
 * @is_held: whether it stands among @site's connections that are not read from
 * @registration: counts its REGISTERs, so that an answer for one that was overtaken is known as
 * such
 * @n_files: of its peer, when it last changed them
 * @is_probed: whether the tracker has tried, or is trying, to connect to its peer
 * @is_unreachable: whether its peer could not be connected to
 * @spread_ms: what its last PACE said
 * @searched_hash, @searched_s: of the words and the number of results of its last search, and when
 * that was, in seconds of the tracker's clock; 0: never
 *
 * One end of one conversation with the tracker. Reference-counted, because answers of the directory
 * may come when it is gone.
 */
typedef struct
{
  guint ref_count;
  gpointer owner;
  RedesChannel *channel;
  RedesConnectionState state;
  GList link;
  gint64 heard_us;
  guint load;
  RedesSites *sites;
  RedesSite *site;
  gboolean is_held;
  guint registration;
  guint n_files;
  gboolean is_probed;
  gboolean is_unreachable;
  guint spread_ms;
  guint32 searched_hash;
  guint32 searched_s;
} RedesConnection;

/* @now_us: the time of the tracker's clock. Returns: (transfer full): in the state GREETING,
 * without a channel yet */
RedesConnection *redes_connection_new (gpointer owner, gint64 now_us);
/* To be called once, directly after redes_connection_new(). @channel: (transfer full); @sites: it
 * must outlive the connection */
void
redes_connection_take_channel (RedesConnection *self, RedesChannel *channel, RedesSites *sites);
RedesConnection *redes_connection_ref (RedesConnection *self);
void redes_connection_unref (RedesConnection *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesConnection, redes_connection_unref)

/* Changes the state, along the edges of the table in connection.c only. GONE closes the channel and
 * drops it. */
void redes_connection_set_state (RedesConnection *self, RedesConnectionState state);

/* Not to be called in the state GONE. Returns: (transfer full): for the log: "ana (k3xw-7aqd) at
 * 127.0.0.1:6001" */
RedesNotice *redes_connection_describe (RedesConnection *self);

/* Returns: whether the remote has broken the protocol, so that @error ended the connection */
gboolean redes_connection_is_violation (const GError *error);
/* Returns: the refusal for a change that the directory has refused with @error */
RedesTrackerRefusal redes_connection_refusal_for (const GError *error);

void redes_connection_send_ok (RedesConnection *self, guint32 serial);
/* @words are cut to what ERROR may carry. */
void redes_connection_send_error (RedesConnection *self,
                                  guint32 serial,
                                  RedesTrackerRefusal refusal,
                                  const char *words);

/* @rows: see redes_wire_rows_new() */
void redes_connection_send_results (RedesConnection *self,
                                    guint32 serial,
                                    guint total,
                                    RedesWireRows *rows);
/* @peers: (element-type RedesConnection): those from @first on, @n_rows at most, are sent. */
void redes_connection_send_peers (RedesConnection *self,
                                  guint32 serial,
                                  guint total,
                                  GPtrArray *peers,
                                  guint first,
                                  guint n_rows);

/* @peers: (element-type RedesConnection); @places: see RedesWireHolders */
void redes_connection_send_holders (RedesConnection *self,
                                    guint32 serial,
                                    GPtrArray *peers,
                                    GPtrArray *places);

/* Work that one connection may have in flight: reading stops at the first bound and goes on below
 * the second, so that nobody fills the tracker's memory, or its worker's queue. */
#define REDES_CONNECTION_MAX_LOAD 64u
#define REDES_CONNECTION_RESUME_LOAD 32u
/* What weighs more than a small query: up to 1 MiB in memory, in or out. */
#define REDES_CONNECTION_BULKY_LOAD 16u

/**
 * RedesRequest:
 * @registration: the connection's when it came
 * @first: of LIST and SEARCH
 * @n_rows: of LIST
 * @words: (nullable): of SEARCH
 * @began_us: when a SEARCH came, in microseconds of the tracker's clock
 * @contents: (nullable) (element-type RedesContentId): of SOURCES
 *
 * A message whose answer is being worked out.
 */
typedef struct
{
  RedesConnection *connection;
  guint load;
  guint32 serial;
  guint registration;
  guint32 first;
  guint32 n_rows;
  char *words;
  gint64 began_us;
  GArray *contents;
} RedesRequest;

RedesRequest *redes_request_new (RedesConnection *connection, guint load, guint32 serial);
/* Takes the load of the request off its connection, whether or not it was answered. */
void redes_request_free (RedesRequest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesRequest, redes_request_free)

G_END_DECLS
