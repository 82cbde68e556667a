/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/digest.h"
#include "engine/swarm/types.h"
#include "engine/wire/message.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * RedesTalk:
 *
 * What peers ask each other beyond blocks: PEER_SEARCH, FIND, BROWSE and PEERS_GET. Makes the
 * connection when there is none, gives serials, matches answers, asks again where somebody was
 * BUSY, ends what waits for too long, and bounds what others ask here: 10 questions a second each,
 * after the first 40. Engine's thread.
 */

RedesTalk *redes_talk_new (RedesSwarm *swarm);
/* What is asked is answered with G_IO_ERROR_CANCELLED. */
void redes_talk_free (RedesTalk *self);

/* Never 0: for the body of redes_talk_ask(). */
guint32 redes_talk_next_serial (RedesTalk *self);

/**
 * RedesTalkFunc:
 * @body: (nullable): the answer, of the type that belongs to the question; %NULL on error, and
 *   when all that was wanted was to meet
 * @error: (nullable): G_IO_ERROR: unreachable, refused (PERMISSION_DENIED, BUSY), timed out; in
 *   words that name no address
 *
 * Called once, never before redes_talk_ask() has returned.
 */
typedef void (*RedesTalkFunc) (GVariant *body, const GError *error, gpointer user_data);

/**
 * redes_talk_ask:
 * @host, @port: where @id listens; only used without a session; port 0: fails without one
 * @type: 0: only meet it
 * @body: (nullable): a floating reference is taken; its first member is the serial
 */
void redes_talk_ask (RedesTalk *self,
                     const RedesPeerId *id,
                     const char *host,
                     guint16 port,
                     RedesMessageType type,
                     GVariant *body,
                     guint timeout_ms,
                     RedesTalkFunc func,
                     gpointer user_data);

/* Answers a question of @session; @body's first member is the question's serial. */
void redes_talk_answer (RedesPeerSession *session, RedesMessageType type, GVariant *body);
void redes_talk_refuse (RedesPeerSession *session,
                        guint32 serial,
                        RedesPeerRefusal refusal,
                        const char *words);

/* For the other files of this room. */

/* A message that is not about blocks came. */
void redes_talk_take (RedesTalk *self, RedesPeerSession *session, guint8 type, GVariant *body);
/* What was asked of @old is asked again of @session, to the same peer. */
void redes_talk_move (RedesTalk *self, RedesPeerSession *old, RedesPeerSession *session);
void redes_talk_lose_session (RedesTalk *self, RedesPeerSession *session, const char *words);

G_END_DECLS
