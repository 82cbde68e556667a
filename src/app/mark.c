/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/mark.h"

struct _RedesMark
{
  AdwBin parent_instance;
  GtkImage *image;
  char *words;
};

G_DEFINE_FINAL_TYPE (RedesMark, redes_mark, ADW_TYPE_BIN)

enum
{
  PROP_ICON = 1,
  PROP_WORDS,
};

static void
set_words (RedesMark *self, const char *words)
{
  if (g_strcmp0 (self->words, words) == 0)
    return;
  g_free (self->words);
  self->words = g_strdup (words);
  if (words != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, words,
                                    -1);
  else
    gtk_accessible_reset_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL);
}

static void
redes_mark_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  RedesMark *self = REDES_MARK (object);

  if (prop_id == PROP_WORDS)
    set_words (self, g_value_get_string (value));
  else if (self->image != NULL)
    gtk_image_set_from_icon_name (self->image, g_value_get_string (value));
}

static gboolean
redes_mark_query_tooltip (
    GtkWidget *widget, int x, int y, gboolean keyboard_tooltip, GtkTooltip *tooltip)
{
  RedesMark *self = REDES_MARK (widget);

  if (self->words == NULL || *self->words == '\0')
    return FALSE;
  gtk_tooltip_set_text (tooltip, self->words);
  return TRUE;
}

static void
redes_mark_dispose (GObject *object)
{
  REDES_MARK (object)->image = NULL;
  G_OBJECT_CLASS (redes_mark_parent_class)->dispose (object);
}

static void
redes_mark_finalize (GObject *object)
{
  g_free (REDES_MARK (object)->words);
  G_OBJECT_CLASS (redes_mark_parent_class)->finalize (object);
}

static void
redes_mark_class_init (RedesMarkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS;

  object_class->set_property = redes_mark_set_property;
  object_class->dispose = redes_mark_dispose;
  object_class->finalize = redes_mark_finalize;
  widget_class->query_tooltip = redes_mark_query_tooltip;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);

  g_object_class_install_property (object_class, PROP_ICON,
                                   g_param_spec_string ("icon", NULL, NULL, NULL, flags));
  g_object_class_install_property (object_class, PROP_WORDS,
                                   g_param_spec_string ("words", NULL, NULL, NULL, flags));
}

static void
redes_mark_init (RedesMark *self)
{
  self->image
      = g_object_new (GTK_TYPE_IMAGE, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->image));
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
}
