/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/link-dialog.h"

#include "app/downloads.h"
#include "app/format.h"
#include "app/toast.h"
#include "engine/base/address-scope.h"
#include "engine/base/text.h"

#include <glib/gi18n.h>

/* The most characters that are shown of a text that another person wrote. */
#define MAX_NAME_CHARS 200
#define MAX_NAMED 4u
/* Links that come while another is being asked about; a page that opens thousands is a nuisance. */
#define MAX_WAITING 1000u

#define DIALOG_KEY "redes-link-dialog"

struct _RedesLinkDialog
{
  AdwMessageDialog parent_instance;
  AdwActionRow *name_row;
  AdwActionRow *size_row;
  AdwActionRow *publisher_row;
  AdwActionRow *tracker_row;
  AdwActionRow *folder_row;

  GtkWidget *where;
  RedesService *service;
  GPtrArray *links;   /* RedesLink */
  GPtrArray *waiting; /* RedesLink: to be asked about next */
};

G_DEFINE_FINAL_TYPE (RedesLinkDialog, redes_link_dialog, ADW_TYPE_MESSAGE_DIALOG)

static void present (GtkWidget *where, RedesService *service, GPtrArray *links);

/* What the rows say. */

static char *
dup_name (const RedesLink *link)
{
  g_autofree char *name
      = redes_text_make_printable (link->name != NULL ? link->name : "", MAX_NAME_CHARS);

  return *name != '\0' ? g_steal_pointer (&name) : g_strdup (_ ("a file without a name"));
}

/* Takes @text, unless it is there already. */
static void
add_once (GPtrArray *texts, char *text)
{
  if (g_ptr_array_find_with_equal_func (texts, text, g_str_equal, NULL))
    g_free (text);
  else
    g_ptr_array_add (texts, text);
}

/* The first few, a line each. */
static char *
list_some (GPtrArray *texts)
{
  GString *lines = g_string_new (NULL);
  guint n_more = texts->len > MAX_NAMED + 1 ? texts->len - MAX_NAMED : 0;

  for (guint i = 0; i < texts->len - n_more; i++)
    g_string_append_printf (lines, "%s%s", i > 0 ? "\n" : "",
                            (const char *)g_ptr_array_index (texts, i));
  if (n_more > 0)
    {
      g_string_append_c (lines, '\n');
      g_string_append_printf (lines, ngettext ("and %u more", "and %u more", n_more), n_more);
    }
  return g_string_free (lines, FALSE);
}

/* Where an address leads is told when it is not out into the world. */
static char *
describe_tracker (RedesLinkDialog *self, const char *address)
{
  GListModel *used = redes_node_get_trackers (redes_service_get_node (self->service));
  g_autofree char *shown = redes_text_make_printable (address, MAX_NAME_CHARS);
  g_autofree char *host = NULL;
  guint16 port;

  for (guint i = 0; i < g_list_model_get_n_items (used); i++)
    {
      g_autoptr (RedesTrackerItem) item = g_list_model_get_item (used, i);

      if (g_str_equal (redes_tracker_item_get_address (item), address))
        /* Translators: %s is a tracker's address. */
        return g_strdup_printf (_ ("%s, which you use"), shown);
    }
  redes_text_parse_address (address, 0, &host, &port, NULL);
  switch (redes_address_get_scope (host))
    {
    case REDES_ADDRESS_SCOPE_MACHINE:
      /* Translators: %s is a tracker's address. */
      return g_strdup_printf (_ ("%s, on this computer"), shown);
    case REDES_ADDRESS_SCOPE_NETWORK:
      /* Translators: %s is a tracker's address. */
      return g_strdup_printf (_ ("%s, on your network"), shown);
    case REDES_ADDRESS_SCOPE_NONE:
    case REDES_ADDRESS_SCOPE_WORLD:
    default:
      if (g_ascii_strcasecmp (host, "localhost") == 0)
        return g_strdup_printf (_ ("%s, on this computer"), shown);
      return redes_address_is_local_name (host) ? g_strdup_printf (_ ("%s, on your network"), shown)
                                                : g_steal_pointer (&shown);
    }
}

