/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * redes_natural_order_make_key:
 * @name: the name of a file or folder; what is not UTF-8 is taken byte by byte
 *
 * Makes a key that strcmp() sorts in the order in which people expect names: by the process's
 * locale, and numbers by their value, so that `IMG_2` comes before `IMG_10`. Different names have
 * different keys. Any thread.
 *
 * Returns: (transfer full)
 */
char *redes_natural_order_make_key (const char *name);

/* Compares two names in that order; keys are cheaper for more than a few names. */
gint redes_natural_order_compare (const char *a, const char *b);

G_END_DECLS
