/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Returns: the bytes of this machine's memory; 0 if the system does not tell. Any thread. */
guint64 redes_memory_size_get (void);

G_END_DECLS
