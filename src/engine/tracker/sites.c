/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tracker/sites.h"

#include "engine/net/address-group.h"

static void
site_free (gpointer data)
{
  RedesSite *site = data;

  g_queue_clear (&site->held);
  g_free (site->address);
  g_free (site);
}

RedesSites *
redes_sites_new (void)
{
  RedesSites *self = g_new0 (RedesSites, 1);

  self->by_address = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, site_free);
  return self;
}

void
redes_sites_free (RedesSites *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->by_address);
  g_free (self);
}

RedesSite *
redes_sites_enter (RedesSites *self, const char *host)
{
  g_autofree char *address = redes_address_dup_group (host);
  RedesSite *site = g_hash_table_lookup (self->by_address, address);

  if (site == NULL)
    {
      site = g_new0 (RedesSite, 1);
      site->scope = redes_address_get_scope (host);
      site->address = g_steal_pointer (&address);
      g_hash_table_insert (self->by_address, site->address, site);
    }
  site->n_connections++;
  return site;
}

void
redes_sites_leave (RedesSites *self, RedesSite *site)
{
  if (--site->n_connections == 0)
    g_hash_table_remove (self->by_address, site->address);
}

gboolean
redes_sites_is_full (RedesSites *self, RedesSite *site)
{
  return site->load >= REDES_SITE_MAX_LOAD || self->load >= REDES_SITES_MAX_LOAD;
}

void
redes_sites_add_load (RedesSites *self, RedesSite *site, guint load)
{
  site->load += load;
  self->load += load;
}

static void
resume_held (RedesSites *self, RedesSite *site, GFunc resume, gpointer user_data)
{
  while (!g_queue_is_empty (&site->held) && !redes_sites_is_full (self, site))
    resume (g_queue_pop_head (&site->held), user_data);
}

void
redes_sites_drop_load (
    RedesSites *self, RedesSite *site, guint load, GFunc resume, gpointer user_data)
{
  gboolean site_was_high = site->load >= REDES_SITE_RESUME_LOAD;
  gboolean all_were_high = self->load >= REDES_SITES_RESUME_LOAD;
  GHashTableIter iter;
  gpointer other;

  site->load -= load;
  self->load -= load;
  if (site_was_high && site->load < REDES_SITE_RESUME_LOAD)
    resume_held (self, site, resume, user_data);
  if (!all_were_high || self->load >= REDES_SITES_RESUME_LOAD)
    return;
  g_hash_table_iter_init (&iter, self->by_address);
  while (g_hash_table_iter_next (&iter, NULL, &other))
    resume_held (self, other, resume, user_data);
}
