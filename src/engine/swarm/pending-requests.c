/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/pending-requests.h"

static guint
block_key_hash (gconstpointer key)
{
  const RedesBlockKey *block = key;

  return redes_content_id_hash (&block->content) ^ (block->index * 2654435761u);
}

static gboolean
block_key_equal (gconstpointer a, gconstpointer b)
{
  const RedesBlockKey *block_a = a;
  const RedesBlockKey *block_b = b;

  return block_a->index == block_b->index
         && redes_content_id_equal (&block_a->content, &block_b->content);
}

static void
add (GHashTable *pending, gconstpointer key, gsize key_size)
{
  guint owed = GPOINTER_TO_UINT (g_hash_table_lookup (pending, key));

  g_hash_table_insert (pending, g_memdup2 (key, key_size), GUINT_TO_POINTER (owed + 1));
}

static gboolean
take (GHashTable *pending, gconstpointer key, gsize key_size)
{
  guint owed = GPOINTER_TO_UINT (g_hash_table_lookup (pending, key));

  if (owed > 1)
    g_hash_table_insert (pending, g_memdup2 (key, key_size), GUINT_TO_POINTER (owed - 1));
  else if (owed == 1)
    g_hash_table_remove (pending, key);
  return owed > 0;
}

GHashTable *
redes_pending_requests_new_contents (void)
{
  return g_hash_table_new_full (redes_content_id_hash, redes_content_id_equal, g_free, NULL);
}

void
redes_pending_requests_add_content (GHashTable *pending, const RedesContentId *content)
{
  add (pending, content, sizeof *content);
}

gboolean
redes_pending_requests_take_content (GHashTable *pending, const RedesContentId *content)
{
  return take (pending, content, sizeof *content);
}

GHashTable *
redes_pending_requests_new_blocks (void)
{
  return g_hash_table_new_full (block_key_hash, block_key_equal, g_free, NULL);
}

void
redes_pending_requests_add_block (GHashTable *pending, const RedesBlockKey *block)
{
  add (pending, block, sizeof *block);
}

gboolean
redes_pending_requests_take_block (GHashTable *pending, const RedesBlockKey *block)
{
  return take (pending, block, sizeof *block);
}
