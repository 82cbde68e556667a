/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/lookup/lookup.h"

#include "engine/base/timer.h"
#include "engine/lookup/query-private.h"

#include <gio/gio.h>

#define TICK_MS 1000
#define SETTLE_PAUSE_MS 50
#define MAX_SETTLE_US (5 * G_USEC_PER_SEC)

/**
 * RedesLookup:
 * @providers: in the order in which they are asked
 * @waiting: (element-type Waiting): those that nobody was asked yet
 * @open: (element-type RedesLookupQuery): those that were asked and have not ended
 * @start_timer: (nullable): asks those in @waiting
 * @tick_timer: (nullable): while any are open
 */
struct _RedesLookup
{
  const RedesClock *clock;
  GPtrArray *providers;
  GQueue waiting;
  GHashTable *open;
  GSource *start_timer;
  GSource *tick_timer;
};

typedef struct
{
  RedesLookupQuery *query;
  gint64 since_us;
} Waiting;

RedesLookup *
redes_lookup_new (const RedesClock *clock)
{
  RedesLookup *self = g_new0 (RedesLookup, 1);

  self->clock = clock != NULL ? clock : redes_clock_get_system ();
  self->providers = g_ptr_array_new ();
  self->open = g_hash_table_new_full (NULL, NULL, (GDestroyNotify)redes_lookup_query_unref, NULL);
  return self;
}

static const RedesLookupProviderClass *
get_class (RedesLookup *self, guint i)
{
  return ((RedesLookupProvider *)g_ptr_array_index (self->providers, i))->class;
}

/* (transfer full): what is told meanwhile may change the table. */
static GPtrArray *
list_open (RedesLookup *self)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_lookup_query_unref);
  GHashTableIter iter;
  gpointer query;

  g_hash_table_iter_init (&iter, self->open);
  while (g_hash_table_iter_next (&iter, &query, NULL))
    g_ptr_array_add (list, redes_lookup_query_ref (query));
  return list;
}

static void
tell_cancelled (RedesLookup *self, RedesLookupQuery *query)
{
  for (guint i = 0; i < self->providers->len; i++)
    if (get_class (self, i)->cancel != NULL)
      get_class (self, i)->cancel (g_ptr_array_index (self->providers, i), query);
}

static void
cancel_all (RedesLookup *self)
{
  g_autoptr (GError) error
      = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "This peer stops");
  g_autoptr (GPtrArray) open = list_open (self);
  Waiting *waiting;

  while ((waiting = g_queue_pop_head (&self->waiting)) != NULL)
    {
      redes_lookup_query_end (waiting->query, error);
      redes_lookup_query_unref (waiting->query);
      g_free (waiting);
    }
  for (guint i = 0; i < open->len; i++)
    redes_lookup_query_end (g_ptr_array_index (open, i), error);
}

void
redes_lookup_free (RedesLookup *self)
{
  if (self == NULL)
    return;
  cancel_all (self);
  redes_timer_clear (&self->start_timer);
  redes_timer_clear (&self->tick_timer);
  while (self->providers->len > 0)
    redes_lookup_remove_provider (self, g_ptr_array_index (self->providers, 0));
  g_ptr_array_unref (self->providers);
  g_hash_table_unref (self->open);
  g_free (self);
}

void
redes_lookup_add_provider (RedesLookup *self, RedesLookupProvider *provider)
{
  g_ptr_array_add (self->providers, provider);
}

void
redes_lookup_remove_provider (RedesLookup *self, RedesLookupProvider *provider)
{
  g_autoptr (GPtrArray) open = list_open (self);

  if (provider == NULL || !g_ptr_array_remove (self->providers, provider))
    return;
  for (guint i = 0; i < open->len; i++)
    redes_lookup_query_give_up (g_ptr_array_index (open, i), provider, G_MAXINT64);
  provider->class->free (provider);
}

/* Asking. */

