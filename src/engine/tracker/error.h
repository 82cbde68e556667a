/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define REDES_TRACKER_ERROR (redes_tracker_error_quark ())
GQuark redes_tracker_error_quark (void);

/**
 * RedesTrackerError:
 * @REDES_TRACKER_ERROR_UNREACHABLE: there is no connection to the tracker now; the client tries
 *   again by itself
 * @REDES_TRACKER_ERROR_REFUSED: the tracker has refused; the notice says why
 */
typedef enum
{
  REDES_TRACKER_ERROR_UNREACHABLE,
  REDES_TRACKER_ERROR_REFUSED,
} RedesTrackerError;

G_END_DECLS
