/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/toast.h"

void
redes_toast_show (GtkWidget *where, AdwToast *toast)
{
  GtkWidget *overlay = gtk_widget_get_ancestor (where, ADW_TYPE_TOAST_OVERLAY);

  if (overlay != NULL)
    adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), toast);
  else
    g_object_unref (toast);
}

AdwToast *
redes_toast_new (const char *words)
{
  g_autofree char *markup = g_markup_escape_text (words, -1);

  return adw_toast_new (markup);
}

void
redes_toast_say (GtkWidget *where, const char *words)
{
  redes_toast_show (where, redes_toast_new (words));
}

void
redes_toast_printf (GtkWidget *where, const char *format, ...)
{
  g_autofree char *words = NULL;
  va_list args;

  va_start (args, format);
  words = g_strdup_vprintf (format, args);
  va_end (args);
  redes_toast_say (where, words);
}
