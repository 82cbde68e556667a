/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether this program runs as a Flatpak, where it sees only what it was given. */
gboolean redes_sandbox_is_around (void);

/**
 * redes_sandbox_get_granted:
 *
 * Whether @path is something that the person gave to this program alone, through the document
 * portal, or is in a folder of that kind. Such a path ends to exist when the permission is taken
 * away.
 *
 * Returns: (nullable): the end of @path that begins with the name of the file or folder that was
 * given: what is before it means nothing to a person
 */
const char *redes_sandbox_get_granted (const char *path);

G_END_DECLS
