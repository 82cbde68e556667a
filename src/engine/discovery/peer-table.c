/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/discovery/peer-table.h"

#define MAX_PEERS 512u
/* Of them, found by exchange alone: each is visited again and again. */
#define MAX_EXCHANGED 32u
#define MAX_VISITS 8u
#define MAX_VISITS_TO_A_HOST 2u
/* A hint by exchange that came to nothing so often is dropped. */
#define MAX_FAILURES 2u
#define FIRST_RETRY_US (2 * G_USEC_PER_SEC)
#define LONGEST_RETRY_US (30 * G_USEC_PER_SEC)
#define RECENT_US (120 * G_USEC_PER_SEC)

struct _RedesPeerTable
{
  RedesPeerTableEvents events;
  gpointer user_data;
  GHashTable *all; /* RedesPeerId -> RedesPeerRecord */
  guint n_visits;
};

static void
record_free (gpointer data)
{
  RedesPeerRecord *entry = data;

  redes_endpoint_clear (&entry->endpoint);
  g_free (entry);
}

RedesPeerTable *
redes_peer_table_new (const RedesPeerTableEvents *events, gpointer user_data)
{
  RedesPeerTable *self = g_new0 (RedesPeerTable, 1);

  self->events = *events;
  self->user_data = user_data;
  self->all = g_hash_table_new_full (redes_digest_hash, redes_digest_equal, NULL, record_free);
  return self;
}

void
redes_peer_table_free (RedesPeerTable *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->all);
  g_free (self);
}

static void
set_present (RedesPeerTable *self, RedesPeerRecord *entry, gboolean present)
{
  if (entry->present == present)
    return;
  entry->present = present;
  if (present)
    self->events.found (entry, self->user_data);
  else
    self->events.lost (entry, self->user_data);
}

static void
end_visit (RedesPeerTable *self, RedesPeerRecord *entry)
{
  if (entry->visiting)
    self->n_visits--;
  entry->visiting = FALSE;
}

static void
remove_entry (RedesPeerTable *self, RedesPeerRecord *entry)
{
  end_visit (self, entry);
  set_present (self, entry, FALSE);
  g_hash_table_remove (self->all, &entry->endpoint.id);
}

/* The absent peer that was seen the longest ago is removed to make room. */
static gboolean
make_room (RedesPeerTable *self)
{
  RedesPeerRecord *oldest = NULL;
  GHashTableIter iter;
  gpointer value;

  if (g_hash_table_size (self->all) < MAX_PEERS)
    return TRUE;
  g_hash_table_iter_init (&iter, self->all);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      RedesPeerRecord *entry = value;

      if (!entry->present && !entry->visiting
          && (oldest == NULL || entry->seen_us < oldest->seen_us))
        oldest = entry;
    }
  if (oldest == NULL)
    return FALSE;
  remove_entry (self, oldest);
  return TRUE;
}

static guint
count_exchanged (RedesPeerTable *self)
{
  guint n = 0;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->all);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    n += ((RedesPeerRecord *)value)->how == REDES_PEER_ORIGIN_EXCHANGE;
  return n;
}

static RedesPeerRecord *
add_entry (RedesPeerTable *self,
           const RedesPeerId *id,
           const char *host,
           guint16 port,
           const char *nickname)
{
  RedesPeerRecord *entry;

  if (!make_room (self))
    return NULL;
  entry = g_new0 (RedesPeerRecord, 1);
  redes_endpoint_init (&entry->endpoint, id, nickname, host, port);
  entry->visit_us = G_MAXINT64;
  g_hash_table_insert (self->all, &entry->endpoint.id, entry);
  return entry;
}

void
redes_peer_table_hint (RedesPeerTable *self,
                       const RedesPeerId *id,
                       const char *host,
                       guint16 port,
                       const char *nickname,
                       RedesPeerOrigin how,
                       gint64 patience_us,
                       gint64 now_us)
{
  RedesPeerRecord *entry = g_hash_table_lookup (self->all, id);
  gboolean seen_now;

  /* An exchanged hint says nothing new of somebody known. */
  if (how == REDES_PEER_ORIGIN_EXCHANGE
      && ((entry != NULL && entry->how != 0) || count_exchanged (self) >= MAX_EXCHANGED))
    return;
  if (entry == NULL)
    entry = add_entry (self, id, host, port, nickname);
  if (entry == NULL)
    return;
  seen_now = entry->met && now_us - entry->seen_us < REDES_PEER_RECORD_VISIT_US;
  entry->how |= how;
  if (seen_now && how == REDES_PEER_ORIGIN_LAN)
    {
      set_present (self, entry, TRUE);
      /* It may have been started again, elsewhere. */
      if (entry->endpoint.port != port || !g_str_equal (entry->endpoint.host, host))
        entry->visit_us = MIN (entry->visit_us, now_us + patience_us);
      return;
    }
  if (!entry->visiting && !entry->met)
    redes_endpoint_set_address (&entry->endpoint, host, port);
  entry->visit_us = MIN (entry->visit_us, now_us + patience_us);
}

void
redes_peer_table_unhint (RedesPeerTable *self, const RedesPeerId *id, RedesPeerOrigin how)
{
  RedesPeerRecord *entry = g_hash_table_lookup (self->all, id);

  if (entry == NULL || (entry->how & how) == 0)
    return;
  /* A beacon that has fallen silent says more than what others have heard. */
  if (how == REDES_PEER_ORIGIN_LAN || entry->how == (guint)how)
    remove_entry (self, entry);
  else
    entry->how &= ~(guint)how;
}

