/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/tracker/directory.h"

G_BEGIN_DECLS

/*
 * The rows of RESULTS, PEER_RESULTS and SHARES: content, name, sources, publisher, and all names
 * that the content goes by with the sources and the publisher of each.
 */
#define REDES_RESULT_ROWS "a((ayt)suaya(suay))"

/* @rows: (element-type RedesDirectoryRow). Returns: (transfer floating): REDES_RESULT_ROWS */
GVariant *redes_result_rows_pack (GPtrArray *rows);
/* @list: REDES_RESULT_ROWS, checked by redes_message_decode(). Appends to @rows (element-type
 * RedesDirectoryRow). */
void redes_result_rows_unpack (GVariant *list, GPtrArray *rows);

G_END_DECLS
