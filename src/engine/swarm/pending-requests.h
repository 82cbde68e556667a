/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/block-key.h"

G_BEGIN_DECLS

/*
 * The number of answers that are expected from a peer: for each content, or for each block of one.
 * The table is a GHashTable, with an entry for each key for which an answer is expected.
 */

GHashTable *redes_pending_requests_new_contents (void);
void redes_pending_requests_add_content (GHashTable *pending, const RedesContentId *content);
/* Removes one expected answer. Returns: %FALSE if none was expected */
gboolean redes_pending_requests_take_content (GHashTable *pending, const RedesContentId *content);

GHashTable *redes_pending_requests_new_blocks (void);
void redes_pending_requests_add_block (GHashTable *pending, const RedesBlockKey *block);
gboolean redes_pending_requests_take_block (GHashTable *pending, const RedesBlockKey *block);

G_END_DECLS
