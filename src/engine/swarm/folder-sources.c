/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/folder-sources.h"

#define SNUB_US (4 * G_USEC_PER_SEC)
#define SILENT_US (20 * G_USEC_PER_SEC)
#define MAX_SOURCES 64u
/* Sources are asked for again when there is none: at first after this, then twice as late. */
#define FIRST_ASK_US (2 * G_USEC_PER_SEC)
#define MAX_ASK_US (60 * G_USEC_PER_SEC)
#define ASK_MORE_US (30 * G_USEC_PER_SEC)

struct _RedesFolderSources
{
  const RedesClock *clock;
  const RedesFolderSourceEvents *events;
  gpointer user_data;

  GHashTable *sources; /* RedesPeerId -> RedesFolderSource */
  GHashTable *stats;
  GHashTable *refused; /* set of RedesPeerId: they lied */
  guint n_dialling;
  gboolean is_asking;
  gboolean had_source;
  gint64 ask_at_us;
  gint64 ask_wait_us;
};

RedesFolderSources *
redes_folder_sources_new (const RedesClock *clock,
                          const RedesFolderSourceEvents *events,
                          gpointer user_data)
{
  RedesFolderSources *self = g_new0 (RedesFolderSources, 1);

  self->clock = clock;
  self->events = events;
  self->user_data = user_data;
  self->sources = g_hash_table_new_full (redes_digest_hash, redes_digest_equal, g_free,
                                         (GDestroyNotify)redes_folder_source_free);
  self->stats = redes_source_stats_new ();
  self->refused = g_hash_table_new_full (redes_digest_hash, redes_digest_equal, g_free, NULL);
  self->ask_wait_us = FIRST_ASK_US;
  return self;
}

void
redes_folder_sources_free (RedesFolderSources *self)
{
  g_return_if_fail (g_hash_table_size (self->sources) == 0);

  g_hash_table_unref (self->sources);
  g_hash_table_unref (self->stats);
  g_hash_table_unref (self->refused);
  g_free (self);
}

/* ---- Who is one ---- */

gboolean
redes_folder_sources_want (RedesFolderSources *self, const RedesPeerId *peer)
{
  return g_hash_table_size (self->sources) < MAX_SOURCES
         && !g_hash_table_contains (self->sources, peer)
         && !g_hash_table_contains (self->refused, peer);
}

RedesFolderSource *
redes_folder_sources_add (RedesFolderSources *self, RedesRemote *remote)
{
  const RedesPeerId *id = redes_remote_get_id (remote);
  RedesFolderSource *source;

  if (!redes_folder_sources_want (self, id))
    return NULL;
  source = redes_folder_source_new (remote, self->clock, self->events, self->user_data);
  redes_source_stats_ensure (self->stats, id, remote->interface->get_nickname (remote),
                             remote->interface->get_address (remote));
  g_hash_table_insert (self->sources, redes_digest_copy (id), source);
  self->had_source = TRUE;
  self->ask_wait_us = FIRST_ASK_US;
  return source;
}

/* It may be asked for something while it goes, by what it gives back: it is in the table no more.
 */
static void
remove_source (RedesFolderSources *self, const RedesPeerId *peer)
{
  g_autofree RedesPeerId *key = NULL;
  RedesFolderSource *source;

  if (g_hash_table_steal_extended (self->sources, peer, (gpointer *)&key, (gpointer *)&source))
    redes_folder_source_free (source);
}

gboolean
redes_folder_sources_lose (RedesFolderSources *self, RedesRemote *remote, gboolean liar)
{
  const RedesPeerId *id = redes_remote_get_id (remote);
  RedesFolderSource *source = id != NULL ? g_hash_table_lookup (self->sources, id) : NULL;

  if (source == NULL || redes_folder_source_get_remote (source) != remote)
    return FALSE;
  if (liar)
    redes_folder_sources_refuse (self, id);
  else
    remove_source (self, id);
  redes_folder_sources_ask_soon (self);
  return TRUE;
}

