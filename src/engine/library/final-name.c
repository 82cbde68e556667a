/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/library/final-name.h"

#include "engine/base/error.h"
#include "engine/platform/file-time.h"
#include "engine/base/text.h"
#include "engine/library/disk-error.h"
#include "engine/library/library.h"
#include "engine/platform/move.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#ifdef G_OS_UNIX
#include <unistd.h>
#endif

#ifndef O_CLOEXEC
#define O_CLOEXEC 0
#endif

#define MAX_NAME_BYTES 255
/* Encrypted folders take no more than 143, and a number may follow. */
#define SHORT_NAME_BYTES 130
#define MAX_NUMBER 9999
/* What NTFS, exFAT and FAT take in no name. */
#define REFUSED_CHARACTERS "?<>|\"*:\\"
/* Names that are looked at for what an earlier run has finished. */
#define MAX_LOOKS 100

static char *
build_path (const char *folder, const char *name, guint number)
{
  g_autofree char *numbered
      = number == 1 ? g_strdup (name) : redes_text_numbered_file_name (name, number);

  return g_build_filename (folder, numbered, NULL);
}

/* @result: an errno */
static void
set_name_error (GError **error, int result, const char *target)
{
  g_autofree char *name = redes_text_display_path (target);

  if (result == ENAMETOOLONG)
    redes_set_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_NAME,
                     REDES_NOTICE_NAME_TOO_LONG, name);
  else
    redes_set_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_NAME,
                     REDES_NOTICE_NAME_REFUSED, name, REFUSED_CHARACTERS);
}

/* (transfer full) (nullable): a hidden name that nobody else has, with the end of @name and all its
 * characters but letters and digits, which every disk takes; %NULL if that is too long */
static char *
dup_probe_name (const char *name)
{
  GString *probe = g_string_new (NULL);
  gsize excess;

  g_string_printf (probe, ".redes-%08x-", g_random_int ());
  excess = probe->len + strlen (name);
  excess -= MIN (excess, SHORT_NAME_BYTES);
  for (; *name != '\0'; name++)
    {
      if (excess > 0 && g_ascii_isalnum (*name) && name[1] != '\0')
        excess--;
      else
        g_string_append_c (probe, *name);
    }
  return g_string_free (probe, probe->len > MAX_NAME_BYTES);
}

gboolean
redes_final_name_check (const char *folder, const char *target, GError **error)
{
  g_autofree char *name = g_path_get_basename (target);
  g_autofree char *probe = NULL;
  g_autofree char *path = NULL;
  GStatBuf info;
  int fd;

  if (g_lstat (target, &info) == 0)
    return TRUE;
  if (errno == ENAMETOOLONG)
    {
      set_name_error (error, errno, target);
      return FALSE;
    }
  probe = dup_probe_name (name);
  if (probe == NULL)
    return TRUE;
  path = g_build_filename (folder, probe, NULL);
  fd = g_open (path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd >= 0)
    {
      g_close (fd, NULL);
      (void)g_unlink (path);
      return TRUE;
    }
  /* What else there may be, such as a full disk, is told by who meets it. */
  if (errno != EINVAL && errno != EILSEQ)
    return TRUE;
  set_name_error (error, errno, target);
  return FALSE;
}

static char *
move_to_target (const char *hidden, const char *folder, const char *target, GError **error)
{
  int result = redes_move_no_replace (hidden, target);
  g_autofree char *name = redes_text_display_path (target);

  switch (result)
    {
    case 0:
      return g_strdup (target);
    case EEXIST:
      redes_set_error (error, REDES_LIBRARY_ERROR, REDES_LIBRARY_ERROR_DISK,
                       REDES_NOTICE_NAME_TAKEN, name);
      return NULL;
    case ENAMETOOLONG:
    case EINVAL:
    case EILSEQ:
      set_name_error (error, result, target);
      return NULL;
    default:
      redes_set_disk_error (error, result, folder, 0);
      return NULL;
    }
}

/* (transfer full) (nullable): @name without what such a file system refuses; %NULL if that changes
 * nothing */
static char *
dup_plain_name (const char *name)
{
  char *plain = g_strdup (name);
  gsize len;

  g_strdelimit (plain, REFUSED_CHARACTERS, '_');
  /* They take no dot or blank at the end either. */
  len = strlen (plain);
  while (len > 1 && (plain[len - 1] == '.' || plain[len - 1] == ' '))
    plain[--len] = '_';
  if (!g_str_equal (plain, name))
    return plain;
  g_free (plain);
  return NULL;
}

