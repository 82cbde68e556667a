/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/sharing.h"

#include "app/sandbox.h"
#include "app/toast.h"

#include <glib/gi18n.h>

#include <string.h>
#include <unistd.h>

/* On a window: the toasts about lost permissions that are to be seen. */
#define LOST_KEY "redes-lost-grants"

gboolean
redes_sharing_share_file (GtkWidget *where, RedesService *service, GFile *file)
{
  g_autofree char *path = g_file_get_path (file);
  g_autofree char *basename = g_file_get_basename (file);
  g_autofree char *name = g_filename_display_name (basename);

  if (path == NULL)
    redes_toast_printf (where, _ ("“%s” is not on this computer: copy it here to share it"), name);
  else if (redes_service_get_state (service) != REDES_SERVICE_RUNNING)
    redes_toast_say (where, _ ("Redes is still starting: try again in a moment"));
  else if (access (path, R_OK) == 0)
    {
      redes_node_share (redes_service_get_node (service), path);
      return TRUE;
    }
  else if (redes_sandbox_is_around ())
    redes_toast_printf (
        where, _ ("“%s” cannot be read from inside the sandbox: choose it with “Share Files…”"),
        name);
  else if (g_file_test (path, G_FILE_TEST_EXISTS))
    redes_toast_printf (where, _ ("“%s” cannot be shared: you may not read it"), name);
  else
    redes_toast_printf (where, _ ("“%s” cannot be shared: it is not there"), name);
  return FALSE;
}

void
redes_sharing_say_taken (GtkWidget *where, guint n_files)
{
  g_autofree char *words = g_strdup_printf (
      ngettext ("Preparing %u item for sharing", "Preparing %u items for sharing", n_files),
      n_files);
  AdwToast *toast;

  if (n_files == 0)
    return;
  toast = redes_toast_new (words);
  adw_toast_set_button_label (toast, _ ("_Show"));
  adw_toast_set_action_name (toast, "win.show-page");
  adw_toast_set_action_target (toast, "s", "shared");
  redes_toast_show (where, toast);
}

typedef struct
{
  GtkWidget *where;
  RedesService *service;
} Choice;

static void
on_response (GtkNativeDialog *dialog, gint response, gpointer user_data)
{
  Choice *choice = user_data;

  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GListModel) files = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (dialog));
      guint n_taken = 0;

      for (guint i = 0; i < g_list_model_get_n_items (files); i++)
        {
          g_autoptr (GFile) file = g_list_model_get_item (files, i);

          n_taken += redes_sharing_share_file (choice->where, choice->service, file);
        }
      redes_sharing_say_taken (choice->where, n_taken);
    }
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
  g_object_unref (choice->where);
  g_object_unref (choice->service);
  g_free (choice);
}

void
redes_sharing_choose (GtkWidget *where, RedesService *service, gboolean folder)
{
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
      folder ? _ ("Share a Folder") : _ ("Share Files"), GTK_WINDOW (gtk_widget_get_root (where)),
      folder ? GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER : GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Share"),
      _ ("_Cancel"));
  Choice *choice = g_new0 (Choice, 1);

  choice->where = g_object_ref (where);
  choice->service = g_object_ref (service);
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (dialog), TRUE);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect (dialog, "response", G_CALLBACK (on_response), choice);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
on_lost_dismissed (AdwToast *toast, gpointer user_data)
{
  GHashTable *lost = user_data;

  g_hash_table_remove (lost, g_object_get_data (G_OBJECT (toast), LOST_KEY));
}

/* Names of what was given -> the same: those that @root tells of now. (transfer none) */
static GHashTable *
get_lost (GtkRoot *root)
{
  GHashTable *lost = g_object_get_data (G_OBJECT (root), LOST_KEY);

  if (lost == NULL)
    {
      lost = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      g_object_set_data_full (G_OBJECT (root), LOST_KEY, lost, (GDestroyNotify)g_hash_table_unref);
    }
  return lost;
}

gboolean
redes_sharing_say_grant_lost (GtkWidget *where, const char *path)
{
  const char *granted = redes_sandbox_get_granted (path);
  GtkRoot *root = gtk_widget_get_root (where);
  g_autofree char *given = NULL;
  g_autofree char *name = NULL;
  g_autofree char *words = NULL;
  GHashTable *lost;
  const char *slash;
  AdwToast *toast;

  if (granted == NULL || root == NULL)
    return FALSE;
  slash = strchr (granted, G_DIR_SEPARATOR);
  given = slash != NULL ? g_strndup (granted, slash - granted) : g_strdup (granted);
  lost = get_lost (root);
  if (g_hash_table_contains (lost, given))
    return TRUE;
  name = g_filename_display_name (given);
  words = g_strdup_printf (slash != NULL
                               ? _ ("Redes may not read “%s” any more: choose the folder again")
                               : _ ("Redes may not read “%s” any more: choose the file again"),
                           name);
  toast = redes_toast_new (words);
  adw_toast_set_timeout (toast, 0);
  adw_toast_set_button_label (toast, _ ("_Choose…"));
  adw_toast_set_action_name (toast, slash != NULL ? "win.share-folder" : "win.share-files");
  g_object_set_data_full (G_OBJECT (toast), LOST_KEY, g_strdup (given), g_free);
  g_signal_connect_data (toast, "dismissed", G_CALLBACK (on_lost_dismissed),
                         g_hash_table_ref (lost),
                         (GClosureNotify)(void (*) (void))g_hash_table_unref, 0);
  g_hash_table_add (lost, g_steal_pointer (&given));
  redes_toast_show (where, toast);
  return TRUE;
}
