/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/net/address-group.h"

G_BEGIN_DECLS

/* The bytes that one connection may have waiting without being counted. */
#define REDES_WAITING_FREE_BYTES (64u * 1024)
/* The bytes that all connections of a thread may have waiting together. */
#define REDES_WAITING_MAX_BYTES (32u * 1024 * 1024)

/**
 * RedesWaiting:
 * @owner: the connection that it is a member of
 * @group: the remote's address
 * @counted_bytes: its part of the thread's total
 *
 * The control messages that wait for one remote to read them. With all zeroes, except @owner and
 * @group, none wait. It belongs to one thread.
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
 * @bytes: the bytes that wait now
 *
 * Returns: (nullable) (transfer none): if too much waits in this thread, the owner of the
 * connection that has to be closed: the one with the most bytes, of the address with the most
 * bytes, which may be that of @self
 */
gpointer redes_waiting_set (RedesWaiting *self, gsize bytes);

/* Records that nothing waits any more. */
void redes_waiting_clear (RedesWaiting *self);

/* The total of this thread in bytes. */
gsize redes_waiting_get_total (void);

G_END_DECLS
