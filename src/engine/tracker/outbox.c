/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/tracker/outbox.h"

#include "engine/tracker/manifest-table.h"

/**
 * Page:
 * @table: files added
 * @gone: files gone
 */
typedef struct
{
  RedesFileTable *table;
  GArray *gone;
} Page;

/**
 * RedesOutbox:
 * @changes: RedesManifest, by content and name, to whether it was added
 */
struct _RedesOutbox
{
  GQueue pages;
  GHashTable *changes;
};

static guint
change_hash (gconstpointer key)
{
  RedesManifest *manifest = (RedesManifest *)key;

  return redes_content_id_hash (redes_manifest_get_content (manifest))
         ^ g_str_hash (redes_manifest_get_name (manifest));
}

static gboolean
change_equal (gconstpointer a, gconstpointer b)
{
  RedesManifest *one = (RedesManifest *)a;
  RedesManifest *other = (RedesManifest *)b;

  return redes_content_id_equal (redes_manifest_get_content (one),
                                 redes_manifest_get_content (other))
         && g_str_equal (redes_manifest_get_name (one), redes_manifest_get_name (other));
}

static void
page_free (Page *page)
{
  redes_file_table_unref (page->table);
  g_array_unref (page->gone);
  g_free (page);
}

/* @gone: from @first_gone on, as many as fit. */
static void
add_page (RedesOutbox *self, RedesFileTable *table, GPtrArray *gone, guint first_gone)
{
  Page *page = g_new0 (Page, 1);

  page->table = redes_file_table_ref (table);
  page->gone = redes_manifest_table_pack_gone (gone, first_gone);
  g_queue_push_tail (&self->pages, page);
}

RedesOutbox *
redes_outbox_new (void)
{
  RedesOutbox *self = g_new0 (RedesOutbox, 1);

  self->changes = g_hash_table_new_full (change_hash, change_equal,
                                         (GDestroyNotify)redes_manifest_unref, NULL);
  return self;
}

void
redes_outbox_free (RedesOutbox *self)
{
  redes_outbox_clear (self);
  g_hash_table_unref (self->changes);
  g_free (self);
}

void
redes_outbox_clear (RedesOutbox *self)
{
  g_queue_clear_full (&self->pages, (GDestroyNotify)page_free);
  g_hash_table_remove_all (self->changes);
}

void
redes_outbox_add_files (RedesOutbox *self, GPtrArray *files)
{
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autoptr (GPtrArray) tables = redes_manifest_table_pack (files);

  for (guint i = 0; i < tables->len; i++)
    add_page (self, g_ptr_array_index (tables, i), none, 0);
}

void
redes_outbox_add_change (RedesOutbox *self, RedesManifest *manifest, gboolean is_added)
{
  g_hash_table_replace (self->changes, redes_manifest_ref (manifest), GINT_TO_POINTER (is_added));
}

gboolean
redes_outbox_has_changes (RedesOutbox *self)
{
  return g_hash_table_size (self->changes) > 0;
}

void
redes_outbox_page_changes (RedesOutbox *self)
{
  g_autoptr (GPtrArray) added = g_ptr_array_new ();
  g_autoptr (GPtrArray) gone = g_ptr_array_new ();
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autoptr (GPtrArray) empty = redes_manifest_table_pack (none);
  GHashTableIter iter;
  gpointer manifest, is_added;

  g_hash_table_iter_init (&iter, self->changes);
  while (g_hash_table_iter_next (&iter, &manifest, &is_added))
    g_ptr_array_add (GPOINTER_TO_INT (is_added) ? added : gone, manifest);
  for (guint i = 0; i < gone->len; i += REDES_MANIFEST_TABLE_MAX_GONE)
    add_page (self, g_ptr_array_index (empty, 0), gone, i);
  if (added->len > 0)
    redes_outbox_add_files (self, added);
  g_hash_table_remove_all (self->changes);
}

gboolean
redes_outbox_has_pages (RedesOutbox *self)
{
  return !g_queue_is_empty (&self->pages);
}

RedesMessage
redes_outbox_get_page (RedesOutbox *self, RedesMessageType type, guint32 serial)
{
  const Page *page = g_queue_peek_head (&self->pages);

  if (type == REDES_MESSAGE_REGISTER)
    return (RedesMessage){ .type = type,
                           .registration = { .serial = serial, .table = page->table } };
  return (RedesMessage){ .type = type,
                         .update = { .serial = serial, .table = page->table, .gone = page->gone } };
}

void
redes_outbox_drop_page (RedesOutbox *self)
{
  page_free (g_queue_pop_head (&self->pages));
}
