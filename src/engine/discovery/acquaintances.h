/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/digest.h"

G_BEGIN_DECLS

/**
 * RedesHow:
 * @REDES_HOW_TRACKER: a tracker lists it
 * @REDES_HOW_LAN: its beacon is heard on the local network
 * @REDES_HOW_EXCHANGE: another peer has told of it
 *
 * How a peer was found; several may hold.
 */
typedef enum
{
  REDES_HOW_TRACKER = 1 << 0,
  REDES_HOW_LAN = 1 << 1,
  REDES_HOW_EXCHANGE = 1 << 2,
} RedesHow;

/* Who was found by exchange alone is there for so long after it was last seen, in microseconds.
 * Well before that it is visited again. */
#define REDES_ACQUAINTANCE_TTL_US (G_GINT64_CONSTANT (60) * G_USEC_PER_SEC)
#define REDES_ACQUAINTANCE_VISIT_US (G_GINT64_CONSTANT (40) * G_USEC_PER_SEC)

/**
 * RedesAcquaintance:
 * @host: numeric
 * @how: of RedesHow; 0: it was only met, as a source or because it came to us
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
} RedesAcquaintance;

/**
 * RedesAcquaintancesEvents:
 * @found: it has become present
 * @lost: it is no longer; or not at that address
 *
 * They must not call into the table.
 */
typedef struct
{
  void (*found) (const RedesAcquaintance *acquaintance, gpointer user_data);
  void (*lost) (const RedesAcquaintance *acquaintance, gpointer user_data);
} RedesAcquaintancesEvents;

/**
 * RedesAcquaintances:
 *
 * The peers that this one has met or heard of without a tracker, and whom of them to visit next. A
 * hint is worth a visit and nothing more: who is shown, asked and told of to others has been met.
 * At most 512; 8 visits at a time, 2 to one host. Pure: the caller hands in the monotonic time in
 * microseconds.
 */
typedef struct _RedesAcquaintances RedesAcquaintances;

RedesAcquaintances *redes_acquaintances_new (const RedesAcquaintancesEvents *events,
                                             gpointer user_data);
void redes_acquaintances_free (RedesAcquaintances *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesAcquaintances, redes_acquaintances_free)

/**
 * redes_acquaintances_hint:
 * @how: one of RedesHow
 * @patience_us: how long to wait for it to come by itself before it is visited
 *
 * Somebody is said to be at @host and @port.
 */
void redes_acquaintances_hint (RedesAcquaintances *self,
                               const RedesPeerId *id,
                               const char *host,
                               guint16 port,
                               const char *nickname,
                               RedesHow how,
                               gint64 patience_us,
                               gint64 now_us);
/* It is not to be found in this way any more. */
void redes_acquaintances_unhint (RedesAcquaintances *self, const RedesPeerId *id, RedesHow how);
/* Nobody is to be found any more: all are lost that were, but not those who were only met. */
void redes_acquaintances_forget_hints (RedesAcquaintances *self);
/* Its connection ended: who was found by exchange alone is visited at once, to see. */
void redes_acquaintances_doubt (RedesAcquaintances *self, const RedesPeerId *id, gint64 now_us);
/* A beacon of it was heard again from @host; anybody may send one from elsewhere. */
void redes_acquaintances_see (
    RedesAcquaintances *self, const RedesPeerId *id, const char *host, guint16 port, gint64 now_us);

/* There is a session with it. @port: where it says that it listens, not 0. */
void redes_acquaintances_meet (RedesAcquaintances *self,
                               const RedesPeerId *id,
                               const char *host,
                               guint16 port,
                               const char *nickname,
                               gint64 now_us);
/* A visit came to nothing: it is not there. */
void redes_acquaintances_miss (RedesAcquaintances *self, const RedesPeerId *id, gint64 now_us);

/* Lets those go that have not been seen for too long. */
void redes_acquaintances_expire (RedesAcquaintances *self, gint64 now_us);

/* (nullable): whom to visit now: counts as being visited until it is met or missed. */
const RedesAcquaintance *redes_acquaintances_visit (RedesAcquaintances *self, gint64 now_us);
/* When that may be somebody again; G_MAXINT64: nobody waits. */
gint64 redes_acquaintances_get_next_us (RedesAcquaintances *self);

/* (nullable): only @asked_us may be written to */
RedesAcquaintance *redes_acquaintances_lookup (RedesAcquaintances *self, const RedesPeerId *id);
/* (transfer container) (element-type RedesAcquaintance): those present; and, if @met_too, those met
 * within the last two minutes */
GPtrArray *redes_acquaintances_list (RedesAcquaintances *self, gboolean met_too, gint64 now_us);

G_END_DECLS
