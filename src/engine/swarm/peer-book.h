/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/digest.h"

G_BEGIN_DECLS

/**
 * RedesPeerBook:
 *
 * What is remembered of peers beyond their sessions: who broke the rules, and for how long nothing
 * more is had to do with them: 30 s after the first offence, twice as long after each further one,
 * at most an hour. Bounded; the caller hands in the monotonic time in microseconds.
 */
typedef struct _RedesPeerBook RedesPeerBook;

RedesPeerBook *redes_peer_book_new (void);
void redes_peer_book_free (RedesPeerBook *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesPeerBook, redes_peer_book_free)

void redes_peer_book_strike (RedesPeerBook *self, const RedesPeerId *peer, gint64 now_us);
gboolean redes_peer_book_is_banned (RedesPeerBook *self, const RedesPeerId *peer, gint64 now_us);

G_END_DECLS
