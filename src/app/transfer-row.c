/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/transfer-row.h"

#include "app/format.h"

#include <glib/gi18n.h>

struct _RedesTransferRow
{
  GObject parent_instance;
  RedesTransfer *transfer;
};

G_DEFINE_FINAL_TYPE (RedesTransferRow, redes_transfer_row, G_TYPE_OBJECT)

enum
{
  PROP_NAME = 1,
  PROP_KIND_ICON,
  PROP_ICON,
  PROP_STATUS,
  PROP_SIZE,
  PROP_SPEED,
  PROP_LEFT,
  PROP_SOURCES,
  PROP_TOGGLE_ICON,
  PROP_TOGGLE,
  PROP_FRACTION,
  PROP_UNFINISHED,
  PROP_CAN_TOGGLE,
  PROP_ID,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static guint
count_connected (RedesTransfer *transfer)
{
  GPtrArray *sources = redes_transfer_get_sources (transfer);
  guint n = 0;

  for (guint i = 0; i < sources->len; i++)
    n += ((RedesTransferSource *)g_ptr_array_index (sources, i))->connected;
  return n;
}

gdouble
redes_transfer_row_get_seconds_left (RedesTransfer *transfer)
{
  guint64 size = redes_transfer_get_size (transfer);
  guint64 done = redes_transfer_get_bytes_received (transfer);
  gdouble rate = redes_transfer_get_rate_bytes_per_s (transfer);

  if (redes_transfer_get_state (transfer) != REDES_TRANSFER_ACTIVE || rate < 1 || done > size)
    return -1;
  return (gdouble)(size - done) / rate;
}

/* The engine's reason behind @words, if it gives one. */
static char *
with_reason (const char *words, const RedesNotice *notice)
{
  g_autofree char *reason = redes_format_notice (notice);

  if (reason == NULL)
    return g_strdup (words);
  /* Translators: what a download does, and why: “Waiting: no source is there now”. */
  return g_strdup_printf (_ ("%s: %s"), words, reason);
}

/* (transfer full): @words, behind how many files of a folder are there. Takes @words. */
static char *
with_files (RedesTransfer *transfer, char *words)
{
  guint n = redes_transfer_get_n_files (transfer);
  g_autofree char *behind = words;

  if (!redes_transfer_is_folder (transfer) || n == 0)
    return g_steal_pointer (&behind);
  if (redes_transfer_get_state (transfer) == REDES_TRANSFER_DONE)
    /* Translators: how many files a folder has that was downloaded; and more about it. */
    return g_strdup_printf (ngettext ("%'u file · %s", "%'u files · %s", n), n, behind);
  /* Translators: how many files of a folder are there, of how many; and more about it. */
  return g_strdup_printf (ngettext ("%'u of %'u file · %s", "%'u of %'u files · %s", n),
                          redes_transfer_get_n_files_done (transfer), n, behind);
}

static char *
format_progress (RedesTransfer *transfer)
{
  g_autofree char *done = redes_format_size (redes_transfer_get_bytes_received (transfer));
  g_autofree char *size = redes_format_size (redes_transfer_get_size (transfer));
  g_autofree char *rate = redes_format_rate (redes_transfer_get_rate_bytes_per_s (transfer));

  if (*rate == '\0')
    /* Translators: how much of a download is there: “3 MB of 12 MB”. */
    return g_strdup_printf (_ ("%s of %s"), done, size);
  /* Translators: how much of a download is there, and how fast it goes. */
  return g_strdup_printf (_ ("%s of %s · %s"), done, size, rate);
}

static char *
format_paused (RedesTransfer *transfer)
{
  g_autofree char *done = redes_format_size (redes_transfer_get_bytes_received (transfer));
  g_autofree char *size = redes_format_size (redes_transfer_get_size (transfer));

  /* Translators: how much of a paused download is there: “Paused at 3 MB of 12 MB”. */
  return g_strdup_printf (_ ("Paused at %s of %s"), done, size);
}

static char *
format_done (RedesTransfer *transfer)
{
  g_autofree char *size = redes_format_size (redes_transfer_get_size (transfer));
  g_autofree char *duration = redes_format_duration (redes_transfer_get_seconds (transfer));

  if (redes_transfer_was_there (transfer))
    /* Translators: a size. The file was downloaded before, so nothing was fetched. */
    return g_strdup_printf (_ ("%s, already downloaded"), size);
  if (redes_transfer_is_unsigned (transfer))
    /* Translators: a size. The file comes from peers of the original system. */
    return g_strdup_printf (_ ("%s, unsigned, not verified"), size);
  if (redes_transfer_get_seconds (transfer) < 1)
    /* Translators: a size. */
    return g_strdup_printf (_ ("%s, verified"), size);
  /* Translators: a size, and how long it took. */
  return g_strdup_printf (_ ("%s, verified · took %s"), size, duration);
}

char *
redes_transfer_row_format_status (RedesTransfer *transfer)
{
  const RedesNotice *reason = redes_transfer_get_reason (transfer);

  switch (redes_transfer_get_state (transfer))
    {
    case REDES_TRANSFER_FINDING:
      return with_reason (_ ("Looking for sources"), reason);
    case REDES_TRANSFER_ACTIVE:
      return with_files (transfer, format_progress (transfer));
    case REDES_TRANSFER_WAITING:
      return with_reason (_ ("Waiting"), reason);
    case REDES_TRANSFER_FINISHING:
      return g_strdup (_ ("Writing the last blocks to disk"));
    case REDES_TRANSFER_DONE:
      return with_files (transfer, format_done (transfer));
    case REDES_TRANSFER_FAILED:
      return with_reason (_ ("Failed"), reason);
    case REDES_TRANSFER_PAUSED:
      return with_files (transfer, format_paused (transfer));
    default:
      g_assert_not_reached ();
    }
}

static const char *
get_icon (RedesTransfer *transfer)
{
  switch (redes_transfer_get_state (transfer))
    {
    case REDES_TRANSFER_DONE:
      return "object-select-symbolic";
    case REDES_TRANSFER_FAILED:
      return "dialog-warning-symbolic";
    case REDES_TRANSFER_PAUSED:
      return "media-playback-pause-symbolic";
    case REDES_TRANSFER_WAITING:
    case REDES_TRANSFER_FINDING:
      return "content-loading-symbolic";
    default:
      return "folder-download-symbolic";
    }
}

static char *
format_left (RedesTransfer *transfer)
{
  gdouble seconds = redes_transfer_row_get_seconds_left (transfer);

  return seconds < 0 ? g_strdup ("") : redes_format_duration (seconds);
}

static char *
format_sources (RedesTransfer *transfer)
{
  guint n = count_connected (transfer);

  return n == 0 ? g_strdup ("") : g_strdup_printf ("%'u", n);
}

static const char *
get_toggle_icon (RedesTransfer *transfer)
{
  switch (redes_transfer_get_state (transfer))
    {
    case REDES_TRANSFER_FAILED:
      return "view-refresh-symbolic";
    case REDES_TRANSFER_PAUSED:
      return "media-playback-start-symbolic";
    default:
      return "media-playback-pause-symbolic";
    }
}

static const char *
get_toggle (RedesTransfer *transfer)
{
  switch (redes_transfer_get_state (transfer))
    {
    case REDES_TRANSFER_FAILED:
      return _ ("Retry");
    case REDES_TRANSFER_PAUSED:
      return _ ("Resume");
    default:
      return _ ("Pause");
    }
}

static gdouble
get_fraction (RedesTransfer *transfer)
{
  guint64 size = redes_transfer_get_size (transfer);

  if (redes_transfer_get_state (transfer) == REDES_TRANSFER_DONE)
    return 1;
  return size == 0 ? 0 : MIN (1, (gdouble)redes_transfer_get_bytes_received (transfer) / size);
}

static void
redes_transfer_row_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  RedesTransfer *transfer = REDES_TRANSFER_ROW (object)->transfer;

