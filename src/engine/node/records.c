/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/node/records.h"

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/library/check.h"
#include "engine/library/disk-error.h"
#include "engine/library/error.h"
#include "engine/platform/data-lock.h"
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
  rows = redes_store_list_history (store, 0, G_MAXINT64, MAX_ROWS, error);
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

static void
keep_trouble (const RedesNotice *notice, gpointer user_data)
{
  RedesNotice **kept = user_data;

  redes_notice_unref (*kept);
  *kept = redes_notice_ref (notice);
}

static gboolean
clear_history (RedesStore *store,
               GMainContext *context,
               RedesNotice *const *trouble,
               guint *n_removed,
               GError **error)
{
  g_autoptr (GPtrArray) before = NULL;
  g_autoptr (GPtrArray) after = NULL;

  before = redes_store_list_history (store, 0, G_MAXINT64, MAX_ROWS, error);
  if (before == NULL)
    return FALSE;
  redes_store_remove_history (store, NULL, 0, G_MAXINT64);
  redes_store_flush (store);
  while (g_main_context_iteration (context, FALSE))
    ;
  after = redes_store_list_history (store, 0, G_MAXINT64, 1, error);
  if (after == NULL)
    return FALSE;
  *n_removed = before->len;
  if (after->len == 0)
    return TRUE;
  redes_set_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_DISK,
                   REDES_NOTICE_HISTORY_NOT_CLEARED,
                   *trouble != NULL ? redes_notice_arg_notice (*trouble)
                                    : redes_notice_arg_code (REDES_NOTICE_NOTHING_WRITTEN));
  return FALSE;
}

gboolean
redes_records_clear_history (const char *data_dir, guint *n_removed, GError **error)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (RedesNotice) notice = NULL;
  g_autoptr (RedesNotice) trouble = NULL;
  gint64 holder = 0;
  /* Whether there is anything: to open it for writing would make it. */
  RedesStore *store = redes_store_open_to_read (data_dir, error);
  gboolean cleared;
  int lock;

  if (store == NULL)
    return FALSE;
  redes_store_free (store);
  lock = redes_data_lock_take (data_dir, &holder);
  if (lock == -1)
    {
      redes_set_data_folder_error (error, data_dir, holder);
      return FALSE;
    }

  store = redes_store_open (data_dir, context, keep_trouble, &trouble, &notice, error);
  cleared = store != NULL && clear_history (store, context, &trouble, n_removed, error);
  g_clear_pointer (&store, redes_store_free);
  redes_data_lock_release (lock);
  return cleared;
}

typedef struct
{
  RedesRecordsFunc func;
  gpointer user_data;
} Check;

static void
on_finding (const RedesCheckFinding *finding, gpointer user_data)
{
  const Check *check = user_data;
  RedesRecordsFinding told
      = { .what = finding->what, .path = finding->path, .words = finding->words };

  check->func (&told, check->user_data);
}

gboolean
redes_records_check (const char *data_dir,
                     gboolean read_all,
                     RedesRecordsFunc func,
                     gpointer user_data,
                     RedesRecordsSummary *out,
                     GError **error)
{
  RedesStore *store = redes_store_open_to_read (data_dir, error);
  Check check = { func, user_data };
  RedesCheckSummary summary;
  gboolean checked;

  if (store == NULL)
    return FALSE;
  checked = redes_check_library (store, read_all, on_finding, &check, &summary, error);
  redes_store_free (store);
  if (checked)
    *out = (RedesRecordsSummary){ .n_files = summary.n_files,
                                  .n_partials = summary.n_partials,
                                  .n_findings = summary.n_findings,
                                  .bytes_read = summary.bytes_read,
                                  .blocks_safe = summary.blocks_safe,
                                  .blocks_doubtful = summary.blocks_doubtful };
  return checked;
}
