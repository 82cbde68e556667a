/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/icon-button.h"

struct _RedesIconButton
{
  GtkButton parent_instance;
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
  GtkWidget *widget = GTK_WIDGET (object);
  const char *words;

  switch (prop_id)
    {
    case PROP_ICON:
      /* None while its row is being taken apart. */
      if (g_value_get_string (value) != NULL)
        gtk_button_set_icon_name (GTK_BUTTON (object), g_value_get_string (value));
      break;
    case PROP_WORDS:
      words = g_value_get_string (value);
      gtk_widget_set_tooltip_text (widget, words);
      gtk_accessible_update_property (GTK_ACCESSIBLE (object), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      words != NULL ? words : "", -1);
      break;
    case PROP_ID:
      gtk_actionable_set_action_target (GTK_ACTIONABLE (object), "u", g_value_get_uint (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
redes_icon_button_class_init (RedesIconButtonClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS;

  object_class->set_property = redes_icon_button_set_property;
  g_object_class_install_property (object_class, PROP_ICON,
                                   g_param_spec_string ("icon", NULL, NULL, NULL, flags));
  g_object_class_install_property (object_class, PROP_WORDS,
                                   g_param_spec_string ("words", NULL, NULL, NULL, flags));
  g_object_class_install_property (
      object_class, PROP_ID, g_param_spec_uint ("id", NULL, NULL, 0, G_MAXUINT, 0, flags));
}

static void
redes_icon_button_init (RedesIconButton *self)
{
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self), "u", 0);
  gtk_widget_add_css_class (GTK_WIDGET (self), "flat");
  gtk_widget_add_css_class (GTK_WIDGET (self), "circular");
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
}

void
redes_icon_name_by_tooltip (GtkWidget *icon)
{
  const char *words = gtk_widget_get_tooltip_text (icon);

  if (words != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (icon), GTK_ACCESSIBLE_PROPERTY_LABEL, words,
                                    -1);
  else
    gtk_accessible_reset_property (GTK_ACCESSIBLE (icon), GTK_ACCESSIBLE_PROPERTY_LABEL);
}
