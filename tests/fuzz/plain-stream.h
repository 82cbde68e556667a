/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/identity/identity.h"

G_BEGIN_DECLS

/* plain-stream.c stands in for engine/net/tls-stream.c in the program that is linked with it: what
 * tls-stream.h describes, but nothing is encrypted, and there is no handshake, which takes a
 * thousand times as long as the messages that a fuzzer is about. */

/* Whose streams there are: the other end of one of @a is @b, and the other way round. Both are
 * borrowed for good. */
void plain_stream_set_identities (RedesIdentity *a, RedesIdentity *b);

G_END_DECLS
