/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/downloads.h"

#include "app/format.h"
#include "app/launcher.h"
#include "app/toast.h"

#include "engine/node/node-classic.h"
#include "engine/node/node-lan.h"

#include <glib/gi18n.h>

static void say_and_show (GtkWidget *where, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
say_and_show (GtkWidget *where, const char *format, ...)
{
  g_autofree char *words = NULL;
  AdwToast *toast;
  va_list args;

  va_start (args, format);
  words = g_strdup_vprintf (format, args);
  va_end (args);
  toast = redes_toast_new (words);
  adw_toast_set_button_label (toast, _ ("_Show"));
  adw_toast_set_action_name (toast, "win.show-page");
  adw_toast_set_action_target (toast, "s", "transfers");
  redes_toast_show (where, toast);
}

/* Whether there is nothing left to do for @content. */
static gboolean
is_there (GtkWidget *where, RedesService *service, RedesTransfer *transfer)
{
  RedesNode *node = redes_service_get_node (service);
  const char *name = redes_transfer_get_name (transfer);

  switch (redes_transfer_get_state (transfer))
    {
    case REDES_TRANSFER_DONE:
      if (!g_file_test (redes_transfer_get_path (transfer), G_FILE_TEST_EXISTS))
        return FALSE;
      say_and_show (where, _ ("You have “%s” already"), name);
      return TRUE;
    case REDES_TRANSFER_FAILED:
    case REDES_TRANSFER_PAUSED:
      redes_node_resume (node, transfer);
      say_and_show (where, _ ("Going on with “%s”"), name);
      return TRUE;
    default:
      say_and_show (where, _ ("“%s” is being downloaded already"), name);
      return TRUE;
    }
}

/* Two names that the person chose are two files, whatever is in them. */
static gboolean
has_same_name (RedesTransfer *transfer, const RedesLink *link)
{
  return link->name == NULL || g_strcmp0 (redes_transfer_get_name (transfer), link->name) == 0;
}

void
redes_downloads_begin (GtkWidget *where,
                       RedesService *service,
                       const RedesLink *link,
                       const char *target)
{
  RedesTransfer *known = redes_service_lookup_transfer (service, &link->content);
  g_autoptr (RedesTransfer) transfer = NULL;

  if (redes_service_get_state (service) != REDES_SERVICE_RUNNING)
    {
      redes_toast_say (where, _ ("Redes is still starting: try again in a moment"));
      return;
    }
  if (known != NULL && has_same_name (known, link) && is_there (where, service, known))
    return;
  transfer = redes_node_download (redes_service_get_node (service), link, target);
  say_and_show (where, _ ("Downloading “%s”"),
                link->name != NULL ? link->name : _ ("a file without a name"));
}

void
redes_downloads_begin_folder (GtkWidget *where,
                              RedesService *service,
                              const RedesLink *link,
                              const char *const *only,
                              guint n_files)
{
  RedesTransfer *known = redes_service_lookup_transfer (service, &link->content);
  g_autoptr (RedesTransfer) transfer = NULL;

  if (redes_service_get_state (service) != REDES_SERVICE_RUNNING)
    {
      redes_toast_say (where, _ ("Redes is still starting: try again in a moment"));
      return;
    }
  /* Of one that is done other files may have been chosen. */
  if (known != NULL && has_same_name (known, link)
      && (redes_transfer_get_state (known) != REDES_TRANSFER_DONE
          || (only == NULL && redes_transfer_get_n_files (known) == n_files))
      && is_there (where, service, known))
    return;
  transfer = redes_node_download_folder (redes_service_get_node (service), link, NULL, only, FALSE);
  if (only == NULL)
    say_and_show (where, _ ("Downloading “%s”"),
                  link->name != NULL ? link->name : _ ("a folder without a name"));
  else
    say_and_show (
        where, ngettext ("Downloading %'u file of “%s”", "Downloading %'u files of “%s”", n_files),
        n_files, redes_transfer_get_name (transfer));
}

void
redes_downloads_begin_unsigned (GtkWidget *where, RedesService *service, RedesResult *result)
{
  g_autoptr (RedesTransfer) transfer
      = redes_node_download_unsigned (redes_service_get_node (service), result);

  say_and_show (where, _ ("Downloading “%s”, which nobody has signed"),
                redes_result_get_name (result));
}

/* A thousand links at once take a while, and the window is not to notice. */

/* Of each turn of the main loop, in microseconds. */
#define BEGINNING_US 4000

typedef struct
{
  RedesService *service;
  GPtrArray *links;
  guint next;
} Batch;

static void
batch_free (gpointer data)
{
  Batch *batch = data;

  g_object_unref (batch->service);
  g_ptr_array_unref (batch->links);
  g_free (batch);
}

static gboolean
begin_some (gpointer user_data)
{
  Batch *batch = user_data;
  gint64 end_us = g_get_monotonic_time () + BEGINNING_US;

  if (redes_service_get_state (batch->service) != REDES_SERVICE_RUNNING)
    return G_SOURCE_REMOVE;
  while (batch->next < batch->links->len && g_get_monotonic_time () < end_us)
    {
      const RedesLink *link = g_ptr_array_index (batch->links, batch->next++);
      g_autoptr (RedesTransfer) transfer = NULL;

      if (redes_service_lookup_transfer (batch->service, &link->content) == NULL)
        transfer = redes_node_download (redes_service_get_node (batch->service), link, NULL);
    }
  return batch->next < batch->links->len ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

void
redes_downloads_begin_all (GtkWidget *where, RedesService *service, GPtrArray *links)
{
  Batch *batch;

  if (links->len == 1)
    redes_downloads_begin (where, service, g_ptr_array_index (links, 0), NULL);
  if (links->len <= 1 || redes_service_get_state (service) != REDES_SERVICE_RUNNING)
    return;
  batch = g_new0 (Batch, 1);
  batch->service = g_object_ref (service);
  batch->links = g_ptr_array_ref (links);
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, begin_some, batch, batch_free);
  say_and_show (where, ngettext ("Downloading %u file", "Downloading %u files", links->len),
                links->len);
}

RedesLink *
redes_downloads_parse_link (const char *text, char **trouble)
{
  RedesLink *link = redes_link_parse (text, NULL);

  *trouble
      = link == NULL
            ? g_strdup (_ ("This is not a whole link: copy all of it, from “redes:” to its end"))
            : NULL;
  return link;
}

static void
launched_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkWidget) where = user_data;
  g_autoptr (GError) error = NULL;

  if (!redes_launcher_finish (result, &error)
      && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    redes_toast_say (where, error->message);
}

