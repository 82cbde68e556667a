/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/net/waiting-answers.h"

typedef struct
{
  GQueue connections; /* of RedesWaiting that are counted */
  gsize bytes;
} Total;

/* A thread serves its connections by itself, so that each has its own total, and no lock. */
static GPrivate total_private = G_PRIVATE_INIT (g_free);

static Total *
get_total (void)
{
  Total *total = g_private_get (&total_private);

  if (total == NULL)
    {
      total = g_new0 (Total, 1);
      g_private_set (&total_private, total);
    }
  return total;
}

static gsize
sum_of_group (const Total *total, const RedesAddressGroup *group)
{
  gsize bytes = 0;

  for (const GList *l = total->connections.head; l != NULL; l = l->next)
    {
      const RedesWaiting *waiting = l->data;

      if (redes_address_group_equal (&waiting->group, group))
        bytes += waiting->counted_bytes;
    }
  return bytes;
}

/* Each that is counted has 64 KiB or more, so there are few, and this is seldom. */
static RedesWaiting *
find_worst (const Total *total)
{
  RedesWaiting *worst = NULL;
  gsize worst_sum = 0;

  for (const GList *l = total->connections.head; l != NULL; l = l->next)
    {
      RedesWaiting *waiting = l->data;
      gsize sum = sum_of_group (total, &waiting->group);

      if (worst == NULL || sum > worst_sum
          || (sum == worst_sum && waiting->counted_bytes > worst->counted_bytes))
        {
          worst = waiting;
          worst_sum = sum;
        }
    }
  return worst;
}

static void
count (RedesWaiting *self, Total *total, gsize bytes)
{
  if (self->counted_bytes == 0 && bytes > 0)
    {
      self->link.data = self;
      g_queue_push_tail_link (&total->connections, &self->link);
    }
  else if (self->counted_bytes > 0 && bytes == 0)
    g_queue_unlink (&total->connections, &self->link);
  total->bytes += bytes - self->counted_bytes;
  self->counted_bytes = bytes;
}

gpointer
redes_waiting_set (RedesWaiting *self, gsize bytes)
{
  RedesWaiting *worst;
  Total *total;

  bytes = bytes > REDES_WAITING_FREE_BYTES ? bytes : 0;
  if (bytes == self->counted_bytes)
    return NULL;
  total = get_total ();
  count (self, total, bytes);
  worst = total->bytes > REDES_WAITING_MAX_BYTES ? find_worst (total) : NULL;
  return worst != NULL ? worst->owner : NULL;
}

void
redes_waiting_clear (RedesWaiting *self)
{
  if (self->counted_bytes > 0)
    count (self, get_total (), 0);
}

gsize
redes_waiting_get_total (void)
{
  return get_total ()->bytes;
}
