/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tracker/result-cache.h"

/* As many who turn pages at the same time. */
#define MAX_KEPT 4

/**
 * RedesResultCache:
 * @kept: of Kept, the one that was asked for last at the head
 */
struct _RedesResultCache
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

RedesResultCache *
redes_result_cache_new (void)
{
  return g_new0 (RedesResultCache, 1);
}

void
redes_result_cache_free (RedesResultCache *self)
{
  redes_result_cache_forget (self);
  g_free (self);
}

GPtrArray *
redes_result_cache_lookup (RedesResultCache *self, const char *words)
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
redes_result_cache_keep (RedesResultCache *self, const char *words, GPtrArray *hits)
{
  Kept *kept = g_new (Kept, 1);

  if (self->kept.length == MAX_KEPT)
    kept_free (g_queue_pop_tail (&self->kept));
  *kept = (Kept){ .words = g_strdup (words), .hits = hits };
  g_queue_push_head (&self->kept, kept);
}

void
redes_result_cache_forget (RedesResultCache *self)
{
  g_queue_clear_full (&self->kept, kept_free);
}
