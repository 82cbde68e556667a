/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RedesTrackerState:
 * @REDES_TRACKER_CONNECTING: a connection is being made, for the first time or again
 * @REDES_TRACKER_REGISTERED: the tracker knows this peer and all of its files so far (or, if this
 *   peer does not register, it is connected)
 * @REDES_TRACKER_WAITING: the tracker is out of reach, and another attempt follows after a delay
 *
 * The state of the connection to a tracker.
 */
typedef enum
{
  REDES_TRACKER_CONNECTING,
  REDES_TRACKER_REGISTERED,
  REDES_TRACKER_WAITING,
} RedesTrackerState;

G_END_DECLS
