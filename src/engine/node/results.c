/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/results-private.h"

/* So many go at a time, within a millisecond: the front end has other things to do than to free
 * 100,000 of them at once. */
#define FREE_ROWS 1000u

/**
 * RedesResults:
 * @items: of RedesResult, the signed ones
 * @by_content: those in @items
 * @unsigned_ones: (element-type RedesResult): come after them
 * @n_told: so many of @items are in the list
 */
struct _RedesResults
{
  GObject parent_instance;
  char *words;
  GPtrArray *items;
  GHashTable *by_content;
  GPtrArray *unsigned_ones;
  guint n_told;
  gboolean held_back;
  guint n_asked;
  guint n_answering; /* when they were asked last */
  guint missed_at;   /* the value of @n_asked when one did not answer */
  guint total;
};

static GType
redes_results_get_item_type (GListModel *list)
{
  return REDES_TYPE_RESULT;
}

static guint
redes_results_get_n_items (GListModel *list)
{
  RedesResults *self = REDES_RESULTS (list);

  return self->n_told + self->unsigned_ones->len;
}

static gpointer
redes_results_get_item (GListModel *list, guint position)
{
  RedesResults *self = REDES_RESULTS (list);

  if (position < self->n_told)
    return g_object_ref (g_ptr_array_index (self->items, position));
  if (position - self->n_told < self->unsigned_ones->len)
    return g_object_ref (g_ptr_array_index (self->unsigned_ones, position - self->n_told));
  return NULL;
}

static void
redes_results_init_list (GListModelInterface *iface)
{
  iface->get_item_type = redes_results_get_item_type;
  iface->get_n_items = redes_results_get_n_items;
  iface->get_item = redes_results_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (RedesResults,
                               redes_results,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, redes_results_init_list))

static gboolean
free_some (gpointer user_data)
{
  GPtrArray *items = user_data;
  guint n = MIN (items->len, FREE_ROWS);

  g_ptr_array_remove_range (items, items->len - n, n);
  return items->len > 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/* Takes @items. */
static void
free_later (GPtrArray *items)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_callback (source, free_some, items, (GDestroyNotify)g_ptr_array_unref);
  g_source_attach (source, g_main_context_get_thread_default ());
}

static void
redes_results_finalize (GObject *object)
{
  RedesResults *self = REDES_RESULTS (object);

  g_hash_table_unref (self->by_content);
  if (self->items->len > FREE_ROWS)
    free_later (g_steal_pointer (&self->items));
  else
    g_ptr_array_unref (self->items);
  g_ptr_array_unref (self->unsigned_ones);
  g_free (self->words);
  G_OBJECT_CLASS (redes_results_parent_class)->finalize (object);
}

static void
redes_results_class_init (RedesResultsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = redes_results_finalize;
}

static void
redes_results_init (RedesResults *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->unsigned_ones = g_ptr_array_new_with_free_func (g_object_unref);
  self->by_content = g_hash_table_new (redes_content_id_hash, redes_content_id_equal);
}

RedesResults *
redes_results_new (const char *words)
{
  RedesResults *self = g_object_new (REDES_TYPE_RESULTS, NULL);

  self->words = g_strdup (words);
  return self;
}

const char *
redes_results_get_words (RedesResults *self)
{
  return self->words;
}

guint
redes_results_get_total (RedesResults *self)
{
  return MAX (self->total, redes_results_get_n_found (self));
}

gboolean
redes_results_is_total_exact (RedesResults *self)
{
  return redes_results_get_total (self) <= REDES_RESULTS_MAX_COUNTED
         || !redes_results_has_more (self);
}

gboolean
redes_results_has_more (RedesResults *self)
{
  return self->n_asked < MIN (self->total, REDES_NODE_MAX_RESULTS);
}

guint
redes_results_get_n_asked (RedesResults *self)
{
  return self->n_asked;
}

gboolean
redes_results_count_answers (RedesResults *self, guint n_answering, gboolean any_fresh)
{
  gboolean missed
      = (n_answering < self->n_answering || !any_fresh) && self->missed_at != self->n_asked;

  self->n_answering = n_answering;
  if (missed)
    self->missed_at = self->n_asked;
  return missed;
}

RedesResult *
redes_results_lookup (RedesResults *self, const RedesContentId *content)
{
  return g_hash_table_lookup (self->by_content, content);
}

guint
redes_results_get_n_found (RedesResults *self)
{
  return self->items->len + self->unsigned_ones->len;
}

static void
tell (RedesResults *self)
{
  guint position = self->n_told;

  if (self->held_back || position == self->items->len)
    return;
  self->n_told = self->items->len;
  g_list_model_items_changed (G_LIST_MODEL (self), position, 0, self->n_told - position);
}

void
redes_results_set_held_back (RedesResults *self, gboolean held_back)
{
  self->held_back = held_back;
  tell (self);
}

void
redes_results_add (RedesResults *self, GPtrArray *fresh, guint n_asked, guint total)
{
  for (guint i = 0; i < fresh->len; i++)
    {
      RedesResult *result = g_ptr_array_index (fresh, i);

      g_ptr_array_add (self->items, g_object_ref (result));
      g_hash_table_insert (self->by_content, (gpointer)redes_result_get_content (result), result);
    }
  self->n_asked += n_asked;
  self->total = total;
  tell (self);
}

void
redes_results_add_unsigned (RedesResults *self, RedesResult *result)
{
  g_ptr_array_add (self->unsigned_ones, g_object_ref (result));
  g_list_model_items_changed (G_LIST_MODEL (self), self->n_told + self->unsigned_ones->len - 1, 0,
                              1);
}
