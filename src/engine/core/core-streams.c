/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/core/core-streams-private.h"

#include "engine/base/error.h"
#include "engine/core/core-state-private.h"
#include "engine/swarm/protocol-violation.h"

/* Files that are read while they are being downloaded. */

/**
 * Stream:
 * @reader: (nullable): of the front end
 * @func: (nullable): whom to tell of the block that it waits for
 *
 * A download that somebody reads. It stays after the transfer is done, until that is removed.
 */
typedef struct
{
  RedesDownload *download;
  RedesDownloadReader *reader;
  RedesDownloadReadFunc func;
  gpointer user_data;
} Stream;

static void
on_block (GBytes *data, const GError *error, gpointer user_data)
{
  Stream *stream = user_data;
  RedesDownloadReadFunc func = stream->func;

  stream->func = NULL;
  func (data, error, stream->user_data);
}

static void
stream_free (gpointer data)
{
  Stream *stream = data;
  g_autoptr (GError) error
      = redes_error_new (REDES_SWARM_ERROR, REDES_SWARM_ERROR_OVER, REDES_NOTICE_DOWNLOAD_REMOVED);

  if (stream->func != NULL)
    on_block (NULL, error, stream);
  if (stream->reader != NULL)
    redes_download_remove_reader (stream->download, stream->reader);
  redes_download_unref (stream->download);
  g_free (stream);
}

static Stream *
ensure_stream (RedesCore *self, guint transfer_id, GError **error)
{
  Stream *stream = NULL;
  RedesDownload *download = g_hash_table_lookup (self->transfers, GUINT_TO_POINTER (transfer_id));

  if (self->streams != NULL)
    stream = g_hash_table_lookup (self->streams, GUINT_TO_POINTER (transfer_id));
  if (stream != NULL)
    return stream;
  if (download == NULL)
    {
      redes_set_error (error, REDES_SWARM_ERROR, REDES_SWARM_ERROR_OVER, REDES_NOTICE_NO_DOWNLOAD);
      return NULL;
    }
  if (self->streams == NULL)
    self->streams = g_hash_table_new_full (NULL, NULL, NULL, stream_free);
  stream = g_new0 (Stream, 1);
  stream->download = redes_download_ref (download);
  g_hash_table_insert (self->streams, GUINT_TO_POINTER (transfer_id), stream);
  return stream;
}

void
redes_core_stream (RedesCore *self, guint transfer_id, const RedesLink *link)
{
  RedesDownload *download = redes_swarm_stream (self->swarm, transfer_id, link);

  g_hash_table_insert (self->transfers, GUINT_TO_POINTER (redes_download_get_id (download)),
                       download);
  ensure_stream (self, transfer_id, NULL);
}

void
redes_core_read (RedesCore *self,
                 guint transfer_id,
                 guint64 offset,
                 RedesDownloadReadFunc func,
                 gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  Stream *stream = ensure_stream (self, transfer_id, &error);
  guint64 size_bytes;

  if (stream == NULL)
    {
      func (NULL, error, user_data);
      return;
    }
  if (stream->reader == NULL)
    stream->reader = redes_download_add_reader (stream->download);
  size_bytes = redes_download_get_content (stream->download)->size_bytes;
  stream->func = func;
  stream->user_data = user_data;
  redes_download_read (stream->download, stream->reader,
                       (guint32)(offset / redes_block_size_for (size_bytes)), on_block, stream);
}

char *
redes_core_serve_stream (RedesCore *self, guint transfer_id, GError **error)
{
  Stream *stream = ensure_stream (self, transfer_id, error);
  RedesManifest *manifest;
  const RedesLink *link;

  if (stream == NULL)
    return NULL;
  manifest = redes_download_get_manifest (stream->download);
  link = redes_download_get_link (stream->download);
  if (self->media_server == NULL)
    self->media_server = redes_media_server_new ();
  return redes_media_server_serve (self->media_server, stream->download,
                                   link->name != NULL && *link->name != '\0' ? link->name
                                   : manifest != NULL ? redes_manifest_get_name (manifest)
                                                      : NULL,
                                   error);
}

void
redes_core_drop_stream (RedesCore *self, guint transfer_id)
{
  Stream *stream = NULL;

  if (self->streams != NULL)
    stream = g_hash_table_lookup (self->streams, GUINT_TO_POINTER (transfer_id));
  if (stream == NULL)
    return;
  if (self->media_server != NULL)
    redes_media_server_withdraw (self->media_server, stream->download);
  g_hash_table_remove (self->streams, GUINT_TO_POINTER (transfer_id));
}

void
redes_core_end_streams (RedesCore *self)
{
  g_clear_pointer (&self->streams, g_hash_table_unref);
}
