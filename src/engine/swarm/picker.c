/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/picker.h"

/* Availability above this makes no difference to anybody. */
#define MAX_RARITY 63u
#define NOWHERE G_MAXUINT32

/*
 * The wanted blocks stand in `order`, sorted by how many sources have them: rarity r occupies
 * [start[r], start[r + 1]), the next to be picked last. A block moves to the next rarity by
 * changing places with the one at the border, so every change costs the same whatever the file's
 * size. Sources that have all blocks change no block's rank, and are not counted.
 */
struct _RedesPicker
{
  guint32 n_blocks;
  guint32 first;
  guint32 *order;
  guint32 *position;
  guint8 *rarity;
  guint8 *asked;
  guint8 *done;
  guint32 start[MAX_RARITY + 2];
  GQueue on_the_way;
  GArray *windows; /* of RedesPickerWindow */
  gboolean only_windows;
};

static void
place (RedesPicker *self, guint32 index, guint32 position)
{
  self->order[position] = index;
  self->position[index] = position;
}

RedesPicker *
redes_picker_new (guint32 n_blocks, guint32 first)
{
  RedesPicker *self = g_new0 (RedesPicker, 1);

  self->n_blocks = n_blocks;
  self->first = n_blocks > 0 ? first % n_blocks : 0;
  self->order = g_new (guint32, n_blocks);
  self->position = g_new (guint32, n_blocks);
  self->rarity = g_new0 (guint8, n_blocks);
  self->asked = g_new0 (guint8, n_blocks);
  self->done = g_new0 (guint8, n_blocks);
  for (guint32 i = 0; i < n_blocks; i++)
    {
      place (self, (guint32)(((guint64)i + self->first) % n_blocks), n_blocks - 1 - i);
    }
  for (guint r = 1; r < G_N_ELEMENTS (self->start); r++)
    self->start[r] = n_blocks;
  g_queue_init (&self->on_the_way);
  self->windows = g_array_new (FALSE, FALSE, sizeof (RedesPickerWindow));
  return self;
}

void
redes_picker_free (RedesPicker *self)
{
  if (self == NULL)
    return;
  g_queue_clear (&self->on_the_way);
  g_array_unref (self->windows);
  g_free (self->order);
  g_free (self->position);
  g_free (self->rarity);
  g_free (self->asked);
  g_free (self->done);
  g_free (self);
}

/* Changes places with whoever stands at @position. */
static void
swap_to (RedesPicker *self, guint32 index, guint32 position)
{
  guint32 from = self->position[index];
  guint32 other = self->order[position];

  place (self, other, from);
  place (self, index, position);
}

static gboolean
is_wanted (RedesPicker *self, guint32 index)
{
  return self->position[index] != NOWHERE;
}

static void
raise_rarity (RedesPicker *self, guint32 index)
{
  guint8 rarity = self->rarity[index];

  if (rarity == MAX_RARITY)
    return;
  if (is_wanted (self, index))
    {
      swap_to (self, index, self->start[rarity + 1] - 1);
      self->start[rarity + 1]--;
    }
  self->rarity[index]++;
}

static void
lower_rarity (RedesPicker *self, guint32 index)
{
  guint8 rarity = self->rarity[index];

  if (rarity == 0)
    return;
  if (is_wanted (self, index))
    {
      swap_to (self, index, self->start[rarity]);
      self->start[rarity]++;
    }
  self->rarity[index]--;
}

/* Takes a block out of the order: it moves through the borders to the end. */
static void
unwant (RedesPicker *self, guint32 index)
{
  for (guint r = self->rarity[index]; r <= MAX_RARITY; r++)
    {
      self->start[r + 1]--;
      swap_to (self, index, self->start[r + 1]);
    }
  self->position[index] = NOWHERE;
}

/* Puts it back, first in line among its equals: somebody has already waited for it. */
static void
want (RedesPicker *self, guint32 index)
{
  guint32 end = self->start[MAX_RARITY + 1];

  place (self, index, end);
  for (guint r = MAX_RARITY; r > self->rarity[index]; r--)
    {
      swap_to (self, index, self->start[r]);
      self->start[r]++;
    }
  self->start[MAX_RARITY + 1]++;
}

gboolean
redes_picker_add_source (RedesPicker *self, const RedesBitfield *has)
{
  if (redes_bitfield_is_full (has))
    return FALSE;
  for (guint32 i = 0; i < self->n_blocks; i++)
    if (redes_bitfield_get (has, i))
      raise_rarity (self, i);
  return TRUE;
}

