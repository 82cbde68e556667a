/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/publishers.h"

#include "app/toast.h"
#include "engine/base/peer-id.h"

#include <glib/gi18n.h>

/* Enough to compare by telephone. */
#define LONG_ID_GROUPS 6

typedef struct
{
  GtkWidget *where;
  RedesService *service;
  RedesPeerId id;
  char *name; /* (nullable): the earlier name, for undo */
  RedesPublisherTrust trust;
  GtkEditable *entry;
} Change;

static Change *
change_new (GtkWidget *where, RedesService *service, const RedesPeerId *id)
{
  RedesPublisherItem *known = redes_node_lookup_publisher (redes_service_get_node (service), id);
  Change *change = g_new0 (Change, 1);

  change->where = g_object_ref (where);
  change->service = g_object_ref (service);
  change->id = *id;
  if (known != NULL)
    {
      change->name = g_strdup (redes_publisher_item_get_name (known));
      change->trust = redes_publisher_item_get_trust (known);
    }
  return change;
}

static void
change_free (gpointer data)
{
  Change *change = data;

  g_object_unref (change->where);
  g_object_unref (change->service);
  g_free (change->name);
  g_free (change);
}

static void
free_wish_of_closure (gpointer data, GClosure *closure)
{
  change_free (data);
}

static void
on_name_response (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  Change *change = user_data;
  g_autofree char *name = g_strdup (gtk_editable_get_text (change->entry));

  g_strstrip (name);
  if (g_str_equal (response, "save") && *name != '\0'
      && redes_service_get_state (change->service) == REDES_SERVICE_RUNNING)
    redes_node_set_publisher (redes_service_get_node (change->service), &change->id, name,
                              REDES_PUBLISHER_KNOWN);
}

static void
on_name_changed (GtkEditable *entry, AdwMessageDialog *dialog)
{
  adw_message_dialog_set_response_enabled (dialog, "save", *gtk_editable_get_text (entry) != '\0');
}

void
redes_publishers_ask_name (GtkWidget *where, RedesService *service, const RedesPeerId *id)
{
  Change *change = change_new (where, service, id);
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (where)),
                                              _ ("Name This Publisher"), NULL);
  AdwMessageDialog *message = ADW_MESSAGE_DIALOG (dialog);
  GtkWidget *entry = gtk_entry_new ();
  g_autofree char *groups = redes_peer_id_dup_short (id, LONG_ID_GROUPS);

  adw_message_dialog_format_body (
      message,
      _ ("You will see this name beside everything that it signs. To be sure who it is, compare "
         "its id with them:\n%s"),
      groups);
  change->entry = GTK_EDITABLE (entry);
  if (change->name != NULL)
    gtk_editable_set_text (change->entry, change->name);
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  gtk_entry_set_max_length (GTK_ENTRY (entry), 64);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Name"),
                                  -1);
  adw_message_dialog_set_extra_child (message, entry);
  adw_message_dialog_add_responses (message, "cancel", _ ("_Cancel"), "save", _ ("_Save"), NULL);
  adw_message_dialog_set_response_appearance (message, "save", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (message, "save");
  adw_message_dialog_set_close_response (message, "cancel");
  g_signal_connect_object (entry, "changed", G_CALLBACK (on_name_changed), message, 0);
  on_name_changed (change->entry, message);
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_name_response), change,
                         free_wish_of_closure, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
undo_blocking (gpointer data)
{
  Change *change = data;

  if (redes_service_get_state (change->service) == REDES_SERVICE_RUNNING)
    redes_node_set_publisher (redes_service_get_node (change->service), &change->id, change->name,
                              change->trust);
}

void
redes_publishers_block (GtkWidget *where, RedesService *service, const RedesPeerId *id)
{
  Change *change = change_new (where, service, id);
  g_autofree char *name = redes_service_dup_publisher_name (service, id);
  g_autofree char *words = g_strdup_printf (_ ("Publisher “%s” blocked"), name);

  redes_node_set_publisher (redes_service_get_node (service), &change->id, change->name,
                            REDES_PUBLISHER_BLOCKED);
  redes_toast_show_undo (where, words, G_CALLBACK (undo_blocking), NULL, change, change_free);
}

gboolean
redes_publishers_is_own (RedesService *service, const RedesPeerId *id)
{
  const RedesPeerId *own = redes_node_get_peer_id (redes_service_get_node (service));

  return own != NULL && redes_digest_equal (own, id);
}

const char *
redes_publishers_get_icon (RedesService *service, const RedesPeerId *id)
{
  if (redes_publishers_is_own (service, id))
    return "redes-known-symbolic";
  switch (redes_node_get_trust (redes_service_get_node (service), id))
    {
    case REDES_PUBLISHER_KNOWN:
      return "redes-known-symbolic";
    case REDES_PUBLISHER_BLOCKED:
      return "action-unavailable-symbolic";
    default:
      return NULL;
    }
}

const char *
redes_publishers_get_words (RedesService *service, const RedesPeerId *id)
{
  if (redes_publishers_is_own (service, id))
    return _ ("Signed by you");
  switch (redes_node_get_trust (redes_service_get_node (service), id))
    {
    case REDES_PUBLISHER_KNOWN:
      return _ ("A publisher that you know");
    case REDES_PUBLISHER_BLOCKED:
      return _ ("A publisher that you blocked");
    default:
      return _ ("A new publisher");
    }
}
