/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/peer-id.h"

#define GROUP_LENGTH 4
#define N_GROUPS 13

char *
redes_peer_id_dup_short (const RedesPeerId *id, guint groups)
{
  g_autofree char *text = redes_digest_dup_base32 (id);
  GString *out = g_string_new (NULL);

  groups = CLAMP (groups, 1, N_GROUPS);
  for (guint i = 0; i < groups; i++)
    {
      if (i > 0)
        g_string_append_c (out, '-');
      g_string_append_len (out, text + i * GROUP_LENGTH, GROUP_LENGTH);
    }

  return g_string_free (out, FALSE);
}
