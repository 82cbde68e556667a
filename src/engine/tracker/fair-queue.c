/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tracker/fair-queue.h"

/* Addresses, and identities at one address, of which nothing waits, but whose use is remembered. */
#define MAX_IDLE_ADDRESSES 4096u
#define MAX_IDLE_IDENTITIES 64u
/* No more than this is remembered against anybody: a long piece of work delays the next one, but
 * does not shut its owner out. */
#define MAX_DEBT_US (2 * G_USEC_PER_SEC)

/**
 * Level:
 * @flows: by name, the idle too
 * @waiting: of Flow with something to do, the one that used least first
 * @now_us: what the flow that was served last had used when it was served. A flow that has
 *   something to do again begins there, so that it gains nothing by having been idle.
 *
 * Flows that share one worker: addresses, or the identities at one address.
 */
typedef struct
{
  GHashTable *flows;
  GSequence *waiting;
  gint64 now_us;
  guint max_idle;
} Level;

/**
 * Flow:
 * @used_us: of the worker, in the time of its level
 * @place: (nullable): in @waiting
 * @identities: of an address
 * @items: of an identity
 */
typedef struct
{
  gint64 used_us;
  GSequenceIter *place;
  Level *identities;
  GQueue items;
} Flow;

struct _RedesFairQueue
{
  Level *addresses;
  guint length;
};

static void level_free (Level *self);

static void
flow_free (gpointer data)
{
  Flow *self = data;

  g_clear_pointer (&self->identities, level_free);
  g_queue_clear (&self->items);
  g_free (self);
}

static Level *
level_new (GHashFunc hash, GEqualFunc equal, guint max_idle)
{
  Level *self = g_new0 (Level, 1);

  self->flows = g_hash_table_new_full (hash, equal, g_free, flow_free);
  self->waiting = g_sequence_new (NULL);
  self->max_idle = max_idle;
  return self;
}

static void
level_free (Level *self)
{
  g_sequence_free (self->waiting);
  g_hash_table_unref (self->flows);
  g_free (self);
}

static gint
compare_flows (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const Flow *one = a;
  const Flow *other = b;

  return one->used_us < other->used_us ? -1 : one->used_us > other->used_us;
}

static gboolean
owes_nothing (gpointer key, gpointer value, gpointer level)
{
  const Flow *flow = value;

  return flow->place == NULL && flow->used_us <= ((Level *)level)->now_us;
}

static gboolean
is_idle (gpointer key, gpointer value, gpointer user_data)
{
  return ((const Flow *)value)->place == NULL;
}

/* Forgets idle entries. Those with waiting work are not bounded here, but by the tracker. */
static void
forget_idle (Level *self)
{
  guint n_waiting = (guint)g_sequence_get_length (self->waiting);

  if (g_hash_table_size (self->flows) - n_waiting < self->max_idle)
    return;
  g_hash_table_foreach_remove (self->flows, owes_nothing, self);
  if (g_hash_table_size (self->flows) - n_waiting >= self->max_idle)
    g_hash_table_foreach_remove (self->flows, is_idle, NULL);
}

static void
start_waiting (Level *self, Flow *flow)
{
  if (flow->place != NULL)
    return;
  flow->used_us = MAX (flow->used_us, self->now_us);
  flow->place = g_sequence_insert_sorted (self->waiting, flow, compare_flows, NULL);
}

/* (nullable) */
static Flow *
first_waiting (Level *self)
{
  GSequenceIter *first = g_sequence_get_begin_iter (self->waiting);

  return g_sequence_iter_is_end (first) ? NULL : g_sequence_get (first);
}

static void
stop_waiting (Flow *flow)
{
  g_sequence_remove (flow->place);
  flow->place = NULL;
}

static void
charge (Level *self, Flow *flow, gint64 cost_us)
{
  flow->used_us = MAX (flow->used_us, self->now_us) + cost_us;
  flow->used_us = MIN (flow->used_us, self->now_us + MAX_DEBT_US);
  if (flow->place != NULL)
    g_sequence_sort_changed (flow->place, compare_flows, NULL);
}

static Flow *
ensure_address (RedesFairQueue *self, const char *address)
{
  Flow *flow = g_hash_table_lookup (self->addresses->flows, address);

  if (flow != NULL)
    return flow;
  forget_idle (self->addresses);
  flow = g_new0 (Flow, 1);
  flow->identities = level_new (redes_digest_hash, redes_digest_equal, MAX_IDLE_IDENTITIES);
  g_hash_table_insert (self->addresses->flows, g_strdup (address), flow);
  return flow;
}

static Flow *
ensure_identity (Flow *address, const RedesPeerId *id)
{
  Flow *flow = g_hash_table_lookup (address->identities->flows, id);

  if (flow != NULL)
    return flow;
  forget_idle (address->identities);
  flow = g_new0 (Flow, 1);
  g_hash_table_insert (address->identities->flows, redes_digest_copy (id), flow);
  return flow;
}

RedesFairQueue *
redes_fair_queue_new (void)
{
  RedesFairQueue *self = g_new0 (RedesFairQueue, 1);

  self->addresses = level_new (g_str_hash, g_str_equal, MAX_IDLE_ADDRESSES);
  return self;
}

void
redes_fair_queue_free (RedesFairQueue *self)
{
  if (self == NULL)
    return;
  level_free (self->addresses);
  g_free (self);
}

static void
push (RedesFairQueue *self,
      const char *address,
      const RedesPeerId *id,
      gpointer item,
      gboolean is_begun)
{
  Flow *host = ensure_address (self, address);
  Flow *identity = ensure_identity (host, id);

  if (is_begun)
    g_queue_push_head (&identity->items, item);
  else
    g_queue_push_tail (&identity->items, item);
  start_waiting (host->identities, identity);
  start_waiting (self->addresses, host);
  self->length++;
}

void
redes_fair_queue_push (RedesFairQueue *self,
                       const char *address,
                       const RedesPeerId *id,
                       gpointer item)
{
  push (self, address, id, item, FALSE);
}

void
redes_fair_queue_push_back (RedesFairQueue *self,
                            const char *address,
                            const RedesPeerId *id,
                            gpointer item)
{
  push (self, address, id, item, TRUE);
}

gpointer
redes_fair_queue_pop (RedesFairQueue *self)
{
  Flow *host = first_waiting (self->addresses);
  Flow *identity;
  gpointer item;

  if (host == NULL)
    return NULL;
  identity = first_waiting (host->identities);
  g_assert (identity != NULL);
  self->addresses->now_us = host->used_us;
  host->identities->now_us = identity->used_us;
  item = g_queue_pop_head (&identity->items);
  if (g_queue_is_empty (&identity->items))
    stop_waiting (identity);
  if (g_sequence_is_empty (host->identities->waiting))
    stop_waiting (host);
  self->length--;
  return item;
}

void
redes_fair_queue_charge (RedesFairQueue *self,
                         const char *address,
                         const RedesPeerId *id,
                         gint64 cost_us)
{
  Flow *host = ensure_address (self, address);

  /* Each turn costs something, so that those who ask for next to nothing take turns as well. */
  cost_us = MAX (cost_us, 1);
  charge (host->identities, ensure_identity (host, id), cost_us);
  charge (self->addresses, host, cost_us);
}

guint
redes_fair_queue_get_length (RedesFairQueue *self)
{
  return self->length;
}

guint
redes_fair_queue_count_addresses (RedesFairQueue *self)
{
  return g_hash_table_size (self->addresses->flows);
}
