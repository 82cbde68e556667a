/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/node/tracker-host.h"

G_BEGIN_DECLS

#define REDES_TYPE_TRACKER_MODE (redes_tracker_mode_get_type ())
/**
 * RedesTrackerMode:
 *
 * The tracker in this program, as the settings `tracker-mode` and `tracker-port` want it.
 *
 * Signals:
 * - `changed (mode)`: it runs now, or not, or has a problem
 */
G_DECLARE_FINAL_TYPE (RedesTrackerMode, redes_tracker_mode, REDES, TRACKER_MODE, GObject)

/* @data_dir: where its identity is kept. Starts the tracker if it is wanted. */
RedesTrackerMode *redes_tracker_mode_new (GSettings *settings, const char *data_dir);

/**
 * redes_tracker_mode_stop_async:
 *
 * Ends the tracker, for good: the settings do not start it again. It usually takes less than a
 * second; a tracker that is starting is waited for first. May be called once.
 */
void redes_tracker_mode_stop_async (RedesTrackerMode *self,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
/* Returns: %TRUE; stopping has no errors. */
gboolean redes_tracker_mode_stop_finish (RedesTrackerMode *self, GAsyncResult *result);

gboolean redes_tracker_mode_is_running (RedesTrackerMode *self);
/* (nullable): why it does not run although it should */
const char *redes_tracker_mode_get_problem (RedesTrackerMode *self);
/* (nullable) (transfer none): while it runs */
RedesTrackerHost *redes_tracker_mode_get_host (RedesTrackerMode *self);
/* (transfer none): addresses to give to others, the best first; empty unless it runs */
const char *const *redes_tracker_mode_get_addresses (RedesTrackerMode *self);

G_END_DECLS
