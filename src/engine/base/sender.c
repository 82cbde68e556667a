/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/sender.h"

void
redes_sender_init (RedesSender *self,
                   const RedesPeerId *peer,
                   const char *nickname,
                   const char *address,
                   guint blocks)
{
  *self = (RedesSender){ .peer = *peer,
                         .nickname = g_strdup (nickname != NULL ? nickname : ""),
                         .address = g_strdup (address != NULL ? address : ""),
                         .blocks = blocks };
}

void
redes_sender_init_copy (RedesSender *self, const RedesSender *from)
{
  redes_sender_init (self, &from->peer, from->nickname, from->address, from->blocks);
}

void
redes_sender_clear (RedesSender *self)
{
  g_clear_pointer (&self->nickname, g_free);
  g_clear_pointer (&self->address, g_free);
}

RedesSender *
redes_sender_copy (const RedesSender *self)
{
  RedesSender *copy = g_new (RedesSender, 1);

  redes_sender_init_copy (copy, self);
  return copy;
}

void
redes_sender_free (RedesSender *self)
{
  if (self == NULL)
    return;
  redes_sender_clear (self);
  g_free (self);
}

GPtrArray *
redes_senders_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)redes_sender_free);
}
