/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/base/content-id.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * redes_content_matches_file:
 * @path: the path of a file, which need not exist; only a regular file is opened
 * @cancellable: (nullable)
 *
 * Reads and hashes the file, if it has the size of @content. Blocks; any thread.
 *
 * Returns: whether the file has that content; %FALSE also if it cannot be read, or was cancelled
 */
gboolean redes_content_matches_file (const RedesContentId *content,
                                     const char *path,
                                     GCancellable *cancellable);

G_END_DECLS
