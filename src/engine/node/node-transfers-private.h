/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/node/node-private.h"

G_BEGIN_DECLS

/* (nullable) (transfer none): the transfer of @content that is not over */
RedesTransfer *redes_node_find_running (RedesNode *self, const RedesContentId *content);
/* (transfer full): a new transfer, with a number of its own, in the list. */
RedesTransfer *redes_node_add_transfer (RedesNode *self, const RedesLink *link);

/* Whether @snapshot is of a listing (redes_node_list_folder()), which has it then. */
gboolean redes_node_take_listing (RedesNode *self, RedesTransferSnapshot *snapshot);

G_END_DECLS
