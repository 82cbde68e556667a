/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/library/holding.h"
#include "engine/node/items.h"

G_BEGIN_DECLS

#define REDES_TYPE_SHARES_MODEL (redes_shares_model_get_type ())
/**
 * RedesSharesModel:
 *
 * What is shared, as a list of RedesSharedItem for a front end. There may be a hundred thousand: it
 * keeps a pointer each, and makes an item when somebody asks for it; as long as somebody has it,
 * the same one again. Front end's thread.
 */
G_DECLARE_FINAL_TYPE (RedesSharesModel, redes_shares_model, REDES, SHARES_MODEL, GObject)

/* @trackers: addresses for the links, with a NULL at the end; shared by all items. */
RedesSharesModel *redes_shares_model_new (GPtrArray *trackers);

/* (element-type RedesHolding): appended, in their order, with one change told. */
void redes_shares_model_add (RedesSharesModel *self, GPtrArray *holdings);
/* (element-type RedesHolding): taken out, in one pass; those that are not there are passed over. */
void redes_shares_model_remove (RedesSharesModel *self, GPtrArray *holdings);
/* (transfer full): the item of a holding that is or was there */
RedesSharedItem *redes_shares_model_dup_item (RedesSharesModel *self, RedesHolding *holding);

G_END_DECLS
