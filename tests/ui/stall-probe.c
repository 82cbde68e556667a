/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Preloaded into a GTK program: tells how late the main loop runs what is due, and when the first
 * frame was painted. REDES_PROBE names the file that it writes at the first frame and at the end:
 * lines "tick TIME LATE", both in microseconds of the monotonic clock, and one "frame TIME".
 * Nothing without it.
 */

#include <dlfcn.h>
#include <gio/gio.h>
#include <stdio.h>

#define TICK_MS 5
#define MAX_TICKS (1 << 17)

typedef struct
{
  gint64 time_us;
  gint64 late_us;
} Tick;

static Tick ticks[MAX_TICKS];
static guint n_ticks;
static gint64 due_us;
static gint64 frame_us;
static gboolean connected;

static void
write_all (void)
{
  const char *path = g_getenv ("REDES_PROBE");
  FILE *file = path != NULL ? fopen (path, "w") : NULL;

  if (file == NULL)
    return;
  for (guint i = 0; i < n_ticks; i++)
    fprintf (file, "tick %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n", ticks[i].time_us,
             ticks[i].late_us);
  fprintf (file, "frame %" G_GINT64_FORMAT "\n", frame_us);
  fclose (file);
}

static void
on_after_paint (gpointer clock, gpointer user_data)
{
  if (frame_us != 0)
    return;
  frame_us = g_get_monotonic_time ();
  /* Not every program ends in order. */
  write_all ();
}

/* GTK is there in the program, not here. */
static void
look_for_window (void)
{
  GListModel *(*get_toplevels) (void) = dlsym (RTLD_DEFAULT, "gtk_window_get_toplevels");
  gpointer (*get_clock) (gpointer) = dlsym (RTLD_DEFAULT, "gtk_widget_get_frame_clock");
  gboolean (*is_initialized) (void) = dlsym (RTLD_DEFAULT, "gtk_is_initialized");
  g_autoptr (GObject) window = NULL;
  gpointer clock;

  if (get_toplevels == NULL || get_clock == NULL || is_initialized == NULL || !is_initialized ())
    return;
  window = g_list_model_get_item (get_toplevels (), 0);
  clock = window != NULL ? get_clock (window) : NULL;
  if (clock == NULL)
    return;
  g_signal_connect (clock, "after-paint", G_CALLBACK (on_after_paint), NULL);
  connected = TRUE;
}

static gboolean
on_tick (gpointer user_data)
{
  gint64 now_us = g_get_monotonic_time ();

  if (due_us != 0 && n_ticks < MAX_TICKS)
    ticks[n_ticks++] = (Tick){ now_us, now_us - due_us };
  due_us = now_us + TICK_MS * 1000;
  if (!connected)
    look_for_window ();
  return G_SOURCE_CONTINUE;
}

__attribute__ ((constructor)) static void
begin (void)
{
  if (g_getenv ("REDES_PROBE") != NULL)
    g_timeout_add_full (G_PRIORITY_HIGH, TICK_MS, on_tick, NULL, NULL);
}

__attribute__ ((destructor)) static void
end (void)
{
  write_all ();
}
