/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/drop-zone.h"

#include "engine/content/link.h"

struct _RedesDropZone
{
  AdwBin parent_instance;
  GtkOverlay *overlay;
  GtkRevealer *highlight;
};

static GtkBuildableIface *parent_buildable;

static void redes_drop_zone_buildable_init (GtkBuildableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (RedesDropZone,
                               redes_drop_zone,
                               ADW_TYPE_BIN,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_BUILDABLE,
                                                      redes_drop_zone_buildable_init))

enum
{
  SIGNAL_DROPPED,
  SIGNAL_LINK_DROPPED,
  SIGNAL_FAILED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* A program's own rows, dragged out, are no news to itself. */
static gboolean
on_accept (GtkDropTargetAsync *target, GdkDrop *drop, RedesDropZone *self)
{
  GdkContentFormats *formats = gdk_drop_get_formats (drop);

  return gdk_drop_get_drag (drop) == NULL
         && (gdk_content_formats_contain_gtype (formats, GDK_TYPE_FILE_LIST)
             || gdk_content_formats_contain_gtype (formats, G_TYPE_STRING)
             || gdk_content_formats_contain_mime_type (formats, "text/uri-list")
             || gdk_content_formats_contain_mime_type (formats, "text/plain")
             || gdk_content_formats_contain_mime_type (formats, "text/plain;charset=utf-8"));
}

static GdkDragAction
on_enter (GtkDropTargetAsync *target, GdkDrop *drop, gdouble x, gdouble y, RedesDropZone *self)
{
  gtk_revealer_set_reveal_child (self->highlight, TRUE);
  return GDK_ACTION_COPY;
}

static void
on_leave (GtkDropTargetAsync *target, GdkDrop *drop, RedesDropZone *self)
{
  gtk_revealer_set_reveal_child (self->highlight, FALSE);
}

/* Returns: whether that can be used */
static gboolean
take_value (RedesDropZone *self, const GValue *value)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new ();

  if (G_VALUE_HOLDS (value, G_TYPE_STRING))
    {
      const char *text = g_value_get_string (value);

      if (!redes_link_looks_like (text))
        return FALSE;
      g_signal_emit (self, signals[SIGNAL_LINK_DROPPED], 0, text);
      return TRUE;
    }
  for (GSList *l = g_value_get_boxed (value); l != NULL; l = l->next)
    g_ptr_array_add (files, l->data);
  g_signal_emit (self, signals[SIGNAL_DROPPED], 0, files);
  return TRUE;
}

static void
read_value_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GdkDrop *drop = GDK_DROP (source);
  g_autoptr (RedesDropZone) self = user_data;
  g_autoptr (GError) error = NULL;
  const GValue *value = gdk_drop_read_value_finish (drop, result, &error);

  if (value == NULL)
    {
      g_debug ("what was dropped did not come: %s", error->message);
      g_signal_emit (self, signals[SIGNAL_FAILED], 0);
    }
  gdk_drop_finish (drop, value != NULL && take_value (self, value) ? GDK_ACTION_COPY : 0);
}

/* (transfer full): what a value of @type can be made of */
static GdkContentFormats *
make_formats (GType type)
{
  GdkContentFormats *formats = gdk_content_formats_new_for_gtype (type);

  return gdk_content_formats_union_deserialize_mime_types (formats);
}

static gboolean
on_drop (GtkDropTargetAsync *target, GdkDrop *drop, gdouble x, gdouble y, RedesDropZone *self)
{
  g_autoptr (GdkContentFormats) files = make_formats (GDK_TYPE_FILE_LIST);
  GType type = gdk_content_formats_match (gdk_drop_get_formats (drop), files) ? GDK_TYPE_FILE_LIST
                                                                              : G_TYPE_STRING;

  gtk_revealer_set_reveal_child (self->highlight, FALSE);
  /* GTK draws a line around who is dropped at, and with this kind of target leaves it there. */
  gtk_widget_unset_state_flags (GTK_WIDGET (self), GTK_STATE_FLAG_DROP_ACTIVE);
  gdk_drop_read_value_async (drop, type, G_PRIORITY_DEFAULT, NULL, read_value_cb,
                             g_object_ref (self));
  return TRUE;
}

static void
redes_drop_zone_add_child (GtkBuildable *buildable,
                           GtkBuilder *builder,
                           GObject *child,
                           const char *type)
{
  RedesDropZone *self = REDES_DROP_ZONE (buildable);

  if (type == NULL && GTK_IS_WIDGET (child) && GTK_WIDGET (child) != GTK_WIDGET (self->overlay)
      && self->overlay != NULL)
    gtk_overlay_set_child (self->overlay, GTK_WIDGET (child));
  else
    parent_buildable->add_child (buildable, builder, child, type);
}

static void
redes_drop_zone_buildable_init (GtkBuildableIface *iface)
{
  parent_buildable = g_type_interface_peek_parent (iface);
  iface->add_child = redes_drop_zone_add_child;
}

static void
redes_drop_zone_dispose (GObject *object)
{
  adw_bin_set_child (ADW_BIN (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), REDES_TYPE_DROP_ZONE);
  G_OBJECT_CLASS (redes_drop_zone_parent_class)->dispose (object);
}

static void
redes_drop_zone_class_init (RedesDropZoneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = redes_drop_zone_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/redes_p2p/Redes/ui/drop-zone.ui");
  gtk_widget_class_bind_template_child (widget_class, RedesDropZone, overlay);
  gtk_widget_class_bind_template_child (widget_class, RedesDropZone, highlight);

  signals[SIGNAL_DROPPED] = g_signal_new ("dropped", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_PTR_ARRAY);
  signals[SIGNAL_LINK_DROPPED] = g_signal_new ("link-dropped", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                               NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_FAILED]
      = g_signal_new ("failed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
redes_drop_zone_init (RedesDropZone *self)
{
  GdkContentFormats *formats
      = gdk_content_formats_union (make_formats (GDK_TYPE_FILE_LIST), make_formats (G_TYPE_STRING));
  /* It tells when what was dropped cannot be had, as GtkDropTarget does not. */
  GtkDropTargetAsync *target = gtk_drop_target_async_new (formats, GDK_ACTION_COPY);

  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (target, "accept", G_CALLBACK (on_accept), self);
  g_signal_connect (target, "drag-enter", G_CALLBACK (on_enter), self);
  g_signal_connect (target, "drag-leave", G_CALLBACK (on_leave), self);
  g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
  /* Before an entry takes a file's name as text. */
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (target), GTK_PHASE_CAPTURE);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}
