/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/list-menu.h"

#include "app/cell.h"

#define FOCUS_KEY "redes-focus"

static void
weak_free (gpointer data)
{
  g_weak_ref_clear (data);
  g_free (data);
}

/* GTK 4.8 would give it to the first widget of the window. */
static void
on_closed (GtkPopover *popover)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (popover));
  GtkWidget *now = root != NULL ? gtk_root_get_focus (root) : NULL;
  GWeakRef *weak = g_object_get_data (G_OBJECT (popover), FOCUS_KEY);
  g_autoptr (GtkWidget) before = weak != NULL ? g_weak_ref_get (weak) : NULL;

  /* What was chosen may have given it to something else. */
  if (now != NULL && !gtk_widget_is_ancestor (now, GTK_WIDGET (popover)))
    return;
  if (before != NULL && gtk_widget_get_mapped (before))
    gtk_widget_grab_focus (before);
}

static void
remember_focus (GtkPopover *popover)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (popover));
  GWeakRef *weak = g_new0 (GWeakRef, 1);

  g_weak_ref_init (weak, root != NULL ? gtk_root_get_focus (root) : NULL);
  g_object_set_data_full (G_OBJECT (popover), FOCUS_KEY, weak, weak_free);
}

static void
pop_up (GtkPopover *popover, GtkWidget *view, gdouble x, gdouble y)
{
  GtkWidget *owner = gtk_widget_get_parent (GTK_WIDGET (popover));
  gdouble owner_x, owner_y;

  gtk_widget_translate_coordinates (view, owner, x, y, &owner_x, &owner_y);
  gtk_popover_set_pointing_to (popover, &(GdkRectangle){ (int)owner_x, (int)owner_y, 1, 1 });
  remember_focus (popover);
  gtk_popover_popup (popover);
}

static gboolean
select_row_at (GtkWidget *view, gdouble x, gdouble y)
{
  RedesCell *cell = redes_cell_pick (view, x, y);
  GtkSelectionModel *model = gtk_column_view_get_model (GTK_COLUMN_VIEW (view));

  if (cell == NULL || redes_cell_get_position (cell) == GTK_INVALID_LIST_POSITION)
    return FALSE;
  if (!gtk_selection_model_is_selected (model, redes_cell_get_position (cell)))
    gtk_selection_model_select_item (model, redes_cell_get_position (cell), TRUE);
  return TRUE;
}

static void
on_pressed (GtkGesture *gesture, gint n_press, gdouble x, gdouble y, gpointer user_data)
{
  GtkWidget *view = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture));

  if (!select_row_at (view, x, y))
    return;
  gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_CLAIMED);
  pop_up (user_data, view, x, y);
}

static void
on_long_pressed (GtkGesture *gesture, gdouble x, gdouble y, gpointer user_data)
{
  on_pressed (gesture, 1, x, y, user_data);
}

static gboolean
on_menu_key (GtkWidget *view, GVariant *args, gpointer user_data)
{
  GtkSelectionModel *model = gtk_column_view_get_model (GTK_COLUMN_VIEW (view));
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (view));
  graphene_rect_t bounds;

  g_autoptr (GtkBitset) selected = model != NULL ? gtk_selection_model_get_selection (model) : NULL;

  if (selected == NULL || gtk_bitset_is_empty (selected))
    return FALSE;
  if (focus == NULL || focus == view || !gtk_widget_is_ancestor (focus, view)
      || !gtk_widget_compute_bounds (focus, view, &bounds))
    graphene_rect_init (&bounds, 0, 0, gtk_widget_get_width (view), 1);
  pop_up (user_data, view, bounds.origin.x + bounds.size.width / 2,
          bounds.origin.y + bounds.size.height);
  return TRUE;
}

GtkWidget *
redes_list_menu_attach (GtkColumnView *view, GtkWidget *owner, GMenuModel *menu)
{
  GtkWidget *popover = gtk_popover_menu_new_from_model (menu);
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *press = gtk_gesture_long_press_new ();
  GtkEventController *keys = gtk_shortcut_controller_new ();

  gtk_widget_set_parent (popover, owner);
  gtk_popover_set_has_arrow (GTK_POPOVER (popover), FALSE);
  gtk_widget_set_halign (popover, GTK_ALIGN_START);
  g_signal_connect (popover, "closed", G_CALLBACK (on_closed), NULL);

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (click), GTK_PHASE_CAPTURE);
  g_signal_connect_object (click, "pressed", G_CALLBACK (on_pressed), popover, 0);
  gtk_widget_add_controller (GTK_WIDGET (view), GTK_EVENT_CONTROLLER (click));

  gtk_gesture_single_set_touch_only (GTK_GESTURE_SINGLE (press), TRUE);
  g_signal_connect_object (press, "pressed", G_CALLBACK (on_long_pressed), popover, 0);
  gtk_widget_add_controller (GTK_WIDGET (view), GTK_EVENT_CONTROLLER (press));

  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (keys),
      gtk_shortcut_new (gtk_shortcut_trigger_parse_string ("Menu|<Shift>F10"),
                        gtk_callback_action_new (on_menu_key, popover, NULL)));
  gtk_widget_add_controller (GTK_WIDGET (view), keys);
  return popover;
}
