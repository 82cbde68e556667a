/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RedesAdmission:
 *
 * A table of the members that have one of a bounded number of places, such as the connections whose
 * handshake is not complete, or the sessions that remotes have opened. If there is no place for a
 * new member, another one is removed, so that no remote can keep others out by occupying places
 * without using them:
 *
 * - Each address (see RedesAddressGroup) has a limit of its own. At that limit the member of the
 * same address that has been idle for longest is removed.
 * - When all places are taken, a member of the address with the most members is removed: the one
 * that has been idle for longest.
 * - If the limits say so, an address may only enter so many members a second, whether they stay or
 * not: what each of them costs at its beginning, such as a handshake, is bounded, too.
 *
 * The table only names the member to be removed; the caller ends its connection. The caller passes
 * the monotonic time in microseconds. A table belongs to one thread.
 */
typedef struct _RedesAdmission RedesAdmission;

/**
 * RedesAdmissionRate:
 * @per_s: so many new members a second; 0: any number
 * @at_once: so many at once, 1 or more, if there were fewer before
 */
typedef struct
{
  guint per_s;
  guint at_once;
} RedesAdmissionRate;

/* A handshake takes about a millisecond of processor time, and more if somebody comes with the
 * longest of keys. Behind one address there may be a network of machines, and on one machine there
 * may be many peers, each of which dials others as it starts. */
#define REDES_HANDSHAKE_RATE ((RedesAdmissionRate){ .per_s = 20, .at_once = 200 })
#define REDES_LOOPBACK_HANDSHAKE_RATE ((RedesAdmissionRate){ .per_s = 100, .at_once = 1000 })

/**
 * RedesAdmissionLimits:
 * @max: the number of places, 1 or more
 * @max_per_address: the places for one address, 1 or more
 * @max_per_loopback_address: the places for one loopback address, which many peers of one machine
 *   may share
 * @keep_us: a member that was active within this time, in microseconds, is not removed for a new
 *   member whose address has as many places (to enter is no activity); 0: a new member always gets
 *   a place
 * @rate: of the new members of one address
 * @loopback_rate: of those of one loopback address
 */
typedef struct
{
  guint max;
  guint max_per_address;
  guint max_per_loopback_address;
  gint64 keep_us;
  RedesAdmissionRate rate;
  RedesAdmissionRate loopback_rate;
} RedesAdmissionLimits;

RedesAdmission *redes_admission_new (const RedesAdmissionLimits *limits);
/* @self: (nullable) */
void redes_admission_free (RedesAdmission *self);

/**
 * redes_admission_enter:
 * @member: any pointer that is not in the table
 * @host: its numeric address
 *
 * Gives @member a place. Its idle time begins now.
 *
 * Returns: (nullable) (transfer none): the member whose connection the caller has to end: another
 *   one, which is not in the table any more, or @member itself, which has got no place
 */
gpointer
redes_admission_enter (RedesAdmission *self, gpointer member, const char *host, gint64 now_us);
/* Records that @member was active; without effect if it is not in the table. */
void redes_admission_touch (RedesAdmission *self, gpointer member, gint64 now_us);
/* Frees the place of @member. Returns: %FALSE if it is not in the table */
gboolean redes_admission_leave (RedesAdmission *self, gpointer member);

guint redes_admission_get_n_members (const RedesAdmission *self);
/* Addresses whose rate is remembered: those that entered members of late. */
guint redes_admission_get_n_rates (const RedesAdmission *self);

/* Returns: @max, or a smaller number if @max is more than 1/@part of the file descriptors that this
 * process may open, so that some remain for files and outgoing connections; 1 or more */
guint redes_admission_scale (guint max, guint part);

G_END_DECLS
