/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/lookup/tracker-finder.h"

#include "engine/base/text.h"

#include <string.h>

/* A machine's better address may be heard a moment after its loopback. */
#define TRACKER_DELAY_US 300000
#define TRACKER_PATIENCE_US (10 * G_USEC_PER_SEC)
#define MAX_FOUND_TRACKERS 8u

struct _RedesTrackerFinder
{
  const RedesFinderParams *params;
  GHashTable *all; /* RedesPeerId -> FoundTracker */
};

/**
 * FoundTracker:
 * @endpoint: where its host is "" until one of its addresses was chosen
 * @address: (nullable): the same as text, once it was chosen
 * @due_us: when to choose
 * @give_up_us: when to take it for a forgery, if it was not connected by then
 * @heard: whether its beacon still is
 * @wanted: whether it was to be used when its address was chosen
 * @known: whether it is used anyway, by another name
 * @told: whether the front end knows of it
 */
typedef struct
{
  RedesEndpoint endpoint;
  char *address;
  gint64 due_us;
  gint64 give_up_us;
  gboolean heard;
  gboolean wanted;
  gboolean known;
  gboolean used;
  gboolean told;
} FoundTracker;

static void
found_tracker_free (gpointer data)
{
  FoundTracker *tracker = data;

  redes_endpoint_clear (&tracker->endpoint);
  g_free (tracker->address);
  g_free (tracker);
}

RedesTrackerFinder *
redes_tracker_finder_new (const RedesFinderParams *params)
{
  RedesTrackerFinder *self = g_new0 (RedesTrackerFinder, 1);

  self->params = params;
  self->all
      = g_hash_table_new_full (redes_digest_hash, redes_digest_equal, NULL, found_tracker_free);
  return self;
}

void
redes_tracker_finder_free (RedesTrackerFinder *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->all);
  g_free (self);
}

static RedesSighting
describe (const FoundTracker *tracker)
{
  return (RedesSighting){ .is_tracker = TRUE,
                          .is_used = tracker->used,
                          .is_known = tracker->known,
                          .endpoint = &tracker->endpoint,
                          .how = REDES_PEER_ORIGIN_LAN };
}

static void
tell_found (RedesTrackerFinder *self, FoundTracker *tracker)
{
  RedesSighting sighting = describe (tracker);

  if (tracker->told)
    return;
  tracker->told = TRUE;
  self->params->found (&sighting, self->params->user_data);
}

static void
tell_lost (RedesTrackerFinder *self, FoundTracker *tracker)
{
  RedesSighting sighting = describe (tracker);

  if (tracker->told)
    self->params->lost (&sighting, self->params->user_data);
}

/* Finding. */

void
redes_tracker_finder_hear (RedesTrackerFinder *self, RedesLanPeer *lan_peer, gint64 now_us)
{
  FoundTracker *tracker = g_hash_table_lookup (self->all, &lan_peer->id);

  if (tracker != NULL)
    {
      tracker->heard = TRUE;
      return;
    }
  /* One that could not be connected is not tried again as long as it is heard. */
  if (lan_peer->data != NULL || g_hash_table_size (self->all) >= MAX_FOUND_TRACKERS)
    return;
  tracker = g_new0 (FoundTracker, 1);
  redes_endpoint_init (&tracker->endpoint, &lan_peer->id, lan_peer->nickname, NULL, 0);
  tracker->heard = TRUE;
  tracker->due_us = now_us + TRACKER_DELAY_US;
  tracker->give_up_us = now_us + TRACKER_PATIENCE_US;
  g_hash_table_insert (self->all, &tracker->endpoint.id, tracker);
}

void
redes_tracker_finder_answer (RedesTrackerFinder *self, const RedesPeerId *id)
{
  FoundTracker *tracker = g_hash_table_lookup (self->all, id);

  if (tracker == NULL)
    return;
  if (tracker->used)
    tell_found (self, tracker);
  /* It was told of before the one that was named came to be known as the same. */
  else if (tracker->told && !tracker->known)
    {
      tell_lost (self, tracker);
      tracker->told = FALSE;
      tracker->known = TRUE;
      tell_found (self, tracker);
    }
}

/* Whether it is to be used. */
static gboolean
is_wanted (RedesTrackerFinder *self, const RedesPeerId *id)
{
  const RedesConfig *config = self->params->config;
  g_autofree char *hex = redes_digest_dup_hex (id);

  return (config->use_found_trackers
          || g_strv_contains ((const char *const *)config->accepted_trackers, hex))
         && !g_strv_contains ((const char *const *)config->refused_trackers, hex);
}

