/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/content-id.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * redes_content_matches_file:
 * @path: of what may be there; only a regular file is opened
 * @cancellable: (nullable)
 *
 * Reads the file, if it has the content's size, and hashes it. Blocks; any thread.
 *
 * Returns: whether its bytes are that content; %FALSE too if it cannot be read, or when cancelled
 */
gboolean redes_content_matches_file (const RedesContentId *content,
                                     const char *path,
                                     GCancellable *cancellable);

G_END_DECLS
