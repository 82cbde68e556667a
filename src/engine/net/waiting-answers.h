/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/net/address-group.h"

G_BEGIN_DECLS

/* What one connection may have waiting without being counted. */
#define REDES_WAITING_FREE_BYTES (64u * 1024)
/* What all of a thread may have waiting together. */
#define REDES_WAITING_MAX_BYTES (32u * 1024 * 1024)

/**
 * RedesWaiting:
 * @counted_bytes: of it, in what its thread has in all
 *
 * Control messages that wait for one remote to read them; a member of its connection. All zeroes
 * (but for @owner and @group) is nothing. One thread.
 */
typedef struct
{
  gpointer owner;
  RedesAddressGroup group;
  gsize counted_bytes;
  GList link;
} RedesWaiting;

/**
 * redes_waiting_set:
 * @bytes: that wait now
 *
 * Returns: (nullable): the owner of the connection that has to end, because too much waits in this
 *   thread: the one with most, of the address with most. That may be @self's own.
 */
gpointer redes_waiting_set (RedesWaiting *self, gsize bytes);

/* Nothing waits any more. */
void redes_waiting_clear (RedesWaiting *self);

/* What is counted in this thread. */
gsize redes_waiting_get_total (void);

G_END_DECLS
