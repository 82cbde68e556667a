/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/scan.h"

#include "engine/base/error.h"
#include "engine/platform/file-io.h"
#include "engine/platform/file-system.h"
#include "engine/platform/file-time.h"
#include "engine/base/text.h"
#include "engine/library/error.h"
#include "engine/library/partial-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What tells a data folder: these are the names that a peer gives. */
#define IDENTITY_NAME "identity.pem"
#define DATABASE_NAME "library.db"
#define PEM_BEGIN "-----BEGIN "
/* What identities are called, a tracker's and copies of them, too: `tracker-identity.pem`,
 * `identity.pem.XXXXXX` while it is written, `Copy of identity.pem`; or another name with which
 * keys are kept. */
#define IDENTITY_WORD "identity"
#define KEY_SUFFIX ".pem"
#define KEY_BEGIN "-----BEGIN PRIVATE KEY-----"

/* A folder that is being read. */
typedef struct
{
  GDir *dir;
  /* Below the root; "" is the root itself. */
  char *relative;
} Level;

struct _RedesScan
{
  char *path;
  char *real_path;
  gboolean has_info;
  RedesScanRoot info;
  guint n_hidden;
  char *root;
  GPtrArray *levels;
  GPtrArray *found;
  GPtrArray *folders;
  GPtrArray *skipped;
  gboolean has_begun;
  gint is_cancelled;
};

static Level *
level_new (GDir *dir, const char *relative)
{
  Level *level = g_new (Level, 1);

  level->dir = dir;
  level->relative = g_strdup (relative);
  return level;
}

static void
level_free (gpointer data)
{
  Level *level = data;

  g_dir_close (level->dir);
  g_free (level->relative);
  g_free (level);
}

static void
skipped_free (gpointer data)
{
  RedesScanSkipped *skipped = data;

  g_free (skipped->path);
  g_error_free (skipped->error);
  g_free (skipped);
}

/* @notice: (transfer full) */
static void
skip (RedesScan *self, const char *path, RedesLibraryError code, RedesNotice *notice)
{
  RedesScanSkipped *skipped = g_new (RedesScanSkipped, 1);

  skipped->path = g_strdup (path);
  skipped->error = redes_error_new_take (REDES_LIBRARY_ERROR, (gint)code, notice);
  g_ptr_array_add (self->skipped, skipped);
}

static void
skip_for_errno (RedesScan *self, const char *path, int saved_errno)
{
  g_autofree char *name = redes_text_display_path (path);

  switch (saved_errno)
    {
    case ENOENT:
    case ENOTDIR:
      skip (self, path, REDES_LIBRARY_ERROR_NOT_FOUND,
            redes_notice_new (REDES_NOTICE_SHARE_NOT_THERE, name));
      break;
    case EACCES:
    case EPERM:
      skip (self, path, REDES_LIBRARY_ERROR_UNREADABLE,
            redes_notice_new (REDES_NOTICE_SHARE_CANNOT, name,
                              redes_notice_arg_code (REDES_NOTICE_UNREADABLE_PERMISSION)));
      break;
    default:
      skip (
          self, path, REDES_LIBRARY_ERROR_UNREADABLE,
          redes_notice_new (REDES_NOTICE_SHARE_CANNOT, name, redes_notice_arg_errno (saved_errno)));
      break;
    }
}

static void
skip_kind (RedesScan *self, const char *path, RedesNoticeCode what)
{
  g_autofree char *name = redes_text_display_path (path);

  skip (self, path, REDES_LIBRARY_ERROR_KIND,
        redes_notice_new (REDES_NOTICE_SHARE_CANNOT, name, redes_notice_arg_code (what)));
}

static void
add_found (RedesScan *self, const char *relative, const GStatBuf *info)
{
  gsize relative_size = strlen (relative) + 1;
  RedesScanFound *found = g_malloc (sizeof *found + relative_size);

  found->size = (guint64)info->st_size;
  found->mtime_ns = redes_file_time_ns (info);
  found->ctime_ns = redes_file_change_time_ns (info);
  found->is_executable = redes_file_is_executable (info);
  memcpy (found->relative, relative, relative_size);
  g_ptr_array_add (self->found, found);
}

/* ---- What is private ---- */