void
redes_peer_table_forget_hints (RedesPeerTable *self)
{
  g_autoptr (GPtrArray) hinted = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->all);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((RedesPeerRecord *)value)->how != 0)
      g_ptr_array_add (hinted, value);
  for (guint i = 0; i < hinted->len; i++)
    remove_entry (self, g_ptr_array_index (hinted, i));
}

void
redes_peer_table_doubt (RedesPeerTable *self, const RedesPeerId *id, gint64 now_us)
{
  RedesPeerRecord *entry = g_hash_table_lookup (self->all, id);

  if (entry != NULL && entry->how == REDES_PEER_ORIGIN_EXCHANGE && !entry->visiting)
    entry->visit_us = now_us;
}

void
redes_peer_table_see (
    RedesPeerTable *self, const RedesPeerId *id, const char *host, guint16 port, gint64 now_us)
{
  RedesPeerRecord *entry = g_hash_table_lookup (self->all, id);

  if (entry != NULL && entry->present && entry->endpoint.port == port
      && g_str_equal (entry->endpoint.host, host))
    entry->seen_us = now_us;
}

void
redes_peer_table_meet (RedesPeerTable *self,
                       const RedesPeerId *id,
                       const char *host,
                       guint16 port,
                       const char *nickname,
                       gint64 now_us)
{
  RedesPeerRecord *entry = g_hash_table_lookup (self->all, id);
  gboolean shown;

  if (entry == NULL)
    entry = add_entry (self, id, host, port, nickname);
  if (entry == NULL)
    return;
  /* Who comes by itself, and was told of, is most likely about to be heard as well. */
  shown = entry->how != 0
          && (entry->visiting || entry->present || entry->how != REDES_PEER_ORIGIN_EXCHANGE);
  end_visit (self, entry);
  redes_endpoint_set_address (&entry->endpoint, host, port);
  redes_endpoint_set_nickname (&entry->endpoint, nickname);
  entry->met = TRUE;
  entry->n_failures = 0;
  entry->seen_us = now_us;
  if (entry->how != 0 && !shown)
    return;
  entry->visit_us
      = entry->how == REDES_PEER_ORIGIN_EXCHANGE ? now_us + REDES_PEER_RECORD_VISIT_US : G_MAXINT64;
  if (shown)
    set_present (self, entry, TRUE);
}

void
redes_peer_table_miss (RedesPeerTable *self, const RedesPeerId *id, gint64 now_us)
{
  RedesPeerRecord *entry = g_hash_table_lookup (self->all, id);
  gint64 pause_us;

  if (entry == NULL || !entry->visiting)
    return;
  end_visit (self, entry);
  pause_us = MIN (FIRST_RETRY_US << MIN (entry->n_failures, 8), LONGEST_RETRY_US);
  entry->n_failures++;
  entry->visit_us = now_us + pause_us;
  entry->met = FALSE;
  set_present (self, entry, FALSE);
  if (entry->how == REDES_PEER_ORIGIN_EXCHANGE && entry->n_failures >= MAX_FAILURES)
    remove_entry (self, entry);
}

void
redes_peer_table_expire (RedesPeerTable *self, gint64 now_us)
{
  g_autoptr (GPtrArray) gone = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->all);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      RedesPeerRecord *entry = value;
      gint64 ttl_us = entry->how == 0 ? RECENT_US : REDES_PEER_RECORD_TTL_US;

      if ((entry->how & REDES_PEER_ORIGIN_LAN) == 0 && entry->met && !entry->visiting
          && now_us - entry->seen_us >= ttl_us)
        g_ptr_array_add (gone, entry);
    }
  for (guint i = 0; i < gone->len; i++)
    remove_entry (self, g_ptr_array_index (gone, i));
}

static guint
count_visits_to (RedesPeerTable *self, const char *host)
{
  guint n = 0;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->all);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      RedesPeerRecord *entry = value;

      n += entry->visiting && g_str_equal (entry->endpoint.host, host);
    }
  return n;
}

const RedesPeerRecord *
redes_peer_table_visit (RedesPeerTable *self, gint64 now_us)
{
  RedesPeerRecord *first = NULL;
  GHashTableIter iter;
  gpointer value;

  if (self->n_visits >= MAX_VISITS)
    return NULL;
  g_hash_table_iter_init (&iter, self->all);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      RedesPeerRecord *entry = value;

      if (entry->how == 0 || entry->visiting || entry->visit_us > now_us
          || (first != NULL && first->visit_us <= entry->visit_us))
        continue;
      if (count_visits_to (self, entry->endpoint.host) < MAX_VISITS_TO_A_HOST)
        first = entry;
    }
  if (first == NULL)
    return NULL;
  first->visiting = TRUE;
  self->n_visits++;
  return first;
}

gint64
redes_peer_table_get_next_us (RedesPeerTable *self)
{
  gint64 next_us = G_MAXINT64;
  GHashTableIter iter;
  gpointer value;

  if (self->n_visits >= MAX_VISITS)
    return next_us;
  g_hash_table_iter_init (&iter, self->all);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      RedesPeerRecord *entry = value;

      if (entry->how != 0 && !entry->visiting)
        next_us = MIN (next_us, entry->visit_us);
    }
  return next_us;
}

RedesPeerRecord *
redes_peer_table_lookup (RedesPeerTable *self, const RedesPeerId *id)
{
  return g_hash_table_lookup (self->all, id);
}

GPtrArray *
redes_peer_table_list (RedesPeerTable *self, gboolean met_too, gint64 now_us)
{
  GPtrArray *found = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->all);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      RedesPeerRecord *entry = value;

      if (entry->present || (met_too && entry->met && now_us - entry->seen_us < RECENT_US))
        g_ptr_array_add (found, entry);
    }
  return found;
}
