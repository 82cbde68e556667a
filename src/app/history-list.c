/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/history-list.h"

#include "app/format.h"
#include "app/toast.h"
#include "engine/node/node-history.h"

#include <glib/gi18n.h>

struct _RedesHistoryList
{
  GObject parent_instance;
  RedesService *service;
  GListStore *items; /* RedesHistoryItem: the latest first, also those that are hidden */
  GtkFilter *shown;
  GListModel *listed;
  GHashTable *hidden;  /* RedesHistoryItem */
  GPtrArray *removals; /* Removal: those that can be undone; each is its toast's */
  gboolean is_asking;
  gboolean has_news; /* that came while it asked */
};

G_DEFINE_FINAL_TYPE (RedesHistoryList, redes_history_list, G_TYPE_OBJECT)

/* Asking. */

typedef struct
{
  RedesHistoryList *list;
  GtkWidget *where;
} Question;

static void
question_free (Question *question)
{
  g_object_unref (question->list);
  g_object_unref (question->where);
  g_free (question);
}

/* They come first, and nothing else changes: so what is selected stays. */
static void
take_new (RedesHistoryList *self, GListModel *history)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (history); i++)
    g_ptr_array_add (items, g_list_model_get_item (history, i));
  g_list_store_splice (self->items, 0, 0, items->pdata, items->len);
}

static void
history_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Question *question = user_data;
  RedesHistoryList *self = question->list;
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) history
      = redes_node_list_history_finish (REDES_NODE (object), result, &error);

  self->is_asking = FALSE;
  if (history != NULL)
    take_new (self, history);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_autofree char *reason = redes_format_error (error);

      redes_toast_printf (question->where, _ ("The history cannot be read: %s"), reason);
    }
  if (self->has_news && gtk_widget_get_mapped (question->where))
    redes_history_list_refresh (self, question->where);
  question_free (question);
}

void
redes_history_list_refresh (RedesHistoryList *self, GtkWidget *where)
{
  g_autoptr (RedesHistoryItem) latest = NULL;
  Question *question;

  self->has_news = self->is_asking;
  if (self->is_asking || redes_service_get_state (self->service) != REDES_SERVICE_RUNNING)
    return;
  self->is_asking = TRUE;
  latest = g_list_model_get_item (G_LIST_MODEL (self->items), 0);
  question = g_new0 (Question, 1);
  question->list = g_object_ref (self);
  question->where = g_object_ref (where);
  redes_node_list_history_async (redes_service_get_node (self->service), latest, NULL, history_cb,
                                 question);
}

/* Removing. */

/**
 * Removal:
 * @list: %NULL: it was undone or is done
 * @before: (nullable): what ended before it goes too
 */
typedef struct
{
  RedesHistoryList *list;
  GPtrArray *items;
  RedesHistoryItem *before;
} Removal;

static void
removal_free (gpointer data)
{
  Removal *removal = data;

  g_ptr_array_unref (removal->items);
  g_clear_object (&removal->before);
  g_free (removal);
}

static void
end_removal (Removal *removal)
{
  RedesHistoryList *self = removal->list;

  removal->list = NULL;
  g_ptr_array_remove (self->removals, removal);
  for (guint i = 0; i < removal->items->len; i++)
    g_hash_table_remove (self->hidden, g_ptr_array_index (removal->items, i));
}

/* Those that are not shown go in one piece where they are neighbours. */
static void
drop_items (RedesHistoryList *self, GPtrArray *items)
{
  g_autoptr (GHashTable) going = g_hash_table_new (NULL, NULL);
  guint end = 0;

  for (guint i = 0; i < items->len; i++)
    g_hash_table_add (going, g_ptr_array_index (items, i));
  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (self->items)); i-- > 0;)
    {
      g_autoptr (RedesHistoryItem) item = g_list_model_get_item (G_LIST_MODEL (self->items), i);
      gboolean goes = g_hash_table_contains (going, item);

      if (goes && end == 0)
        end = i + 1;
      if (end > 0 && (!goes || i == 0))
        {
          guint start = goes ? i : i + 1;

          g_list_store_splice (self->items, start, end - start, NULL, 0);
          end = 0;
        }
    }
}

