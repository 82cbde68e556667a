/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RedesAdmission:
 *
 * Who has one of a bounded number of places: connections that have not said who they are yet, or
 * sessions that others made to us. When a newcomer finds no place, somebody else makes room, so
 * that nobody can keep others out by taking places and doing nothing with them:
 *
 * - One address (see RedesAddressGroup) has a limit of its own. At that limit the idlest member of
 *   the same address makes room.
 * - When all places are taken, the address that has most of them gives one up: that of its idlest
 *   member.
 *
 * The table names who has to go; its caller ends that connection. No sockets, and the time
 * (monotonic, microseconds) is handed in. Not thread-safe.
 */
typedef struct _RedesAdmission RedesAdmission;

/**
 * RedesAdmissionLimits:
 * @max: places in all, 1 or more
 * @max_per_address: of one address, 1 or more
 * @max_per_loopback_address: the same for a loopback address, where many peers of one machine are
 * @keep_us: whoever was active within this time before a newcomer (to have come does not count)
 * keeps its place against one whose address has as many; 0 = the newcomer always gets in
 */
typedef struct
{
  guint max;
  guint max_per_address;
  guint max_per_loopback_address;
  gint64 keep_us;
} RedesAdmissionLimits;

RedesAdmission *redes_admission_new (const RedesAdmissionLimits *limits);
/* @self: (nullable) */
void redes_admission_free (RedesAdmission *self);

/**
 * redes_admission_enter:
 * @member: not a member yet
 * @host: its numeric address
 *
 * Gives @member a place, idle from now on.
 *
 * Returns: (nullable) (transfer none): who has no place any more, and is to be ended: another
 *   member, which has left the table, or @member itself, which is not let in
 */
gpointer
redes_admission_enter (RedesAdmission *self, gpointer member, const char *host, gint64 now_us);
/* @member was active. Nothing happens if it is no member. */
void redes_admission_touch (RedesAdmission *self, gpointer member, gint64 now_us);
/* Its place is free. Returns: %FALSE if it was no member. */
gboolean redes_admission_leave (RedesAdmission *self, gpointer member);

guint redes_admission_get_n_members (const RedesAdmission *self);

/* @max, or fewer if that is more than one @part of the descriptors that this process may open: a
 * peer that may open few must have some left for its files and its own connections. Never 0. */
guint redes_admission_scale (guint max, guint part);

G_END_DECLS
