/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/cell.h"

struct _RedesCell
{
  AdwBin parent_instance;
  GObject *item;
  guint position;
};

G_DEFINE_FINAL_TYPE (RedesCell, redes_cell, ADW_TYPE_BIN)

enum
{
  PROP_ITEM = 1,
  PROP_POSITION,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void
redes_cell_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  RedesCell *self = REDES_CELL (object);

  if (prop_id == PROP_ITEM)
    g_value_set_object (value, self->item);
  else
    g_value_set_uint (value, self->position);
}

static void
redes_cell_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  RedesCell *self = REDES_CELL (object);

  if (prop_id == PROP_ITEM)
    g_set_object (&self->item, g_value_get_object (value));
  else
    self->position = g_value_get_uint (value);
}

static void
redes_cell_dispose (GObject *object)
{
  g_clear_object (&REDES_CELL (object)->item);
  G_OBJECT_CLASS (redes_cell_parent_class)->dispose (object);
}

static void
redes_cell_class_init (RedesCellClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = redes_cell_get_property;
  object_class->set_property = redes_cell_set_property;
  object_class->dispose = redes_cell_dispose;

  props[PROP_ITEM] = g_param_spec_object ("item", NULL, NULL, G_TYPE_OBJECT,
                                          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  props[PROP_POSITION]
      = g_param_spec_uint ("position", NULL, NULL, 0, G_MAXUINT, GTK_INVALID_LIST_POSITION,
                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
redes_cell_init (RedesCell *self)
{
  self->position = GTK_INVALID_LIST_POSITION;
}

/* A row's padding belongs to no cell, but its first child has one. */
static RedesCell *
find_below (GtkWidget *widget)
{
  if (REDES_IS_CELL (widget))
    return REDES_CELL (widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      RedesCell *cell = find_below (child);

      if (cell != NULL)
        return cell;
    }
  return NULL;
}

RedesCell *
redes_cell_pick (GtkWidget *view, gdouble x, gdouble y)
{
  GtkWidget *picked = gtk_widget_pick (view, x, y, GTK_PICK_DEFAULT);

  for (GtkWidget *widget = picked; widget != NULL && widget != view;
       widget = gtk_widget_get_parent (widget))
    {
      if (REDES_IS_CELL (widget))
        return REDES_CELL (widget);
      if (gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (widget)) == GTK_ACCESSIBLE_ROLE_ROW)
        return find_below (widget);
    }
  return NULL;
}

gpointer
redes_cell_get_item (RedesCell *self)
{
  return self->item;
}

guint
redes_cell_get_position (RedesCell *self)
{
  return self->position;
}
