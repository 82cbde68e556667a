/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * RedesEventLogFunc:
 * @line: one event in words, without a newline: "ana (k3xw-7aqd) at 127.0.0.1:6001 registered with
 * 12 files"
 */
typedef void (*RedesEventLogFunc) (const char *line, gpointer user_data);

/**
 * RedesEventLog:
 *
 * The tracker's log: one line an event. What remotes bring about is limited, and then counted, so
 * that a flood of events is not a flood of lines: what they do wrong to ten lines a second, what
 * they ask to 50 lines a second for each address and 200 in all, and who comes, goes and changes
 * its files to as many again. Belongs to the main context
 * that was the thread's default when it was made.
 */
typedef struct _RedesEventLog RedesEventLog;

/* @func: (nullable) */
RedesEventLog *redes_event_log_new (RedesEventLogFunc func, gpointer user_data);
void redes_event_log_free (RedesEventLog *self);

void redes_event_log_add (RedesEventLog *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* What somebody at @address brought about, see redes_address_dup_group(). */
void redes_event_log_add_from (RedesEventLog *self, const char *address, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
/* What somebody at @address asked. */
void
redes_event_log_add_question (RedesEventLog *self, const char *address, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
void redes_event_log_add_violation (RedesEventLog *self, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

G_END_DECLS
