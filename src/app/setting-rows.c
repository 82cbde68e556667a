/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/setting-rows.h"

#define SETTLE_MS 700

enum
{
  PROP_KEY = 1,
  PROP_LOWER,
  PROP_UPPER,
  PROP_STEP,
  N_PROPS
};

struct _RedesSwitchRow
{
  AdwActionRow parent_instance;
  GSettings *settings;
  char *key;
};

G_DEFINE_FINAL_TYPE (RedesSwitchRow, redes_switch_row, ADW_TYPE_ACTION_ROW)

/* As what the row activates it is called as the row is, also to who does not see it. */
static void
add_control (AdwActionRow *row, GtkWidget *control)
{
  gtk_widget_set_valign (control, GTK_ALIGN_CENTER);
  adw_action_row_add_suffix (row, control);
  adw_action_row_set_activatable_widget (row, control);
}

static void
redes_switch_row_set_property (GObject *object,
                               guint prop_id,
                               const GValue *value,
                               GParamSpec *pspec)
{
  REDES_SWITCH_ROW (object)->key = g_value_dup_string (value);
}

static void
redes_switch_row_constructed (GObject *object)
{
  RedesSwitchRow *self = REDES_SWITCH_ROW (object);
  GtkWidget *control = gtk_switch_new ();

  G_OBJECT_CLASS (redes_switch_row_parent_class)->constructed (object);
  self->settings = g_settings_new (REDES_APP_ID);
  g_settings_bind (self->settings, self->key, control, "active", G_SETTINGS_BIND_DEFAULT);
  add_control (ADW_ACTION_ROW (self), control);
}

static void
redes_switch_row_finalize (GObject *object)
{
  RedesSwitchRow *self = REDES_SWITCH_ROW (object);

  g_clear_object (&self->settings);
  g_free (self->key);
  G_OBJECT_CLASS (redes_switch_row_parent_class)->finalize (object);
}

static void
redes_switch_row_class_init (RedesSwitchRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = redes_switch_row_set_property;
  object_class->constructed = redes_switch_row_constructed;
  object_class->finalize = redes_switch_row_finalize;
  g_object_class_install_property (
      object_class, PROP_KEY,
      g_param_spec_string ("key", NULL, NULL, NULL,
                           G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS));
}

static void
redes_switch_row_init (RedesSwitchRow *self)
{
}

struct _RedesSpinRow
{
  AdwActionRow parent_instance;
  GSettings *settings;
  char *key;
  GtkAdjustment *adjustment;
  guint settle_source;
};

G_DEFINE_FINAL_TYPE (RedesSpinRow, redes_spin_row, ADW_TYPE_ACTION_ROW)

static gboolean
on_settled (gpointer user_data)
{
  RedesSpinRow *self = user_data;
  guint value = (guint)gtk_adjustment_get_value (self->adjustment);

  self->settle_source = 0;
  if (g_settings_get_uint (self->settings, self->key) != value)
    g_settings_set_uint (self->settings, self->key, value);
  return G_SOURCE_REMOVE;
}

static void
on_value_changed (RedesSpinRow *self)
{
  g_clear_handle_id (&self->settle_source, g_source_remove);
  self->settle_source = g_timeout_add (SETTLE_MS, on_settled, self);
}

static void
on_setting_changed (RedesSpinRow *self)
{
  if (self->settle_source == 0)
    gtk_adjustment_set_value (self->adjustment, g_settings_get_uint (self->settings, self->key));
}

static void
redes_spin_row_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  RedesSpinRow *self = REDES_SPIN_ROW (object);

  switch (prop_id)
    {
    case PROP_KEY:
      self->key = g_value_dup_string (value);
      break;
    case PROP_LOWER:
      gtk_adjustment_set_lower (self->adjustment, g_value_get_double (value));
      break;
    case PROP_UPPER:
      gtk_adjustment_set_upper (self->adjustment, g_value_get_double (value));
      break;
    case PROP_STEP:
      gtk_adjustment_set_step_increment (self->adjustment, g_value_get_double (value));
      gtk_adjustment_set_page_increment (self->adjustment, 10 * g_value_get_double (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
redes_spin_row_constructed (GObject *object)
{
  RedesSpinRow *self = REDES_SPIN_ROW (object);
  GtkWidget *control;
  g_autofree char *signal = g_strconcat ("changed::", self->key, NULL);

  G_OBJECT_CLASS (redes_spin_row_parent_class)->constructed (object);
  self->settings = g_settings_new (REDES_APP_ID);
  on_setting_changed (self);
  control = gtk_spin_button_new (self->adjustment, 1, 0);
  gtk_spin_button_set_numeric (GTK_SPIN_BUTTON (control), TRUE);
  gtk_editable_set_width_chars (GTK_EDITABLE (control), 6);
  add_control (ADW_ACTION_ROW (self), control);
  g_signal_connect_swapped (self->adjustment, "value-changed", G_CALLBACK (on_value_changed), self);
  g_signal_connect_swapped (self->settings, signal, G_CALLBACK (on_setting_changed), self);
}

static void
redes_spin_row_dispose (GObject *object)
{
  RedesSpinRow *self = REDES_SPIN_ROW (object);

  /* What was typed last counts, however soon the window closes. */
  if (self->settle_source != 0)
    {
      g_source_remove (self->settle_source);
      on_settled (self);
    }
  if (self->adjustment != NULL)
    g_signal_handlers_disconnect_by_data (self->adjustment, self);
  if (self->settings != NULL)
    g_signal_handlers_disconnect_by_data (self->settings, self);
  g_clear_object (&self->adjustment);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (redes_spin_row_parent_class)->dispose (object);
}

static void
redes_spin_row_finalize (GObject *object)
{
  g_free (REDES_SPIN_ROW (object)->key);
  G_OBJECT_CLASS (redes_spin_row_parent_class)->finalize (object);
}

static void
redes_spin_row_class_init (RedesSpinRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  object_class->set_property = redes_spin_row_set_property;
  object_class->constructed = redes_spin_row_constructed;
  object_class->dispose = redes_spin_row_dispose;
  object_class->finalize = redes_spin_row_finalize;
  g_object_class_install_property (object_class, PROP_KEY,
                                   g_param_spec_string ("key", NULL, NULL, NULL, flags));
  g_object_class_install_property (
      object_class, PROP_LOWER,
      g_param_spec_double ("lower", NULL, NULL, 0, G_MAXUINT32, 0, flags));
  g_object_class_install_property (
      object_class, PROP_UPPER,
      g_param_spec_double ("upper", NULL, NULL, 0, G_MAXUINT32, 100, flags));
  g_object_class_install_property (
      object_class, PROP_STEP, g_param_spec_double ("step", NULL, NULL, 0, G_MAXUINT32, 1, flags));
}

static void
redes_spin_row_init (RedesSpinRow *self)
{
  self->adjustment = g_object_ref_sink (gtk_adjustment_new (0, 0, 100, 1, 10, 0));
}

void
redes_setting_row_say (AdwActionRow *row, const char *trouble, const char *words)
{
  g_autofree char *markup = g_markup_escape_text (trouble != NULL ? trouble : words, -1);

  adw_action_row_set_subtitle (row, markup);
  adw_action_row_set_subtitle_lines (row, 0);
  if (trouble != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (row), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (row), "error");
}
