/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/qr-code.h"

#include <qrencode.h>

#define NATURAL_SIZE 300
#define MINIMUM_SIZE 200
/* What a reader needs around it, in modules. */
#define QUIET_ZONE 4

struct _RedesQrCode
{
  GtkWidget parent_instance;
  QRcode *code;
};

G_DEFINE_FINAL_TYPE (RedesQrCode, redes_qr_code, GTK_TYPE_WIDGET)

static void
redes_qr_code_measure (GtkWidget *widget,
                       GtkOrientation orientation,
                       int for_size,
                       int *minimum,
                       int *natural,
                       int *minimum_baseline,
                       int *natural_baseline)
{
  *minimum = MINIMUM_SIZE;
  *natural = NATURAL_SIZE;
}

static void
redes_qr_code_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  static const GdkRGBA white = { 1, 1, 1, 1 };
  static const GdkRGBA black = { 0, 0, 0, 1 };
  RedesQrCode *self = REDES_QR_CODE (widget);
  int size = MIN (gtk_widget_get_width (widget), gtk_widget_get_height (widget));
  int n_modules, module, x0, y0;

  if (self->code == NULL)
    return;
  n_modules = self->code->width + 2 * QUIET_ZONE;
  /* Whole pixels, so that no edge is grey. */
  module = MAX (size / n_modules, 1);
  x0 = (gtk_widget_get_width (widget) - n_modules * module) / 2;
  y0 = (gtk_widget_get_height (widget) - n_modules * module) / 2;
  gtk_snapshot_append_color (snapshot, &white,
                             &GRAPHENE_RECT_INIT (x0, y0, n_modules * module, n_modules * module));
  for (int i = 0; i < self->code->width * self->code->width; i++)
    {
      int x = x0 + (i % self->code->width + QUIET_ZONE) * module;
      int y = y0 + (i / self->code->width + QUIET_ZONE) * module;

      if ((self->code->data[i] & 1) != 0)
        gtk_snapshot_append_color (snapshot, &black, &GRAPHENE_RECT_INIT (x, y, module, module));
    }
}

static void
redes_qr_code_finalize (GObject *object)
{
  g_clear_pointer (&REDES_QR_CODE (object)->code, QRcode_free);
  G_OBJECT_CLASS (redes_qr_code_parent_class)->finalize (object);
}

static void
redes_qr_code_class_init (RedesQrCodeClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = redes_qr_code_finalize;
  widget_class->measure = redes_qr_code_measure;
  widget_class->snapshot = redes_qr_code_snapshot;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
redes_qr_code_init (RedesQrCode *self)
{
}

gboolean
redes_qr_code_set_text (RedesQrCode *self, const char *text)
{
  g_clear_pointer (&self->code, QRcode_free);
  self->code = QRcode_encodeString (text, 0, QR_ECLEVEL_L, QR_MODE_8, 1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  return self->code != NULL;
}
