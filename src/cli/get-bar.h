/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/output.h"
#include "engine/node/transfer.h"

G_BEGIN_DECLS

/**
 * redes_get_bar_show:
 * @transfers: (element-type RedesTransfer): those that have begun, one or more
 * @n_wanted: how many things are downloaded in all
 * @n_over: how many of them are not any more
 *
 * Shows on a terminal how far a download is, or several together.
 */
void redes_get_bar_show (RedesOutput *output, GPtrArray *transfers, guint n_wanted, guint n_over);

G_END_DECLS
