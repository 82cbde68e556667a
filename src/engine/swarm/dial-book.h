/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/digest.h"

G_BEGIN_DECLS

/**
 * RedesDialBook:
 *
 * The addresses to which connections are being made, and those that have failed lately. As the
 * addresses of sources come from remotes, these could make this peer attack a machine that has
 * nothing to do with Redes. So there are at most two connection attempts to one host at a time; an
 * address that has failed is not tried for 1 s, then twice as long each time, at most 60 s; and a
 * host with ten failures in a row is tried at most once a second. The book is bounded; the caller
 * passes the monotonic time in microseconds.
 */
typedef struct _RedesDialBook RedesDialBook;

#define REDES_DIAL_BOOK_MAX_AT_ONE_HOST 2u
/* The most failed addresses, and the most hosts, that are remembered. */
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

/* Records a failed attempt. @connected: whether there was a TCP connection, which then ended or was
 * to another peer than @id: other peers may still be reached at that address */
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

/* The number of failed addresses and hosts that are remembered. */
guint redes_dial_book_count (RedesDialBook *self);

G_END_DECLS
