/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/notice.h"

G_BEGIN_DECLS

/**
 * RedesEventLogFunc:
 * @event: (transfer none): in English: "ana (k3xw-7aqd) at 127.0.0.1:6001 registered with 12 files"
 */
typedef void (*RedesEventLogFunc) (RedesNotice *event, gpointer user_data);

/**
 * RedesEventLog:
 *
 * The tracker's log: one event after the other. What remotes bring about is limited, and then
 * counted, so that a flood of events is not a flood of lines: what they do wrong to ten lines a
 * second, what they ask to 50 lines a second for each address and 200 in all, and who comes, goes
 * and changes its files to as many again. Belongs to the main context that was the thread's default
 * when it was made.
 */
typedef struct _RedesEventLog RedesEventLog;

/* @func: (nullable) */
RedesEventLog *redes_event_log_new (RedesEventLogFunc func, gpointer user_data);
void redes_event_log_free (RedesEventLog *self);

/* All take @event (transfer full). */
void redes_event_log_add (RedesEventLog *self, RedesNotice *event);
/* What somebody at @address brought about, see redes_address_dup_group(). */
void redes_event_log_add_from (RedesEventLog *self, const char *address, RedesNotice *event);
/* What somebody at @address asked. */
void redes_event_log_add_question (RedesEventLog *self, const char *address, RedesNotice *event);
void redes_event_log_add_violation (RedesEventLog *self, RedesNotice *event);

G_END_DECLS
