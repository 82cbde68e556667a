/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define REDES_TRACKER_ERROR (redes_tracker_error_quark ())
GQuark redes_tracker_error_quark (void);

/**
 * RedesTrackerError:
 * @REDES_TRACKER_ERROR_UNREACHABLE: no connection to the tracker now; it is tried again by itself
 * @REDES_TRACKER_ERROR_REFUSED: the tracker said no; the message has its words
 */
typedef enum
{
  REDES_TRACKER_ERROR_UNREACHABLE,
  REDES_TRACKER_ERROR_REFUSED,
} RedesTrackerError;

G_END_DECLS
