/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether this program runs in a Flatpak sandbox, where it can access only some files. */
gboolean redes_sandbox_is_around (void);

/**
 * redes_sandbox_get_granted:
 *
 * Whether @path is a file or folder to which the person has given this program access through the
 * document portal, or is in such a folder. The path does not exist any more when the permission is
 * revoked.
 *
 * Returns: (nullable) (transfer none): the end of @path that begins with the name of that file or
 *   folder, as the part before it has no meaning for a person
 */
const char *redes_sandbox_get_granted (const char *path);

G_END_DECLS
