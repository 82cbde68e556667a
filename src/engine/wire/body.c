/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/wire/body.h"

#include "engine/base/error.h"
#include "engine/wire/message-private.h"

#include <string.h>

GBytes *
redes_body_encode (RedesMessageType type, GVariant *body)
{
  const RedesMessageTypeInfo *info = redes_message_type_find (type);
  g_autoptr (GVariant) held = g_variant_ref_sink (body);
  g_autoptr (GVariant) normal = NULL;
  g_autoptr (GVariant) ordered = NULL;
  gsize size;
  guint32 length;
  guint8 *frame;

  g_assert (info != NULL && info->signature != NULL);
  g_assert (g_variant_is_of_type (held, G_VARIANT_TYPE (info->signature)));

  normal = g_variant_get_normal_form (held);
  ordered = redes_body_convert_order (normal);
  size = g_variant_get_size (ordered);
  g_assert (size <= info->max_body);

  frame = g_malloc (REDES_FRAME_HEADER_SIZE + size);
  length = GUINT32_TO_BE ((guint32)size + 1);
  memcpy (frame, &length, sizeof length);
  frame[4] = type;
  /* Not g_variant_store(): a body at byte 5 is not aligned. An empty body has no bytes at all. */
  if (size > 0)
    memcpy (frame + REDES_FRAME_HEADER_SIZE, g_variant_get_data (ordered), size);
  return g_bytes_new_take (frame, REDES_FRAME_HEADER_SIZE + size);
}

gboolean
redes_body_check (RedesMessageType type, GVariant *body, GError **error)
{
  const RedesMessageTypeInfo *info = redes_message_type_find (type);
  g_autoptr (GError) violation = NULL;

  g_return_val_if_fail (info != NULL && info->rules != NULL, FALSE);

  if (redes_rule_check_members (body, info->rules, &violation)
      && (info->relate == NULL || info->relate (body, &violation)))
    return TRUE;
  redes_set_error (error, REDES_WIRE_ERROR, violation->code, REDES_NOTICE_WITHIN, info->name,
                   violation);
  return FALSE;
}

GVariant *
redes_body_decode (RedesMessageType type, GBytes *body, GError **error)
{
  const RedesMessageTypeInfo *info = redes_message_type_find (type);
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GVariant) ordered = NULL;

  g_return_val_if_fail (info != NULL && info->signature != NULL, NULL);

  if (g_bytes_get_size (body) > info->max_body)
    {
      redes_set_error (error, REDES_WIRE_ERROR, REDES_WIRE_ERROR_SIZE, REDES_NOTICE_FRAME_TOO_LARGE,
                       info->name, g_bytes_get_size (body), info->max_body);
      return NULL;
    }
  value = g_variant_ref_sink (
      g_variant_new_from_bytes (G_VARIANT_TYPE (info->signature), body, FALSE));
  if (!g_variant_is_normal_form (value))
    {
      redes_set_error (error, REDES_WIRE_ERROR, REDES_WIRE_ERROR_SHAPE, REDES_NOTICE_BODY_FORM,
                       info->name, info->signature);
      return NULL;
    }
  ordered = redes_body_convert_order (value);
  return redes_body_check (type, ordered, error) ? g_steal_pointer (&ordered) : NULL;
}
