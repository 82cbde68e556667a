/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Files and folders below one folder, together. */
#define REDES_FOLDER_MAX_BELOW (1u << 24)
#define REDES_FOLDER_MAX_BYTES (G_GUINT64_CONSTANT (1) << 56)
#define REDES_FOLDER_MAX_HEIGHT 100u

/**
 * RedesFolderTotals:
 * @bytes: of all files below, 0 to REDES_FOLDER_MAX_BYTES
 * @n_files: files below, in whatever depth, each as often as it is there
 * @n_folders: folders below, without the folder itself
 * @height: 0 without a subfolder, else one more than that of the highest subfolder
 *
 * What lies below a folder. A plain value.
 */
typedef struct
{
  guint64 bytes;
  guint32 n_files;
  guint32 n_folders;
  guint8 height;
} RedesFolderTotals;

G_END_DECLS
