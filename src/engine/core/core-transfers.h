/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/content/link.h"
#include "engine/core/core-events.h"

G_BEGIN_DECLS

/* Transfers of an earlier run have numbers from here on; the front end counts from 1. */
#define REDES_CORE_FIRST_RESTORED_ID (1u << 31)

/* Shares and fetches again what the run before did; once, after what its events go to is ready.
 * Blocks while the store is read: about 0.2 s for 100,000 files. */
void redes_core_restore (RedesCore *self);
void redes_core_download (RedesCore *self,
                          guint transfer_id,
                          const RedesLink *link,
                          const char *folder,
                          const char *target);
/* See redes_node_accept_publisher(). */
void redes_core_accept_publisher (RedesCore *self, guint transfer_id, const RedesPeerId *publisher);
void redes_core_pause (RedesCore *self, guint transfer_id);
void redes_core_resume (RedesCore *self, guint transfer_id);
/* Ends with @transfer_removed. */
void redes_core_remove (RedesCore *self, guint transfer_id);
/* As redes_store_list_history() and redes_store_remove_history(). @ids: of gint64 */
GPtrArray *redes_core_list_history (
    RedesCore *self, gint64 above, gint64 below, guint max_rows, GError **error);
void redes_core_remove_history (RedesCore *self, GArray *ids, gint64 below);
/* News of that transfer come with its blocks from now on, the first at once; 0: of none. */
void redes_core_watch_blocks (RedesCore *self, guint transfer_id);

G_END_DECLS
