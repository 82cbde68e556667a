/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/link-entry.h"

#include "app/downloads.h"
#include "app/link-dialog.h"
#include "app/toast.h"

#include <glib/gi18n.h>

typedef struct
{
  GtkWidget *where;
  RedesService *service;
  AdwMessageDialog *dialog;
  GtkEntry *entry;
  GtkLabel *trouble;
} LinkEntry;

static void
link_entry_free (gpointer data, GClosure *closure)
{
  LinkEntry *self = data;

  g_object_unref (self->where);
  g_object_unref (self->service);
  g_free (self);
}

static void
on_response (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  LinkEntry *self = user_data;

  if (g_str_equal (response, "continue"))
    redes_link_dialog_ask_text (self->where, self->service,
                                gtk_editable_get_text (GTK_EDITABLE (self->entry)));
}

/* What is wrong is told while it is typed, and the button waits. */
static void
on_changed (GtkEditable *entry, gpointer user_data)
{
  LinkEntry *self = user_data;
  const char *text = gtk_editable_get_text (entry);
  g_autofree char *trouble = NULL;
  g_autoptr (RedesLink) link = redes_downloads_parse_link (text, &trouble);

  gtk_label_set_label (self->trouble, link == NULL && *text != '\0' ? trouble : "");
  adw_message_dialog_set_response_enabled (self->dialog, "continue", link != NULL);
}

static void
pasted_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkEditable) entry = user_data;
  g_autofree char *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (object), result, NULL);

  if (text != NULL && redes_link_looks_like (text) && *gtk_editable_get_text (entry) == '\0')
    {
      gtk_editable_set_text (entry, g_strstrip (text));
      /* Who pastes the link, too, puts it in the place of this one. */
      gtk_editable_select_region (entry, 0, -1);
    }
}

void
redes_link_entry_present (GtkWidget *where, RedesService *service)
{
  LinkEntry *self = g_new0 (LinkEntry, 1);
  GtkWidget *dialog
      = adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (where)), _ ("Open a Link"), NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  self->where = g_object_ref (where);
  self->service = g_object_ref (service);
  self->dialog = ADW_MESSAGE_DIALOG (dialog);
  self->entry = GTK_ENTRY (gtk_entry_new ());
  self->trouble = GTK_LABEL (gtk_label_new (NULL));
  adw_message_dialog_set_body (self->dialog,
                               _ ("Paste a “redes:” link that somebody gave you. It names one "
                                  "file for ever, whatever it is called."));
  gtk_entry_set_activates_default (self->entry, TRUE);
  gtk_entry_set_placeholder_text (self->entry, "redes:…");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Link"), -1);
  gtk_label_set_wrap (self->trouble, TRUE);
  gtk_label_set_max_width_chars (self->trouble, 40);
  gtk_widget_add_css_class (GTK_WIDGET (self->trouble), "caption");
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->entry));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->trouble));
  adw_message_dialog_set_extra_child (self->dialog, box);
  adw_message_dialog_add_responses (self->dialog, "cancel", _ ("_Cancel"), "continue",
                                    _ ("C_ontinue"), NULL);
  adw_message_dialog_set_response_appearance (self->dialog, "continue", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (self->dialog, "continue");
  adw_message_dialog_set_close_response (self->dialog, "cancel");
  adw_message_dialog_set_response_enabled (self->dialog, "continue", FALSE);
  g_signal_connect (self->entry, "changed", G_CALLBACK (on_changed), self);
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_response), self, link_entry_free, 0);
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (where), NULL, pasted_cb,
                                 g_object_ref (self->entry));
  gtk_window_present (GTK_WINDOW (dialog));
}
