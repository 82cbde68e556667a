/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define REDES_TYPE_QR_CODE (redes_qr_code_get_type ())
/**
 * RedesQrCode:
 *
 * A text as a QR code (ISO/IEC 18004), black on white whatever the style, for cameras.
 */
G_DECLARE_FINAL_TYPE (RedesQrCode, redes_qr_code, REDES, QR_CODE, GtkWidget)

/* Returns: whether @text fits into one: about 2,900 bytes do. */
gboolean redes_qr_code_set_text (RedesQrCode *self, const char *text);

G_END_DECLS
