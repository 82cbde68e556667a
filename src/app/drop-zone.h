/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define REDES_TYPE_DROP_ZONE (redes_drop_zone_get_type ())
/**
 * RedesDropZone:
 *
 * Its child, on which files, folders and links can be dropped; while something is held over it, it
 * says so over all of it.
 *
 * Signals:
 * - `dropped (zone, GPtrArray *files)`: of GFile, borrowed
 * - `link-dropped (zone, const char *text)`: text that begins like a link
 * - `failed (zone)`: what was dropped could not be had from the program that it came from
 */
G_DECLARE_FINAL_TYPE (RedesDropZone, redes_drop_zone, REDES, DROP_ZONE, AdwBin)

G_END_DECLS
