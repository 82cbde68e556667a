/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/core/core-events.h"

G_BEGIN_DECLS

/* @expected: (nullable): who must answer; @found: see RedesTrackerTable. A tracker that is there
 * already stays as it is. */
gboolean redes_core_add_tracker (RedesCore *self,
                                 const char *address,
                                 const RedesPeerId *expected,
                                 gboolean found,
                                 gboolean register_peer,
                                 GError **error);
/* Says goodbye in the background; nothing if there is none of that address. */
void redes_core_remove_tracker (RedesCore *self, const char *address);
/* The same with one that was found, and tells the front end. */
void redes_core_drop_tracker (RedesCore *self, RedesTrackerClient *client);
/* @tell: redes_tracker_client_add_file() or its opposite; called for each tracker */
void redes_core_tell_trackers (RedesCore *self,
                               RedesManifest *manifest,
                               void (*tell) (RedesTrackerClient *, RedesManifest *));

G_END_DECLS
