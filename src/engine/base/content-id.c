/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/content-id.h"

guint
redes_content_id_hash (gconstpointer key)
{
  const RedesContentId *content = key;

  return redes_digest_hash (&content->root) ^ g_int64_hash (&content->size_bytes);
}

gboolean
redes_content_id_equal (gconstpointer a, gconstpointer b)
{
  return redes_content_id_compare (a, b) == 0;
}

gint
redes_content_id_compare (gconstpointer a, gconstpointer b)
{
  const RedesContentId *one = a;
  const RedesContentId *other = b;
  gint order = redes_digest_compare (&one->root, &other->root);

  if (order != 0)
    return order;
  return (one->size_bytes > other->size_bytes) - (one->size_bytes < other->size_bytes);
}

RedesContentId *
redes_content_id_copy (const RedesContentId *content)
{
  return g_memdup2 (content, sizeof *content);
}

void
redes_content_id_to_text (const RedesContentId *content, char out[REDES_CONTENT_ID_TEXT_SIZE])
{
  char hex[REDES_DIGEST_HEX_SIZE];

  redes_digest_to_hex (&content->root, hex);
  g_snprintf (out, REDES_CONTENT_ID_TEXT_SIZE, "%s-%" G_GUINT64_FORMAT, hex, content->size_bytes);
}

char *
redes_content_id_dup_text (const RedesContentId *content)
{
  char *text = g_malloc (REDES_CONTENT_ID_TEXT_SIZE);

  redes_content_id_to_text (content, text);
  return text;
}
