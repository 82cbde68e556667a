/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/folder-build.h"

#include "engine/base/bitfield.h"
#include "engine/base/error.h"
#include "engine/library/disk-error.h"
#include "engine/library/library.h"
#include "engine/library/partial-file.h"
#include "engine/platform/file-io.h"
#include "engine/platform/file-system.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* As much as a manifest can need. */
#define MAX_MANIFEST_BYTES (16u * 1024)
#define COPY_BYTES (1024u * 1024)
#define LOCK_NAME "lock"

struct _RedesFolderBuild
{
  gatomicrefcount refs;
  RedesContentId content;
  char *folder;
  char *hidden;
  int lock;
  RedesNameForm name_form;
};

/* One block in a `.proofs` file; followed by its proof. In the machine's byte order, for it stays
 * on this machine. */
typedef struct
{
  guint32 index;
  guint32 n_proof;
  RedesDigest digest;
} Proof;

/* ---- Paths ---- */

static char *
make_content_path (RedesFolderBuild *self,
                   const char *folder,
                   const RedesContentId *content,
                   const char *ending)
{
  g_autofree char *hex = redes_digest_dup_hex (&content->root);
  g_autofree char *name
      = g_strdup_printf ("%s-%" G_GUINT64_FORMAT "%s", hex, content->size_bytes, ending);

  return g_build_filename (self->hidden, folder, name, NULL);
}

static char *
make_tree_path (RedesFolderBuild *self, const char *path)
{
  return g_build_filename (self->hidden, "tree", path, NULL);
}

static gboolean
fail (RedesFolderBuild *self, int saved_errno, GError **error)
{
  redes_set_disk_error (error, saved_errno, self->folder, 0);
  return FALSE;
}

/* ---- Opening ---- */

/* What is there has to be a folder of our own. */
static gboolean
make_own_folder (RedesFolderBuild *self, const char *path, mode_t mode, GError **error)
{
  GStatBuf info;

  if (g_mkdir (path, mode) == 0)
    return TRUE;
  if (errno != EEXIST)
    return fail (self, errno, error);
  if (g_lstat (path, &info) != 0)
    return fail (self, errno, error);
  if (!S_ISDIR (info.st_mode) || info.st_uid != geteuid ())
    return fail (self, EEXIST, error);
  return TRUE;
}

static gboolean
lock_it (RedesFolderBuild *self, GError **error)
{
  g_autofree char *path = g_build_filename (self->hidden, LOCK_NAME, NULL);

  self->lock = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (self->lock < 0)
    return fail (self, errno, error);
  if (flock (self->lock, LOCK_EX | LOCK_NB) == 0)
    return TRUE;
  redes_set_error (error, REDES_IO_ERROR, G_IO_ERROR_BUSY, REDES_NOTICE_SAME_FOLDER);
  return FALSE;
}

RedesFolderBuild *
redes_folder_build_open (const char *folder, const RedesContentId *content, GError **error)
{
  static const char *const parts[] = { "lists", "new" };
  g_autoptr (RedesFolderBuild) self = g_new0 (RedesFolderBuild, 1);
  g_autofree char *tree = NULL;

  g_atomic_ref_count_init (&self->refs);
  self->lock = -1;
  self->content = *content;
  self->folder = g_strdup (folder);
  self->hidden = redes_partial_file_dup_path (folder, content);
  if (g_mkdir_with_parents (folder, 0777) != 0)
    {
      fail (self, errno, error);
      return NULL;
    }
  if (!make_own_folder (self, self->hidden, 0700, error) || !lock_it (self, error))
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autofree char *path = g_build_filename (self->hidden, parts[i], NULL);

      if (!make_own_folder (self, path, 0700, error))
        return NULL;
    }
  tree = g_build_filename (self->hidden, "tree", NULL);
  if (!make_own_folder (self, tree, 0777, error))
    return NULL;
  return g_steal_pointer (&self);
}

