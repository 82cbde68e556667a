/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/digest.h"

G_BEGIN_DECLS

/**
 * RedesDialBook:
 *
 * To which addresses connections are being made, and which of them failed lately. Addresses of
 * sources are hints of strangers, who could aim this program at a machine that has nothing to do
 * with Redes: so no machine is dialled more than twice at a time, an address that failed is left
 * alone for 1 s, then twice as long each time, at most 60 s, and a machine at which ten
 * connections failed in a row is tried once a second at most. Bounded; the caller hands in the
 * monotonic time in microseconds.
 */
typedef struct _RedesDialBook RedesDialBook;

#define REDES_DIAL_BOOK_MAX_AT_ONE_HOST 2u
/* Addresses that failed, and machines. */
#define REDES_DIAL_BOOK_MAX_ENTRIES 1024u

RedesDialBook *redes_dial_book_new (void);
void redes_dial_book_free (RedesDialBook *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesDialBook, redes_dial_book_free)

/* Whether fewer than two connections to @host are being made. */
gboolean redes_dial_book_has_room (RedesDialBook *self, const char *host);
void redes_dial_book_begin (RedesDialBook *self, const char *host);
void redes_dial_book_end (RedesDialBook *self, const char *host);

/* Whether @id may be tried at that address now. */
gboolean redes_dial_book_may_try (
    RedesDialBook *self, const RedesPeerId *id, const char *host, guint16 port, gint64 now_us);

/* @connected: whether somebody listened there, only it was not @id, or it broke off: others may
 * still be met at that address */
void redes_dial_book_note_failed (RedesDialBook *self,
                                  const RedesPeerId *id,
                                  const char *host,
                                  guint16 port,
                                  gboolean connected,
                                  gint64 now_us);
void redes_dial_book_note_met (RedesDialBook *self,
                               const RedesPeerId *id,
                               const char *host,
                               guint16 port);

/* What is remembered of failures. */
guint redes_dial_book_count (RedesDialBook *self);

G_END_DECLS
