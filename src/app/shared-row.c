/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/shared-row.h"

#include "app/format.h"
#include "app/sandbox.h"

#include <glib/gi18n.h>
#include <string.h>

struct _RedesSharedRow
{
  GObject parent_instance;
  RedesSharedItem *item;
};

G_DEFINE_FINAL_TYPE (RedesSharedRow, redes_shared_row, G_TYPE_OBJECT)

enum
{
  PROP_NAME = 1,
  PROP_SIZE,
  PROP_FOLDER,
  PROP_SUMMARY,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

char *
redes_shared_row_format_folder (RedesSharedItem *item)
{
  const char *granted = redes_sandbox_get_granted (redes_shared_item_get_path (item));
  g_autofree char *folder
      = g_path_get_dirname (granted != NULL ? granted : redes_shared_item_get_path (item));
  g_autofree char *shown = g_filename_display_name (folder);
  const char *home = g_get_home_dir ();
  gsize len = strlen (home);

  if (granted != NULL && g_str_equal (folder, "."))
    /* Translators: where a shared file is, if all that is known is that somebody gave it to Redes.
     */
    return g_strdup (_ ("Given by you"));
  if (g_str_has_prefix (shown, home) && (shown[len] == '\0' || shown[len] == G_DIR_SEPARATOR))
    return g_strconcat ("~", shown + len, NULL);
  return g_steal_pointer (&shown);
}

static void
redes_shared_row_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  RedesSharedItem *item = REDES_SHARED_ROW (object)->item;
  g_autofree char *size = redes_format_size (redes_shared_item_get_size (item));
  g_autofree char *folder = redes_shared_row_format_folder (item);

  switch (prop_id)
    {
    case PROP_NAME:
      g_value_set_string (value, redes_shared_item_get_name (item));
      break;
    case PROP_SIZE:
      g_value_take_string (value, g_steal_pointer (&size));
      break;
    case PROP_FOLDER:
      g_value_take_string (value, g_steal_pointer (&folder));
      break;
    case PROP_SUMMARY:
      g_value_take_string (value, g_strdup_printf ("%s · %s", size, folder));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
redes_shared_row_dispose (GObject *object)
{
  g_clear_object (&REDES_SHARED_ROW (object)->item);
  G_OBJECT_CLASS (redes_shared_row_parent_class)->dispose (object);
}

static void
redes_shared_row_class_init (RedesSharedRowClass *klass)
{
  static const char *const names[] = {
    [PROP_NAME] = "name",
    [PROP_SIZE] = "size",
    [PROP_FOLDER] = "folder",
    [PROP_SUMMARY] = "summary",
  };
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = redes_shared_row_get_property;
  object_class->dispose = redes_shared_row_dispose;

  for (guint i = 1; i < N_PROPS; i++)
    props[i] = g_param_spec_string (names[i], NULL, NULL, NULL,
                                    G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
redes_shared_row_init (RedesSharedRow *self)
{
}

RedesSharedRow *
redes_shared_row_new (RedesSharedItem *item)
{
  RedesSharedRow *self = g_object_new (REDES_TYPE_SHARED_ROW, NULL);

  self->item = g_object_ref (item);
  return self;
}

RedesSharedItem *
redes_shared_row_get_item (RedesSharedRow *self)
{
  return self->item;
}