/* Whether it is there; if not, a toast has said so. */
static gboolean
check_file (GtkWidget *where, const char *path)
{
  g_autofree char *words = NULL;
  g_autofree char *name = NULL;

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  name = g_filename_display_name (path);
  words = g_strdup_printf (_ ("“%s” is not there any more: it was moved or removed"), name);
  redes_toast_say (where, words);
  return FALSE;
}

void
redes_downloads_open_file (GtkWidget *where, const char *path)
{
  if (check_file (where, path))
    redes_launcher_open_async (where, path, launched_cb, g_object_ref (where));
}

/* What is there of a file. */

gboolean
redes_downloads_is_readable_early (const char *name)
{
  static const char *const kinds[]
      = { "audio/*", "video/*", "image/*", "text/plain", "application/pdf" };
  g_autofree char *type = g_content_type_guess (name != NULL ? name : "", NULL, 0, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_content_type_is_mime_type (type, kinds[i]))
      return TRUE;
  return FALSE;
}

gboolean
redes_downloads_can_open (RedesTransfer *transfer)
{
  switch (redes_transfer_get_state (transfer))
    {
    case REDES_TRANSFER_DONE:
      return TRUE;
    case REDES_TRANSFER_FAILED:
    case REDES_TRANSFER_FINISHING:
      return FALSE;
    default:
      return !redes_transfer_is_folder (transfer) && !redes_transfer_is_unsigned (transfer)
             && redes_downloads_is_readable_early (redes_transfer_get_name (transfer));
    }
}

