/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/records.h"

#include "engine/node/items-private.h"

#define MAX_ROWS G_MAXINT32

GListModel *
redes_records_list_history (const char *data_dir, GError **error)
{
  RedesStore *store = redes_store_open_to_read (data_dir, error);
  g_autoptr (GPtrArray) rows = NULL;
  GListStore *items;

  if (store == NULL)
    return NULL;
  rows = redes_store_list_history (store, MAX_ROWS, error);
  redes_store_free (store);
  if (rows == NULL)
    return NULL;

  items = g_list_store_new (REDES_TYPE_HISTORY_ITEM);
  g_ptr_array_set_free_func (rows, NULL);
  for (guint i = 0; i < rows->len; i++)
    {
      g_autoptr (RedesHistoryItem) item = redes_history_item_new (g_ptr_array_index (rows, i));

      g_list_store_append (items, item);
    }
  return G_LIST_MODEL (items);
}

gboolean
redes_records_check (const char *data_dir,
                     gboolean read_all,
                     RedesCheckFunc func,
                     gpointer user_data,
                     RedesCheckSummary *out,
                     GError **error)
{
  RedesStore *store = redes_store_open_to_read (data_dir, error);
  gboolean checked;

  if (store == NULL)
    return FALSE;
  checked = redes_check_library (store, read_all, func, user_data, out, error);
  redes_store_free (store);
  return checked;
}
