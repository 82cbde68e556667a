/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/folder-entry.h"

#include "app/format.h"
#include "engine/base/text.h"

#include <glib/gi18n.h>

struct _RedesFolderEntry
{
  GObject parent_instance;
  RedesListedFolder *tree;
  guint entry;
  gboolean shows_place;
};

G_DEFINE_FINAL_TYPE (RedesFolderEntry, redes_folder_entry, G_TYPE_OBJECT)

enum
{
  PROP_NAME = 1,
  PROP_ICON,
  PROP_PLACE,
  PROP_FILES,
  PROP_SIZE,
  PROP_PROGRESS,
  PROP_STATE_ICON,
  PROP_STATE,
  PROP_HAS_PLACE,
  PROP_CHOSEN,
  PROP_PARTLY_CHOSEN,
  PROP_CAN_CHOOSE,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

/* (transfer full): the folder that it is in; "" where nobody needs to know */
static char *
format_place (RedesFolderEntry *self)
{
  g_autofree char *folder
      = g_path_get_dirname (redes_listed_folder_get_path (self->tree, self->entry));

  if (!self->shows_place || g_str_equal (folder, "."))
    return g_strdup ("");
  return redes_text_display_path (folder);
}

static char *
format_files (RedesFolderEntry *self)
{
  guint n = redes_listed_folder_get_n_files (self->tree, self->entry);

  if (!redes_listed_folder_is_folder (self->tree, self->entry))
    return g_strdup ("");
  return g_strdup_printf (ngettext ("%'u file", "%'u files", n), n);
}

static gboolean
is_there (RedesFolderEntry *self)
{
  return redes_listed_folder_get_n_there (self->tree, self->entry)
         == redes_listed_folder_get_n_files (self->tree, self->entry);
}

/* (transfer full): how much of it is there; "" of what is there, or where nothing is yet */
static char *
format_progress (RedesFolderEntry *self)
{
  guint n_there = redes_listed_folder_get_n_there (self->tree, self->entry);
  guint fill = redes_listed_folder_get_fill (self->tree, self->entry);

  if (is_there (self))
    return g_strdup ("");
  if (redes_listed_folder_is_folder (self->tree, self->entry))
    /* Translators: how many files of a folder are there, of how many. */
    return g_strdup_printf (_ ("%'u of %'u"), n_there,
                            redes_listed_folder_get_n_files (self->tree, self->entry));
  /* Translators: how much of a file is there. */
  return fill > 0 ? g_strdup_printf (_ ("%u%%"), fill * 100 / 255) : g_strdup ("");
}

static const char *
get_state (RedesFolderEntry *self)
{
  if (!is_there (self))
    return "";
  return redes_listed_folder_is_folder (self->tree, self->entry)
             ? _ ("All of it is there, verified")
             : _ ("It is there, verified");
}

static void
redes_folder_entry_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  RedesFolderEntry *self = REDES_FOLDER_ENTRY (object);

