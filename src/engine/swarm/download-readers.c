/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/download-readers.h"

/* How much is wanted ahead of a reader: enough for sources that are far away, and little enough to
 * be kept in memory. */
#define AHEAD_BYTES (16u * 1024 * 1024)
#define MIN_AHEAD 3u

/**
 * RedesDownloadReader:
 * @position: the block that it asked for last
 * @func: (nullable): %NULL: it waits for nothing
 * @serial: of its question
 * @is_fetching: the block is being read from the disk
 */
struct _RedesDownloadReader
{
  guint32 position;
  RedesDownloadReadFunc func;
  gpointer user_data;
  guint64 serial;
  gboolean is_fetching;
};

/**
 * RedesDownloadReaders:
 * @readers: who has asked last is the first
 * @kept: (nullable): index -> GBytes
 */
struct _RedesDownloadReaders
{
  RedesDownloadProgress *progress;
  const RedesDownloadReadersMediator *mediator;
  gpointer user_data;
  GQueue readers;
  GHashTable *kept;
  guint64 last_serial;
};

RedesDownloadReaders *
redes_download_readers_new (RedesDownloadProgress *progress,
                            gboolean keeps,
                            const RedesDownloadReadersMediator *mediator,
                            gpointer user_data)
{
  RedesDownloadReaders *self = g_new0 (RedesDownloadReaders, 1);

  self->progress = progress;
  self->mediator = mediator;
  self->user_data = user_data;
  g_queue_init (&self->readers);
  if (keeps)
    self->kept = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)g_bytes_unref);
  return self;
}

void
redes_download_readers_free (RedesDownloadReaders *self)
{
  g_queue_clear_full (&self->readers, g_free);
  g_clear_pointer (&self->kept, g_hash_table_unref);
  g_free (self);
}

static RedesPickerWindow
get_window (RedesDownloadReaders *self, const RedesDownloadReader *reader)
{
  const RedesContentId *content = redes_download_progress_get_content (self->progress);
  guint32 block_size = redes_block_size_for (content->size_bytes);
  guint32 n_blocks = redes_download_progress_get_n_blocks (self->progress);
  guint32 ahead = MAX (AHEAD_BYTES / block_size, MIN_AHEAD);
  guint32 first = MIN (reader->position, n_blocks);

  return (RedesPickerWindow){ first, first + MIN (ahead, n_blocks - first) };
}

