/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/icon-button.h"

struct _RedesIconButton
{
  GtkButton parent_instance;
  char *words;
};

G_DEFINE_FINAL_TYPE (RedesIconButton, redes_icon_button, GTK_TYPE_BUTTON)

enum
{
  PROP_ICON = 1,
  PROP_WORDS,
  PROP_ID,
};

static void
redes_icon_button_set_property (GObject *object,
                                guint prop_id,
                                const GValue *value,
                                GParamSpec *pspec)
{
  RedesIconButton *self = REDES_ICON_BUTTON (object);

  switch (prop_id)
    {
    case PROP_ICON:
      /* None while its row is being taken apart. */
      if (g_value_get_string (value) != NULL)
        gtk_button_set_icon_name (GTK_BUTTON (object), g_value_get_string (value));
      break;
    case PROP_WORDS:
      g_free (self->words);
      self->words = g_value_dup_string (value);
      gtk_accessible_update_property (GTK_ACCESSIBLE (object), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      self->words != NULL ? self->words : "", -1);
      break;
    case PROP_ID:
      gtk_actionable_set_action_target (GTK_ACTIONABLE (object), "u", g_value_get_uint (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static gboolean
redes_icon_button_query_tooltip (
    GtkWidget *widget, int x, int y, gboolean keyboard_tooltip, GtkTooltip *tooltip)
{
  RedesIconButton *self = REDES_ICON_BUTTON (widget);

  if (self->words == NULL || *self->words == '\0')
    return FALSE;
  gtk_tooltip_set_text (tooltip, self->words);
  return TRUE;
}

static void
redes_icon_button_finalize (GObject *object)
{
  g_free (REDES_ICON_BUTTON (object)->words);
  G_OBJECT_CLASS (redes_icon_button_parent_class)->finalize (object);
}

static void
redes_icon_button_class_init (RedesIconButtonClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS;

  object_class->set_property = redes_icon_button_set_property;
  object_class->finalize = redes_icon_button_finalize;
  GTK_WIDGET_CLASS (klass)->query_tooltip = redes_icon_button_query_tooltip;
  g_object_class_install_property (object_class, PROP_ICON,
                                   g_param_spec_string ("icon", NULL, NULL, NULL, flags));
  g_object_class_install_property (object_class, PROP_WORDS,
                                   g_param_spec_string ("words", NULL, NULL, NULL, flags));
  g_object_class_install_property (object_class, PROP_ID,
                                   g_param_spec_uint ("id", NULL, NULL, 0, G_MAXUINT, 0, flags));
}

static void
redes_icon_button_init (RedesIconButton *self)
{
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self), "u", 0);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self), "flat");
  gtk_widget_add_css_class (GTK_WIDGET (self), "circular");
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
}