void
redes_picker_remove_source (RedesPicker *self, const RedesBitfield *has)
{
  for (guint32 i = 0; i < self->n_blocks; i++)
    if (redes_bitfield_get (has, i))
      lower_rarity (self, i);
}

void
redes_picker_add_availability (RedesPicker *self, guint32 index)
{
  raise_rarity (self, index);
}

void
redes_picker_set_windows (RedesPicker *self,
                          const RedesPickerWindow *windows,
                          guint n_windows,
                          gboolean only)
{
  g_array_set_size (self->windows, 0);
  if (n_windows > 0)
    g_array_append_vals (self->windows, windows, n_windows);
  self->only_windows = only;
}

gboolean
redes_picker_is_in_window (RedesPicker *self, guint32 index)
{
  for (guint i = 0; i < self->windows->len; i++)
    {
      const RedesPickerWindow *window = &g_array_index (self->windows, RedesPickerWindow, i);

      if (index >= window->first && index < window->end)
        return TRUE;
    }
  return FALSE;
}

static void
take (RedesPicker *self, guint32 index)
{
  unwant (self, index);
  self->asked[index] = 1;
  g_queue_push_tail (&self->on_the_way, GUINT_TO_POINTER (index));
}

static guint32
pick_in_windows (RedesPicker *self, const RedesBitfield *has)
{
  for (guint i = 0; i < self->windows->len; i++)
    {
      const RedesPickerWindow *window = &g_array_index (self->windows, RedesPickerWindow, i);

      for (guint32 index = window->first; index < window->end; index++)
        if (is_wanted (self, index) && redes_bitfield_get (has, index))
          {
            take (self, index);
            return index;
          }
    }
  return REDES_PICKER_NONE;
}

guint32
redes_picker_pick (RedesPicker *self, const RedesBitfield *has)
{
  guint32 urgent = pick_in_windows (self, has);

  if (urgent != REDES_PICKER_NONE || self->only_windows)
    return urgent;
  for (guint r = 0; r <= MAX_RARITY; r++)
    for (guint32 i = self->start[r + 1]; i > self->start[r]; i--)
      {
        guint32 index = self->order[i - 1];

        if (!redes_bitfield_get (has, index))
          continue;
        take (self, index);
        return index;
      }
  return REDES_PICKER_NONE;
}

guint32
redes_picker_pick_again (RedesPicker *self,
                         const RedesBitfield *has,
                         gboolean (*skip) (guint32 index, gpointer user_data),
                         gpointer user_data)
{
  /* Those asked for once come first; who was asked for one block twice may be slow both times. */
  for (guint asked = 1; asked < REDES_PICKER_MAX_ASKED; asked++)
    for (GList *l = self->on_the_way.head; l != NULL; l = l->next)
      {
        guint32 index = GPOINTER_TO_UINT (l->data);

        if (self->asked[index] != asked || !redes_bitfield_get (has, index)
            || skip (index, user_data))
          continue;
        self->asked[index]++;
        return index;
      }
  return REDES_PICKER_NONE;
}

static void
leave_the_way (RedesPicker *self, guint32 index)
{
  g_queue_remove (&self->on_the_way, GUINT_TO_POINTER (index));
}

void
redes_picker_give_back (RedesPicker *self, guint32 index)
{
  g_return_if_fail (self->asked[index] > 0);

  if (--self->asked[index] > 0 || self->done[index])
    return;
  leave_the_way (self, index);
  want (self, index);
}

void
redes_picker_set_done (RedesPicker *self, guint32 index)
{
  if (self->done[index])
    return;
  self->done[index] = TRUE;
  if (is_wanted (self, index))
    unwant (self, index);
  else
    leave_the_way (self, index);
}

void
redes_picker_set_undone (RedesPicker *self, guint32 index)
{
  if (!self->done[index])
    return;
  self->done[index] = FALSE;
  if (self->asked[index] > 0)
    g_queue_push_head (&self->on_the_way, GUINT_TO_POINTER (index));
  else
    want (self, index);
}

guint
redes_picker_get_asked (RedesPicker *self, guint32 index)
{
  return self->asked[index];
}

guint32
redes_picker_count_wanted (RedesPicker *self)
{
  return self->start[MAX_RARITY + 1];
}
