/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* (transfer full): @text made valid UTF-8, and cut between two characters to @max bytes. @text:
 * (nullable): %NULL = "" */
char *redes_wire_dup_text (const char *text, gsize max);

G_END_DECLS
