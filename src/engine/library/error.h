/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define REDES_LIBRARY_ERROR (redes_library_error_quark ())
GQuark redes_library_error_quark (void);

/**
 * RedesLibraryError:
 * @REDES_LIBRARY_ERROR_NOT_FOUND: no such file or folder
 * @REDES_LIBRARY_ERROR_UNREADABLE: it is there, but may not be read
 * @REDES_LIBRARY_ERROR_KIND: neither a regular file nor a folder
 * @REDES_LIBRARY_ERROR_DISK: writing failed: no room, read-only, gone
 * @REDES_LIBRARY_ERROR_PRIVATE: it is what a Redes keeps for itself, such as its identity
 * @REDES_LIBRARY_ERROR_ANOTHER: a shared path leads to something else than before
 * @REDES_LIBRARY_ERROR_HIDDEN: files that were left out because their names begin with a dot
 * @REDES_LIBRARY_ERROR_NAME: the file system does not take the name
 */
typedef enum
{
  REDES_LIBRARY_ERROR_NOT_FOUND,
  REDES_LIBRARY_ERROR_UNREADABLE,
  REDES_LIBRARY_ERROR_KIND,
  REDES_LIBRARY_ERROR_DISK,
  REDES_LIBRARY_ERROR_PRIVATE,
  REDES_LIBRARY_ERROR_ANOTHER,
  REDES_LIBRARY_ERROR_HIDDEN,
  REDES_LIBRARY_ERROR_NAME,
} RedesLibraryError;

G_END_DECLS
