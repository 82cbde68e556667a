/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/output.h"
#include "engine/node/node-lan.h"

G_BEGIN_DECLS

/* Tells of who is found and lost around @node, until @output's handlers are disconnected. */
void redes_lan_events_connect (RedesOutput *output, RedesNode *node);
void redes_lan_events_disconnect (RedesOutput *output, RedesNode *node);

/* @how: of RedesPeerOrigin: an array of their names as the member `how` */
void redes_json_add_how (JsonBuilder *builder, guint how);
/* "tracker, lan" */
char *redes_format_how (guint how);

G_END_DECLS
