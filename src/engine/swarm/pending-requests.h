/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/block-key.h"

G_BEGIN_DECLS

/*
 * How many answers a peer owes: to queries about a content, or about a block of one. A ledger is
 * a GHashTable; an entry lives while something is owed.
 */

GHashTable *redes_pending_requests_new_contents (void);
void redes_pending_requests_add_content (GHashTable *pending, const RedesContentId *content);
/* Crosses one answer out; %FALSE if none was owed. */
gboolean redes_pending_requests_take_content (GHashTable *pending, const RedesContentId *content);

GHashTable *redes_pending_requests_new_blocks (void);
void redes_pending_requests_add_block (GHashTable *pending, const RedesBlockKey *block);
gboolean redes_pending_requests_take_block (GHashTable *pending, const RedesBlockKey *block);

G_END_DECLS
