/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/swarm/block-journal.h"

#include "engine/base/error.h"
#include "engine/library/partial-file.h"
#include "engine/platform/file-io.h"
#include "engine/wire/frame.h"
#include "engine/wire/message.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * "redes blocks 1\n", the manifest as the frame of a MANIFEST message, then records of one length:
 * index (u32, big endian), the block's digest, its proof. A record that a kill has cut off at the
 * end does not count, and is written over.
 */
#define MAGIC "redes blocks 1\n"
#define MAGIC_BYTES (sizeof MAGIC - 1)

struct _RedesBlockJournal
{
  GMutex lock;
  char *path;
  RedesContentId content;
  int fd; /* -1: not open */
  gboolean failed;
};

RedesBlockJournal *
redes_block_journal_new (const char *folder, const RedesContentId *content)
{
  RedesBlockJournal *self = g_new0 (RedesBlockJournal, 1);
  g_autofree char *partial = redes_partial_file_dup_path (folder, content);

  g_mutex_init (&self->lock);
  self->path = g_strconcat (partial, ".blocks", NULL);
  self->content = *content;
  self->fd = -1;
  return self;
}

static void
close_file (RedesBlockJournal *self)
{
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
}

void
redes_block_journal_free (RedesBlockJournal *self)
{
  if (self == NULL)
    return;
  close_file (self);
  g_mutex_clear (&self->lock);
  g_free (self->path);
  g_free (self);
}

/* A file that somebody else has put there, or can also reach by another name, is not ours. */
static gboolean
is_ours (int fd)
{
  struct stat info;

  return fstat (fd, &info) == 0 && S_ISREG (info.st_mode) && info.st_uid == geteuid ()
         && info.st_nlink == 1;
}

