/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "hostile.h"

G_BEGIN_DECLS

/* Somebody who wants to be many: with many identities, and at several addresses of the loopback
 * network. */

/* (transfer full) (element-type RedesIdentity): @n identities of 2048 bits. Their keys share
 * primes, as those of somebody would who wants many keys at once and none that lasts. */
GPtrArray *hostile_identities_new (guint n);

/* Only TCP, from @from: an address of 127.0.0.0/8. @receive_bytes: of the socket's own buffer,
 * 0 = as usual. Returns: %FALSE if it is refused. */
gboolean
hostile_connect_from (HostileLink *self, const char *from, guint16 port, guint receive_bytes);
/* As hostile_open(), from @from. Returns: %FALSE if the other side ends it before its HELLO. */
gboolean hostile_open_from (HostileLink *self,
                            RedesIdentity *identity,
                            const char *from,
                            guint16 port,
                            guint receive_bytes);

/* A frame's header, and nothing of its body of @body_bytes. */
gboolean hostile_send_header (HostileLink *self, guint8 type, gsize body_bytes);
/* Sends @len bytes of zeroes, or as many as the other side takes. Does not block. */
gsize hostile_send_zeroes (HostileLink *self, gsize len);

/* Whether the other side has ended the connection; reads what has come. Does not block. */
gboolean hostile_is_ended (HostileLink *self);

/**
 * HostileSilence:
 *
 * TCP connections that say nothing, and that are made anew when they are ended. It has a thread of
 * its own.
 */
typedef struct _HostileSilence HostileSilence;

/* Waits until @n connections were tried. @from: (array zero-terminated=1): addresses, in turn */
HostileSilence *hostile_silence_new (const char *const *from, guint16 port, guint n);
void hostile_silence_free (HostileSilence *self);

G_END_DECLS
