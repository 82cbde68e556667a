/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/bitfield.h"

#include <string.h>

struct _RedesBitfield
{
  guint n_bits;
  guint n_set;
  guint8 bytes[];
};

static gsize
bytes_for (guint n_bits)
{
  return (gsize)n_bits / 8 + (n_bits % 8 != 0);
}

static guint8
mask_of (guint index)
{
  return 0x80 >> (index % 8);
}

/* The bits of the last byte that stand for nothing. */
static guint8
spare_mask (guint n_bits)
{
  return n_bits % 8 == 0 ? 0 : 0xff >> (n_bits % 8);
}

RedesBitfield *
redes_bitfield_new (guint n_bits)
{
  RedesBitfield *self = g_malloc0 (sizeof *self + bytes_for (n_bits));

  self->n_bits = n_bits;
  return self;
}

RedesBitfield *
redes_bitfield_copy (const RedesBitfield *self)
{
  return g_memdup2 (self, sizeof *self + bytes_for (self->n_bits));
}

void
redes_bitfield_free (RedesBitfield *self)
{
  g_free (self);
}

guint
redes_bitfield_get_size (const RedesBitfield *self)
{
  return self->n_bits;
}

guint
redes_bitfield_get_count (const RedesBitfield *self)
{
  return self->n_set;
}

gboolean
redes_bitfield_is_full (const RedesBitfield *self)
{
  return self->n_set == self->n_bits;
}

gboolean
redes_bitfield_get (const RedesBitfield *self, guint index)
{
  g_return_val_if_fail (index < self->n_bits, FALSE);

  return (self->bytes[index / 8] & mask_of (index)) != 0;
}

gboolean
redes_bitfield_set (RedesBitfield *self, guint index)
{
  g_return_val_if_fail (index < self->n_bits, FALSE);

  if (redes_bitfield_get (self, index))
    return FALSE;

  self->bytes[index / 8] |= mask_of (index);
  self->n_set++;
  return TRUE;
}

gboolean
redes_bitfield_clear (RedesBitfield *self, guint index)
{
  g_return_val_if_fail (index < self->n_bits, FALSE);

  if (!redes_bitfield_get (self, index))
    return FALSE;

  self->bytes[index / 8] &= ~mask_of (index);
  self->n_set--;
  return TRUE;
}

void
redes_bitfield_set_all (RedesBitfield *self)
{
  gsize n_bytes = bytes_for (self->n_bits);

  if (n_bytes == 0)
    return;

  memset (self->bytes, 0xff, n_bytes);
  self->bytes[n_bytes - 1] &= ~spare_mask (self->n_bits);
  self->n_set = self->n_bits;
}

GBytes *
redes_bitfield_to_bytes (const RedesBitfield *self)
{
  return g_bytes_new (self->bytes, bytes_for (self->n_bits));
}

RedesBitfield *
redes_bitfield_new_from_bytes (guint n_bits, const guint8 *data, gsize len)
{
  RedesBitfield *self;

  if (len != bytes_for (n_bits))
    return NULL;
  if (len > 0 && (data[len - 1] & spare_mask (n_bits)) != 0)
    return NULL;

  self = redes_bitfield_new (n_bits);
  for (gsize i = 0; i < len; i++)
    {
      self->bytes[i] = data[i];
      self->n_set += (guint)__builtin_popcount (data[i]);
    }

  return self;
}
