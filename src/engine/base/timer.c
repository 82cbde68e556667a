/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/timer.h"

void
redes_timer_clear (GSource **timer)
{
  if (*timer == NULL)
    return;
  g_source_destroy (*timer);
  g_clear_pointer (timer, g_source_unref);
}

/* Takes @source. */
static void
set (GSource **timer, GMainContext *context, GSource *source, GSourceFunc func, gpointer user_data)
{
  redes_timer_clear (timer);
  *timer = source;
  g_source_set_callback (source, func, user_data, NULL);
  g_source_attach (source, context != NULL ? context : g_main_context_get_thread_default ());
}

void
redes_timer_set (
    GSource **timer, GMainContext *context, guint delay_ms, GSourceFunc func, gpointer user_data)
{
  set (timer, context, g_timeout_source_new (delay_ms), func, user_data);
}

void
redes_timer_set_seconds (
    GSource **timer, GMainContext *context, guint delay_s, GSourceFunc func, gpointer user_data)
{
  set (timer, context, g_timeout_source_new_seconds (delay_s), func, user_data);
}

void
redes_timer_set_soon (GSource **timer, GMainContext *context, GSourceFunc func, gpointer user_data)
{
  GSource *source = g_idle_source_new ();

  /* The priority of an idle source would let it wait as long as anything else is due. */
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  set (timer, context, source, func, user_data);
}