static gboolean
open_file (RedesBlockJournal *self, int more_flags, GError **error)
{
  int fd = open (self->path, O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | more_flags, 0600);

  if (fd < 0 || !is_ours (fd))
    {
      if (fd >= 0)
        close (fd);
      return TRUE;
    }
  if (flock (fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    {
      close (fd);
      redes_set_error (error, REDES_IO_ERROR, G_IO_ERROR_BUSY, REDES_NOTICE_SAME_FOLDER);
      return FALSE;
    }
  self->fd = fd;
  return TRUE;
}

static gboolean
read_all (int fd, void *data, gsize len)
{
  guint8 *at = data;

  while (len > 0)
    {
      gssize n = read (fd, at, len);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      at += n;
      len -= n;
    }
  return TRUE;
}

static RedesManifest *
read_manifest (RedesBlockJournal *self)
{
  char magic[MAGIC_BYTES];
  guint8 header[REDES_FRAME_HEADER_SIZE];
  g_autofree guint8 *data = NULL;
  g_autoptr (GBytes) body = NULL;
  g_auto (RedesMessage) message = { 0 };
  g_autoptr (RedesManifest) manifest = NULL;
  guint32 length;

  if (!read_all (self->fd, magic, MAGIC_BYTES) || memcmp (magic, MAGIC, MAGIC_BYTES) != 0
      || !read_all (self->fd, header, sizeof header))
    return NULL;
  memcpy (&length, header, sizeof length);
  length = GUINT32_FROM_BE (length);
  if (header[4] != REDES_MESSAGE_MANIFEST || length < 1 || length > REDES_MAX_CONTROL_BODY)
    return NULL;
  data = g_malloc (length);
  if (!read_all (self->fd, data, length - 1))
    return NULL;
  body = g_bytes_new_take (g_steal_pointer (&data), length - 1);
  if (!redes_message_decode (REDES_MESSAGE_MANIFEST, body, &message, NULL))
    return NULL;
  manifest = redes_manifest_from_parts (&message.manifest, NULL);
  if (manifest == NULL || !redes_manifest_verify (manifest, NULL, NULL)
      || !redes_content_id_equal (redes_manifest_get_content (manifest), &self->content))
    return NULL;
  return g_steal_pointer (&manifest);
}

/* Leaves the file at the end of the last whole record. */
static void
read_blocks (RedesBlockJournal *self,
             const RedesGeometry *geometry,
             RedesHashTree *tree,
             RedesBitfield *blocks)
{
  guint n_proof = redes_geometry_get_proof_length (geometry);
  gsize record_bytes = sizeof (guint32) + (1 + n_proof) * REDES_DIGEST_SIZE;
  g_autofree guint8 *record = g_malloc (record_bytes);
  off_t end = lseek (self->fd, 0, SEEK_CUR);

  while (read_all (self->fd, record, record_bytes))
    {
      RedesDigest digests[1 + REDES_WIRE_MAX_PROOF];
      guint32 index;

      end += record_bytes;
      memcpy (&index, record, sizeof index);
      index = GUINT32_FROM_BE (index);
      memcpy (digests, record + sizeof index, (1 + n_proof) * sizeof *digests);
      if (index >= redes_geometry_get_n_blocks (geometry)
          || !redes_geometry_check_proof (geometry, index, &digests[0], &digests[1], n_proof,
                                          &self->content.root))
        continue;
      redes_hash_tree_add_proof (tree, index, &digests[0], &digests[1]);
      redes_bitfield_set (blocks, index);
    }
  if (ftruncate (self->fd, end) != 0 || lseek (self->fd, end, SEEK_SET) < 0)
    self->failed = TRUE;
}

gboolean
redes_block_journal_read (RedesBlockJournal *self,
                          RedesManifest **manifest,
                          RedesHashTree **tree,
                          RedesBitfield **blocks,
                          GError **error)
{
  const RedesGeometry *geometry;

  *manifest = NULL;
  *tree = NULL;
  *blocks = NULL;
  if (!open_file (self, 0, error))
    return FALSE;
  if (self->fd < 0)
    return TRUE;
  *manifest = read_manifest (self);
  if (*manifest == NULL)
    {
      /* It is made anew with the first block. */
      close_file (self);
      return TRUE;
    }
  geometry = redes_manifest_get_geometry (*manifest);
  *tree = redes_hash_tree_new (geometry, &self->content.root);
  *blocks = redes_bitfield_new (redes_geometry_get_n_blocks (geometry));
  read_blocks (self, geometry, *tree, *blocks);
  return TRUE;
}

static gboolean
begin_file (RedesBlockJournal *self, RedesManifest *manifest)
{
  g_auto (RedesManifestParts) parts = { 0 };
  g_autoptr (GBytes) frame = NULL;

  redes_manifest_dup_parts (manifest, &parts);
  frame
      = redes_message_encode (&(RedesMessage){ .type = REDES_MESSAGE_MANIFEST, .manifest = parts });
  return frame != NULL && open_file (self, O_CREAT, NULL) && self->fd >= 0
         && ftruncate (self->fd, 0) == 0 && redes_file_write_all (self->fd, MAGIC, MAGIC_BYTES)
         && redes_file_write_all (self->fd, g_bytes_get_data (frame, NULL),
                                  g_bytes_get_size (frame));
}

void
redes_block_journal_add (RedesBlockJournal *self,
                         RedesManifest *manifest,
                         guint32 index,
                         const RedesDigest *digest,
                         const RedesDigest *proof)
{
  guint n_proof = redes_geometry_get_proof_length (redes_manifest_get_geometry (manifest));
  gsize record_bytes = sizeof index + (1 + n_proof) * REDES_DIGEST_SIZE;
  guint8 record[sizeof index + (1 + REDES_WIRE_MAX_PROOF) * REDES_DIGEST_SIZE];
  guint32 ordered = GUINT32_TO_BE (index);

  memcpy (record, &ordered, sizeof ordered);
  memcpy (record + sizeof ordered, digest, REDES_DIGEST_SIZE);
  memcpy (record + sizeof ordered + REDES_DIGEST_SIZE, proof, n_proof * REDES_DIGEST_SIZE);
  g_mutex_lock (&self->lock);
  /* After half a record nothing that follows could be read. */
  if (!self->failed)
    self->failed = (self->fd < 0 && !begin_file (self, manifest))
                   || !redes_file_write_all (self->fd, record, record_bytes);
  g_mutex_unlock (&self->lock);
}

void
redes_block_journal_remove (RedesBlockJournal *self)
{
  g_mutex_lock (&self->lock);
  if (self->fd >= 0)
    g_unlink (self->path);
  close_file (self);
  self->failed = TRUE;
  g_mutex_unlock (&self->lock);
}