static void
forget_removal (gpointer data)
{
  Removal *removal = data;
  RedesHistoryList *self = removal->list;

  if (self == NULL)
    return;
  drop_items (self, removal->items);
  end_removal (removal);
  if (redes_service_get_state (self->service) == REDES_SERVICE_RUNNING)
    redes_node_remove_history (redes_service_get_node (self->service), removal->items,
                               removal->before);
}

static void
undo_removal (gpointer data)
{
  Removal *removal = data;
  RedesHistoryList *self = removal->list;

  if (self == NULL)
    return;
  end_removal (removal);
  gtk_filter_changed (self->shown, GTK_FILTER_CHANGE_LESS_STRICT);
}

static void
begin_removal (RedesHistoryList *self, GtkWidget *where, Removal *removal, const char *words)
{
  removal->list = self;
  g_ptr_array_add (self->removals, removal);
  for (guint i = 0; i < removal->items->len; i++)
    g_hash_table_add (self->hidden, g_object_ref (g_ptr_array_index (removal->items, i)));
  gtk_filter_changed (self->shown, GTK_FILTER_CHANGE_MORE_STRICT);
  redes_toast_show_undo (where, words, G_CALLBACK (undo_removal), G_CALLBACK (forget_removal),
                         removal, removal_free);
}

void
redes_history_list_remove (RedesHistoryList *self, GtkWidget *where, RedesHistoryItem *item)
{
  g_autofree char *words = g_strdup_printf (_ ("“%s” removed from the history; the file stays"),
                                            redes_history_item_get_name (item));
  Removal *removal = g_new0 (Removal, 1);

  removal->items = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (removal->items, g_object_ref (item));
  begin_removal (self, where, removal, words);
}

void
redes_history_list_clear (RedesHistoryList *self, GtkWidget *where)
{
  guint n_all = g_list_model_get_n_items (G_LIST_MODEL (self->items));
  Removal *removal;

  if (n_all == 0)
    return;
  removal = g_new0 (Removal, 1);
  removal->items = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < g_list_model_get_n_items (self->listed); i++)
    g_ptr_array_add (removal->items, g_list_model_get_item (self->listed, i));
  /* The limit is the earliest item of all, and not the earliest that is listed, because an item
   * that was removed by itself may be restored by itself. */
  removal->before = g_list_model_get_item (G_LIST_MODEL (self->items), n_all - 1);
  begin_removal (self, where, removal, _ ("History cleared; the files stay"));
}

void
redes_history_list_settle (RedesHistoryList *self)
{
  while (self->removals->len > 0)
    forget_removal (g_ptr_array_index (self->removals, 0));
}

static gboolean
is_shown (gpointer item, gpointer user_data)
{
  RedesHistoryList *self = user_data;

  return !g_hash_table_contains (self->hidden, item);
}

static void
redes_history_list_finalize (GObject *object)
{
  RedesHistoryList *self = REDES_HISTORY_LIST (object);

  redes_history_list_settle (self);
  g_object_unref (self->listed);
  g_object_unref (self->shown);
  g_object_unref (self->items);
  g_object_unref (self->service);
  g_hash_table_unref (self->hidden);
  g_ptr_array_unref (self->removals);
  G_OBJECT_CLASS (redes_history_list_parent_class)->finalize (object);
}

static void
redes_history_list_class_init (RedesHistoryListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = redes_history_list_finalize;
}

static void
redes_history_list_init (RedesHistoryList *self)
{
  self->hidden = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  self->removals = g_ptr_array_new ();
  self->items = g_list_store_new (REDES_TYPE_HISTORY_ITEM);
  self->shown = GTK_FILTER (gtk_custom_filter_new (is_shown, self, NULL));
  self->listed = G_LIST_MODEL (gtk_filter_list_model_new (G_LIST_MODEL (g_object_ref (self->items)),
                                                          g_object_ref (self->shown)));
}

RedesHistoryList *
redes_history_list_new (RedesService *service)
{
  RedesHistoryList *self = g_object_new (REDES_TYPE_HISTORY_LIST, NULL);

  self->service = g_object_ref (service);
  return self;
}

GListModel *
redes_history_list_get_model (RedesHistoryList *self)
{
  return self->listed;
}