/* Whether there is somebody to ask, or no use in waiting for anybody. */
static gboolean
is_due (RedesLookup *self, const Waiting *waiting)
{
  gboolean waits = FALSE;

  for (guint i = 0; i < self->providers->len; i++)
    {
      const RedesLookupProviderClass *class = get_class (self, i);

      if (class->has_somebody == NULL)
        continue;
      if (class->has_somebody (g_ptr_array_index (self->providers, i), waiting->query))
        return TRUE;
      waits = TRUE;
    }
  return !waits || redes_clock_now_us (self->clock) - waiting->since_us >= MAX_SETTLE_US;
}

/* All but find_sources(), which takes many. */
static void
ask_provider (RedesLookupProvider *provider, RedesLookupQuery *query)
{
  const RedesLookupProviderClass *class = provider->class;
  void (*ask) (RedesLookupProvider *, RedesLookupQuery *) = NULL;

  switch (redes_lookup_query_get_kind (query))
    {
    case REDES_LOOKUP_SEARCH:
      ask = class->search;
      break;
    case REDES_LOOKUP_LIST:
      ask = class->list;
      break;
    case REDES_LOOKUP_BROWSE:
      ask = class->browse;
      break;
    case REDES_LOOKUP_FIND_SOURCES:
      break;
    }
  if (ask != NULL)
    ask (provider, query);
}

static void
find_sources (RedesLookup *self, GPtrArray *queries)
{
  for (guint i = 0; i < self->providers->len; i++)
    for (guint first = 0; first < queries->len && get_class (self, i)->find_sources != NULL;
         first += REDES_LOOKUP_MAX_CONTENTS)
      get_class (self, i)->find_sources (g_ptr_array_index (self->providers, i),
                                         (RedesLookupQuery *const *)queries->pdata + first,
                                         MIN (queries->len - first, REDES_LOOKUP_MAX_CONTENTS));
}

/* Takes those that are due out of @waiting. (element-type RedesLookupQuery) */
static GPtrArray *
take_due (RedesLookup *self)
{
  GPtrArray *due = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_lookup_query_unref);

  for (GList *l = self->waiting.head, *next; l != NULL; l = next)
    {
      Waiting *waiting = l->data;

      next = l->next;
      if (!is_due (self, waiting))
        continue;
      g_queue_delete_link (&self->waiting, l);
      g_ptr_array_add (due, waiting->query);
      g_hash_table_add (self->open, redes_lookup_query_ref (waiting->query));
      g_free (waiting);
    }
  return due;
}

static gboolean
on_tick (gpointer user_data)
{
  RedesLookup *self = user_data;

  redes_lookup_tick (self, redes_clock_now_us (self->clock));
  return G_SOURCE_CONTINUE;
}

static gboolean
on_start (gpointer user_data)
{
  RedesLookup *self = user_data;
  g_autoptr (GPtrArray) due = NULL;
  g_autoptr (GPtrArray) finding = g_ptr_array_new ();

  redes_timer_clear (&self->start_timer);
  due = take_due (self);
  if (self->waiting.length > 0)
    redes_timer_set (&self->start_timer, NULL, SETTLE_PAUSE_MS, on_start, self);
  if (self->tick_timer == NULL && due->len > 0)
    redes_timer_set (&self->tick_timer, NULL, TICK_MS, on_tick, self);
  for (guint i = 0; i < due->len; i++)
    {
      RedesLookupQuery *query = g_ptr_array_index (due, i);

      if (redes_lookup_query_get_kind (query) == REDES_LOOKUP_FIND_SOURCES)
        g_ptr_array_add (finding, query);
      for (guint j = 0; j < self->providers->len; j++)
        ask_provider (g_ptr_array_index (self->providers, j), query);
    }
  find_sources (self, finding);
  for (guint i = 0; i < due->len; i++)
    redes_lookup_query_release (g_ptr_array_index (due, i));
  return G_SOURCE_REMOVE;
}

