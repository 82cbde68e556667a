/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/digest.h"

G_BEGIN_DECLS

/**
 * RedesSender:
 * @peer: its id; all zero for a peer of the original system, which has none
 * @nickname: the name that it has given itself, perhaps empty
 * @address: `HOST:PORT` of the connection's other end, perhaps empty. Who called from there need
 * not listen there, so that this is no RedesEndpoint.
 * @blocks: the number of verified blocks that it has sent
 *
 * Who sent how many blocks of a download: while it goes on, in the store, and in the history.
 */
typedef struct
{
  RedesPeerId peer;
  char *nickname;
  char *address;
  guint blocks;
} RedesSender;

/* @self is overwritten. The texts are copied; %NULL is taken as "". */
void redes_sender_init (RedesSender *self,
                        const RedesPeerId *peer,
                        const char *nickname,
                        const char *address,
                        guint blocks);
void redes_sender_init_copy (RedesSender *self, const RedesSender *from);
/* Frees the texts of @self, but not @self. */
void redes_sender_clear (RedesSender *self);
RedesSender *redes_sender_copy (const RedesSender *self);
void redes_sender_free (RedesSender *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesSender, redes_sender_free)

/* (transfer full) (element-type RedesSender): an empty array that owns what is added. */
GPtrArray *redes_senders_new (void);

G_END_DECLS
