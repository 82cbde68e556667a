/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/digest.h"

G_BEGIN_DECLS

/**
 * RedesPeerOrigin:
 * @REDES_PEER_ORIGIN_TRACKER: a tracker lists it
 * @REDES_PEER_ORIGIN_LAN: its beacon is heard on the local network
 * @REDES_PEER_ORIGIN_EXCHANGE: another peer has told of it
 *
 * How a peer was found; several may hold.
 */
typedef enum
{
  REDES_PEER_ORIGIN_TRACKER = 1 << 0,
  REDES_PEER_ORIGIN_LAN = 1 << 1,
  REDES_PEER_ORIGIN_EXCHANGE = 1 << 2,
} RedesPeerOrigin;

/* Who was found by exchange alone is there for so long after it was last seen, in microseconds.
 * Well before that it is visited again. */
#define REDES_ACQUAINTANCE_TTL_US (G_GINT64_CONSTANT (60) * G_USEC_PER_SEC)
#define REDES_ACQUAINTANCE_VISIT_US (G_GINT64_CONSTANT (40) * G_USEC_PER_SEC)

/**
 * RedesPeerRecord:
 * @host: numeric
 * @how: of RedesPeerOrigin; 0: it was only met, as a source or because it came to us
 * @met: whether TLS has shown that it is there, and at that address
 * @present: met, and still there as far as can be told: what a person is shown
 * @seen_us: when it was last known to be there, monotonic; 0 = never
 * @asked_us: the owner's: when it was last asked whom it knows
 */
typedef struct
{
  RedesPeerId id;
  char *nickname;
  char *host;
  guint16 port;
  guint how;
  gboolean met;
  gboolean present;
  gint64 seen_us;
  gint64 asked_us;
  /* For the table alone. */
  gboolean visiting;
  guint n_failures;
  gint64 visit_us;
} RedesPeerRecord;

/**
 * RedesPeerTableEvents:
 * @found: it has become present
 * @lost: it is no longer; or not at that address
 *
 * They must not call into the table.
 */
typedef struct
{
  void (*found) (const RedesPeerRecord *record, gpointer user_data);
  void (*lost) (const RedesPeerRecord *record, gpointer user_data);
} RedesPeerTableEvents;

/**
 * RedesPeerTable:
 *
 * The peers that this one has met or heard of without a tracker, and whom of them to visit next. A
 * hint is worth a visit and nothing more: who is shown, asked and told of to others has been met.
 * At most 512; 8 visits at a time, 2 to one host. Pure: the caller hands in the monotonic time in
 * microseconds.
 */
typedef struct _RedesPeerTable RedesPeerTable;

RedesPeerTable *redes_peer_table_new (const RedesPeerTableEvents *events, gpointer user_data);
void redes_peer_table_free (RedesPeerTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesPeerTable, redes_peer_table_free)

/**
 * redes_peer_table_hint:
 * @how: one of RedesPeerOrigin
 * @patience_us: how long to wait for it to come by itself before it is visited
 *
 * Somebody is said to be at @host and @port.
 */
void redes_peer_table_hint (RedesPeerTable *self,
                            const RedesPeerId *id,
                            const char *host,
                            guint16 port,
                            const char *nickname,
                            RedesPeerOrigin how,
                            gint64 patience_us,
                            gint64 now_us);
/* It is not to be found in this way any more. */
void redes_peer_table_unhint (RedesPeerTable *self, const RedesPeerId *id, RedesPeerOrigin how);
/* Nobody is to be found any more: all are lost that were, but not those who were only met. */
void redes_peer_table_forget_hints (RedesPeerTable *self);
/* Its connection ended: who was found by exchange alone is visited at once, to see. */
void redes_peer_table_doubt (RedesPeerTable *self, const RedesPeerId *id, gint64 now_us);
/* A beacon of it was heard again from @host; anybody may send one from elsewhere. */
void redes_peer_table_see (
    RedesPeerTable *self, const RedesPeerId *id, const char *host, guint16 port, gint64 now_us);

/* There is a session with it. @port: where it says that it listens, not 0. */
void redes_peer_table_meet (RedesPeerTable *self,
                            const RedesPeerId *id,
                            const char *host,
                            guint16 port,
                            const char *nickname,
                            gint64 now_us);
/* A visit came to nothing: it is not there. */
void redes_peer_table_miss (RedesPeerTable *self, const RedesPeerId *id, gint64 now_us);

/* Lets those go that have not been seen for too long. */
void redes_peer_table_expire (RedesPeerTable *self, gint64 now_us);

/* (nullable): whom to visit now: counts as being visited until it is met or missed. */
const RedesPeerRecord *redes_peer_table_visit (RedesPeerTable *self, gint64 now_us);
/* When that may be somebody again; G_MAXINT64: nobody waits. */
gint64 redes_peer_table_get_next_us (RedesPeerTable *self);

/* (nullable): only @asked_us may be written to */
RedesPeerRecord *redes_peer_table_lookup (RedesPeerTable *self, const RedesPeerId *id);
/* (transfer container) (element-type RedesPeerRecord): those present; and, if @met_too, those met
 * within the last two minutes */
GPtrArray *redes_peer_table_list (RedesPeerTable *self, gboolean met_too, gint64 now_us);

G_END_DECLS