void
redes_folder_sources_refuse (RedesFolderSources *self, const RedesPeerId *peer)
{
  RedesPeerId id = *peer;

  g_hash_table_add (self->refused, redes_digest_copy (&id));
  remove_source (self, &id);
}

void
redes_folder_sources_drop (RedesFolderSources *self)
{
  g_hash_table_remove_all (self->sources);
}

void
redes_folder_sources_begin_anew (RedesFolderSources *self)
{
  g_hash_table_remove_all (self->refused);
  self->ask_at_us = 0;
  self->ask_wait_us = FIRST_ASK_US;
}

RedesFolderSource *
redes_folder_sources_get (RedesFolderSources *self, const RedesPeerId *peer)
{
  return g_hash_table_lookup (self->sources, peer);
}

GList *
redes_folder_sources_list (RedesFolderSources *self)
{
  return g_hash_table_get_values (self->sources);
}

GList *
redes_folder_sources_list_stats (RedesFolderSources *self)
{
  return g_hash_table_get_values (self->stats);
}

GPtrArray *
redes_folder_sources_list_senders (RedesFolderSources *self)
{
  return redes_source_stats_list_senders (self->stats);
}

void
redes_folder_sources_count_block (RedesFolderSources *self, const RedesPeerId *peer)
{
  RedesSourceStats *stats = g_hash_table_lookup (self->stats, peer);

  if (stats != NULL)
    stats->sender.blocks++;
}

/* ---- Who is silent ---- */

static void
check_source (RedesFolderSources *self, RedesFolderSource *source)
{
  gint64 silence_us = redes_folder_source_get_silence (source, redes_clock_now_us (self->clock));
  const RedesPeerId *id = redes_remote_get_id (redes_folder_source_get_remote (source));

  if (silence_us >= SILENT_US)
    remove_source (self, id);
  else if (silence_us >= SNUB_US)
    redes_folder_source_snub (source);
}

void
redes_folder_sources_check (RedesFolderSources *self, gboolean was_asleep)
{
  g_autoptr (GList) sources = redes_folder_sources_list (self);
  gint64 now_us = redes_clock_now_us (self->clock);

  for (GList *l = sources; l != NULL; l = l->next)
    {
      if (was_asleep)
        redes_folder_source_forgive (l->data, now_us);
      check_source (self, l->data);
    }
}

/* ---- Asking for more ---- */

gboolean
redes_folder_sources_begin_to_ask (RedesFolderSources *self)
{
  gint64 now_us = redes_clock_now_us (self->clock);

  if (self->is_asking || now_us < self->ask_at_us)
    return FALSE;
  self->is_asking = TRUE;
  self->ask_at_us = now_us + ASK_MORE_US;
  return TRUE;
}

void
redes_folder_sources_end_to_ask (RedesFolderSources *self)
{
  self->is_asking = FALSE;
  if (redes_folder_sources_are_any (self))
    return;
  self->ask_at_us = redes_clock_now_us (self->clock) + self->ask_wait_us;
  self->ask_wait_us = MIN (2 * self->ask_wait_us, MAX_ASK_US);
}

void
redes_folder_sources_ask_soon (RedesFolderSources *self)
{
  self->ask_at_us = MIN (self->ask_at_us, redes_clock_now_us (self->clock) + FIRST_ASK_US);
}

void
redes_folder_sources_ask_now (RedesFolderSources *self)
{
  self->ask_at_us = 0;
}

void
redes_folder_sources_dialling (RedesFolderSources *self, gint change)
{
  self->n_dialling = (guint)((gint)self->n_dialling + change);
}

gboolean
redes_folder_sources_are_any (RedesFolderSources *self)
{
  return g_hash_table_size (self->sources) > 0 || self->n_dialling > 0;
}

gboolean
redes_folder_sources_are_dialled (RedesFolderSources *self)
{
  return self->n_dialling > 0;
}

gboolean
redes_folder_sources_are_asked_for (RedesFolderSources *self)
{
  return self->is_asking;
}

gboolean
redes_folder_sources_were_any (RedesFolderSources *self)
{
  return self->had_source;
}
