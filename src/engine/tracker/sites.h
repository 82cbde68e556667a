/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/address-scope.h"

G_BEGIN_DECLS

/**
 * RedesSite:
 * @address: see redes_address_dup_group()
 * @scope: of the address
 * @n_connections: how many connections refer to it
 * @n_peers: how many peers are registered from it
 * @load: the work in flight of all its connections
 * @held: (element-type gpointer): connections that are not read from, because @load or the load of
 *   all sites is too high
 *
 * One address from which the tracker is connected to, with what is counted for all its connections
 * together: identities cost nothing, so a limit for each of them limits nobody.
 */
typedef struct
{
  char *address;
  RedesAddressScope scope;
  guint n_connections;
  guint n_peers;
  guint load;
  GQueue held;
} RedesSite;

/**
 * RedesSites:
 * @load: the work in flight of all sites
 * @by_address: address -> RedesSite
 *
 * All sites of a tracker. They may be used by one thread.
 */
typedef struct
{
  guint load;
  GHashTable *by_address;
} RedesSites;

RedesSites *redes_sites_new (void);
/* To be called when no connection refers to a site any more. @self: (nullable) */
void redes_sites_free (RedesSites *self);

/* Returns: (transfer full): the site of the address @host, made if it is new, for
 * redes_sites_leave() */
RedesSite *redes_sites_enter (RedesSites *self, const char *host);
void redes_sites_leave (RedesSites *self, RedesSite *site);

/* Work in flight from one address, and from all, in the units of REDES_CONNECTION_MAX_LOAD: a
 * query is one, and each unit stands for at most 64 KiB. At the first bound reading stops, below
 * the second it goes on. */
#define REDES_SITE_MAX_LOAD 512u
#define REDES_SITE_RESUME_LOAD 256u
#define REDES_SITES_MAX_LOAD 4096u
#define REDES_SITES_RESUME_LOAD 2048u

gboolean redes_sites_is_full (RedesSites *self, RedesSite *site);
void redes_sites_add_load (RedesSites *self, RedesSite *site, guint load);

/**
 * redes_sites_drop_load:
 * @resume: called with each element of @held that may be read from again, after it was taken out
 */
void redes_sites_drop_load (
    RedesSites *self, RedesSite *site, guint load, GFunc resume, gpointer user_data);

G_END_DECLS