/* Whether @path is a regular file that begins like that, as a key in PEM does. */
static gboolean
begins_with (const char *path, const char *text)
{
  char start[sizeof KEY_BEGIN - 1];
  gsize len = strlen (text);
  gboolean is_key;
  int fd = redes_file_open_regular (path);

  if (fd < 0)
    /* Who may not read it cannot share it either; it may still tell a data folder. */
    return errno == EACCES || errno == EPERM;
  is_key = len <= sizeof start && redes_file_read_at (fd, (guint8 *)start, len, 0) == (gssize)len
           && memcmp (start, text, len) == 0;
  close (fd);
  return is_key;
}

static gboolean
is_data_folder (const char *folder)
{
  g_autofree char *identity = g_build_filename (folder, IDENTITY_NAME, NULL);
  g_autofree char *database = g_build_filename (folder, DATABASE_NAME, NULL);
  GStatBuf info;

  return g_lstat (database, &info) == 0 && S_ISREG (info.st_mode)
         && begins_with (identity, PEM_BEGIN);
}

/* By its name first, as each file of a shared folder is looked at. */
static gboolean
is_identity_file (const char *path)
{
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *name = g_ascii_strdown (base, -1);

  if (strstr (name, IDENTITY_WORD) != NULL)
    return begins_with (path, PEM_BEGIN);
  return g_str_has_suffix (name, KEY_SUFFIX) && begins_with (path, KEY_BEGIN);
}

char *
redes_scan_find_private (const char *path)
{
  g_autofree char *above = g_strdup (path);

  if (is_identity_file (path))
    return g_strdup (path);
  while (TRUE)
    {
      char *parent;

      if (is_data_folder (above))
        return g_steal_pointer (&above);
      parent = g_path_get_dirname (above);
      if (g_str_equal (parent, above) || g_str_equal (parent, "."))
        {
          g_free (parent);
          return NULL;
        }
      g_free (above);
      above = parent;
    }
}

static void
skip_private (RedesScan *self, const char *path)
{
  g_autofree char *name = redes_text_display_path (path);

  skip (self, path, REDES_LIBRARY_ERROR_PRIVATE,
        redes_notice_new (REDES_NOTICE_SHARE_PRIVATE, name));
}

/* ---- Walking ---- */

static void
enter_folder (RedesScan *self, const char *path, const char *relative)
{
  GDir *dir;

  if (self->levels->len >= REDES_SCAN_MAX_DEPTH)
    {
      skip_kind (self, path, REDES_NOTICE_SHARE_TOO_DEEP);
      return;
    }
  if (is_data_folder (path))
    {
      skip_private (self, path);
      return;
    }

  errno = 0;
  dir = g_dir_open (path, 0, NULL);
  if (dir == NULL)
    skip_for_errno (self, path, errno);
  else
    {
      g_ptr_array_add (self->levels, level_new (dir, relative));
      g_ptr_array_add (self->folders, g_strdup (relative));
    }
}

static void
look_at_entry (RedesScan *self, const Level *level, const char *name)
{
  g_autofree char *relative = NULL;
  g_autofree char *path = NULL;
  GStatBuf info;

  /* Hidden, among them our own unfinished downloads. */
  if (name[0] == '.')
    {
      self->n_hidden += !redes_partial_file_is_name (name);
      return;
    }

  relative = level->relative[0] == '\0' ? g_strdup (name)
                                        : g_strconcat (level->relative, "/", name, NULL);
  path = g_build_filename (self->root, relative, NULL);

  if (g_lstat (path, &info) != 0)
    skip_for_errno (self, path, errno);
  else if (S_ISREG (info.st_mode) && is_identity_file (path))
    skip_private (self, path);
  else if (S_ISREG (info.st_mode))
    add_found (self, relative, &info);
  else if (S_ISDIR (info.st_mode))
    enter_folder (self, path, relative);
  else if (g_file_test (path, G_FILE_TEST_IS_SYMLINK))
    skip_kind (self, path, REDES_NOTICE_SHARE_LINK);
  else
    skip_kind (self, path, REDES_NOTICE_SHARE_NEITHER);
}

static void
note_root (RedesScan *self, const GStatBuf *info)
{
  self->has_info = TRUE;
  self->info.real_path = self->real_path;
  self->info.is_folder = S_ISDIR (info->st_mode);
  if (!self->info.is_folder)
    return;
  self->info.device = (guint64)info->st_dev;
  self->info.inode = redes_file_system_keeps_inodes (self->real_path) ? (guint64)info->st_ino : 0;
}