  switch (prop_id)
    {
    case PROP_NAME:
      g_value_take_string (
          value, redes_text_display_name (redes_listed_folder_get_name (self->tree, self->entry)));
      break;
    case PROP_ICON:
      g_value_set_static_string (value, redes_listed_folder_is_folder (self->tree, self->entry)
                                            ? "folder-symbolic"
                                            : "text-x-generic-symbolic");
      break;
    case PROP_PLACE:
      g_value_take_string (value, format_place (self));
      break;
    case PROP_FILES:
      g_value_take_string (value, format_files (self));
      break;
    case PROP_SIZE:
      g_value_take_string (
          value, redes_format_size (redes_listed_folder_get_size (self->tree, self->entry)));
      break;
    case PROP_PROGRESS:
      g_value_take_string (value, format_progress (self));
      break;
    case PROP_STATE_ICON:
      g_value_set_static_string (value, is_there (self) ? "object-select-symbolic" : NULL);
      break;
    case PROP_STATE:
      g_value_set_static_string (value, get_state (self));
      break;
    case PROP_HAS_PLACE:
      g_value_set_boolean (value, self->shows_place);
      break;
    case PROP_CHOSEN:
      g_value_set_boolean (value, redes_listed_folder_get_choice (self->tree, self->entry)
                                      == REDES_FOLDER_ALL);
      break;
    case PROP_PARTLY_CHOSEN:
      g_value_set_boolean (value, redes_listed_folder_get_choice (self->tree, self->entry)
                                      == REDES_FOLDER_SOME);
      break;
    case PROP_CAN_CHOOSE:
      g_value_set_boolean (value, redes_listed_folder_get_n_files (self->tree, self->entry) > 0);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
redes_folder_entry_set_property (GObject *object,
                                 guint prop_id,
                                 const GValue *value,
                                 GParamSpec *pspec)
{
  RedesFolderEntry *self = REDES_FOLDER_ENTRY (object);

  if (prop_id == PROP_CHOSEN)
    redes_listed_folder_choose (self->tree, self->entry, g_value_get_boolean (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
redes_folder_entry_dispose (GObject *object)
{
  g_clear_object (&REDES_FOLDER_ENTRY (object)->tree);
  G_OBJECT_CLASS (redes_folder_entry_parent_class)->dispose (object);
}

static void
redes_folder_entry_class_init (RedesFolderEntryClass *klass)
{
  static const char *const names[] = { [PROP_NAME] = "name",
                                       [PROP_ICON] = "icon",
                                       [PROP_PLACE] = "place",
                                       [PROP_FILES] = "files",
                                       [PROP_SIZE] = "size",
                                       [PROP_PROGRESS] = "progress",
                                       [PROP_STATE_ICON] = "state-icon",
                                       [PROP_STATE] = "state" };
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = redes_folder_entry_get_property;
  object_class->set_property = redes_folder_entry_set_property;
  object_class->dispose = redes_folder_entry_dispose;

  for (guint i = 1; i <= PROP_STATE; i++)
    props[i] = g_param_spec_string (names[i], NULL, NULL, NULL, flags);
  props[PROP_HAS_PLACE] = g_param_spec_boolean ("has-place", NULL, NULL, FALSE, flags);
  props[PROP_CHOSEN] = g_param_spec_boolean ("chosen", NULL, NULL, FALSE,
                                             flags | G_PARAM_WRITABLE | G_PARAM_EXPLICIT_NOTIFY);
  props[PROP_PARTLY_CHOSEN] = g_param_spec_boolean ("partly-chosen", NULL, NULL, FALSE, flags);
  props[PROP_CAN_CHOOSE] = g_param_spec_boolean ("can-choose", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
redes_folder_entry_init (RedesFolderEntry *self)
{
}

static void
on_chosen_changed (RedesFolderEntry *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CHOSEN]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PARTLY_CHOSEN]);
}

static void
on_fills_changed (RedesFolderEntry *self)
{
  for (guint i = PROP_PROGRESS; i <= PROP_STATE; i++)
    g_object_notify_by_pspec (G_OBJECT (self), props[i]);
}

RedesFolderEntry *
redes_folder_entry_new (RedesListedFolder *tree, guint entry, gboolean shows_place)
{
  RedesFolderEntry *self = g_object_new (REDES_TYPE_FOLDER_ENTRY, NULL);

  self->tree = g_object_ref (tree);
  self->entry = entry;
  self->shows_place = shows_place;
  g_signal_connect_object (tree, "chosen-changed", G_CALLBACK (on_chosen_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (tree, "fills-changed", G_CALLBACK (on_fills_changed), self,
                           G_CONNECT_SWAPPED);
  return self;
}

RedesListedFolder *
redes_folder_entry_get_tree (RedesFolderEntry *self)
{
  return self->tree;
}

guint
redes_folder_entry_get_entry (RedesFolderEntry *self)
{
  return self->entry;
}

void
redes_folder_entry_toggle (RedesFolderEntry *self)
{
  gboolean whole = redes_listed_folder_get_choice (self->tree, self->entry) == REDES_FOLDER_ALL;

  redes_listed_folder_choose (self->tree, self->entry, !whole);
}