  switch (prop_id)
    {
    case PROP_NAME:
      if (*redes_transfer_get_name (transfer) != '\0')
        g_value_set_string (value, redes_transfer_get_name (transfer));
      else
        g_value_set_string (value, redes_transfer_is_folder (transfer)
                                       ? _ ("A folder whose name is not known yet")
                                       : _ ("A file whose name is not known yet"));
      break;
    case PROP_KIND_ICON:
      g_value_set_static_string (value, redes_transfer_is_folder (transfer)
                                            ? "folder-symbolic"
                                            : "text-x-generic-symbolic");
      break;
    case PROP_ICON:
      g_value_set_string (value, get_icon (transfer));
      break;
    case PROP_STATUS:
      g_value_take_string (value, redes_transfer_row_format_status (transfer));
      break;
    case PROP_SIZE:
      g_value_take_string (value, redes_format_size (redes_transfer_get_size (transfer)));
      break;
    case PROP_SPEED:
      g_value_take_string (
          value, redes_format_rate (redes_transfer_get_state (transfer) == REDES_TRANSFER_ACTIVE
                                        ? redes_transfer_get_rate_bytes_per_s (transfer)
                                        : 0));
      break;
    case PROP_LEFT:
      g_value_take_string (value, format_left (transfer));
      break;
    case PROP_SOURCES:
      g_value_take_string (value, format_sources (transfer));
      break;
    case PROP_TOGGLE_ICON:
      g_value_set_string (value, get_toggle_icon (transfer));
      break;
    case PROP_TOGGLE:
      g_value_set_string (value, get_toggle (transfer));
      break;
    case PROP_FRACTION:
      g_value_set_double (value, get_fraction (transfer));
      break;
    case PROP_UNFINISHED:
      g_value_set_boolean (value, redes_transfer_get_state (transfer) != REDES_TRANSFER_DONE);
      break;
    case PROP_CAN_TOGGLE:
      g_value_set_boolean (value,
                           redes_transfer_get_state (transfer) != REDES_TRANSFER_DONE
                               && redes_transfer_get_state (transfer) != REDES_TRANSFER_FINISHING);
      break;
    case PROP_ID:
      g_value_set_uint (value, redes_transfer_get_id (transfer));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
redes_transfer_row_dispose (GObject *object)
{
  g_clear_object (&REDES_TRANSFER_ROW (object)->transfer);
  G_OBJECT_CLASS (redes_transfer_row_parent_class)->dispose (object);
}

static void
redes_transfer_row_class_init (RedesTransferRowClass *klass)
{
  static const char *const names[] = {
    [PROP_NAME] = "name",     [PROP_KIND_ICON] = "kind-icon", [PROP_ICON] = "icon",
    [PROP_STATUS] = "status", [PROP_SIZE] = "size",           [PROP_SPEED] = "speed",
    [PROP_LEFT] = "left",     [PROP_SOURCES] = "sources",     [PROP_TOGGLE_ICON] = "toggle-icon",
    [PROP_TOGGLE] = "toggle",
  };
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = redes_transfer_row_get_property;
  object_class->dispose = redes_transfer_row_dispose;

  for (guint i = 1; i <= PROP_TOGGLE; i++)
    props[i] = g_param_spec_string (names[i], NULL, NULL, NULL, flags);
  props[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, 0, 1, 0, flags);
  props[PROP_UNFINISHED] = g_param_spec_boolean ("unfinished", NULL, NULL, TRUE, flags);
  props[PROP_CAN_TOGGLE] = g_param_spec_boolean ("can-toggle", NULL, NULL, TRUE, flags);
  props[PROP_ID] = g_param_spec_uint ("id", NULL, NULL, 0, G_MAXUINT, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
redes_transfer_row_init (RedesTransferRow *self)
{
}

static void
on_changed (RedesTransfer *transfer, RedesTransferRow *self)
{
  g_object_freeze_notify (G_OBJECT (self));
  for (guint i = 1; i < PROP_ID; i++)
    g_object_notify_by_pspec (G_OBJECT (self), props[i]);
  g_object_thaw_notify (G_OBJECT (self));
}

RedesTransferRow *
redes_transfer_row_new (RedesTransfer *transfer)
{
  RedesTransferRow *self = g_object_new (REDES_TYPE_TRANSFER_ROW, NULL);

  self->transfer = g_object_ref (transfer);
  g_signal_connect_object (transfer, "changed", G_CALLBACK (on_changed), self, 0);
  return self;
}

RedesTransfer *
redes_transfer_row_get_transfer (RedesTransferRow *self)
{
  return self->transfer;
}
