/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/service.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define REDES_TYPE_FLOW_LABEL (redes_flow_label_get_type ())
/**
 * RedesFlowLabel:
 *
 * What flows in all, in words, while it is in sight: asked for every second while something does,
 * every five while others might begin, and not at all while there is nobody.
 */
G_DECLARE_FINAL_TYPE (RedesFlowLabel, redes_flow_label, REDES, FLOW_LABEL, AdwBin)

/* Once. */
void redes_flow_label_set_service (RedesFlowLabel *self, RedesService *service);

G_END_DECLS
