/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/node/node.h"

G_BEGIN_DECLS

/*
 * The nicknames of the peers that were met in this run, by which prose names publishers. As a
 * nickname proves nothing, it is always shown with the id. Main thread.
 */

/* Remembers the nickname of @id; an empty one is passed over. At most some thousands are kept. */
void redes_nicknames_add (const RedesPeerId *id, const char *nickname);
/* @peers: of RedesPeerItem */
void redes_nicknames_learn (GListModel *peers);

/* "ana (js36-7loy)", or the id alone: fit for a terminal. */
char *redes_nicknames_describe (const RedesPeerId *id);

G_END_DECLS
