/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/registered-peer-row.h"

#include "app/format.h"

#include <glib/gi18n.h>

struct _RedesRegisteredPeerRow
{
  GObject parent_instance;
  RedesRegisteredPeerItem *peer;
};

G_DEFINE_FINAL_TYPE (RedesRegisteredPeerRow, redes_registered_peer_row, G_TYPE_OBJECT)

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
format_heard (RedesRegisteredPeerItem *peer)
{
  gint64 ago_us = g_get_monotonic_time () - redes_registered_peer_item_get_heard_us (peer);

  return redes_format_ago ((gdouble)ago_us / G_USEC_PER_SEC);
}

static char *
format_summary (RedesRegisteredPeerItem *peer)
{
  guint n = redes_registered_peer_item_get_n_files (peer);
  g_autofree char *files = g_strdup_printf (ngettext ("%'u file", "%'u files", n), n);
  g_autofree char *heard = format_heard (peer);

  return g_strdup_printf ("%s · %s", files, heard);
}

static void
redes_registered_peer_row_get_property (GObject *object,
                                        guint prop_id,
                                        GValue *value,
                                        GParamSpec *pspec)
{
  RedesRegisteredPeerItem *peer = REDES_REGISTERED_PEER_ROW (object)->peer;
  const char *nickname = redes_registered_peer_item_get_nickname (peer);

  switch (prop_id)
    {
    case PROP_NAME:
      g_value_set_string (value, *nickname != '\0' ? nickname : _ ("Someone"));
      break;
    case PROP_ID:
      g_value_take_string (value, redes_format_short_id (redes_registered_peer_item_get_id (peer)));
      break;
    case PROP_ADDRESS:
      g_value_set_string (value, redes_registered_peer_item_get_address (peer));
      break;
    case PROP_FILES:
      g_value_take_string (value,
                           g_strdup_printf ("%'u", redes_registered_peer_item_get_n_files (peer)));
      break;
    case PROP_HEARD:
      g_value_take_string (value, format_heard (peer));
      break;
    case PROP_SUMMARY:
      g_value_take_string (value, format_summary (peer));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
redes_registered_peer_row_dispose (GObject *object)
{
  g_clear_object (&REDES_REGISTERED_PEER_ROW (object)->peer);
  G_OBJECT_CLASS (redes_registered_peer_row_parent_class)->dispose (object);
}

static void
redes_registered_peer_row_class_init (RedesRegisteredPeerRowClass *klass)
{
  static const char *const names[] = {
    [PROP_NAME] = "name",   [PROP_ID] = "id",       [PROP_ADDRESS] = "address",
    [PROP_FILES] = "files", [PROP_HEARD] = "heard", [PROP_SUMMARY] = "summary",
  };
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = redes_registered_peer_row_get_property;
  object_class->dispose = redes_registered_peer_row_dispose;

  for (guint i = 1; i < N_PROPS; i++)
    props[i] = g_param_spec_string (names[i], NULL, NULL, NULL,
                                    G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
redes_registered_peer_row_init (RedesRegisteredPeerRow *self)
{
}

static void
on_changed (RedesRegisteredPeerItem *peer, RedesRegisteredPeerRow *self)
{
  g_object_freeze_notify (G_OBJECT (self));
  for (guint i = 1; i < N_PROPS; i++)
    g_object_notify_by_pspec (G_OBJECT (self), props[i]);
  g_object_thaw_notify (G_OBJECT (self));
}

RedesRegisteredPeerRow *
redes_registered_peer_row_new (RedesRegisteredPeerItem *peer)
{
  RedesRegisteredPeerRow *self = g_object_new (REDES_TYPE_REGISTERED_PEER_ROW, NULL);

  self->peer = g_object_ref (peer);
  g_signal_connect_object (peer, "changed", G_CALLBACK (on_changed), self, 0);
  return self;
}
