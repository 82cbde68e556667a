/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/net/event-log.h"

#include "engine/base/timer.h"

#define MAX_VIOLATIONS_PER_S 10
#define MAX_EVENTS_PER_S 200u
#define MAX_EVENTS_OF_ADDRESS_PER_S 50u

/**
 * Kind:
 * @n_written: in this second
 * @of_addresses: address to how many of them are its own
 */
typedef struct
{
  guint n_written;
  GHashTable *of_addresses;
} Kind;

/**
 * RedesEventLog:
 * @second: runs while a second's lines are counted
 * @changes, @queries: of it, apart, so that queries do not hide who comes and goes
 * @n_hidden_events: not written
 */
struct _RedesEventLog
{
  RedesEventLogFunc func;
  gpointer user_data;
  GMainContext *context;
  GSource *second;
  guint n_violations;
  Kind changes;
  Kind queries;
  guint n_hidden_events;
};

/* @event: (transfer full) */
static void
emit (RedesEventLog *self, RedesNotice *event)
{
  if (self->func != NULL)
    self->func (event, self->user_data);
  redes_notice_unref (event);
}

static void
kind_clear (Kind *kind)
{
  kind->n_written = 0;
  g_hash_table_remove_all (kind->of_addresses);
}

static void
end_second (RedesEventLog *self)
{
  guint n_hidden = self->n_violations - MIN (self->n_violations, MAX_VIOLATIONS_PER_S);

  redes_timer_clear (&self->second);
  self->n_violations = 0;
  if (n_hidden > 0)
    redes_event_log_add (self, redes_notice_new (REDES_NOTICE_LOG_MORE_REFUSED, n_hidden));
  if (self->n_hidden_events > 0)
    redes_event_log_add (self,
                         redes_notice_new (REDES_NOTICE_LOG_MORE_EVENTS, self->n_hidden_events));
  self->n_hidden_events = 0;
  kind_clear (&self->changes);
  kind_clear (&self->queries);
}

static gboolean
on_second (gpointer user_data)
{
  end_second (user_data);
  return G_SOURCE_REMOVE;
}

RedesEventLog *
redes_event_log_new (RedesEventLogFunc func, gpointer user_data)
{
  RedesEventLog *self = g_new0 (RedesEventLog, 1);

  self->func = func;
  self->user_data = user_data;
  self->context = g_main_context_ref_thread_default ();
  self->changes.of_addresses = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->queries.of_addresses = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

void
redes_event_log_free (RedesEventLog *self)
{
  if (self == NULL)
    return;
  if (self->second != NULL)
    end_second (self);
  g_hash_table_unref (self->changes.of_addresses);
  g_hash_table_unref (self->queries.of_addresses);
  g_main_context_unref (self->context);
  g_free (self);
}

void
redes_event_log_add (RedesEventLog *self, RedesNotice *event)
{
  emit (self, event);
}

static void
ensure_second (RedesEventLog *self)
{
  if (self->second != NULL)
    return;
  redes_timer_set_seconds (&self->second, self->context, 1, on_second, self);
}

static void
add_limited (RedesEventLog *self, Kind *kind, const char *address, RedesNotice *event)
{
  guint n_of_address = GPOINTER_TO_UINT (g_hash_table_lookup (kind->of_addresses, address));

  ensure_second (self);
  if (kind->n_written >= MAX_EVENTS_PER_S || n_of_address >= MAX_EVENTS_OF_ADDRESS_PER_S)
    {
      self->n_hidden_events++;
      redes_notice_unref (event);
      return;
    }
  kind->n_written++;
  g_hash_table_insert (kind->of_addresses, g_strdup (address), GUINT_TO_POINTER (n_of_address + 1));
  emit (self, event);
}

void
redes_event_log_add_from (RedesEventLog *self, const char *address, RedesNotice *event)
{
  add_limited (self, &self->changes, address, event);
}

void
redes_event_log_add_query (RedesEventLog *self, const char *address, RedesNotice *event)
{
  add_limited (self, &self->queries, address, event);
}

void
redes_event_log_add_violation (RedesEventLog *self, RedesNotice *event)
{
  ensure_second (self);
  if (++self->n_violations > MAX_VIOLATIONS_PER_S)
    redes_notice_unref (event);
  else
    emit (self, event);
}