/* Whether that may be how the file system says that it does not take the name. */
static gboolean
is_refusal_of_name (int result, const char *hidden)
{
  return result == EINVAL || result == EILSEQ
         || (result == ENOENT && g_file_test (hidden, G_FILE_TEST_EXISTS));
}

/* Takes the first name that is free, at most @max_bytes long; otherwise %NULL and an errno in
 * @result. */
static char *
move_to_free_name (
    const char *hidden, const char *folder, const char *wanted, gsize max_bytes, int *result)
{
  g_autofree char *name = redes_text_make_safe_file_name (wanted, max_bytes);

  for (guint number = 1; number <= MAX_NUMBER; number++)
    {
      g_autofree char *path = build_path (folder, name, number);

      *result = redes_move_no_replace (hidden, path);
      if (*result == 0)
        return g_steal_pointer (&path);
      if (*result != EEXIST)
        return NULL;
    }

  return NULL;
}

/* That it cannot be synced is no reason to say that the file is not there. */
static void
sync_folder (const char *folder)
{
#ifdef G_OS_UNIX
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0)
    return;
  if (fsync (fd) != 0)
    g_debug ("the folder %s: %s", folder, g_strerror (errno));
  close (fd);
#endif
}

char *
redes_final_name_take (
    const char *hidden, const char *folder, const char *name, const char *target, GError **error)
{
  char *path;
  int result;

  if (target != NULL)
    path = move_to_target (hidden, folder, target, error);
  else
    {
      path = move_to_free_name (hidden, folder, name, MAX_NAME_BYTES, &result);
      if (path == NULL && result == ENAMETOOLONG)
        path = move_to_free_name (hidden, folder, name, SHORT_NAME_BYTES, &result);
      if (path == NULL && is_refusal_of_name (result, hidden))
        {
          g_autofree char *plain = dup_plain_name (name);

          if (plain != NULL)
            {
              g_message ("the disk of %s does not take the name of a download as it is, so some "
                         "characters are replaced",
                         folder);
              path = move_to_free_name (hidden, folder, plain, MAX_NAME_BYTES, &result);
            }
          if (plain != NULL && path == NULL && result == ENAMETOOLONG)
            path = move_to_free_name (hidden, folder, plain, SHORT_NAME_BYTES, &result);
        }
      if (path == NULL)
        redes_set_disk_error (error, result, folder, 0);
    }

  if (path != NULL)
    sync_folder (folder);
  return path;
}

typedef gboolean (*AcceptFunc) (const char *path, gint64 mtime_ns, gpointer user_data);

static gboolean
is_it (const char *path, guint64 size, AcceptFunc accept, gpointer user_data)
{
  GStatBuf info;

  return g_lstat (path, &info) == 0 && S_ISREG (info.st_mode) && (guint64)info.st_size == size
         && accept (path, redes_file_time_ns (&info), user_data);
}

static char *
find_numbered (const char *folder,
               const char *name,
               gsize max_bytes,
               guint64 size,
               AcceptFunc accept,
               gpointer user_data)
{
  g_autofree char *safe = redes_text_make_safe_file_name (name, max_bytes);

  for (guint number = 1; number <= MAX_LOOKS; number++)
    {
      g_autofree char *path = build_path (folder, safe, number);

      if (is_it (path, size, accept, user_data))
        return g_steal_pointer (&path);
    }
  return NULL;
}

char *
redes_final_name_find (const char *folder,
                       const char *name,
                       const char *target,
                       guint64 size,
                       AcceptFunc accept,
                       gpointer user_data)
{
  char *path;

  if (target != NULL)
    return is_it (target, size, accept, user_data) ? g_strdup (target) : NULL;

  path = find_numbered (folder, name, MAX_NAME_BYTES, size, accept, user_data);
  if (path == NULL && strlen (name) > SHORT_NAME_BYTES)
    path = find_numbered (folder, name, SHORT_NAME_BYTES, size, accept, user_data);
  if (path == NULL)
    {
      g_autofree char *plain = dup_plain_name (name);

      if (plain != NULL)
        path = find_numbered (folder, plain, MAX_NAME_BYTES, size, accept, user_data);
    }
  return path;
}
