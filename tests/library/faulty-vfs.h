/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

/*
 * A layer below SQLite, between it and the system, that lets one step fail. To be set up before the
 * first database is opened.
 */
void faulty_vfs_set_up (void);
/* The @n-th step from now on (from 1) that reads or writes fails once, with @status of SQLITE_IOERR
 * or SQLITE_FULL; with FULL only steps that write count. 0: none. */
void faulty_vfs_fail_at (guint n, int status);
/* Whether the step has come. */
gboolean faulty_vfs_has_failed (void);
