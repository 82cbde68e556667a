/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/scan.h"

#include "engine/platform/file-time.h"
#include "engine/library/library.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

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
  char *root;
  GPtrArray *levels;
  GPtrArray *found;
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

static void G_GNUC_PRINTF (4, 5)
    skip (RedesScan *self, const char *path, RedesLibraryError code, const char *format, ...)
{
  RedesScanSkipped *skipped = g_new (RedesScanSkipped, 1);
  va_list args;

  va_start (args, format);
  skipped->path = g_strdup (path);
  skipped->error = g_error_new_valist (REDES_LIBRARY_ERROR, (gint)code, format, args);
  va_end (args);
  g_ptr_array_add (self->skipped, skipped);
}

static void
skip_for_errno (RedesScan *self, const char *path, int saved_errno)
{
  g_autofree char *name = g_filename_display_name (path);

  switch (saved_errno)
    {
    case ENOENT:
    case ENOTDIR:
      skip (self, path, REDES_LIBRARY_ERROR_NOT_FOUND, "“%s” does not exist", name);
      break;
    case EACCES:
    case EPERM:
      skip (self, path, REDES_LIBRARY_ERROR_UNREADABLE,
            "“%s” cannot be shared: you have no permission to read it", name);
      break;
    default:
      skip (self, path, REDES_LIBRARY_ERROR_UNREADABLE, "“%s” cannot be shared: %s", name,
            g_strerror (saved_errno));
      break;
    }
}

static void
skip_kind (RedesScan *self, const char *path, const char *what)
{
  g_autofree char *name = g_filename_display_name (path);

  skip (self, path, REDES_LIBRARY_ERROR_KIND, "“%s” cannot be shared: %s", name, what);
}

static void
add_found (RedesScan *self, const char *relative, const GStatBuf *info)
{
  gsize relative_size = strlen (relative) + 1;
  RedesScanFound *found = g_malloc (sizeof *found + relative_size);

  found->size = (guint64)info->st_size;
  found->mtime_ns = redes_file_time_ns (info);
  memcpy (found->relative, relative, relative_size);
  g_ptr_array_add (self->found, found);
}

static void
enter_folder (RedesScan *self, const char *path, const char *relative)
{
  GDir *dir;

  if (self->levels->len >= REDES_SCAN_MAX_DEPTH)
    {
      skip_kind (self, path, "it lies too many folders deep");
      return;
    }

  errno = 0;
  dir = g_dir_open (path, 0, NULL);
  if (dir == NULL)
    skip_for_errno (self, path, errno);
  else
    g_ptr_array_add (self->levels, level_new (dir, relative));
}

static void
look_at_entry (RedesScan *self, const Level *level, const char *name)
{
  g_autofree char *relative = NULL;
  g_autofree char *path = NULL;
  GStatBuf info;

  /* Hidden, among them our own unfinished downloads. */
  if (name[0] == '.')
    return;

  relative = level->relative[0] == '\0' ? g_strdup (name)
                                        : g_strconcat (level->relative, "/", name, NULL);
  path = g_build_filename (self->root, relative, NULL);

  if (g_lstat (path, &info) != 0)
    skip_for_errno (self, path, errno);
  else if (S_ISREG (info.st_mode))
    add_found (self, relative, &info);
  else if (S_ISDIR (info.st_mode))
    enter_folder (self, path, relative);
  else if (g_file_test (path, G_FILE_TEST_IS_SYMLINK))
    skip_kind (self, path, "it is a symbolic link, and those are not followed inside a folder");
  else
    skip_kind (self, path, "it is neither a file nor a folder");
}

char *
redes_dup_real_path (const char *path)
{
#ifdef G_OS_UNIX
  char *resolved = realpath (path, NULL);
  char *copy = g_strdup (resolved);

  free (resolved);
  return copy;
#else
  return g_canonicalize_filename (path, NULL);
#endif
}

static void
begin (RedesScan *self)
{
  GStatBuf info;

  self->real_path = redes_dup_real_path (self->path);
  if (self->real_path == NULL || g_stat (self->real_path, &info) != 0)
    skip_for_errno (self, self->path, errno);
  else if (S_ISDIR (info.st_mode))
    {
      self->root = g_strdup (self->real_path);
      enter_folder (self, self->root, "");
    }
  else if (S_ISREG (info.st_mode))
    {
      g_autofree char *name = g_path_get_basename (self->real_path);

      self->root = g_path_get_dirname (self->real_path);
      add_found (self, name, &info);
    }
  else
    skip_kind (self, self->path, "it is neither a file nor a folder");
}

RedesScan *
redes_scan_new (const char *path)
{
  RedesScan *self = g_new0 (RedesScan, 1);

  self->path = g_strdup (path);
  self->levels = g_ptr_array_new_with_free_func (level_free);
  self->found = g_ptr_array_new_with_free_func (g_free);
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

  while (self->levels->len > 0 && self->found->len + self->skipped->len < max_entries)
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

const char *
redes_scan_get_root (RedesScan *self)
{
  return self->root;
}

const char *
redes_scan_get_real_path (RedesScan *self)
{
  return self->real_path;
}

GPtrArray *
redes_scan_take_found (RedesScan *self)
{
  GPtrArray *found = g_steal_pointer (&self->found);

  self->found = g_ptr_array_new_with_free_func (g_free);
  return found;
}

GPtrArray *
redes_scan_take_skipped (RedesScan *self)
{
  GPtrArray *skipped = g_steal_pointer (&self->skipped);

  self->skipped = g_ptr_array_new_with_free_func (skipped_free);
  return skipped;
}
