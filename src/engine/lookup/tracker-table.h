/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/tracker/client.h"

G_BEGIN_DECLS

/**
 * RedesTrackerTable:
 *
 * The trackers that this peer uses, each by its address, and which of them were found rather than
 * named. The core changes it; queries read it. Engine's thread.
 */
typedef struct _RedesTrackerTable RedesTrackerTable;

RedesTrackerTable *redes_tracker_table_new (void);
/* Frees the clients. @self: (nullable) */
void redes_tracker_table_free (RedesTrackerTable *self);

/* @client: (transfer full): its address is not in the table. @found: it was found: nobody waits for
 * it before it is believed */
void redes_tracker_table_add (RedesTrackerTable *self, RedesTrackerClient *client, gboolean found);
/* Frees @client, which says good-bye in the background. */
void redes_tracker_table_remove (RedesTrackerTable *self, RedesTrackerClient *client);
void redes_tracker_table_clear (RedesTrackerTable *self);

/* (nullable) */
RedesTrackerClient *redes_tracker_table_lookup (RedesTrackerTable *self, const char *address);
/* (nullable): a client of the tracker that @id is, other than @except */
RedesTrackerClient *redes_tracker_table_lookup_id (RedesTrackerTable *self,
                                                   const RedesPeerId *id,
                                                   const RedesTrackerClient *except);
/* (element-type RedesTrackerClient): in the order in which they came. Borrowed, and changes with
 * the table. */
GPtrArray *redes_tracker_table_get_all (RedesTrackerTable *self);

gboolean redes_tracker_table_is_found (RedesTrackerTable *self, const RedesTrackerClient *client);
/* One that was only heard of is not, until it has once answered. */
gboolean redes_tracker_table_is_believed (RedesTrackerTable *self,
                                          const RedesTrackerClient *client);
/* One that was found has answered. */
void redes_tracker_table_believe (RedesTrackerTable *self, RedesTrackerClient *client);

G_END_DECLS
