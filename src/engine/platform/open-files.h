/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Returns: how many files and sockets this process may have open at a time, as far as it is limited
 * itself; G_MAXUINT64 if it is not. The limit of the whole system does not count. Any thread. */
guint64 redes_open_files_get_max (void);
/* Raises that limit as far as the process may by itself. It is the process's, and what the process
 * starts inherits it. Any thread. */
void redes_open_files_raise_max (void);

G_END_DECLS