RedesFolderBuild *
redes_folder_build_ref (RedesFolderBuild *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
redes_folder_build_unref (RedesFolderBuild *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  if (self->lock >= 0)
    close (self->lock);
  g_free (self->folder);
  g_free (self->hidden);
  g_free (self);
}

/* ---- Manifest and lists ---- */

/* What the file of a manifest begins with; the four parts follow. In the machine's byte order, for
 * it stays on this machine. */
typedef struct
{
  guint32 place;
  guint32 batch_size;
  guint32 n_body;
  guint32 n_path;
  guint32 n_signature;
  guint32 n_key;
} ManifestHead;

/* (transfer full): the next @n bytes of @file. */
static GBytes *
take_part (GBytes *file, gsize *offset, guint32 n)
{
  *offset += n;
  return g_bytes_new_from_bytes (file, *offset - n, n);
}

static RedesManifest *
parse_manifest (GBytes *file)
{
  gsize len;
  const guint8 *bytes = g_bytes_get_data (file, &len);
  g_auto (RedesManifestParts) parts = { 0 };
  gsize offset = sizeof (ManifestHead);
  ManifestHead head;

  if (len < sizeof head || len > MAX_MANIFEST_BYTES)
    return NULL;
  memcpy (&head, bytes, sizeof head);
  if (head.n_body > len || head.n_path > len || head.n_signature > len || head.n_key > len
      || sizeof head + head.n_body + head.n_path + head.n_signature + head.n_key != len)
    return NULL;
  parts.place = head.place;
  parts.batch_size = head.batch_size;
  parts.body = take_part (file, &offset, head.n_body);
  parts.path = take_part (file, &offset, head.n_path);
  parts.signature = take_part (file, &offset, head.n_signature);
  parts.key = take_part (file, &offset, head.n_key);
  return redes_manifest_from_parts (&parts, NULL);
}

RedesManifest *
redes_folder_build_load_manifest (RedesFolderBuild *self)
{
  g_autofree char *path = g_build_filename (self->hidden, "manifest", NULL);
  g_autoptr (RedesManifest) manifest = NULL;
  g_autoptr (GBytes) file = NULL;
  char *text;
  gsize len;

  if (!g_file_get_contents (path, &text, &len, NULL))
    return NULL;
  file = g_bytes_new_take (text, len);
  manifest = parse_manifest (file);
  if (manifest == NULL || !redes_manifest_verify (manifest, NULL, NULL)
      || !redes_content_id_equal (redes_manifest_get_content (manifest), &self->content))
    return NULL;
  return g_steal_pointer (&manifest);
}

static void
append_part (GByteArray *file, GBytes *part)
{
  gsize len;
  const guint8 *bytes = g_bytes_get_data (part, &len);

  g_byte_array_append (file, bytes, (guint)len);
}

/* So that no half of it is ever there. */
static gboolean
save (RedesFolderBuild *self, const char *path, const guint8 *bytes, gsize len, GError **error)
{
  if (g_file_set_contents_full (path, (const char *)bytes, (gssize)len,
                                G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL))
    return TRUE;
  return fail (self, errno, error);
}

gboolean
redes_folder_build_find_name_form (RedesFolderBuild *self, gboolean *is_new, GError **error)
{
  g_autofree char *path = g_build_filename (self->hidden, "names", NULL);
  g_autofree char *text = NULL;
  gsize len;
  guint8 digit;

  *is_new = FALSE;
  if (g_file_get_contents (path, &text, &len, NULL) && len == 1 && *text >= '0'
      && *text < '0' + REDES_N_NAME_FORMS)
    {
      self->name_form = (RedesNameForm)(*text - '0');
      return TRUE;
    }
  *is_new = TRUE;
  if (!redes_final_name_find_form (self->hidden, &self->name_form, error))
    return FALSE;
  digit = (guint8)('0' + self->name_form);
  return save (self, path, &digit, 1, error);
}

RedesNameForm
redes_folder_build_get_name_form (RedesFolderBuild *self)
{
  return self->name_form;
}

gboolean
redes_folder_build_check_size (RedesFolderBuild *self, guint64 size, GError **error)
{
  if (self->lock < 0 || redes_file_can_have_size (self->lock, size))
    return TRUE;
  redes_set_disk_error (error, EFBIG, self->folder, size);
  return FALSE;
}

gboolean
redes_folder_build_save_manifest (RedesFolderBuild *self, RedesManifest *manifest, GError **error)
{
  g_autofree char *path = g_build_filename (self->hidden, "manifest", NULL);
  g_autoptr (GByteArray) file = g_byte_array_new ();
  g_auto (RedesManifestParts) parts = { 0 };
  ManifestHead head;

  redes_manifest_dup_parts (manifest, &parts);
  head = (ManifestHead){ .place = parts.place,
                         .batch_size = parts.batch_size,
                         .n_body = (guint32)g_bytes_get_size (parts.body),
                         .n_path = (guint32)g_bytes_get_size (parts.path),
                         .n_signature = (guint32)g_bytes_get_size (parts.signature),
                         .n_key = (guint32)g_bytes_get_size (parts.key) };
  g_byte_array_append (file, (const guint8 *)&head, sizeof head);
  append_part (file, parts.body);
  append_part (file, parts.path);
  append_part (file, parts.signature);
  append_part (file, parts.key);
  return save (self, path, file->data, file->len, error);
}

GBytes *
redes_folder_build_load_list (RedesFolderBuild *self, const RedesContentId *content)
{
  g_autofree char *path = make_content_path (self, "lists", content, "");
  char *text;
  gsize len;

  if (!g_file_get_contents (path, &text, &len, NULL))
    return NULL;
  return g_bytes_new_take (text, len);
}

gboolean
redes_folder_build_save_list (RedesFolderBuild *self,
                              const RedesContentId *content,
                              GBytes *list,
                              GError **error)
{
  g_autofree char *path = make_content_path (self, "lists", content, "");
  gsize len;
  const guint8 *bytes = g_bytes_get_data (list, &len);

  /* Without a sync: what a crash leaves of it is not that content, and is fetched again. */
  if (g_file_set_contents_full (path, (const char *)bytes, (gssize)len, G_FILE_SET_CONTENTS_NONE,
                                0600, NULL))
    return TRUE;
  return fail (self, errno, error);
}

/* ---- Files ---- */

gboolean
redes_folder_build_make_folder (RedesFolderBuild *self, const char *path, GError **error)
{
  g_autofree char *full = make_tree_path (self, path);

  return make_own_folder (self, full, 0777, error);
}

gboolean
redes_folder_build_has_file (
    RedesFolderBuild *self, const char *path, guint64 size, gint64 time_s, gboolean *has_time)
{
  g_autofree char *full = make_tree_path (self, path);
  GStatBuf info;

  if (g_lstat (full, &info) != 0 || !S_ISREG (info.st_mode) || (guint64)info.st_size != size)
    return FALSE;
  /* FAT keeps every other second. */
  *has_time = ABS ((gint64)info.st_mtime - time_s) <= 1;
  return TRUE;
}

static gboolean
write_all (int fd, const guint8 *data, gsize len, off_t offset)
{
  while (len > 0)
    {
      gssize n = pwrite (fd, data, len, offset);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      data += n;
      offset += n;
      len -= (gsize)n;
    }
  return TRUE;
}

gboolean
redes_folder_build_write (RedesFolderBuild *self,
                          const RedesContentId *content,
                          guint64 offset,
                          GBytes *data,
                          GError **error)
{
  g_autofree char *path = make_content_path (self, "new", content, "");
  int fd = open (path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
  gsize len;
  const guint8 *bytes = g_bytes_get_data (data, &len);
  int saved_errno;

  if (fd < 0)
    return fail (self, errno, error);
  /* What an earlier run has left there may be longer only if somebody else has put it there. */
  if (write_all (fd, bytes, len, (off_t)offset)
      && (len == content->size_bytes || ftruncate (fd, (off_t)content->size_bytes) == 0))
    {
      close (fd);
      return TRUE;
    }
  saved_errno = errno;
  close (fd);
  return fail (self, saved_errno, error);
}

void
redes_folder_build_note_block (RedesFolderBuild *self,
                               const RedesContentId *content,
                               guint32 index,
                               const RedesDigest *digest,
                               const RedesDigest *proof,
                               guint n_proof)
{
  g_autofree char *path = make_content_path (self, "new", content, ".proofs");
  guint8 record[sizeof (Proof) + REDES_MAX_PROOF_LENGTH * sizeof (RedesDigest)];
  Proof head = { .index = index, .n_proof = n_proof, .digest = *digest };
  int fd = open (path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  gsize len = sizeof head + n_proof * sizeof *proof;

  if (fd < 0)
    return;
  memcpy (record, &head, sizeof head);
  if (n_proof > 0)
    memcpy (record + sizeof head, proof, n_proof * sizeof *proof);
  /* A record in one call, so that blocks of other workers stand before or behind it. */
  if (write (fd, record, len) != (gssize)len)
    g_debug ("%s: %s", path, g_strerror (errno));
  close (fd);
}

/* Whether block @index of the file reads as @digest. */
static gboolean
is_block_there (int fd, const RedesGeometry *geometry, guint32 index, const RedesDigest *digest)
{
  guint32 length = redes_geometry_get_block_length (geometry, index);
  g_autofree guint8 *buffer = g_malloc (length);
  guint64 offset = (guint64)index * geometry->block_size;
  RedesDigest found;

  for (guint32 done = 0; done < length;)
    {
      gssize n = pread (fd, buffer + done, length - done, (off_t)(offset + done));

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      done += (guint32)n;
    }
  redes_geometry_hash_block (geometry, index, buffer, length, &found);
  return redes_digest_equal (&found, digest);
}

/**
 * ProofReader:
 * @file: (nullable)
 *
 * The records of a `.proofs` file, of which only those are told that lead to the content.
 */
typedef struct
{
  FILE *file;
  const RedesContentId *content;
  RedesGeometry geometry;
  Proof head;
  RedesDigest proof[REDES_MAX_PROOF_LENGTH];
} ProofReader;

static void
proof_reader_open (ProofReader *self, RedesFolderBuild *build, const RedesContentId *content)
{
  g_autofree char *path = make_content_path (build, "new", content, ".proofs");

  self->file = fopen (path, "rbe");
  self->content = content;
  self->geometry
      = (RedesGeometry){ content->size_bytes, redes_block_size_for (content->size_bytes) };
}

static void
proof_reader_close (ProofReader *self)
{
  if (self->file != NULL)
    fclose (self->file);
}

/* %FALSE at the end, or where it makes no sense any more. */
static gboolean
proof_reader_next (ProofReader *self)
{
  guint n_proof = redes_geometry_get_proof_length (&self->geometry);
  Proof *head = &self->head;

  while (self->file != NULL && fread (head, sizeof *head, 1, self->file) == 1)
    {
      if (head->n_proof != n_proof || head->index >= redes_geometry_get_n_blocks (&self->geometry)
          || (n_proof > 0
              && fread (self->proof, sizeof *self->proof, n_proof, self->file) != n_proof))
        return FALSE;
      if (redes_geometry_check_proof (&self->geometry, head->index, &head->digest, self->proof,
                                      n_proof, &self->content->root))
        return TRUE;
    }
  return FALSE;
}

RedesBitfield *
redes_folder_build_check (RedesFolderBuild *self, const RedesContentId *content)
{
  int fd = redes_folder_build_open_part (self, content);
  g_autoptr (RedesBitfield) blocks = NULL;
  gboolean is_any = FALSE;
  ProofReader reader;

  proof_reader_open (&reader, self, content);
  blocks = redes_bitfield_new (redes_geometry_get_n_blocks (&reader.geometry));
  while (fd >= 0 && proof_reader_next (&reader))
    {
      guint32 index = reader.head.index;

      if (redes_bitfield_get (blocks, index)
          || !is_block_there (fd, &reader.geometry, index, &reader.head.digest))
        continue;
      redes_bitfield_set (blocks, index);
      is_any = TRUE;
    }
  proof_reader_close (&reader);
  if (fd >= 0)
    close (fd);
  return is_any ? g_steal_pointer (&blocks) : NULL;
}

RedesHashTree *
redes_folder_build_load_proofs (RedesFolderBuild *self,
                                const RedesContentId *content,
                                RedesBitfield **blocks)
{
  RedesHashTree *tree;
  ProofReader reader;

  proof_reader_open (&reader, self, content);
  tree = redes_hash_tree_new (&reader.geometry, &content->root);
  *blocks = redes_bitfield_new (redes_geometry_get_n_blocks (&reader.geometry));
  while (proof_reader_next (&reader))
    if (redes_bitfield_set (*blocks, reader.head.index))
      redes_hash_tree_add_proof (tree, reader.head.index, &reader.head.digest, reader.proof);
  proof_reader_close (&reader);
  return tree;
}

RedesHashTree *
redes_folder_build_load_tree (RedesFolderBuild *self, const RedesContentId *content)
{
  g_autoptr (RedesBitfield) blocks = NULL;
  g_autoptr (RedesHashTree) tree = redes_folder_build_load_proofs (self, content, &blocks);

  return redes_bitfield_is_full (blocks) ? g_steal_pointer (&tree) : NULL;
}

int
redes_folder_build_open_part (RedesFolderBuild *self, const RedesContentId *content)
{
  g_autofree char *path = make_content_path (self, "new", content, "");

  return open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
}

char *
redes_folder_build_dup_path (RedesFolderBuild *self)
{
  return g_strdup (self->hidden);
}

char *
redes_folder_build_dup_tree_path (RedesFolderBuild *self)
{
  return g_build_filename (self->hidden, "tree", NULL);
}

/* ---- Giving names ---- */

void
redes_folder_build_file_free (gpointer data)
{
  RedesFolderBuildFile *file = data;

  g_free (file->source);
  g_free (file->path);
  g_free (file);
}

static gboolean
copy_bytes (int from, int to)
{
  g_autofree guint8 *buffer = NULL;
  off_t offset = 0;

  if (redes_file_system_clone (from, to))
    return TRUE;
  buffer = g_malloc (COPY_BYTES);
  for (;;)
    {
      gssize n = pread (from, buffer, COPY_BYTES, offset);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return n == 0;
      if (!write_all (to, buffer, (gsize)n, offset))
        return FALSE;
      offset += n;
    }
}

static gboolean
copy_file (const char *from, const char *to)
{
  int in = open (from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  int out = open (to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
  gboolean is_done = in >= 0 && out >= 0 && copy_bytes (in, out);
  int saved_errno = errno;

  if (in >= 0)
    close (in);
  if (out >= 0)
    close (out);
  errno = saved_errno;
  return is_done;
}

/* Whether a file system that keeps no such thing, or lets only the owner change it, has said so:
 * FAT refuses modes, and another user's times. */
static gboolean
is_refused_for_good (int saved_errno)
{
  return saved_errno == EPERM || saved_errno == ENOSYS || saved_errno == ENOTSUP;
}

/* @hidden: gets the time and the permission of @file, where the disk keeps such things. An empty
 * file has had no block. */
static gboolean
dress (const RedesFolderBuildFile *file, const char *hidden)
{
  struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, { .tv_sec = (time_t)file->time_s } };
  GStatBuf info;
  gboolean is_done;
  int saved_errno;
  int fd;

  /* Nearly all are like this, and there may be very many. */
  if (file->content.size_bytes > 0 && !file->is_executable)
    return utimensat (AT_FDCWD, hidden, times, AT_SYMLINK_NOFOLLOW) == 0
           || is_refused_for_good (errno);
  fd = open (hidden,
             O_WRONLY | O_CLOEXEC | O_NOFOLLOW | (file->content.size_bytes == 0 ? O_CREAT : 0),
             0666);
  if (fd < 0)
    return FALSE;
  is_done = fstat (fd, &info) == 0;
  /* Whoever may read it may execute it. */
  if (is_done && file->is_executable)
    is_done = fchmod (fd, (info.st_mode & 0777) | ((info.st_mode & 0444) >> 2)) == 0
              || is_refused_for_good (errno);
  is_done = is_done && (futimens (fd, times) == 0 || is_refused_for_good (errno));
  saved_errno = errno;
  close (fd);
  errno = saved_errno;
  return is_done;
}

/* (transfer full): where the bytes of @file, the number @index of those that are placed, wait for
 * their name. */
static char *
make_waiting_path (RedesFolderBuild *self,
                   GHashTable *contents,
                   const RedesFolderBuildFile *file,
                   guint index)
{
  g_autofree char *name = NULL;

  if (file->source == NULL && g_hash_table_add (contents, redes_content_id_copy (&file->content)))
    return make_content_path (self, "new", &file->content, "");
  name = g_strdup_printf ("copy-%u", index);
  return g_build_filename (self->hidden, "new", name, NULL);
}

static gboolean
prepare (RedesFolderBuild *self, const RedesFolderBuildFile *file, const char *waiting)
{
  g_autofree char *original = file->source != NULL
                                  ? make_tree_path (self, file->source)
                                  : make_content_path (self, "new", &file->content, "");

  if (file->content.size_bytes > 0 && !g_str_equal (original, waiting)
      && !copy_file (original, waiting))
    return FALSE;
  return dress (file, waiting);
}

gboolean
redes_folder_build_place (RedesFolderBuild *self, GPtrArray *files, GError **error)
{
  g_autoptr (GHashTable) contents
      = g_hash_table_new_full (redes_content_id_hash, redes_content_id_equal, g_free, NULL);
  g_autoptr (GPtrArray) waiting = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < files->len; i++)
    {
      g_ptr_array_add (waiting, make_waiting_path (self, contents, files->pdata[i], i));
      if (!prepare (self, files->pdata[i], waiting->pdata[i]))
        return fail (self, errno, error);
    }
  /* One sync for all, however many they are. */
  if (redes_file_system_sync (self->lock) != 0)
    return fail (self, errno, error);
  for (guint i = 0; i < files->len; i++)
    {
      const RedesFolderBuildFile *file = files->pdata[i];
      g_autofree char *path = make_tree_path (self, file->path);

      /* What proves its blocks stays: others may ask for them. */
      if (g_rename (waiting->pdata[i], path) != 0)
        return fail (self, errno, error);
    }
  return TRUE;
}

/* ---- The end ---- */

/* (transfer full): the names first, for a folder that is read while it changes may leave some out.
 * @fd: closed */
static GPtrArray *
list_entries (int fd)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  DIR *entries = fdopendir (fd);
  const struct dirent *entry;

  if (entries == NULL)
    {
      close (fd);
      return names;
    }
  while ((entry = readdir (entries)) != NULL)
    if (strcmp (entry->d_name, ".") != 0 && strcmp (entry->d_name, "..") != 0)
      g_ptr_array_add (names, g_strdup (entry->d_name));
  closedir (entries);
  return names;
}

/* @spared: (nullable): of what is in it, this stays, and it, too. Follows no symbolic link. */
static void
remove_below (int folder, const char *name, const char *spared)
{
  int fd = openat (folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  g_autoptr (GPtrArray) entries = NULL;

  if (fd < 0)
    {
      (void)unlinkat (folder, name, 0);
      return;
    }
  entries = list_entries (dup (fd));
  for (guint i = 0; i < entries->len; i++)
    if (g_strcmp0 (entries->pdata[i], spared) != 0 && unlinkat (fd, entries->pdata[i], 0) != 0)
      remove_below (fd, entries->pdata[i], NULL);
  close (fd);
  if (spared == NULL)
    (void)unlinkat (folder, name, AT_REMOVEDIR);
}

void
redes_folder_build_discard (RedesFolderBuild *self)
{
  remove_below (AT_FDCWD, self->hidden, LOCK_NAME);
  /* A file that is removed while it is open leaves another one in its place where the file system
   * is NFS or FUSE, and the folder could not be removed. */
  if (self->lock >= 0)
    close (self->lock);
  self->lock = -1;
  remove_below (AT_FDCWD, self->hidden, NULL);
}

static gboolean
is_empty (RedesFolderBuild *self, const char *part)
{
  g_autofree char *path = g_build_filename (self->hidden, part, NULL);
  int fd = g_open (path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
  g_autoptr (GPtrArray) entries = fd >= 0 ? list_entries (fd) : NULL;

  return entries == NULL || entries->len == 0;
}

void
redes_folder_build_discard_lists (RedesFolderBuild *self)
{
  if (is_empty (self, "new") && is_empty (self, "tree"))
    redes_folder_build_discard (self);
}

void
redes_folder_build_remove_all (const char *folder)
{
  remove_below (AT_FDCWD, folder, NULL);
}

char *
redes_folder_build_finish (RedesFolderBuild *self,
                           const char *single,
                           const char *name,
                           const char *target,
                           gboolean *is_replaced,
                           GError **error)
{
  g_autofree char *tree = single != NULL ? make_tree_path (self, single)
                                         : g_build_filename (self->hidden, "tree", NULL);
  char *path;

  /* One sync for all, however many they are. */
  if (redes_file_system_sync (self->lock) != 0)
    {
      fail (self, errno, error);
      return NULL;
    }
  path = redes_final_name_take (tree, self->folder, name, target, is_replaced, error);
  if (path != NULL)
    redes_folder_build_discard (self);
  return path;
}
