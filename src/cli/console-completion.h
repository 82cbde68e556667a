/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/node/node.h"

G_BEGIN_DECLS

/**
 * redes_console_complete:
 * @line: the beginning of a line of the console
 * @commands: (array zero-terminated=1)
 * @results: (nullable): of RedesResult, which download takes
 * @peers: (nullable): of RedesPeerItem, which browse takes
 * @transfers: of RedesTransfer, which pause and the like take
 *
 * The whole lines that @line may become. What a terminal would obey is not among them, whatever a
 * stranger calls a file.
 */
GStrv redes_console_complete (const char *line,
                              const char *const *commands,
                              GListModel *results,
                              GListModel *peers,
                              GListModel *transfers);

G_END_DECLS
