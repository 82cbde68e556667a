/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/entry-check.h"

struct _RedesEntryCheck
{
  GtkCheckButton parent_instance;
  RedesFolderEntry *entry; /* nullable */
};

G_DEFINE_FINAL_TYPE (RedesEntryCheck, redes_entry_check, GTK_TYPE_CHECK_BUTTON)

enum
{
  PROP_ENTRY = 1,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void on_toggled (RedesEntryCheck *self);

static void
show_choice (RedesEntryCheck *self)
{
  gboolean chosen, partly_chosen, can_choose;
  g_autofree char *name = NULL;

  if (self->entry == NULL)
    return;
  g_object_get (self->entry, "chosen", &chosen, "partly-chosen", &partly_chosen, "can-choose",
                &can_choose, "name", &name, NULL);
  g_signal_handlers_block_by_func (self, on_toggled, NULL);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (self), chosen);
  gtk_check_button_set_inconsistent (GTK_CHECK_BUTTON (self), partly_chosen);
  g_signal_handlers_unblock_by_func (self, on_toggled, NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self), can_choose);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/* One that is partly chosen was not active, so that a click chooses all of it. */
static void
on_toggled (RedesEntryCheck *self)
{
  if (self->entry != NULL)
    g_object_set (self->entry, "chosen", gtk_check_button_get_active (GTK_CHECK_BUTTON (self)),
                  NULL);
}

static void
set_entry (RedesEntryCheck *self, RedesFolderEntry *entry)
{
  if (self->entry != NULL)
    g_signal_handlers_disconnect_by_data (self->entry, self);
  g_set_object (&self->entry, entry);
  if (entry != NULL)
    g_signal_connect_swapped (entry, "notify::partly-chosen", G_CALLBACK (show_choice), self);
  show_choice (self);
}

static void
redes_entry_check_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  g_value_set_object (value, REDES_ENTRY_CHECK (object)->entry);
}

static void
redes_entry_check_set_property (GObject *object,
                                guint prop_id,
                                const GValue *value,
                                GParamSpec *pspec)
{
  set_entry (REDES_ENTRY_CHECK (object), g_value_get_object (value));
}

static void
redes_entry_check_dispose (GObject *object)
{
  set_entry (REDES_ENTRY_CHECK (object), NULL);
  G_OBJECT_CLASS (redes_entry_check_parent_class)->dispose (object);
}

static void
redes_entry_check_class_init (RedesEntryCheckClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = redes_entry_check_get_property;
  object_class->set_property = redes_entry_check_set_property;
  object_class->dispose = redes_entry_check_dispose;

  props[PROP_ENTRY] = g_param_spec_object ("entry", NULL, NULL, REDES_TYPE_FOLDER_ENTRY,
                                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
redes_entry_check_init (RedesEntryCheck *self)
{
  g_signal_connect (self, "toggled", G_CALLBACK (on_toggled), NULL);
}
