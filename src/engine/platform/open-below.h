/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * redes_open_below:
 * @root: a folder; the way to it may lead through symbolic links
 * @relative: the way from there to a file, with "/" between its components
 *
 * Opens a file for reading, if no component below @root is a symbolic link, is empty, "." or "..".
 * It does not wait for a named pipe. Any thread; it blocks for a moment.
 *
 * Returns: a descriptor for close(); -1 with errno set: ELOOP or ENOTDIR if a component is a link,
 *   ENOENT if one is not allowed, ENXIO for a socket or a device without a driver
 */
int redes_open_below (const char *root, const char *relative);

G_END_DECLS
