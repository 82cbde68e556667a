/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/ledger.h"

static guint
block_key_hash (gconstpointer key)
{
  const RedesBlockKey *block = key;

  return redes_digest_hash (&block->content) ^ (block->index * 2654435761u);
}

static gboolean
block_key_equal (gconstpointer a, gconstpointer b)
{
  const RedesBlockKey *block_a = a;
  const RedesBlockKey *block_b = b;

  return block_a->index == block_b->index
         && redes_digest_equal (&block_a->content, &block_b->content);
}

static void
add (GHashTable *ledger, gconstpointer key, gsize key_size)
{
  guint owed = GPOINTER_TO_UINT (g_hash_table_lookup (ledger, key));

  g_hash_table_insert (ledger, g_memdup2 (key, key_size), GUINT_TO_POINTER (owed + 1));
}

static gboolean
take (GHashTable *ledger, gconstpointer key, gsize key_size)
{
  guint owed = GPOINTER_TO_UINT (g_hash_table_lookup (ledger, key));

  if (owed > 1)
    g_hash_table_insert (ledger, g_memdup2 (key, key_size), GUINT_TO_POINTER (owed - 1));
  else if (owed == 1)
    g_hash_table_remove (ledger, key);
  return owed > 0;
}

GHashTable *
redes_ledger_new_contents (void)
{
  return g_hash_table_new_full (redes_digest_hash, redes_digest_equal, g_free, NULL);
}

void
redes_ledger_add_content (GHashTable *ledger, const RedesContentId *content)
{
  add (ledger, content, sizeof *content);
}

gboolean
redes_ledger_take_content (GHashTable *ledger, const RedesContentId *content)
{
  return take (ledger, content, sizeof *content);
}

GHashTable *
redes_ledger_new_blocks (void)
{
  return g_hash_table_new_full (block_key_hash, block_key_equal, g_free, NULL);
}

void
redes_ledger_add_block (GHashTable *ledger, const RedesBlockKey *block)
{
  add (ledger, block, sizeof *block);
}

gboolean
redes_ledger_take_block (GHashTable *ledger, const RedesBlockKey *block)
{
  return take (ledger, block, sizeof *block);
}