static void
on_ended (RedesLookupQuery *query, gpointer user_data)
{
  RedesLookup *self = user_data;

  g_hash_table_remove (self->open, query);
  if (g_hash_table_size (self->open) == 0)
    redes_timer_clear (&self->tick_timer);
}

static void
on_offered (RedesLookupQuery *query,
            const char *name,
            const char *const *addresses,
            gpointer user_data)
{
  RedesLookup *self = user_data;

  for (guint i = 0; i < self->providers->len; i++)
    if (get_class (self, i)->offer != NULL)
      get_class (self, i)->offer (g_ptr_array_index (self->providers, i), query, name, addresses);
}

/* Takes @query. */
static RedesLookupQuery *
begin (RedesLookup *self, RedesLookupQuery *query)
{
  Waiting *waiting = g_new (Waiting, 1);

  *waiting = (Waiting){ query, redes_clock_now_us (self->clock) };
  redes_lookup_query_set_owner (query, self->clock, on_ended, on_offered, self);
  g_queue_push_tail (&self->waiting, waiting);
  /* One that came while others wait for somebody may have somebody to ask. */
  redes_timer_set (&self->start_timer, NULL, 0, on_start, self);
  return query;
}

RedesLookupQuery *
redes_lookup_search (RedesLookup *self,
                     const char *words,
                     guint first,
                     guint n_rows,
                     RedesLookupFunc func,
                     gpointer user_data)
{
  RedesLookupQuery *query = redes_lookup_query_new (REDES_LOOKUP_SEARCH, func, user_data);

  redes_lookup_query_set_search (query, words, first, n_rows);
  return begin (self, query);
}

RedesLookupQuery *
redes_lookup_find_sources (RedesLookup *self,
                           const RedesContentId *content,
                           const char *const *link_trackers,
                           RedesLookupWantedFunc wanted,
                           RedesLookupSourceFunc found,
                           RedesLookupFunc func,
                           gpointer user_data)
{
  RedesLookupQuery *query = redes_lookup_query_new (REDES_LOOKUP_FIND_SOURCES, func, user_data);

  redes_lookup_query_set_content (query, content, link_trackers, wanted, found);
  return begin (self, query);
}

RedesLookupQuery *
redes_lookup_list (RedesLookup *self, RedesLookupFunc func, gpointer user_data)
{
  return begin (self, redes_lookup_query_new (REDES_LOOKUP_LIST, func, user_data));
}

RedesLookupQuery *
redes_lookup_browse (RedesLookup *self,
                     const RedesPeerId *peer,
                     const char *address,
                     RedesLookupFunc func,
                     gpointer user_data)
{
  RedesLookupQuery *query = redes_lookup_query_new (REDES_LOOKUP_BROWSE, func, user_data);

  redes_lookup_query_set_peer (query, peer, address);
  return begin (self, query);
}

static void
forget_waiting (RedesLookup *self, RedesLookupQuery *query)
{
  for (GList *l = self->waiting.head; l != NULL; l = l->next)
    {
      Waiting *waiting = l->data;

      if (waiting->query != query)
        continue;
      g_queue_delete_link (&self->waiting, l);
      redes_lookup_query_unref (query);
      g_free (waiting);
      return;
    }
}

void
redes_lookup_cancel (RedesLookup *self, RedesLookupQuery *query)
{
  g_autoptr (GError) error
      = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Nobody waits for the answer");

  redes_lookup_query_ref (query);
  forget_waiting (self, query);
  redes_lookup_query_end (query, error);
  tell_cancelled (self, query);
  redes_lookup_query_unref (query);
}

void
redes_lookup_tick (RedesLookup *self, gint64 now_us)
{
  g_autoptr (GPtrArray) open = list_open (self);

  for (guint i = 0; i < open->len; i++)
    {
      RedesLookupQuery *query = g_ptr_array_index (open, i);

      if (redes_lookup_query_give_up (query, NULL, now_us) && redes_lookup_query_is_over (query))
        tell_cancelled (self, query);
    }
}
