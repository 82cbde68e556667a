/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How things are written for a person. All return new text. */

/* "12.3 MiB" */
char *redes_format_size (gdouble bytes);
/* "1 block", "7 blocks" */
char *redes_format_count (guint64 n, const char *one, const char *many);
/* "1:02" or "1:02:03" */
char *redes_format_duration (gdouble seconds);
/* A name as some peer gave it, fit to be shown whole. One with a blank at its beginning or end
 * stands in quotes, as the console takes it. */
char *redes_format_name (const char *name);
/* @text with spaces to its right, or cut with an ellipsis, so that it takes @width columns. */
char *redes_format_column (const char *text, guint width);
/* The same for a name, as redes_format_name() makes it. */
char *redes_format_name_column (const char *name, guint width);

G_END_DECLS
