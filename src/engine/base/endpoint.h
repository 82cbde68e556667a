/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/digest.h"

G_BEGIN_DECLS

/**
 * RedesEndpoint:
 * @id: the id of its public key
 * @nickname: the name that it has given itself, which proves nothing; never %NULL, but may be empty
 * @host: a numeric address; never %NULL, but empty while none is known
 * @port: the TCP port at which it listens; 0 while that is not known
 *
 * A peer or a tracker, and the address at which it can be connected to.
 */
typedef struct
{
  RedesPeerId id;
  char *nickname;
  char *host;
  guint16 port;
} RedesEndpoint;

/* (transfer full): @id, @nickname and @host are copied. @nickname, @host: (nullable): %NULL is
 * taken as "" */
RedesEndpoint *
redes_endpoint_new (const RedesPeerId *id, const char *nickname, const char *host, guint16 port);
RedesEndpoint *redes_endpoint_copy (const RedesEndpoint *self);
void redes_endpoint_free (RedesEndpoint *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesEndpoint, redes_endpoint_free)

/* For an endpoint inside another struct: @self is overwritten, and nothing in it is freed. */
void redes_endpoint_init (RedesEndpoint *self,
                          const RedesPeerId *id,
                          const char *nickname,
                          const char *host,
                          guint16 port);
/* As redes_endpoint_init(), with copies of the fields of @from. */
void redes_endpoint_init_copy (RedesEndpoint *self, const RedesEndpoint *from);
/* Frees the strings of @self, but not @self. */
void redes_endpoint_clear (RedesEndpoint *self);

/* Both replace a part by a copy; the argument may be the string that is replaced. */
void redes_endpoint_set_nickname (RedesEndpoint *self, const char *nickname);
void redes_endpoint_set_address (RedesEndpoint *self, const char *host, guint16 port);

G_END_DECLS
