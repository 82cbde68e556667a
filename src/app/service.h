/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/networks.h"
#include "app/tracker-mode.h"
#include "engine/node/node-publishers.h"
#include "engine/node/node.h"

G_BEGIN_DECLS

/**
 * RedesServiceState:
 * @REDES_SERVICE_STOPPED: not started, or stopped again
 * @REDES_SERVICE_STARTING: the node comes up
 * @REDES_SERVICE_RUNNING: it can be used
 * @REDES_SERVICE_STOPPING: redes_service_stop_async() has been called and is not done
 * @REDES_SERVICE_FAILED: it could not start; redes_service_get_problem() says why
 */
typedef enum
{
  REDES_SERVICE_STOPPED,
  REDES_SERVICE_STARTING,
  REDES_SERVICE_RUNNING,
  REDES_SERVICE_STOPPING,
  REDES_SERVICE_FAILED,
} RedesServiceState;

#define REDES_TYPE_SERVICE (redes_service_get_type ())
/**
 * RedesService:
 *
 * Starts, configures and stops the node according to the settings, for all windows of the program,
 * and has the functions that several pages need.
 *
 * Signals:
 * - `changed (service)`: its state, its problem or its address has changed
 * - `say (service, const char *words)`: a message for the person, to be shown as a toast
 * - `transfer-state-changed (service, RedesTransfer *transfer)`: a new one, or one whose state
 *   changed, or one that has left the list
 * - `transfer-finished (service, RedesTransfer *transfer)`: a download that ran has become DONE
 * - `stop-delayed (service, const char *words)`: redes_service_stop_async() takes longer than
 *   expected; @words says what it waits for, in the person's language
 */
G_DECLARE_FINAL_TYPE (RedesService, redes_service, REDES, SERVICE, GObject)

/* @settings: of the schema io.github.redes_p2p.Redes; referenced. */
RedesService *redes_service_new (GSettings *settings);

/* Also again after a failure. */
void redes_service_start (RedesService *self);
/**
 * redes_service_stop_async:
 * @patience_ms: after that time, if it still goes on, `stop-delayed` is emitted, once
 *
 * Stops the engine and the tracker of this program, for good. It usually takes less than a second.
 * What is starting is waited for first. There is no limit to the time: an engine that waits for a
 * disk cannot be ended halfway. May be called once.
 */
void redes_service_stop_async (RedesService *self,
                               guint patience_ms,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
/* Returns: %TRUE; stopping has no errors. */
gboolean redes_service_stop_finish (RedesService *self, GAsyncResult *result);

/* Whether a very low upload limit applies in the place of the one that is set. */
void redes_service_set_sparing (RedesService *self, gboolean sparing);

RedesServiceState redes_service_get_state (RedesService *self);
/* (nullable): why it does not run, or what is not as it was set: a port in use. */
const char *redes_service_get_problem (RedesService *self);

/* (transfer none): there from the beginning, but to be asked only when RUNNING. */
RedesNode *redes_service_get_node (RedesService *self);
GSettings *redes_service_get_settings (RedesService *self);

/* Where trackers that were found are used. */
RedesNetworks *redes_service_get_networks (RedesService *self);
RedesTrackerMode *redes_service_get_tracker_mode (RedesService *self);

/* Who signed something, in a person's words: "You", the name that was given, or a short id.
 * (transfer full) */
char *redes_service_dup_publisher_name (RedesService *self, const RedesPeerId *id);

/* (nullable) (transfer none): the transfer of @content that is in the list. */
RedesTransfer *redes_service_lookup_transfer (RedesService *self, const RedesContentId *content);

/* How many transfers are neither over nor paused. */
guint redes_service_count_running (RedesService *self);

G_END_DECLS
