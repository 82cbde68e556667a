/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/tracker/connection.h"
#include "engine/tracker/guest.h"

G_BEGIN_DECLS

/* @connection: registered */
RedesTrackerGuest *redes_tracker_guest_new (RedesConnection *connection);

G_END_DECLS
