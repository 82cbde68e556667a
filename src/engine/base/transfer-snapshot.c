/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/base/transfer-snapshot.h"

static void
transfer_source_free (gpointer data)
{
  RedesTransferSource *source = data;

  redes_sender_clear (&source->sender);
  g_free (source);
}

static void
folder_line_free (gpointer data)
{
  RedesFolderLine *line = data;

  g_free (line->path);
  g_free (line);
}

GPtrArray *
redes_folder_lines_new (void)
{
  return g_ptr_array_new_with_free_func (folder_line_free);
}

GPtrArray *
redes_transfer_sources_new (void)
{
  return g_ptr_array_new_with_free_func (transfer_source_free);
}

void
redes_transfer_snapshot_free (RedesTransferSnapshot *self)
{
  g_free (self->name);
  g_free (self->path);
  redes_notice_unref (self->reason);
  g_ptr_array_unref (self->sources);
  g_clear_pointer (&self->block_map, g_bytes_unref);
  g_clear_pointer (&self->tree, g_ptr_array_unref);
  g_clear_pointer (&self->fills, g_bytes_unref);
  g_free (self);
}
