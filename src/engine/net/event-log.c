/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/net/event-log.h"

#define MAX_VIOLATIONS_PER_S 10

struct _RedesEventLog
{
  RedesEventLogFunc func;
  gpointer user_data;
  GMainContext *context;
  /* Runs while a second of violations is counted. */
  GSource *second;
  guint n_violations;
};

static void
emit (RedesEventLog *self, const char *format, va_list args)
{
  g_autofree char *line = NULL;

  if (self->func == NULL)
    return;
  line = g_strdup_vprintf (format, args);
  self->func (line, self->user_data);
}

static void
end_second (RedesEventLog *self)
{
  guint n_hidden = self->n_violations - MIN (self->n_violations, MAX_VIOLATIONS_PER_S);

  g_source_destroy (self->second);
  g_clear_pointer (&self->second, g_source_unref);
  self->n_violations = 0;
  if (n_hidden > 0)
    redes_event_log_add (self, "… and %u more refused within the same second", n_hidden);
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
  return self;
}

void
redes_event_log_free (RedesEventLog *self)
{
  if (self == NULL)
    return;
  if (self->second != NULL)
    end_second (self);
  g_main_context_unref (self->context);
  g_free (self);
}

void
redes_event_log_add (RedesEventLog *self, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  emit (self, format, args);
  va_end (args);
}

void
redes_event_log_add_violation (RedesEventLog *self, const char *format, ...)
{
  va_list args;

  if (self->second == NULL)
    {
      self->second = g_timeout_source_new_seconds (1);
      g_source_set_callback (self->second, on_second, self, NULL);
      g_source_attach (self->second, self->context);
    }
  if (++self->n_violations > MAX_VIOLATIONS_PER_S)
    return;
  va_start (args, format);
  emit (self, format, args);
  va_end (args);
}
