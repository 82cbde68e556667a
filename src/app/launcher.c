/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/launcher.h"

typedef struct
{
  GtkWidget *where;
  char *path;
} Launch;

static void
launch_free (gpointer data)
{
  Launch *launch = data;

  g_object_unref (launch->where);
  g_free (launch->path);
  g_free (launch);
}

static GTask *
launch_new (GtkWidget *where, const char *path, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  Launch *launch = g_new0 (Launch, 1);

  launch->where = g_object_ref (where);
  launch->path = g_strdup (path);
  g_task_set_task_data (task, launch, launch_free);
  return task;
}

gboolean
redes_launcher_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void open_folder_of (GTask *task);

static void
launch_default_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (g_app_info_launch_default_for_uri_finish (result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* With whichever program is there for addresses of its kind. @task: (transfer full) */
static void
open_address (GTask *task, const char *address)
{
  Launch *launch = g_task_get_task_data (task);
  g_autoptr (GdkAppLaunchContext) context
      = gdk_display_get_app_launch_context (gtk_widget_get_display (launch->where));

  g_app_info_launch_default_for_uri_async (address, G_APP_LAUNCH_CONTEXT (context), NULL,
                                           launch_default_cb, task);
}

#if GTK_CHECK_VERSION(4, 10, 0)

static GtkFileLauncher *
make_launcher (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);

  return gtk_file_launcher_new (file);
}

static GtkWindow *
get_window (GTask *task)
{
  Launch *launch = g_task_get_task_data (task);
  GtkRoot *root = gtk_widget_get_root (launch->where);

  return GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL;
}

/* Both are a person's decision, and no fault. */
static gboolean
is_dismissed (const GError *error)
{
  return g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_DISMISSED)
         || g_error_matches (error, GTK_DIALOG_ERROR, GTK_DIALOG_ERROR_CANCELLED)
         || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
return_error (GTask *task, GError *error)
{
  if (!is_dismissed (error))
    {
      g_task_return_error (task, error);
      return;
    }
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "%s", error->message);
  g_error_free (error);
}

static void
launch_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (gtk_file_launcher_launch_finish (GTK_FILE_LAUNCHER (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    return_error (task, error);
}

static void
open_path (GTask *task, const char *path)
{
  g_autoptr (GtkFileLauncher) launcher = make_launcher (path);

  gtk_file_launcher_launch (launcher, get_window (task), NULL, launch_cb, task);
}

static void
open_containing_folder_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (gtk_file_launcher_open_containing_folder_finish (GTK_FILE_LAUNCHER (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else if (is_dismissed (error))
    return_error (task, error);
  else
    {
      g_error_free (error);
      open_folder_of (g_steal_pointer (&task));
    }
}

static void
show_in_folder (GTask *task, const char *path)
{
  g_autoptr (GtkFileLauncher) launcher = make_launcher (path);

  gtk_file_launcher_open_containing_folder (launcher, get_window (task), NULL,
                                            open_containing_folder_cb, task);
}

#else

static void
open_path (GTask *task, const char *path)
{
  g_autofree char *uri = g_filename_to_uri (path, NULL, NULL);

  open_address (task, uri);
}

static void
show_items_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GVariant) reply
      = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);

  if (reply != NULL)
    g_task_return_boolean (task, TRUE);
  else
    open_folder_of (g_steal_pointer (&task));
}

static void
show_in_folder (GTask *task, const char *path)
{
  GDBusConnection *bus = g_application_get_dbus_connection (g_application_get_default ());
  g_autofree char *uri = g_filename_to_uri (path, NULL, NULL);
  const char *uris[] = { uri, NULL };

  if (bus == NULL)
    {
      open_folder_of (task);
      return;
    }
  g_dbus_connection_call (bus, "org.freedesktop.FileManager1", "/org/freedesktop/FileManager1",
                          "org.freedesktop.FileManager1", "ShowItems",
                          g_variant_new ("(^ass)", uris, ""), NULL, G_DBUS_CALL_FLAGS_NONE, -1,
                          NULL, show_items_cb, task);
}

#endif

/* For systems without a file manager that can select a file. @task: (transfer full) */
static void
open_folder_of (GTask *task)
{
  Launch *launch = g_task_get_task_data (task);
  g_autofree char *folder = g_path_get_dirname (launch->path);

  open_path (task, folder);
}

void
redes_launcher_open_async (GtkWidget *where,
                           const char *path,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  open_path (launch_new (where, path, callback, user_data), path);
}

static void
launch_uris_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (g_app_info_launch_uris_finish (G_APP_INFO (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
redes_launcher_open_address_async (GtkWidget *where,
                                   const char *address,
                                   const char *name,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  GTask *task = launch_new (where, address, callback, user_data);
  g_autofree char *type = g_content_type_guess (name, NULL, 0, NULL);
  g_autoptr (GAppInfo) program = g_app_info_get_default_for_type (type, TRUE);
  g_autoptr (GdkAppLaunchContext) context
      = gdk_display_get_app_launch_context (gtk_widget_get_display (where));
  GList addresses = { (gpointer)address, NULL, NULL };

  if (program == NULL)
    open_address (task, address);
  else
    g_app_info_launch_uris_async (program, &addresses, G_APP_LAUNCH_CONTEXT (context), NULL,
                                  launch_uris_cb, task);
}

void
redes_launcher_show_in_folder_async (GtkWidget *where,
                                     const char *path,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  show_in_folder (launch_new (where, path, callback, user_data), path);
}
