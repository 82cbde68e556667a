/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define REDES_CONTENT_ERROR (redes_content_error_quark ())
GQuark redes_content_error_quark (void);

/**
 * RedesContentError:
 * @REDES_CONTENT_ERROR_MANIFEST: bytes that are no manifest, or one with values out of range
 * @REDES_CONTENT_ERROR_SIGNATURE: a manifest whose path or signature is not its publisher's
 * @REDES_CONTENT_ERROR_LINK: text that is no `redes:` link
 * @REDES_CONTENT_ERROR_READ: a file that cannot be read, or changed while it was read
 */
typedef enum
{
  REDES_CONTENT_ERROR_MANIFEST,
  REDES_CONTENT_ERROR_SIGNATURE,
  REDES_CONTENT_ERROR_LINK,
  REDES_CONTENT_ERROR_READ,
} RedesContentError;

G_END_DECLS
