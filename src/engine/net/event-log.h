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
 * The tracker's log: one line an event. What remotes do wrong is limited to ten lines a second, and
 * then counted, so that a flood of violations is not a flood of lines. Belongs to the main context
 * that was the thread's default when it was made.
 */
typedef struct _RedesEventLog RedesEventLog;

/* @func: (nullable) */
RedesEventLog *redes_event_log_new (RedesEventLogFunc func, gpointer user_data);
void redes_event_log_free (RedesEventLog *self);

void redes_event_log_add (RedesEventLog *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
void redes_event_log_add_violation (RedesEventLog *self, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

G_END_DECLS