static gboolean
is_in_a_window (RedesDownloadReaders *self, guint32 index)
{
  for (GList *l = self->readers.head; l != NULL; l = l->next)
    {
      RedesPickerWindow window = get_window (self, l->data);

      if (index >= window.first && index < window.end)
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_left_behind (gpointer key, gpointer value, gpointer user_data)
{
  return !is_in_a_window (user_data, GPOINTER_TO_UINT (key));
}

void
redes_download_readers_apply (RedesDownloadReaders *self)
{
  RedesPicker *picker = redes_download_progress_get_picker (self->progress);
  g_autofree RedesPickerWindow *windows = g_new (RedesPickerWindow, self->readers.length + 1);
  guint n_windows = 0;

  if (self->kept != NULL)
    g_hash_table_foreach_remove (self->kept, is_left_behind, self);
  if (picker == NULL)
    return;
  for (GList *l = self->readers.head; l != NULL; l = l->next)
    windows[n_windows++] = get_window (self, l->data);
  redes_picker_set_windows (picker, windows, n_windows, self->kept != NULL);
}

RedesDownloadReader *
redes_download_readers_add (RedesDownloadReaders *self)
{
  RedesDownloadReader *reader = g_new0 (RedesDownloadReader, 1);

  /* Its window is empty until it has asked for something. */
  reader->position = G_MAXUINT32;
  g_queue_push_tail (&self->readers, reader);
  return reader;
}

void
redes_download_readers_remove (RedesDownloadReaders *self, RedesDownloadReader *reader)
{
  g_queue_remove (&self->readers, reader);
  g_free (reader);
  redes_download_readers_apply (self);
  self->mediator->moved (FALSE, self->user_data);
}

static void
answer (RedesDownloadReader *reader, GBytes *data, const GError *error)
{
  RedesDownloadReadFunc func = reader->func;

  reader->func = NULL;
  reader->is_fetching = FALSE;
  func (data, error, reader->user_data);
}

/* Answers @reader if that can be done now; it may be gone then. */
static void
look (RedesDownloadReaders *self, RedesDownloadReader *reader)
{
  GBytes *kept = NULL;

  if (self->kept != NULL)
    kept = g_hash_table_lookup (self->kept, GUINT_TO_POINTER (reader->position));
  if (kept != NULL)
    {
      g_autoptr (GBytes) data = g_bytes_ref (kept);

      answer (reader, data, NULL);
    }
  else if (self->kept == NULL)
    reader->is_fetching = self->mediator->fetch (reader->position, reader->serial, self->user_data);
}

void
redes_download_readers_read (RedesDownloadReaders *self,
                             RedesDownloadReader *reader,
                             guint32 index,
                             RedesDownloadReadFunc func,
                             gpointer user_data)
{
  RedesPickerWindow window = get_window (self, reader);
  gboolean is_seek = index < window.first || index >= window.end;

  g_return_if_fail (reader->func == NULL);

  reader->position = index;
  reader->func = func;
  reader->user_data = user_data;
  reader->serial = ++self->last_serial;
  g_queue_remove (&self->readers, reader);
  g_queue_push_head (&self->readers, reader);
  redes_download_readers_apply (self);
  self->mediator->moved (is_seek, self->user_data);
  look (self, reader);
}

/* (nullable): somebody who waits, and for whom the disk is not being asked. */
static RedesDownloadReader *
find_waiting (RedesDownloadReaders *self, guint64 after_serial)
{
  RedesDownloadReader *next = NULL;

  for (GList *l = self->readers.head; l != NULL; l = l->next)
    {
      RedesDownloadReader *reader = l->data;

      if (reader->func != NULL && !reader->is_fetching && reader->serial > after_serial
          && (next == NULL || reader->serial < next->serial))
        next = reader;
    }
  return next;
}

/* Whoever is answered may ask again at once, or go, so each round looks anew. */
void
redes_download_readers_look_again (RedesDownloadReaders *self)
{
  guint64 end = self->last_serial;
  guint64 serial = 0;
  RedesDownloadReader *reader;

  while ((reader = find_waiting (self, serial)) != NULL && reader->serial <= end)
    {
      serial = reader->serial;
      look (self, reader);
    }
}

void
redes_download_readers_note_block (RedesDownloadReaders *self, guint32 index, GBytes *data)
{
  guint64 end = self->last_serial;
  guint64 serial = 0;
  RedesDownloadReader *reader;

  if (self->kept != NULL && is_in_a_window (self, index))
    g_hash_table_insert (self->kept, GUINT_TO_POINTER (index), g_bytes_ref (data));
  while ((reader = find_waiting (self, serial)) != NULL && reader->serial <= end)
    {
      serial = reader->serial;
      if (reader->position == index)
        answer (reader, data, NULL);
    }
}

static RedesDownloadReader *
find_serial (RedesDownloadReaders *self, guint64 serial)
{
  for (GList *l = self->readers.head; l != NULL; l = l->next)
    {
      RedesDownloadReader *reader = l->data;

      if (reader->func != NULL && reader->serial == serial)
        return reader;
    }
  return NULL;
}

void
redes_download_readers_give (RedesDownloadReaders *self,
                             guint64 serial,
                             GBytes *data,
                             const GError *error)
{
  RedesDownloadReader *reader = find_serial (self, serial);

  if (reader != NULL)
    answer (reader, data, error);
}

void
redes_download_readers_fail (RedesDownloadReaders *self, const GError *error)
{
  guint64 end = self->last_serial;
  guint64 serial = 0;
  RedesDownloadReader *reader;

  while ((reader = find_waiting (self, serial)) != NULL && reader->serial <= end)
    {
      serial = reader->serial;
      answer (reader, NULL, error);
    }
}

gboolean
redes_download_readers_are_behind (RedesDownloadReaders *self)
{
  if (self->kept == NULL)
    return FALSE;
  for (GList *l = self->readers.head; l != NULL; l = l->next)
    {
      RedesPickerWindow window = get_window (self, l->data);

      for (guint32 i = window.first; i < window.end; i++)
        if (!redes_download_progress_has_block (self->progress, i))
          return FALSE;
    }
  return TRUE;
}
