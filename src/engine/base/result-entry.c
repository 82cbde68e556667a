/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/result-entry.h"

static void
name_free (gpointer data)
{
  RedesResultName *name = data;

  g_free (name->name);
  g_free (name);
}

void
redes_result_entry_add_name (RedesResultEntry *row,
                             const char *name,
                             guint sources,
                             const RedesPeerId *publisher)
{
  RedesResultName *added;

  if (row->names == NULL)
    row->names = g_ptr_array_new_with_free_func (name_free);
  if (row->names->len == REDES_RESULT_MAX_NAMES)
    return;
  added = g_new (RedesResultName, 1);
  *added = (RedesResultName){ *publisher, g_strdup (name), sources };
  g_ptr_array_add (row->names, added);
}

RedesResultEntry *
redes_result_entry_copy (const RedesResultEntry *row)
{
  RedesResultEntry *copy = g_memdup2 (row, sizeof *copy);

  copy->name = g_strdup (row->name);
  copy->names = NULL;
  for (guint i = 0; row->names != NULL && i < row->names->len; i++)
    {
      const RedesResultName *name = g_ptr_array_index (row->names, i);

      redes_result_entry_add_name (copy, name->name, name->sources, &name->publisher);
    }
  return copy;
}

void
redes_result_entry_free (RedesResultEntry *row)
{
  g_free (row->name);
  g_clear_pointer (&row->names, g_ptr_array_unref);
  g_free (row);
}