/* Its best address that a tracker's client can be given. */
static void
settle (RedesTrackerFinder *self, RedesLanPeers *lan_peers, FoundTracker *tracker)
{
  RedesLanPeer *lan_peer = redes_lan_peers_lookup (lan_peers, &tracker->endpoint.id);
  RedesTrackerUse use = REDES_TRACKER_UNUSED;

  tracker->wanted = is_wanted (self, &tracker->endpoint.id);
  tracker->due_us = G_MAXINT64;
  for (guint i = 0; lan_peer != NULL && i < lan_peer->n_addresses; i++)
    {
      const RedesLanPeerAddress *address = &lan_peer->addresses[i];

      if (address->tracker_port == 0 || strchr (address->host, '%') != NULL)
        continue;
      redes_endpoint_set_address (&tracker->endpoint, address->host, address->tracker_port);
      tracker->address = redes_text_format_address (address->host, address->tracker_port);
      if (tracker->wanted)
        use = self->params->use_tracker (tracker->address, &tracker->endpoint.id,
                                         self->params->user_data);
      tracker->used = use == REDES_TRACKER_USED;
      tracker->known = self->params->knows_tracker (&tracker->endpoint.id, self->params->user_data)
                       && !tracker->used;
      /* One that is used is told of when it answers; what cannot be tried is not believed. */
      if (use == REDES_TRACKER_KNOWN || !tracker->wanted)
        tell_found (self, tracker);
      return;
    }
}

void
redes_tracker_finder_settle (RedesTrackerFinder *self, RedesLanPeers *lan_peers, gint64 now_us)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->all);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((FoundTracker *)value)->due_us <= now_us)
      settle (self, lan_peers, value);
}

gint64
redes_tracker_finder_get_next_us (RedesTrackerFinder *self)
{
  gint64 next_us = G_MAXINT64;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->all);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    next_us = MIN (next_us, ((FoundTracker *)value)->due_us);
  return next_us;
}

/* Losing. */

/* Whether @tracker, which is silent or a forgery, is gone: one that is connected is still there. */
static gboolean
lose (RedesTrackerFinder *self, FoundTracker *tracker)
{
  const RedesFinderParams *params = self->params;

  if (tracker->used && !params->drop_tracker (tracker->address, FALSE, params->user_data))
    return FALSE;
  tell_lost (self, tracker);
  return TRUE;
}

void
redes_tracker_finder_unhear (RedesTrackerFinder *self, RedesLanPeer *lan_peer)
{
  FoundTracker *tracker = g_hash_table_lookup (self->all, &lan_peer->id);

  if (tracker == NULL)
    return;
  tracker->heard = FALSE;
  if (lose (self, tracker))
    g_hash_table_remove (self->all, &lan_peer->id);
}

void
redes_tracker_finder_tick (RedesTrackerFinder *self, RedesLanPeers *lan_peers, gint64 now_us)
{
  g_autoptr (GPtrArray) neighbours = NULL;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->all);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      FoundTracker *tracker = value;
      gboolean forged = !tracker->told && now_us >= tracker->give_up_us;

      if ((tracker->heard && !forged) || !lose (self, tracker))
        continue;
      if (tracker->heard)
        redes_lan_peers_lookup (lan_peers, &tracker->endpoint.id)->data = GINT_TO_POINTER (1);
      g_hash_table_iter_remove (&iter);
    }
  if (g_hash_table_size (self->all) >= MAX_FOUND_TRACKERS)
    return;
  neighbours = redes_lan_peers_list (lan_peers);
  for (guint i = 0; i < neighbours->len; i++)
    {
      RedesLanPeer *lan_peer = g_ptr_array_index (neighbours, i);

      for (guint j = 0; j < lan_peer->n_addresses; j++)
        if (lan_peer->addresses[j].tracker_port != 0)
          redes_tracker_finder_hear (self, lan_peer, now_us);
    }
}

void
redes_tracker_finder_reconsider (RedesTrackerFinder *self, gint64 now_us)
{
  const RedesFinderParams *params = self->params;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->all);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      FoundTracker *tracker = value;

      if (tracker->address == NULL || tracker->wanted == is_wanted (self, &tracker->endpoint.id))
        continue;
      if (tracker->used)
        params->drop_tracker (tracker->address, TRUE, params->user_data);
      tell_lost (self, tracker);
      tracker->told = FALSE;
      tracker->used = FALSE;
      redes_endpoint_set_address (&tracker->endpoint, NULL, 0);
      g_clear_pointer (&tracker->address, g_free);
      tracker->due_us = now_us;
      tracker->give_up_us = now_us + TRACKER_PATIENCE_US;
    }
}

void
redes_tracker_finder_forget (RedesTrackerFinder *self)
{
  const RedesFinderParams *params = self->params;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->all);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      FoundTracker *tracker = value;

      if (tracker->used)
        params->drop_tracker (tracker->address, TRUE, params->user_data);
      tell_lost (self, tracker);
      g_hash_table_iter_remove (&iter);
    }
}
