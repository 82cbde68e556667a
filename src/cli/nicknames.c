/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/nicknames.h"

#include "engine/base/peer-id.h"
#include "engine/base/text.h"

#define MAX_NICKNAMES 4096u
#define MAX_CHARACTERS 40
/* Groups of an id that prose shows: 40 bits, for a person to tell a few peers apart. */
#define SHORT_ID_GROUPS 2

static GHashTable *nicknames; /* of RedesPeerId to char *; (nullable) */

void
redes_nicknames_add (const RedesPeerId *id, const char *nickname)
{
  if (nickname == NULL || *nickname == '\0')
    return;
  if (nicknames == NULL)
    nicknames = g_hash_table_new_full (redes_digest_hash, redes_digest_equal, g_free, g_free);
  if (g_hash_table_size (nicknames) >= MAX_NICKNAMES)
    g_hash_table_remove_all (nicknames);
  g_hash_table_insert (nicknames, redes_digest_copy (id), g_strdup (nickname));
}

void
redes_nicknames_learn (GListModel *peers)
{
  for (guint i = 0; i < g_list_model_get_n_items (peers); i++)
    {
      g_autoptr (RedesPeerItem) peer = g_list_model_get_item (peers, i);

      redes_nicknames_add (redes_peer_item_get_id (peer), redes_peer_item_get_nickname (peer));
    }
}

char *
redes_nicknames_describe (const RedesPeerId *id)
{
  const char *nickname = nicknames != NULL ? g_hash_table_lookup (nicknames, id) : NULL;
  g_autofree char *short_id = redes_peer_id_dup_short (id, SHORT_ID_GROUPS);
  g_autofree char *shown = NULL;

  if (nickname == NULL)
    return g_steal_pointer (&short_id);
  shown = redes_text_make_printable (nickname, MAX_CHARACTERS);
  return g_strdup_printf ("%s (%s)", shown, short_id);
}
