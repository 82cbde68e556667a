/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RedesTrackerState:
 * @REDES_TRACKER_CONNECTING: the first try, or one after a break
 * @REDES_TRACKER_REGISTERED: the tracker knows this peer and all of its files so far (or, without
 *   @register_peer, it is connected)
 * @REDES_TRACKER_WAITING: out of reach; waits to try again
 */
typedef enum
{
  REDES_TRACKER_CONNECTING,
  REDES_TRACKER_REGISTERED,
  REDES_TRACKER_WAITING,
} RedesTrackerState;

G_END_DECLS
