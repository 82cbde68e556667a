/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/link-window.h"

#include "app/qr-code.h"
#include "app/toast.h"

#include <glib/gi18n.h>

struct _RedesLinkWindow
{
  AdwWindow parent_instance;
  GtkLabel *name;
  RedesQrCode *code;
  GtkLabel *too_long;
  GtkLabel *text;
};

G_DEFINE_FINAL_TYPE (RedesLinkWindow, redes_link_window, ADW_TYPE_WINDOW)

static void
on_copy_clicked (RedesLinkWindow *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)),
                          gtk_label_get_label (self->text));
  redes_toast_say (GTK_WIDGET (self->text), _ ("Link copied"));
}

static void
redes_link_window_class_init (RedesLinkWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  g_type_ensure (REDES_TYPE_QR_CODE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/redes_p2p/Redes/ui/link-window.ui");
  gtk_widget_class_bind_template_child (widget_class, RedesLinkWindow, name);
  gtk_widget_class_bind_template_child (widget_class, RedesLinkWindow, code);
  gtk_widget_class_bind_template_child (widget_class, RedesLinkWindow, too_long);
  gtk_widget_class_bind_template_child (widget_class, RedesLinkWindow, text);
  gtk_widget_class_bind_template_callback (widget_class, on_copy_clicked);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
redes_link_window_init (RedesLinkWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
redes_link_window_present (GtkWidget *where, const char *name, const char *link)
{
  RedesLinkWindow *self
      = g_object_new (REDES_TYPE_LINK_WINDOW, "transient-for", gtk_widget_get_root (where), NULL);
  gboolean fits = redes_qr_code_set_text (self->code, link);

  gtk_label_set_label (self->name, name);
  gtk_label_set_label (self->text, link);
  gtk_widget_set_visible (GTK_WIDGET (self->code), fits);
  gtk_widget_set_visible (GTK_WIDGET (self->too_long), !fits);
  gtk_window_present (GTK_WINDOW (self));
}