typedef struct
{
  GtkWidget *where;
  char *name;
} EarlyOpening;

static void
early_opening_free (EarlyOpening *opening)
{
  g_object_unref (opening->where);
  g_free (opening->name);
  g_free (opening);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EarlyOpening, early_opening_free)

static void
stream_opened_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EarlyOpening) opening = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *address = redes_node_open_stream_finish (REDES_NODE (object), result, &error);
  g_autofree char *reason = NULL;

  if (address != NULL)
    {
      redes_launcher_open_address_async (opening->where, address, opening->name, launched_cb,
                                         g_object_ref (opening->where));
      return;
    }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  reason = redes_format_error (error);
  /* Translators: a file that is still being downloaded, and why it cannot be opened already. */
  redes_toast_printf (opening->where, _ ("“%s” is not opened: %s"), opening->name, reason);
}

void
redes_downloads_open (GtkWidget *where, RedesService *service, RedesTransfer *transfer)
{
  RedesNode *node = redes_service_get_node (service);
  EarlyOpening *opening;

  if (!redes_downloads_can_open (transfer)
      || redes_service_get_state (service) != REDES_SERVICE_RUNNING)
    return;
  if (redes_transfer_get_state (transfer) == REDES_TRANSFER_DONE)
    {
      redes_downloads_open_file (where, redes_transfer_get_path (transfer));
      return;
    }
  if (redes_transfer_get_state (transfer) == REDES_TRANSFER_PAUSED)
    redes_node_resume (node, transfer);
  opening = g_new0 (EarlyOpening, 1);
  opening->where = g_object_ref (where);
  opening->name = g_strdup (redes_transfer_get_name (transfer));
  redes_node_open_stream_async (node, transfer, NULL, stream_opened_cb, opening);
}

/* (nullable) (transfer full): where the shared file with that content is */
static char *
find_shared (RedesService *service, const RedesContentId *content)
{
  GListModel *shares = redes_node_get_shares (redes_service_get_node (service));

  for (guint i = 0; i < g_list_model_get_n_items (shares); i++)
    {
      g_autoptr (RedesSharedItem) item = g_list_model_get_item (shares, i);

      if (redes_content_id_equal (redes_shared_item_get_content (item), content))
        return g_strdup (redes_shared_item_get_path (item));
    }
  return NULL;
}

void
redes_downloads_open_link (GtkWidget *where, RedesService *service, const RedesLink *link)
{
  RedesTransfer *known = redes_service_lookup_transfer (service, &link->content);
  g_autoptr (RedesTransfer) begun = NULL;
  g_autofree char *path = NULL;

  if (redes_service_get_state (service) != REDES_SERVICE_RUNNING)
    {
      redes_toast_say (where, _ ("Redes is still starting: try again in a moment"));
      return;
    }
  if (known != NULL && redes_transfer_get_state (known) == REDES_TRANSFER_DONE
      && g_file_test (redes_transfer_get_path (known), G_FILE_TEST_EXISTS))
    {
      redes_downloads_open_file (where, redes_transfer_get_path (known));
      return;
    }
  path = find_shared (service, &link->content);
  if (path != NULL)
    {
      redes_downloads_open_file (where, path);
      return;
    }
  if (known != NULL && !redes_transfer_is_over (known))
    {
      redes_downloads_open (where, service, known);
      return;
    }
  if (known != NULL && redes_transfer_get_state (known) == REDES_TRANSFER_FAILED)
    {
      redes_downloads_begin (where, service, link, NULL);
      return;
    }
  begun = redes_node_download (redes_service_get_node (service), link, NULL);
  say_and_show (where, _ ("Downloading “%s”"), redes_transfer_get_name (begun));
  redes_downloads_open (where, service, begun);
}

void
redes_downloads_show_in_folder (GtkWidget *where, const char *path)
{
  if (check_file (where, path))
    redes_launcher_show_in_folder_async (where, path, launched_cb, g_object_ref (where));
}

void
redes_downloads_copy_text (GtkWidget *where, const char *text, const char *words)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (where), text);
  redes_toast_say (where, words);
}
