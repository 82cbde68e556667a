/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixture.h"

#include "app/service.h"

#include <string.h>

/* For what takes much less unless the machine is busy. */
#define PATIENCE_S 60

static gboolean
on_patience_over (gpointer user_data)
{
  g_error ("nothing happened for %d s", PATIENCE_S);
  return G_SOURCE_REMOVE;
}

/* Runs the main loop until @flag is set by a callback. */
static void
wait_for (gboolean *flag)
{
  guint id = g_timeout_add_seconds (PATIENCE_S, on_patience_over, NULL);

  while (!*flag)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (id);
}

static void
wait_for_state (RedesService *service, RedesServiceState state)
{
  guint id = g_timeout_add_seconds (PATIENCE_S, on_patience_over, NULL);

  while (redes_service_get_state (service) != state)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (id);
}

static RedesService *
make_service (gboolean tracker_mode)
{
  g_autoptr (GSettings) settings = g_settings_new (REDES_APP_ID);

  g_settings_set_string (settings, "listen-host", "127.0.0.1");
  g_settings_set_boolean (settings, "lan", FALSE);
  g_settings_set_uint (settings, "listen-port", 0);
  g_settings_set_uint (settings, "tracker-port", 0);
  g_settings_set_boolean (settings, "tracker-mode", tracker_mode);
  return redes_service_new (settings);
}

static void
stopped_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  gboolean *stopped = user_data;

  g_assert_true (redes_service_stop_finish (REDES_SERVICE (object), result));
  g_assert_false (*stopped);
  *stopped = TRUE;
}

/* The call returns before anything has stopped; the end is told once. */
static void
stop (RedesService *service)
{
  gboolean stopped = FALSE;

  redes_service_stop_async (service, PATIENCE_S * 1000, stopped_cb, &stopped);
  g_assert_false (stopped);
  g_assert_cmpint (redes_service_get_state (service), ==, REDES_SERVICE_STOPPING);
  wait_for (&stopped);
  g_assert_cmpint (redes_service_get_state (service), ==, REDES_SERVICE_STOPPED);
}

static void
test_stop (void)
{
  g_autoptr (RedesService) service = make_service (FALSE);

  redes_service_start (service);
  wait_for_state (service, REDES_SERVICE_RUNNING);
  stop (service);
}

static void
test_stop_before_start (void)
{
  g_autoptr (RedesService) service = make_service (FALSE);

  stop (service);
}

/* The node has not been asked to start, as the window comes first. */
static void
test_stop_early (void)
{
  g_autoptr (RedesService) service = make_service (FALSE);

  redes_service_start (service);
  g_assert_cmpint (redes_service_get_state (service), ==, REDES_SERVICE_STARTING);
  stop (service);
}

/* The node's thread is loading keys and library. */
static void
test_stop_while_starting (void)
{
  g_autoptr (RedesService) service = make_service (FALSE);

  redes_service_start (service);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  stop (service);
}

static void
note_running (RedesTrackerMode *mode, gboolean *running)
{
  *running = redes_tracker_mode_is_running (mode);
}

/* A change of the setting does not start the tracker again. */
static void
test_stop_tracker (void)
{
  g_autoptr (RedesService) service = make_service (TRUE);
  RedesTrackerMode *mode = redes_service_get_tracker_mode (service);
  GSettings *settings = redes_service_get_settings (service);
  gboolean running = FALSE;

  g_signal_connect (mode, "changed", G_CALLBACK (note_running), &running);
  redes_service_start (service);
  wait_for_state (service, REDES_SERVICE_RUNNING);
  wait_for (&running);
  stop (service);
  g_assert_false (running);
  g_settings_set_boolean (settings, "tracker-mode", FALSE);
  g_settings_set_boolean (settings, "tracker-mode", TRUE);
  g_assert_false (redes_tracker_mode_is_running (mode));
  g_assert_null (redes_tracker_mode_get_host (mode));
}

static void
test_stop_tracker_while_starting (void)
{
  g_autoptr (RedesService) service = make_service (TRUE);

  stop (service);
  g_assert_false (redes_tracker_mode_is_running (redes_service_get_tracker_mode (service)));
}

static void
note_delay (RedesService *service, const char *words, GPtrArray *delays)
{
  g_ptr_array_add (delays, g_strdup (words));
}

/* A tracker that makes its keys takes a while, and the person is told of it once. */
static void
test_stop_delayed (void)
{
  g_autoptr (RedesService) service = make_service (TRUE);
  g_autoptr (GPtrArray) delays = g_ptr_array_new_with_free_func (g_free);
  gboolean stopped = FALSE;

  g_signal_connect (service, "stop-delayed", G_CALLBACK (note_delay), delays);
  redes_service_stop_async (service, 0, stopped_cb, &stopped);
  wait_for (&stopped);
  g_assert_cmpuint (delays->len, ==, 1);
  g_assert_nonnull (strstr (g_ptr_array_index (delays, 0), "tracker"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  if (!fixture_begin ())
    return 0;
  /* First, so that the tracker has no keys yet. */
  g_test_add_func ("/service/stop-delayed", test_stop_delayed);
  g_test_add_func ("/service/stop", test_stop);
  g_test_add_func ("/service/stop-before-start", test_stop_before_start);
  g_test_add_func ("/service/stop-early", test_stop_early);
  g_test_add_func ("/service/stop-while-starting", test_stop_while_starting);
  g_test_add_func ("/service/stop-tracker", test_stop_tracker);
  g_test_add_func ("/service/stop-tracker-while-starting", test_stop_tracker_while_starting);
  return fixture_end (g_test_run ());
}
