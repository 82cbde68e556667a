/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/wire/values.h"

#include <string.h>

GVariant *
redes_body_convert_order (GVariant *value)
{
#if G_BYTE_ORDER == G_LITTLE_ENDIAN
  return g_variant_ref (value);
#else
  return g_variant_byteswap (value);
#endif
}

void
redes_body_get_digest (GVariant *bytes, RedesDigest *out)
{
  g_return_if_fail (g_variant_get_size (bytes) == REDES_DIGEST_SIZE);
  memcpy (out->bytes, g_variant_get_data (bytes), REDES_DIGEST_SIZE);
}

GVariant *
redes_body_new_digest (const RedesDigest *digest)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, digest->bytes, REDES_DIGEST_SIZE, 1);
}

void
redes_body_get_content (GVariant *content, RedesContentId *out)
{
  g_autoptr (GVariant) root = g_variant_get_child_value (content, 0);

  redes_body_get_digest (root, &out->root);
  g_variant_get_child (content, 1, "t", &out->size_bytes);
}

GVariant *
redes_body_new_content (const RedesContentId *content)
{
  return g_variant_new ("(@ayt)", redes_body_new_digest (&content->root), content->size_bytes);
}

GVariant *
redes_body_new_bytes (GBytes *bytes)
{
  return g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, bytes, TRUE);
}
