/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/guest-row.h"

#include "app/format.h"

#include <glib/gi18n.h>

struct _RedesGuestRow
{
  GObject parent_instance;
  RedesGuestItem *guest;
};

G_DEFINE_FINAL_TYPE (RedesGuestRow, redes_guest_row, G_TYPE_OBJECT)

enum
{
  PROP_NAME = 1,
  PROP_ID,
  PROP_ADDRESS,
  PROP_FILES,
  PROP_HEARD,
  PROP_SUMMARY,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static char *
format_heard (RedesGuestItem *guest)
{
  gint64 ago_us = g_get_monotonic_time () - redes_guest_item_get_heard_us (guest);

  return redes_format_ago ((gdouble)ago_us / G_USEC_PER_SEC);
}

static char *
format_summary (RedesGuestItem *guest)
{
  guint n = redes_guest_item_get_n_files (guest);
  g_autofree char *files = g_strdup_printf (ngettext ("%'u file", "%'u files", n), n);
  g_autofree char *heard = format_heard (guest);

  return g_strdup_printf ("%s · %s", files, heard);
}

static void
redes_guest_row_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  RedesGuestItem *guest = REDES_GUEST_ROW (object)->guest;
  const char *nickname = redes_guest_item_get_nickname (guest);

  switch (prop_id)
    {
    case PROP_NAME:
      g_value_set_string (value, *nickname != '\0' ? nickname : _ ("Someone"));
      break;
    case PROP_ID:
      g_value_take_string (value, redes_format_short_id (redes_guest_item_get_id (guest)));
      break;
    case PROP_ADDRESS:
      g_value_set_string (value, redes_guest_item_get_address (guest));
      break;
    case PROP_FILES:
      g_value_take_string (value, g_strdup_printf ("%'u", redes_guest_item_get_n_files (guest)));
      break;
    case PROP_HEARD:
      g_value_take_string (value, format_heard (guest));
      break;
    case PROP_SUMMARY:
      g_value_take_string (value, format_summary (guest));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
redes_guest_row_dispose (GObject *object)
{
  g_clear_object (&REDES_GUEST_ROW (object)->guest);
  G_OBJECT_CLASS (redes_guest_row_parent_class)->dispose (object);
}

static void
redes_guest_row_class_init (RedesGuestRowClass *klass)
{
  static const char *const names[] = {
    [PROP_NAME] = "name",   [PROP_ID] = "id",       [PROP_ADDRESS] = "address",
    [PROP_FILES] = "files", [PROP_HEARD] = "heard", [PROP_SUMMARY] = "summary",
  };
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = redes_guest_row_get_property;
  object_class->dispose = redes_guest_row_dispose;

  for (guint i = 1; i < N_PROPS; i++)
    props[i] = g_param_spec_string (names[i], NULL, NULL, NULL,
                                    G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
redes_guest_row_init (RedesGuestRow *self)
{
}

static void
on_changed (RedesGuestItem *guest, RedesGuestRow *self)
{
  g_object_freeze_notify (G_OBJECT (self));
  for (guint i = 1; i < N_PROPS; i++)
    g_object_notify_by_pspec (G_OBJECT (self), props[i]);
  g_object_thaw_notify (G_OBJECT (self));
}

RedesGuestRow *
redes_guest_row_new (RedesGuestItem *guest)
{
  RedesGuestRow *self = g_object_new (REDES_TYPE_GUEST_ROW, NULL);

  self->guest = g_object_ref (guest);
  g_signal_connect_object (guest, "changed", G_CALLBACK (on_changed), self, 0);
  return self;
}
