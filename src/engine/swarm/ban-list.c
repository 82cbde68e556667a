/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/ban-list.h"

#define FIRST_BAN_US (G_GINT64_CONSTANT (30) * G_USEC_PER_SEC)
#define LONGEST_BAN_US (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC)
/* Who broke no rule for so long after a ban is one violation better off. */
#define DECAY_US (G_GINT64_CONSTANT (600) * G_USEC_PER_SEC)
/* A remote can make as many identities as it likes; the book does not grow with them. */
#define MAX_ENTRIES 4096

struct _RedesBanList
{
  GHashTable *entries; /* RedesPeerId -> Entry */
};

typedef struct
{
  RedesPeerId peer;
  guint strikes;
  gint64 banned_until_us;
} Entry;

RedesBanList *
redes_ban_list_new (void)
{
  RedesBanList *self = g_new0 (RedesBanList, 1);

  self->entries = g_hash_table_new_full (redes_digest_hash, redes_digest_equal, NULL, g_free);
  return self;
}

void
redes_ban_list_free (RedesBanList *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->entries);
  g_free (self);
}

/* Makes room: who is not banned any more goes, or else whoever comes first. */
static void
make_room (RedesBanList *self, gint64 now_us)
{
  GHashTableIter iter;
  gpointer value;
  gpointer last = NULL;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      last = value;
      if (((Entry *)value)->banned_until_us <= now_us)
        g_hash_table_iter_remove (&iter);
    }
  if (g_hash_table_size (self->entries) >= MAX_ENTRIES)
    g_hash_table_remove (self->entries, &((Entry *)last)->peer);
}

void
redes_ban_list_strike (RedesBanList *self, const RedesPeerId *peer, gint64 now_us)
{
  Entry *entry = g_hash_table_lookup (self->entries, peer);

  if (entry == NULL)
    {
      if (g_hash_table_size (self->entries) >= MAX_ENTRIES)
        make_room (self, now_us);
      entry = g_new0 (Entry, 1);
      entry->peer = *peer;
      g_hash_table_insert (self->entries, &entry->peer, entry);
    }
  if (entry->strikes > 0 && now_us > entry->banned_until_us)
    entry->strikes
        -= (guint)MIN ((gint64)entry->strikes, (now_us - entry->banned_until_us) / DECAY_US);
  entry->banned_until_us = now_us + MIN (FIRST_BAN_US << MIN (entry->strikes, 7), LONGEST_BAN_US);
  entry->strikes++;
}

gboolean
redes_ban_list_is_banned (RedesBanList *self, const RedesPeerId *peer, gint64 now_us)
{
  Entry *entry = g_hash_table_lookup (self->entries, peer);

  return entry != NULL && entry->banned_until_us > now_us;
}