static char *
describe_publisher (RedesLinkDialog *self, const RedesLink *link)
{
  g_autofree char *name = NULL;
  g_autofree char *code = NULL;

  if (!link->has_publisher)
    return g_strdup (_ ("The link does not say who"));
  name = redes_service_dup_publisher_name (self->service, &link->publisher);
  code = redes_format_short_id (&link->publisher);
  return g_str_equal (name, code) ? g_steal_pointer (&name)
                                  : g_strdup_printf ("%s (%s)", name, code);
}

static guint
count_folders (RedesLinkDialog *self)
{
  guint n = 0;

  for (guint i = 0; i < self->links->len; i++)
    n += ((const RedesLink *)g_ptr_array_index (self->links, i))->is_folder ? 1 : 0;
  return n;
}

/* A folder's link has the size of its list alone. */
static char *
describe_size (RedesLinkDialog *self)
{
  guint64 size_bytes = 0;

  if (count_folders (self) > 0)
    return g_strdup (_ ("Known as soon as the folder's list is here"));

  for (guint i = 0; i < self->links->len; i++)
    {
      const RedesLink *link = g_ptr_array_index (self->links, i);

      /* No sum overflows: a size is at most 2^48, and there are a thousand links or so. */
      size_bytes += link->content.size_bytes;
    }
  return redes_format_size (size_bytes);
}

static void
show (AdwActionRow *row, GPtrArray *texts)
{
  g_autofree char *lines = list_some (texts);

  adw_action_row_set_subtitle (row, lines);
}

static void
show_links (RedesLinkDialog *self)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) publishers = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) trackers = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (RedesConfig) defaults = redes_config_new ();
  g_autofree char *folder
      = g_settings_get_string (redes_service_get_settings (self->service), "download-folder");
  g_autofree char *shown_folder
      = g_filename_display_name (*folder != '\0' ? folder : defaults->download_dir);
  g_autofree char *size = describe_size (self);
  g_autofree char *heading = NULL;

  if (count_folders (self) == self->links->len)
    heading = g_strdup_printf (
        ngettext ("Download %u Folder?", "Download %u Folders?", self->links->len),
        self->links->len);
  else
    heading = g_strdup_printf (
        ngettext ("Download %u File?", "Download %u Files?", self->links->len), self->links->len);
  for (guint i = 0; i < self->links->len; i++)
    {
      const RedesLink *link = g_ptr_array_index (self->links, i);

      g_ptr_array_add (names, dup_name (link));
      add_once (publishers, describe_publisher (self, link));
      for (guint j = 0; link->trackers[j] != NULL; j++)
        add_once (trackers, describe_tracker (self, link->trackers[j]));
    }
  adw_message_dialog_set_heading (ADW_MESSAGE_DIALOG (self), heading);
  if (self->links->len == 1 && count_folders (self) == 1)
    adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (self), "files", _ ("Show _Files…"));
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (self), "download", _ ("_Download"));
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (self), "download",
                                              ADW_RESPONSE_SUGGESTED);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->name_row),
                                 self->links->len == 1 ? _ ("Name") : _ ("Names"));
  show (self->name_row, names);
  adw_action_row_set_subtitle (self->size_row, size);
  show (self->publisher_row, publishers);
  if (trackers->len > 0)
    show (self->tracker_row, trackers);
  else
    adw_action_row_set_subtitle (self->tracker_row, _ ("Only those that you use"));
  adw_action_row_set_subtitle (self->folder_row, shown_folder);
}

/* The answer. */

static void
redes_link_dialog_response (AdwMessageDialog *dialog, const char *response)
{
  RedesLinkDialog *self = REDES_LINK_DIALOG (dialog);
  GObject *root = G_OBJECT (gtk_widget_get_root (self->where));

  if (root != NULL)
    g_object_set_data (root, DIALOG_KEY, NULL);
  if (g_str_equal (response, "download"))
    redes_downloads_begin_all (self->where, self->service, self->links);
  else if (g_str_equal (response, "files"))
    {
      g_autofree char *text = redes_link_format (g_ptr_array_index (self->links, 0));

      gtk_widget_activate_action (self->where, "win.list-folder", "s", text);
    }
  if (root != NULL && self->waiting->len > 0)
    present (self->where, self->service, self->waiting);
}

