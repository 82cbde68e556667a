/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Begins GTK on a display of the test's own, away from the tester's settings and files. %FALSE,
 * and the test is skipped with a reason, when there can be none. After g_test_init(). */
gboolean fixture_begin (void);
/* Removes what it made. Returns: @status */
int fixture_end (int status);

G_END_DECLS
