/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/history-row.h"

#include "app/format.h"

#include <glib/gi18n.h>

struct _RedesHistoryRow
{
  GObject parent_instance;
  RedesHistoryItem *item;
};

G_DEFINE_FINAL_TYPE (RedesHistoryRow, redes_history_row, G_TYPE_OBJECT)

enum
{
  PROP_NAME = 1,
  PROP_SIZE,
  PROP_WHEN,
  PROP_PEERS,
  PROP_DURATION,
  PROP_SPEED,
  PROP_SUMMARY,
  N_PROPS
};

/* What took less says nothing about speed, in seconds. */
#define SHORTEST_S 0.05

gdouble
redes_history_row_get_rate (RedesHistoryItem *item)
{
  gdouble seconds = redes_history_item_get_seconds (item);

  return seconds < SHORTEST_S ? 0 : redes_history_item_get_size (item) / seconds;
}

static char *
format_duration (RedesHistoryItem *item)
{
  gdouble seconds = redes_history_item_get_seconds (item);

  return seconds < 1 ? g_strdup (_ ("under 1 s")) : redes_format_duration (seconds);
}

char *
redes_history_row_format_summary (RedesHistoryItem *item)
{
  guint n_peers = redes_history_item_get_n_peers (item);
  g_autofree char *size = redes_format_size (redes_history_item_get_size (item));
  g_autofree char *duration = format_duration (item);
  g_autofree char *rate = redes_format_rate (redes_history_row_get_rate (item));
  /* Translators: a size, from how many peers it came, and how long that took. */
  g_autofree char *words = g_strdup_printf (
      ngettext ("%s from %'u peer · took %s", "%s from %'u peers · took %s", n_peers), size,
      n_peers, duration);

  return *rate != '\0' ? g_strdup_printf ("%s · %s", words, rate) : g_steal_pointer (&words);
}

static void
redes_history_row_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  RedesHistoryItem *item = REDES_HISTORY_ROW (object)->item;

  switch (prop_id)
    {
    case PROP_NAME:
      g_value_set_string (value, redes_history_item_get_name (item));
      break;
    case PROP_SIZE:
      g_value_take_string (value, redes_format_size (redes_history_item_get_size (item)));
      break;
    case PROP_WHEN:
      g_value_take_string (value, redes_format_when (redes_history_item_get_finished_s (item)));
      break;
    case PROP_PEERS:
      g_value_take_string (value, g_strdup_printf ("%'u", redes_history_item_get_n_peers (item)));
      break;
    case PROP_DURATION:
      g_value_take_string (value, format_duration (item));
      break;
    case PROP_SPEED:
      g_value_take_string (value, redes_format_rate (redes_history_row_get_rate (item)));
      break;
    case PROP_SUMMARY:
      g_value_take_string (value, redes_history_row_format_summary (item));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
redes_history_row_dispose (GObject *object)
{
  g_clear_object (&REDES_HISTORY_ROW (object)->item);
  G_OBJECT_CLASS (redes_history_row_parent_class)->dispose (object);
}

static void
redes_history_row_class_init (RedesHistoryRowClass *klass)
{
  static const char *const names[] = {
    [PROP_NAME] = "name",       [PROP_SIZE] = "size",         [PROP_WHEN] = "when",
    [PROP_PEERS] = "peers",     [PROP_DURATION] = "duration", [PROP_SPEED] = "speed",
    [PROP_SUMMARY] = "summary",
  };
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = redes_history_row_get_property;
  object_class->dispose = redes_history_row_dispose;

  for (guint i = 1; i < N_PROPS; i++)
    g_object_class_install_property (
        object_class, i,
        g_param_spec_string (names[i], NULL, NULL, NULL,
                             G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

static void
redes_history_row_init (RedesHistoryRow *self)
{
}

RedesHistoryRow *
redes_history_row_new (RedesHistoryItem *item)
{
  RedesHistoryRow *self = g_object_new (REDES_TYPE_HISTORY_ROW, NULL);

  self->item = g_object_ref (item);
  return self;
}

RedesHistoryItem *
redes_history_row_get_item (RedesHistoryRow *self)
{
  return self->item;
}
