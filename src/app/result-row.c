/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/result-row.h"

#include "app/format.h"
#include "app/publishers.h"

#include <glib/gi18n.h>

struct _RedesResultRow
{
  GObject parent_instance;
  RedesResult *result;
  RedesService *service;
};

G_DEFINE_FINAL_TYPE (RedesResultRow, redes_result_row, G_TYPE_OBJECT)

enum
{
  PROP_NAME = 1,
  PROP_ICON,
  PROP_FILES,
  PROP_SIZE,
  PROP_SOURCES,
  PROP_PUBLISHER,
  PROP_SUMMARY,
  PROP_STATE_ICON,
  PROP_STATE,
  PROP_TRUST_ICON,
  PROP_TRUST,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

typedef struct
{
  const char *icon;
  const char *words;
} Mark;

static Mark
get_held_mark (RedesResultRow *self)
{
  return (Mark){ "object-select-symbolic", redes_result_is_folder (self->result)
                                               ? _ ("You have this folder")
                                               : _ ("You have this file") };
}

/* What is known here of a result's content. */
static Mark
get_state_mark (RedesResultRow *self)
{
  RedesTransfer *transfer
      = redes_service_lookup_transfer (self->service, redes_result_get_content (self->result));

  if (transfer == NULL && redes_result_is_held (self->result))
    return get_held_mark (self);
  if (transfer == NULL)
    return (Mark){ NULL, "" };
  switch (redes_transfer_get_state (transfer))
    {
    case REDES_TRANSFER_DONE:
      return get_held_mark (self);
    case REDES_TRANSFER_FAILED:
      return (Mark){ "dialog-warning-symbolic", _ ("The download failed") };
    case REDES_TRANSFER_PAUSED:
      return (Mark){ "media-playback-pause-symbolic", _ ("The download is paused") };
    default:
      return (Mark){ "folder-download-symbolic", _ ("Being downloaded") };
    }
}

static char *
format_sources (RedesResultRow *self)
{
  return g_strdup_printf ("%'u", redes_result_get_sources (self->result));
}

/* Who signed it; nobody did what the original system's peers offer. */
static char *
dup_publisher (RedesResultRow *self)
{
  if (redes_result_is_unsigned (self->result))
    return g_strdup (_ ("Unsigned, not verified"));
  return redes_service_dup_publisher_name (self->service,
                                           redes_result_get_publisher (self->result));
}

/* (transfer full): "" of a file */
static char *
format_files (RedesResultRow *self)
{
  guint n = redes_result_get_n_files (self->result);

  if (!redes_result_is_folder (self->result))
    return g_strdup ("");
  return g_strdup_printf (ngettext ("%'u file", "%'u files", n), n);
}

static char *
format_summary (RedesResultRow *self)
{
  guint n = redes_result_get_sources (self->result);
  g_autofree char *size = redes_format_size (redes_result_get_size (self->result));
  g_autofree char *sources = g_strdup_printf (ngettext ("%'u source", "%'u sources", n), n);
  g_autofree char *publisher = dup_publisher (self);
  g_autofree char *files = format_files (self);

  return redes_result_is_folder (self->result)
             ? g_strdup_printf ("%s · %s · %s · %s", files, size, sources, publisher)
             : g_strdup_printf ("%s · %s · %s", size, sources, publisher);
}

static void
redes_result_row_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  RedesResultRow *self = REDES_RESULT_ROW (object);
  const RedesPeerId *publisher = redes_result_get_publisher (self->result);

  switch (prop_id)
    {
    case PROP_NAME:
      g_value_set_string (value, redes_result_get_name (self->result));
      break;
    case PROP_ICON:
      g_value_set_static_string (value, redes_result_is_folder (self->result)
                                            ? "folder-symbolic"
                                            : "text-x-generic-symbolic");
      break;
    case PROP_FILES:
      g_value_take_string (value, format_files (self));
      break;
    case PROP_SIZE:
      g_value_take_string (value, redes_format_size (redes_result_get_size (self->result)));
      break;
    case PROP_SOURCES:
      g_value_take_string (value, format_sources (self));
      break;
    case PROP_PUBLISHER:
      g_value_take_string (value, dup_publisher (self));
      break;
    case PROP_SUMMARY:
      g_value_take_string (value, format_summary (self));
      break;
    case PROP_STATE_ICON:
      g_value_set_string (value, get_state_mark (self).icon);
      break;
    case PROP_STATE:
      g_value_set_string (value, get_state_mark (self).words);
      break;
    case PROP_TRUST_ICON:
      g_value_set_string (value, redes_result_is_unsigned (self->result)
                                     ? "dialog-warning-symbolic"
                                     : redes_publishers_get_icon (self->service, publisher));
      break;
    case PROP_TRUST:
      g_value_set_string (value, redes_result_is_unsigned (self->result)
                                     ? _ ("Unsigned, not verified")
                                     : redes_publishers_get_words (self->service, publisher));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
redes_result_row_dispose (GObject *object)
{
  RedesResultRow *self = REDES_RESULT_ROW (object);

  g_clear_object (&self->result);
  g_clear_object (&self->service);
  G_OBJECT_CLASS (redes_result_row_parent_class)->dispose (object);
}

static void
redes_result_row_class_init (RedesResultRowClass *klass)
{
  static const char *const names[] = {
    [PROP_NAME] = "name",       [PROP_ICON] = "icon",
    [PROP_FILES] = "files",     [PROP_SIZE] = "size",
    [PROP_SOURCES] = "sources", [PROP_PUBLISHER] = "publisher",
    [PROP_SUMMARY] = "summary", [PROP_STATE_ICON] = "state-icon",
    [PROP_STATE] = "state",     [PROP_TRUST_ICON] = "trust-icon",
    [PROP_TRUST] = "trust",
  };
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = redes_result_row_get_property;
  object_class->dispose = redes_result_row_dispose;

  for (guint i = 1; i < N_PROPS; i++)
    props[i] = g_param_spec_string (names[i], NULL, NULL, NULL,
                                    G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
redes_result_row_init (RedesResultRow *self)
{
}

static void
on_transfer_state_changed (RedesService *service, RedesTransfer *transfer, RedesResultRow *self)
{
  if (!redes_content_id_equal (redes_transfer_get_content (transfer),
                               redes_result_get_content (self->result)))
    return;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE_ICON]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

static void
on_publishers_changed (RedesResultRow *self)
{
  static const guint of_publisher[] = { PROP_PUBLISHER, PROP_SUMMARY, PROP_TRUST_ICON, PROP_TRUST };

  for (guint i = 0; i < G_N_ELEMENTS (of_publisher); i++)
    g_object_notify_by_pspec (G_OBJECT (self), props[of_publisher[i]]);
}

RedesResultRow *
redes_result_row_new (RedesResult *result, RedesService *service)
{
  RedesResultRow *self = g_object_new (REDES_TYPE_RESULT_ROW, NULL);

  self->result = g_object_ref (result);
  self->service = g_object_ref (service);
  g_signal_connect_object (service, "transfer-state-changed",
                           G_CALLBACK (on_transfer_state_changed), self, 0);
  g_signal_connect_object (redes_node_get_publishers (redes_service_get_node (service)),
                           "items-changed", G_CALLBACK (on_publishers_changed), self,
                           G_CONNECT_SWAPPED);
  return self;
}

RedesResult *
redes_result_row_get_result (RedesResultRow *self)
{
  return self->result;
}
