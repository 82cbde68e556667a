/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/digest.h"

G_BEGIN_DECLS

/**
 * RedesEndpoint:
 * @id: who it is
 * @nickname: a name for people, which proves nothing; never %NULL, but perhaps empty
 * @host: a numeric address; never %NULL, but empty while none is known
 * @port: TCP, where it listens; 0 while that is not known
 *
 * A peer or a tracker, and where it can be connected to.
 */
typedef struct
{
  RedesPeerId id;
  char *nickname;
  char *host;
  guint16 port;
} RedesEndpoint;

/* On the heap. All is copied; @nickname and @host: (nullable): %NULL = "". */
RedesEndpoint *
redes_endpoint_new (const RedesPeerId *id, const char *nickname, const char *host, guint16 port);
RedesEndpoint *redes_endpoint_copy (const RedesEndpoint *self);
void redes_endpoint_free (RedesEndpoint *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RedesEndpoint, redes_endpoint_free)

/* For one inside another struct: @self holds nothing yet. */
void redes_endpoint_init (RedesEndpoint *self,
                          const RedesPeerId *id,
                          const char *nickname,
                          const char *host,
                          guint16 port);
/* As redes_endpoint_init(), with what @from has. */
void redes_endpoint_init_copy (RedesEndpoint *self, const RedesEndpoint *from);
/* Frees what @self holds. */
void redes_endpoint_clear (RedesEndpoint *self);

/* Replaces one part; what it was before may be what is given. */
void redes_endpoint_set_nickname (RedesEndpoint *self, const char *nickname);
void redes_endpoint_set_address (RedesEndpoint *self, const char *host, guint16 port);

G_END_DECLS
