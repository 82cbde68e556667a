/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * redes_natural_order_make_key:
 * @name: the name of a file or folder; what is not UTF-8 is taken byte by byte
 *
 * A key for strcmp(), in the order in which people expect names: by the process's locale, and
 * numbers by their value, so that `IMG_2` comes before `IMG_10`. Names that differ have keys that
 * differ. Any thread.
 */
char *redes_natural_order_make_key (const char *name);

/* The same for two names at a time; for many, keys are cheaper. */
gint redes_natural_order_compare (const char *a, const char *b);

G_END_DECLS
