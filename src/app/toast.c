/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/toast.h"

#include <glib/gi18n.h>

#define LATEST_KEY "redes-latest-undo"

/* A toast that has taken another's place must not go before that one has slid away, or libadwaita
 * 1.2 ends the program: it shows the other one again. Twice what the sliding takes. */
#define LEAST_SHOWN_MS 600

typedef struct
{
  void (*undo) (gpointer data);
  void (*forget) (gpointer data);
  gpointer data;
  GDestroyNotify free_data;
  gint64 shown_us;
} Undo;

/* (nullable) */
static GtkWidget *
find_below (GtkWidget *widget)
{
  GtkWidget *found = NULL;

  if (ADW_IS_TOAST_OVERLAY (widget))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_below (child);
  return found;
}

/* The one around @where, or if it is around all of a window, the one in that: (nullable) */
static GtkWidget *
find_overlay (GtkWidget *where)
{
  GtkWidget *overlay = gtk_widget_get_ancestor (where, ADW_TYPE_TOAST_OVERLAY);

  return overlay != NULL ? overlay : find_below (where);
}

void
redes_toast_show (GtkWidget *where, AdwToast *toast)
{
  GtkWidget *overlay = find_overlay (where);

  if (overlay != NULL)
    adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), toast);
  else
    g_object_unref (toast);
}

AdwToast *
redes_toast_new (const char *words)
{
  g_autofree char *markup = g_markup_escape_text (words, -1);

  return adw_toast_new (markup);
}

void
redes_toast_say (GtkWidget *where, const char *words)
{
  redes_toast_show (where, redes_toast_new (words));
}

void
redes_toast_printf (GtkWidget *where, const char *format, ...)
{
  g_autofree char *words = NULL;
  va_list args;

  va_start (args, format);
  words = g_strdup_vprintf (format, args);
  va_end (args);
  redes_toast_say (where, words);
}

/* Undoing. */

static void
on_undo_clicked (AdwToast *toast, Undo *undo)
{
  void (*func) (gpointer data) = undo->undo;

  undo->undo = NULL;
  undo->forget = NULL;
  if (func != NULL)
    func (undo->data);
}

static void
on_dismissed (AdwToast *toast, Undo *undo)
{
  void (*func) (gpointer data) = undo->forget;

  undo->undo = NULL;
  undo->forget = NULL;
  if (func != NULL)
    func (undo->data);
}

static void
undo_free (gpointer data)
{
  Undo *undo = data;

  if (undo->forget != NULL)
    undo->forget (undo->data);
  if (undo->free_data != NULL)
    undo->free_data (undo->data);
  g_free (undo);
}

void
redes_toast_show_undo (GtkWidget *where,
                       const char *words,
                       GCallback undo_func,
                       GCallback forget_func,
                       gpointer data,
                       GDestroyNotify free_data)
{
  GtkWidget *overlay = find_overlay (where);
  AdwToast *toast = redes_toast_new (words);
  Undo *undo = g_new0 (Undo, 1);

  undo->undo = (void (*) (gpointer))undo_func;
  undo->forget = (void (*) (gpointer))forget_func;
  undo->data = data;
  undo->free_data = free_data;
  undo->shown_us = g_get_monotonic_time ();
  adw_toast_set_button_label (toast, _ ("_Undo"));
  adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
  g_object_set_data_full (G_OBJECT (toast), "redes-undo", undo, undo_free);
  g_signal_connect (toast, "button-clicked", G_CALLBACK (on_undo_clicked), undo);
  g_signal_connect (toast, "dismissed", G_CALLBACK (on_dismissed), undo);
  if (overlay != NULL)
    g_object_set_data_full (G_OBJECT (overlay), LATEST_KEY, g_object_ref (toast), g_object_unref);
  redes_toast_show (where, toast);
}

static gboolean
on_shown_long_enough (gpointer user_data)
{
  adw_toast_dismiss (user_data);
  return G_SOURCE_REMOVE;
}

void
redes_toast_undo (GtkWidget *where)
{
  GtkWidget *overlay = find_overlay (where);
  g_autoptr (AdwToast) toast
      = overlay != NULL ? g_object_steal_data (G_OBJECT (overlay), LATEST_KEY) : NULL;
  Undo *undo = toast != NULL ? g_object_get_data (G_OBJECT (toast), "redes-undo") : NULL;
  gint64 shown_ms;

  if (undo == NULL)
    return;
  shown_ms = (g_get_monotonic_time () - undo->shown_us) / 1000;
  on_undo_clicked (toast, undo);
  if (shown_ms >= LEAST_SHOWN_MS)
    adw_toast_dismiss (toast);
  else
    g_timeout_add_full (G_PRIORITY_LOW, LEAST_SHOWN_MS - (guint)MAX (shown_ms, 0),
                        on_shown_long_enough, g_object_ref (toast), g_object_unref);
}
