/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tracker/kept-hits.h"

/* As many who turn pages at the same time. */
#define MAX_KEPT 4

/**
 * RedesKeptHits:
 * @kept: of Kept, the one that was asked for last at the head
 */
struct _RedesKeptHits
{
  GQueue kept;
};

typedef struct
{
  char *words;
  GPtrArray *hits;
} Kept;

static void
kept_free (gpointer data)
{
  Kept *kept = data;

  g_free (kept->words);
  g_ptr_array_unref (kept->hits);
  g_free (kept);
}

RedesKeptHits *
redes_kept_hits_new (void)
{
  return g_new0 (RedesKeptHits, 1);
}

void
redes_kept_hits_free (RedesKeptHits *self)
{
  redes_kept_hits_forget (self);
  g_free (self);
}

GPtrArray *
redes_kept_hits_lookup (RedesKeptHits *self, const char *words)
{
  for (GList *l = self->kept.head; l != NULL; l = l->next)
    {
      Kept *kept = l->data;

      if (!g_str_equal (kept->words, words))
        continue;
      g_queue_unlink (&self->kept, l);
      g_queue_push_head_link (&self->kept, l);
      return kept->hits;
    }
  return NULL;
}

void
redes_kept_hits_keep (RedesKeptHits *self, const char *words, GPtrArray *hits)
{
  Kept *kept = g_new (Kept, 1);

  if (self->kept.length == MAX_KEPT)
    kept_free (g_queue_pop_tail (&self->kept));
  *kept = (Kept){ .words = g_strdup (words), .hits = hits };
  g_queue_push_head (&self->kept, kept);
}

void
redes_kept_hits_forget (RedesKeptHits *self)
{
  g_queue_clear_full (&self->kept, kept_free);
}
