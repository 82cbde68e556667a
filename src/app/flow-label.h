/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/service.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define REDES_TYPE_FLOW_LABEL (redes_flow_label_get_type ())
/**
 * RedesFlowLabel:
 *
 * A label with the total rates of sending and receiving. While it is visible, it asks the node for
 * them: every second while there is traffic, every five seconds while there are sessions, and not
 * at all without sessions.
 */
G_DECLARE_FINAL_TYPE (RedesFlowLabel, redes_flow_label, REDES, FLOW_LABEL, AdwBin)

/* To be called once. */
void redes_flow_label_set_service (RedesFlowLabel *self, RedesService *service);

G_END_DECLS
