/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/endpoint.h"
#include "engine/base/peer-origin.h"

G_BEGIN_DECLS

/* A peer that is known by peer exchange alone is considered present for TTL after it was last seen,
 * and is visited again after VISIT; both in microseconds. */
#define REDES_PEER_RECORD_TTL_US (G_GINT64_CONSTANT (60) * G_USEC_PER_SEC)
#define REDES_PEER_RECORD_VISIT_US (G_GINT64_CONSTANT (40) * G_USEC_PER_SEC)

/**
 * RedesPeerRecord:
 * @endpoint: who it is, and the last known address at which it listens
 * @how: flags of RedesPeerOrigin; 0: there was only a connection, to it as a source or from it
 * @met: whether a TLS connection has proved that it is at that address
 * @present: whether it is met and believed to be still there; only such peers are shown to a person
 * @seen_us: the monotonic time at which it was last known to be there; 0: never
 * @asked_us: for the table's owner: the time of the last peer exchange with it
 *
 * One peer of a RedesPeerTable.
 */
typedef struct
{
  RedesEndpoint endpoint;
  guint how;
  gboolean met;
  gboolean present;
  gint64 seen_us;
  gint64 asked_us;
  /* Only the table uses these. */
  gboolean visiting;
  guint n_failures;
  gint64 visit_us;
} RedesPeerRecord;

/**
 * RedesPeerTableEvents:
 * @found: the peer has become present
 * @lost: the peer is no longer present, or not at that address
 *
 * The functions must not call those of the table.
 */
typedef struct
{
  void (*found) (const RedesPeerRecord *record, gpointer user_data);
  void (*lost) (const RedesPeerRecord *record, gpointer user_data);
} RedesPeerTableEvents;

/**
 * RedesPeerTable:
 *
 * The peers that this one has met or heard of without a tracker, and the order in which they are
 * visited. A visit is a connection that proves whether a peer is there. A hint from others only
 * causes a visit: the peers that are shown, asked and told to others have been met. The table has
 * at most 512 peers; at most 8 visits are made at a time, 2 of them to one host. The table has no
 * sockets; the caller passes the monotonic time in microseconds.
 */
typedef struct _RedesPeerTable RedesPeerTable;

RedesPeerTable *redes_peer_table_new (const RedesPeerTableEvents *events, gpointer user_data);
void redes_peer_table_free (RedesPeerTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesPeerTable, redes_peer_table_free)

/**
 * redes_peer_table_hint:
 * @how: one of RedesPeerOrigin
 * @patience_us: the time in microseconds for which a connection from it is awaited before it is
 *   visited
 *
 * Records a hint that the peer @id is at @host and @port.
 */
void redes_peer_table_hint (RedesPeerTable *self,
                            const RedesPeerId *id,
                            const char *host,
                            guint16 port,
                            const char *nickname,
                            RedesPeerOrigin how,
                            gint64 patience_us,
                            gint64 now_us);
/* Records that the peer is not found in the way @how any more. */
void redes_peer_table_unhint (RedesPeerTable *self, const RedesPeerId *id, RedesPeerOrigin how);
/* Records that no peer is found in any way any more: all that were are lost, except those that were
 * only met. */
void redes_peer_table_forget_hints (RedesPeerTable *self);
/* Records that its connection has ended. A peer that is known by peer exchange alone is visited at
 * once, to see whether it is still there. */
void redes_peer_table_doubt (RedesPeerTable *self, const RedesPeerId *id, gint64 now_us);
/* Records another beacon of it from @host. As beacons can be forged, one from another address has
 * no effect. */
void redes_peer_table_see (
    RedesPeerTable *self, const RedesPeerId *id, const char *host, guint16 port, gint64 now_us);

/* Records that there is a session with it. @port: the one at which it says that it listens, not 0
 */
void redes_peer_table_meet (RedesPeerTable *self,
                            const RedesPeerId *id,
                            const char *host,
                            guint16 port,
                            const char *nickname,
                            gint64 now_us);
/* Records that a visit has failed. */
void redes_peer_table_miss (RedesPeerTable *self, const RedesPeerId *id, gint64 now_us);

/* Removes the peers that have not been seen for too long. */
void redes_peer_table_expire (RedesPeerTable *self, gint64 now_us);

/* (nullable) (transfer none): the peer to visit now. It counts as being visited until
 * redes_peer_table_meet() or redes_peer_table_miss(). */
const RedesPeerRecord *redes_peer_table_visit (RedesPeerTable *self, gint64 now_us);
/* The monotonic time at which redes_peer_table_visit() may return a peer again; G_MAXINT64 if none
 * waits. */
gint64 redes_peer_table_get_next_us (RedesPeerTable *self);

/* (nullable) (transfer none): the caller may write @asked_us only */
RedesPeerRecord *redes_peer_table_lookup (RedesPeerTable *self, const RedesPeerId *id);
/* (transfer container) (element-type RedesPeerRecord): those present; and, if @met_too, those met
 * within the last two minutes */
GPtrArray *redes_peer_table_list (RedesPeerTable *self, gboolean met_too, gint64 now_us);

G_END_DECLS
