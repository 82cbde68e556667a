/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/notice.h"

G_BEGIN_DECLS

/**
 * RedesEventLogFunc:
 * @event: (transfer none): the event; in English, for example: "ana (k3xw-7aqd) at 127.0.0.1:6001
 *   registered with 12 files"
 */
typedef void (*RedesEventLogFunc) (RedesNotice *event, gpointer user_data);

/**
 * RedesEventLog:
 *
 * The tracker's log. The events that remotes cause are limited, and beyond the limits only counted,
 * so that a flood of events is not a flood of lines: protocol violations to 10 lines a second,
 * queries to 50 lines a second for each address and 200 in all, and registrations, departures and
 * updates to as many again. A log belongs to the main context that was the thread's default when it
 * was made.
 */
typedef struct _RedesEventLog RedesEventLog;

/* @func: (nullable) */
RedesEventLog *redes_event_log_new (RedesEventLogFunc func, gpointer user_data);
void redes_event_log_free (RedesEventLog *self);

/* Adds an event that no remote has caused. @event of this and the functions below is (transfer
 * full). */
void redes_event_log_add (RedesEventLog *self, RedesNotice *event);
/* Adds a registration, a departure or an update. @address: from redes_address_dup_group() */
void redes_event_log_add_from (RedesEventLog *self, const char *address, RedesNotice *event);
/* Adds a query from @address. */
void redes_event_log_add_query (RedesEventLog *self, const char *address, RedesNotice *event);
void redes_event_log_add_violation (RedesEventLog *self, RedesNotice *event);

G_END_DECLS
