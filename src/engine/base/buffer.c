/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/buffer.h"

/* Below this malloc serves from its own heap, without asking the kernel. */
#define MIN_POOLED_BYTES (64u * 1024)
#define MAX_SPARE_BYTES (8u * 1024 * 1024)
#define MAX_SPARE (MAX_SPARE_BYTES / MIN_POOLED_BYTES)

typedef struct
{
  guint8 *data;
  gsize size;
} Spare;

/* What a GBytes needs to give its buffer back. */
typedef struct
{
  guint8 *data;
  gsize size;
} Loan;

static GMutex lock;
/* The one freed last is at the end: it is the most likely to be in the processor's cache. */
static Spare spares[MAX_SPARE];
static guint n_spares;
static gsize spare_bytes;

/* Takes spare @i out of the store, keeping the others' order. With the lock held. */
static guint8 *
take_spare (guint i)
{
  guint8 *data = spares[i].data;

  spare_bytes -= spares[i].size;
  n_spares--;
  for (; i < n_spares; i++)
    spares[i] = spares[i + 1];

  return data;
}

static void
return_loan (gpointer data)
{
  Loan *loan = data;

  redes_buffer_free (loan->data, loan->size);
  g_free (loan);
}

guint8 *
redes_buffer_alloc (gsize size)
{
  guint8 *data = NULL;

  if (size >= MIN_POOLED_BYTES)
    {
      g_mutex_lock (&lock);
      for (guint i = n_spares; i > 0 && data == NULL; i--)
        if (spares[i - 1].size == size)
          data = take_spare (i - 1);
      g_mutex_unlock (&lock);
    }

  return data != NULL ? data : g_aligned_alloc (1, MAX (size, 1), REDES_BUFFER_ALIGNMENT);
}

void
redes_buffer_free (guint8 *buffer, gsize size)
{
  /* Room is made by letting the oldest go: when one size is no longer asked for, it must not fill
   * the store for ever. */
  guint8 *leaving[MAX_SPARE];
  guint n_leaving = 0;

  if (buffer == NULL)
    return;
  if (size < MIN_POOLED_BYTES || size > MAX_SPARE_BYTES)
    {
      g_aligned_free (buffer);
      return;
    }

  g_mutex_lock (&lock);
  while (n_spares == MAX_SPARE || spare_bytes + size > MAX_SPARE_BYTES)
    leaving[n_leaving++] = take_spare (0);
  spares[n_spares++] = (Spare){ buffer, size };
  spare_bytes += size;
  g_mutex_unlock (&lock);

  for (guint i = 0; i < n_leaving; i++)
    g_aligned_free (leaving[i]);
}

GBytes *
redes_buffer_to_bytes (guint8 *buffer, gsize size, gsize used)
{
  Loan *loan;

  g_return_val_if_fail (used <= size, NULL);

  loan = g_new (Loan, 1);
  loan->data = buffer;
  loan->size = size;
  return g_bytes_new_with_free_func (buffer, used, return_loan, loan);
}