static void
redes_link_dialog_dispose (GObject *object)
{
  RedesLinkDialog *self = REDES_LINK_DIALOG (object);

  g_clear_object (&self->where);
  g_clear_object (&self->service);
  g_clear_pointer (&self->links, g_ptr_array_unref);
  g_clear_pointer (&self->waiting, g_ptr_array_unref);
  gtk_widget_dispose_template (GTK_WIDGET (self), REDES_TYPE_LINK_DIALOG);
  G_OBJECT_CLASS (redes_link_dialog_parent_class)->dispose (object);
}

static void
redes_link_dialog_class_init (RedesLinkDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = redes_link_dialog_dispose;
  ADW_MESSAGE_DIALOG_CLASS (klass)->response = redes_link_dialog_response;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/redes_p2p/Redes/ui/link-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, RedesLinkDialog, name_row);
  gtk_widget_class_bind_template_child (widget_class, RedesLinkDialog, size_row);
  gtk_widget_class_bind_template_child (widget_class, RedesLinkDialog, publisher_row);
  gtk_widget_class_bind_template_child (widget_class, RedesLinkDialog, tracker_row);
  gtk_widget_class_bind_template_child (widget_class, RedesLinkDialog, folder_row);
}

static void
redes_link_dialog_init (RedesLinkDialog *self)
{
  self->links = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_link_free);
  self->waiting = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_link_free);
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
take_copies (GPtrArray *to, GPtrArray *links)
{
  for (guint i = 0; i < links->len && to->len < MAX_WAITING; i++)
    g_ptr_array_add (to, redes_link_copy (g_ptr_array_index (links, i)));
}

static void
present (GtkWidget *where, RedesService *service, GPtrArray *links)
{
  GtkRoot *root = gtk_widget_get_root (where);
  RedesLinkDialog *self = g_object_get_data (G_OBJECT (root), DIALOG_KEY);

  if (links->len == 0)
    return;
  /* One query at a time. */
  if (self != NULL)
    {
      take_copies (self->waiting, links);
      return;
    }
  self = g_object_new (REDES_TYPE_LINK_DIALOG, "transient-for", root, NULL);
  self->where = g_object_ref (where);
  self->service = g_object_ref (service);
  take_copies (self->links, links);
  g_object_set_data (G_OBJECT (root), DIALOG_KEY, self);
  show_links (self);
  gtk_window_present (GTK_WINDOW (self));
}

/* Whether there is nothing to ask about: it is there already, or on its way. */
static gboolean
is_known (RedesService *service, const RedesLink *link)
{
  RedesTransfer *transfer = redes_service_lookup_transfer (service, &link->content);

  if (transfer == NULL)
    return FALSE;
  switch (redes_transfer_get_state (transfer))
    {
    case REDES_TRANSFER_DONE:
      return g_file_test (redes_transfer_get_path (transfer), G_FILE_TEST_EXISTS);
    case REDES_TRANSFER_FAILED:
    case REDES_TRANSFER_PAUSED:
      return FALSE;
    default:
      return TRUE;
    }
}

gboolean
redes_link_dialog_ask (GtkWidget *where, RedesService *service, GPtrArray *links)
{
  g_autoptr (GPtrArray) unknown = g_ptr_array_new ();

  if (redes_service_get_state (service) != REDES_SERVICE_RUNNING)
    {
      redes_toast_say (where, _ ("Redes is still starting: try again in a moment"));
      return FALSE;
    }
  for (guint i = 0; i < links->len; i++)
    if (!is_known (service, g_ptr_array_index (links, i)))
      g_ptr_array_add (unknown, g_ptr_array_index (links, i));
  if (unknown->len > 0)
    present (where, service, unknown);
  else if (links->len == 1)
    redes_downloads_begin (where, service, g_ptr_array_index (links, 0), NULL);
  return TRUE;
}

gboolean
redes_link_dialog_ask_text (GtkWidget *where, RedesService *service, const char *text)
{
  g_autofree char *trouble = NULL;
  RedesLink *link = redes_downloads_parse_link (text, &trouble);
  g_autoptr (GPtrArray) links = g_ptr_array_new_with_free_func ((GDestroyNotify)redes_link_free);

  if (link == NULL)
    {
      redes_toast_say (where, trouble);
      return FALSE;
    }
  g_ptr_array_add (links, link);
  return redes_link_dialog_ask (where, service, links);
}
