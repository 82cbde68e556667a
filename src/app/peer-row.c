/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/peer-row.h"

#include "app/format.h"

#include <glib/gi18n.h>

struct _RedesPeerRow
{
  GObject parent_instance;
  RedesPeer *peer;
};

G_DEFINE_FINAL_TYPE (RedesPeerRow, redes_peer_row, G_TYPE_OBJECT)

enum
{
  PROP_NAME = 1,
  PROP_ID,
  PROP_ADDRESS,
  PROP_FOUND,
  PROP_DOWN,
  PROP_UP,
  PROP_SEEN,
  PROP_SUMMARY,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static const char *
get_name (RedesPeer *peer)
{
  const char *nickname = redes_peer_get_nickname (peer);

  return *nickname != '\0' ? nickname : _ ("Someone");
}

/* The surest first. */
static const char *
get_found (RedesPeer *peer)
{
  guint how = redes_peer_get_how (peer);
  gboolean is_connected = redes_peer_is_connected (peer);

  if ((how & REDES_PEER_ORIGIN_LAN) != 0)
    return is_connected ? _ ("Local network, connected") : _ ("Local network");
  if ((how & REDES_PEER_ORIGIN_TRACKER) != 0)
    return is_connected ? _ ("Tracker, connected") : _ ("Tracker");
  if ((how & REDES_PEER_ORIGIN_EXCHANGE) != 0)
    return is_connected ? _ ("Another peer, connected") : _ ("Another peer");
  if (is_connected && redes_peer_is_connected_by_them (peer))
    return _ ("It connected here");
  return is_connected ? _ ("Connected") : _ ("Earlier");
}

static char *
format_seen (RedesPeer *peer)
{
  gint64 ago_us = g_get_monotonic_time () - redes_peer_get_seen_us (peer);

  /* Everybody is asked about every few seconds. */
  return ago_us < 4 * G_USEC_PER_SEC ? g_strdup (_ ("now"))
                                     : redes_format_ago ((gdouble)ago_us / G_USEC_PER_SEC);
}

static char *
format_summary (RedesPeer *peer)
{
  g_autofree char *down = redes_format_rate (redes_peer_get_down_bytes_per_s (peer));
  g_autofree char *up = redes_format_rate (redes_peer_get_up_bytes_per_s (peer));
  GString *words = g_string_new (get_found (peer));

  if (*down != '\0')
    g_string_append_printf (words, " · ↓ %s", down);
  if (*up != '\0')
    g_string_append_printf (words, " · ↑ %s", up);
  return g_string_free (words, FALSE);
}

static void
redes_peer_row_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  RedesPeer *peer = REDES_PEER_ROW (object)->peer;

  switch (prop_id)
    {
    case PROP_NAME:
      g_value_set_string (value, get_name (peer));
      break;
    case PROP_ID:
      g_value_take_string (value, redes_format_short_id (redes_peer_get_id (peer)));
      break;
    case PROP_ADDRESS:
      g_value_set_string (value, redes_peer_get_address (peer));
      break;
    case PROP_FOUND:
      g_value_set_string (value, get_found (peer));
      break;
    case PROP_DOWN:
      g_value_take_string (value, redes_format_rate (redes_peer_get_down_bytes_per_s (peer)));
      break;
    case PROP_UP:
      g_value_take_string (value, redes_format_rate (redes_peer_get_up_bytes_per_s (peer)));
      break;
    case PROP_SEEN:
      g_value_take_string (value, format_seen (peer));
      break;
    case PROP_SUMMARY:
      g_value_take_string (value, format_summary (peer));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
redes_peer_row_dispose (GObject *object)
{
  g_clear_object (&REDES_PEER_ROW (object)->peer);
  G_OBJECT_CLASS (redes_peer_row_parent_class)->dispose (object);
}

static void
redes_peer_row_class_init (RedesPeerRowClass *klass)
{
  static const char *const names[] = {
    [PROP_NAME] = "name", [PROP_ID] = "id", [PROP_ADDRESS] = "address", [PROP_FOUND] = "found",
    [PROP_DOWN] = "down", [PROP_UP] = "up", [PROP_SEEN] = "seen",       [PROP_SUMMARY] = "summary",
  };
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = redes_peer_row_get_property;
  object_class->dispose = redes_peer_row_dispose;

  for (guint i = 1; i < N_PROPS; i++)
    props[i] = g_param_spec_string (names[i], NULL, NULL, NULL,
                                    G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
redes_peer_row_init (RedesPeerRow *self)
{
}

static void
on_changed (RedesPeer *peer, RedesPeerRow *self)
{
  g_object_freeze_notify (G_OBJECT (self));
  for (guint i = 1; i < N_PROPS; i++)
    g_object_notify_by_pspec (G_OBJECT (self), props[i]);
  g_object_thaw_notify (G_OBJECT (self));
}

RedesPeerRow *
redes_peer_row_new (RedesPeer *peer)
{
  RedesPeerRow *self = g_object_new (REDES_TYPE_PEER_ROW, NULL);

  self->peer = g_object_ref (peer);
  g_signal_connect_object (peer, "changed", G_CALLBACK (on_changed), self, 0);
  return self;
}

RedesPeer *
redes_peer_row_get_peer (RedesPeerRow *self)
{
  return self->peer;
}