static void
begin (RedesScan *self)
{
  GStatBuf info;
  g_autofree char *private_path = NULL;

  self->real_path = redes_file_system_dup_real_path (self->path);
  if (self->real_path == NULL || g_stat (self->real_path, &info) != 0)
    {
      skip_for_errno (self, self->path, errno);
      return;
    }
  if (!S_ISDIR (info.st_mode) && !S_ISREG (info.st_mode))
    {
      skip_kind (self, self->path, REDES_NOTICE_SHARE_NEITHER);
      return;
    }
  private_path = redes_scan_find_private (self->real_path);
  if (private_path != NULL)
    {
      skip_private (self, self->path);
      return;
    }

  note_root (self, &info);
  if (self->info.is_folder)
    {
      self->root = g_strdup (self->real_path);
      enter_folder (self, self->root, "");
    }
  else
    {
      g_autofree char *name = g_path_get_basename (self->real_path);

      self->root = g_path_get_dirname (self->real_path);
      add_found (self, name, &info);
    }
}

RedesScan *
redes_scan_new (const char *path)
{
  RedesScan *self = g_new0 (RedesScan, 1);

  self->path = g_strdup (path);
  self->levels = g_ptr_array_new_with_free_func (level_free);
  self->found = g_ptr_array_new_with_free_func (g_free);
  self->folders = g_ptr_array_new_with_free_func (g_free);
  self->skipped = g_ptr_array_new_with_free_func (skipped_free);
  return self;
}

void
redes_scan_free (RedesScan *self)
{
  g_free (self->path);
  g_free (self->real_path);
  g_free (self->root);
  g_ptr_array_unref (self->levels);
  g_ptr_array_unref (self->found);
  g_ptr_array_unref (self->folders);
  g_ptr_array_unref (self->skipped);
  g_free (self);
}

void
redes_scan_cancel (RedesScan *self)
{
  g_atomic_int_set (&self->is_cancelled, TRUE);
}

void
redes_scan_run (RedesScan *self, guint max_entries)
{
  if (!self->has_begun && !g_atomic_int_get (&self->is_cancelled))
    begin (self);
  self->has_begun = TRUE;
  /* Nobody may be there any more to take what was found, and to make room for more. */
  if (g_atomic_int_get (&self->is_cancelled))
    g_ptr_array_set_size (self->levels, 0);

  while (self->levels->len > 0
         && self->found->len + self->folders->len + self->skipped->len < max_entries)
    {
      Level *level = g_ptr_array_index (self->levels, self->levels->len - 1);
      guint depth = self->levels->len;
      const char *name = NULL;

      if (!g_atomic_int_get (&self->is_cancelled))
        name = g_dir_read_name (level->dir);

      if (name != NULL)
        look_at_entry (self, level, name);
      else
        g_ptr_array_remove_index (self->levels, depth - 1);
    }
}

gboolean
redes_scan_is_finished (RedesScan *self)
{
  return self->has_begun && self->levels->len == 0;
}

gboolean
redes_scan_is_whole (RedesScan *self)
{
  return redes_scan_is_finished (self) && !g_atomic_int_get (&self->is_cancelled);
}

const char *
redes_scan_get_root (RedesScan *self)
{
  return self->root;
}

const RedesScanRoot *
redes_scan_get_root_info (RedesScan *self)
{
  return self->has_info ? &self->info : NULL;
}

guint
redes_scan_get_n_hidden (RedesScan *self)
{
  return self->n_hidden;
}

GPtrArray *
redes_scan_take_found (RedesScan *self)
{
  GPtrArray *found = g_steal_pointer (&self->found);

  self->found = g_ptr_array_new_with_free_func (g_free);
  return found;
}

GPtrArray *
redes_scan_take_folders (RedesScan *self)
{
  GPtrArray *folders = g_steal_pointer (&self->folders);

  self->folders = g_ptr_array_new_with_free_func (g_free);
  return folders;
}

GPtrArray *
redes_scan_take_skipped (RedesScan *self)
{
  GPtrArray *skipped = g_steal_pointer (&self->skipped);

  self->skipped = g_ptr_array_new_with_free_func (skipped_free);
  return skipped;
}
