/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/error.h"
#include "engine/node/node.h"

G_BEGIN_DECLS

/* Numbers as people read them, by locale and language. All (transfer full). */

/* "12.3 MB" */
char *redes_format_size (guint64 size_bytes);
/* "1.2 MB/s"; "" below one byte a second */
char *redes_format_rate (gdouble rate_bytes_per_s);
/* "2 min 5 s": the two largest units */
char *redes_format_duration (gdouble seconds);
/* "14:05" today, "Yesterday 14:05", else the date */
char *redes_format_when (gint64 unix_s);
/* "just now", "12 s ago", … @seconds: how long ago */
char *redes_format_ago (gdouble seconds);
/* What the engine has to tell, in the person's language. @notice: (nullable): NULL of NULL */
char *redes_format_notice (const RedesNotice *notice);
char *redes_format_error (const GError *error);
/* "k3xw-7aqd": enough of an id for a person to tell two apart */
char *redes_format_short_id (const RedesPeerId *id);

G_END_DECLS
