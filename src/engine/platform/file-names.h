/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Returns: whether the system takes no name of a file that has @c in it, besides "/", "\\" and ":",
 * which no name of a shared file has. Any thread. */
gboolean redes_file_names_refuse (gunichar c);

G_END_DECLS
